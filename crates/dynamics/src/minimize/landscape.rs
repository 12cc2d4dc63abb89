//! Energy and its gradient as functions of one list of coordinates.

use super::{CellFreedom, Goal, Minimum};
use crate::dynamics::ForceEvaluator;
use cormorant_core::system::System;
use cormorant_core::{Error, Result};
use cormorant_potential::RequestedProperties;

/// The coordinates of a minimization: positions, and with the cell its deformation.
///
/// With a cell the positions are r = x·D and the cell is H = H₀·D, so that atoms follow the cell; the nine components of
/// D times c, c = number of atoms, are coordinates like the others (in Å, with forces like theirs):
///
///   −∂E/∂x = F·Dᵀ        −∂E/∂(cD) = D⁻ᵀ·(virial − P·V·1)/c
///
/// Along open directions nothing holds a cell. D then deforms within the space of the repeating directions alone, onto which Π
/// projects: the gradient is Π·D⁻ᵀ·(virial − P·V·Π)·Π/c, where V is the area of a slab (P a force per length) or the length of a
/// wire (P a force).
///
/// | symbol | here               | unit | shape        |
/// |--------|--------------------|------|--------------|
/// | x      | positions in the undeformed cell | Å | `[atoms][3]` |
/// | D      | deformation        | 1    | `[3][3]`     |
/// | H₀     | cell at the start  | Å    | `[3][3]`     |
/// | P      | outer pressure     | eV/Å³, eV/Å² for a slab, eV/Å for a wire | scalar |
/// | Π      | `Cell::projector`  | 1    | `[3][3]`     |
///
/// Where the cell may change less freely ([`super::CellFreedom`]), D stays among what is allowed: it begins as 1 and moves
/// along allowed gradients only.
///
/// Source: Tadmor et al. 1999, doi:10.1103/PhysRevB.59.235. Checked by `suite::minimize::cells_reach_their_pressure`.
pub(super) struct Landscape<'a> {
    system: &'a mut System,
    field: &'a mut ForceEvaluator,
    goal: &'a Goal,
    first_cell: Option<cormorant_core::system::Cell>,
    first_evaluations: u64,
    steps: u64,
}

impl<'a> Landscape<'a> {
    pub(super) fn new(system: &'a mut System, field: &'a mut ForceEvaluator, goal: &'a Goal) -> Result<Self> {
        if goal.cell.is_some() && system.cell.is_none() {
            return Err(no_cell());
        }
        if let (Some(cell), Some(goal)) = (system.cell, goal.cell)
            && goal.freedom == CellFreedom::Anisotropic
            && cell.axes().is_none()
        {
            return Err(Error::Invalid(format!(
                "\"anisotropic\" stretches the cell along x, y and z, but this {} repeats along directions oblique to them; use \
                 \"isotropic\" or \"full\", or turn the structure",
                cell.kind()
            )));
        }
        let fixed = system.constraints.fixed();
        if !system.constraints.bonds().is_empty() || (goal.cell.is_some() && !fixed.is_empty()) {
            let reason = "fixed distances, and fixed atoms in a variable cell, cannot be minimized";
            return Err(Error::Invalid(reason.into()));
        }
        if let Some(held) = &goal.held {
            if goal.cell.is_some() || !fixed.is_empty() {
                return Err(Error::Invalid("a coordinate cannot be held beside fixed atoms or a variable cell".into()));
            }
            held.restore(&mut system.positions)?;
            field.refresh(system)?;
        }
        let (first_cell, first_evaluations) = (system.cell, field.evaluations());
        if goal.cell.is_some() {
            field.set_want(RequestedProperties { virial: true, ..field.want() });
            field.refresh(system)?;
        }
        Ok(Self { system, field, goal, first_cell, first_evaluations, steps: 0 })
    }

    /// The coordinates of the system as it is.
    pub(super) fn coordinates(&self) -> Vec<f64> {
        let mut coordinates = self.system.positions.as_flattened().to_vec();
        if self.goal.cell.is_some() {
            let scale = self.scale();
            coordinates.extend([scale, 0.0, 0.0, 0.0, scale, 0.0, 0.0, 0.0, scale]);
        }
        coordinates
    }

    fn scale(&self) -> f64 {
        self.system.atom_count() as f64
    }

    /// The deformation that is at the end of `coordinates`.
    fn deformation(&self, coordinates: &[f64]) -> Option<[[f64; 3]; 3]> {
        self.goal.cell?;
        let (rows, _) = coordinates[3 * self.system.atom_count()..].as_chunks::<3>();
        let scale = self.scale();
        Some([rows[0], rows[1], rows[2]].map(|row| row.map(|entry| entry / scale)))
    }

    /// Takes out of `step` from `coordinates` what a held coordinate does not allow.
    pub(super) fn project(&self, coordinates: &[f64], step: &mut [f64]) {
        if let Some(held) = &self.goal.held {
            held.project(coordinates.as_chunks::<3>().0, step);
        }
    }

    /// Go to `coordinates`, which are corrected where one is held; returns energy + P·V in eV and writes minus its gradient in eV/Å.
    pub(super) fn go(&mut self, coordinates: &mut [f64], forces: &mut Vec<f64>) -> Result<f64> {
        let atoms = self.system.atom_count();
        if let Some(held) = &self.goal.held {
            held.restore(coordinates.as_chunks_mut::<3>().0)?;
        }
        let (positions, _) = coordinates[..3 * atoms].as_chunks::<3>();
        self.system.positions.copy_from_slice(positions);
        if let (Some(deformation), Some(first)) = (self.deformation(coordinates), self.first_cell) {
            self.system.cell = Some(first.deformed(&deformation)?);
            for position in &mut self.system.positions {
                *position = times(*position, &deformation);
            }
        }
        self.field.refresh(self.system)?;
        self.forces(coordinates, forces)
    }

    /// Energy + P·V and minus its gradient where the system is.
    pub(super) fn forces(&mut self, coordinates: &[f64], forces: &mut Vec<f64>) -> Result<f64> {
        forces.clear();
        let (Some(deformation), Some(goal)) = (self.deformation(coordinates), self.goal.cell) else {
            forces.extend_from_slice(self.field.last().forces.as_flattened());
            for atom in self.system.constraints.fixed() {
                forces[3 * atom..3 * atom + 3].fill(0.0);
            }
            if let Some(held) = &self.goal.held {
                held.project(&self.system.positions, forces);
            }
            return Ok(self.field.last().energy);
        };
        let transposed = transpose(&deformation);
        for force in &self.field.last().forces {
            forces.extend(times(*force, &transposed));
        }
        let Some(cell) = self.system.cell else { return Err(no_cell()) };
        let work = goal.pressure * cell.measure();
        let mut virial = self.field.virial(self.system)?;
        for axis in 0..3 {
            virial[axis][axis] -= work;
        }
        let inverse = nalgebra::Matrix3::from(deformation).try_inverse().ok_or_else(|| {
            Error::Structure("the cell collapsed while it was minimized; start from a better structure".into())
        })?;
        // nalgebra takes rows for columns: this inverts Dᵀ, and `inverse[k][row]` is the entry (row, k) of D⁻ᵀ.
        let inverse: [[f64; 3]; 3] = inverse.into();
        let scale = self.scale();
        let mut slope = [[0.0; 3]; 3];
        for row in 0..3 {
            for column in 0..3 {
                slope[row][column] = (0..3).map(|k| inverse[k][row] * virial[k][column]).sum::<f64>() / scale;
            }
        }
        // The isotropic gradient is spread over three coordinates that stay equal.
        forces.extend_from_slice(goal.freedom.allowed(slope, &cell).as_flattened());
        Ok(self.field.last().energy + work)
    }

    /// What has been reached.
    pub(super) fn reached(&mut self) -> Result<Minimum> {
        let mut forces = self.field.last().forces.clone();
        if let Some(held) = &self.goal.held {
            held.project(&self.system.positions, forces.as_flattened_mut());
        }
        let free = |(atom, _): &(usize, &[f64; 3])| !self.system.constraints.is_fixed(*atom);
        let forces = forces.iter().enumerate().filter(free);
        let largest_force = forces.map(|(_, force)| super::dot(force, force)).fold(0.0, f64::max).sqrt();
        let energy = self.field.last().energy;
        let mut largest_stress = 0.0;
        if let (Some(goal), Some(cell)) = (self.goal.cell, self.system.cell) {
            let mut excess = self.field.virial(self.system)?.map(|row| row.map(|entry| -entry / cell.measure()));
            for axis in 0..3 {
                excess[axis][axis] += goal.pressure;
            }
            let remaining = goal.freedom.allowed(excess, &cell);
            largest_stress = remaining.iter().flatten().fold(0.0, |largest: f64, entry| largest.max(entry.abs()));
        }
        let good_cell = self.goal.cell.is_none_or(|goal| largest_stress <= goal.stress_tolerance);
        Ok(Minimum {
            converged: largest_force <= self.goal.force_tolerance && good_cell,
            steps: self.steps,
            evaluations: self.field.evaluations() - self.first_evaluations,
            energy,
            largest_force,
            largest_stress,
        })
    }

    /// A step was taken: tell `watch`, and say whether to stop here.
    pub(super) fn stepped(
        &mut self,
        watch: &mut dyn FnMut(&System, &ForceEvaluator, &Minimum) -> Result<()>,
    ) -> Result<Option<Minimum>> {
        self.steps += 1;
        let reached = self.reached()?;
        watch(self.system, self.field, &reached)?;
        Ok(self.verdict(reached))
    }

    /// `reached`, if it is the end.
    pub(super) fn verdict(&self, reached: Minimum) -> Option<Minimum> {
        (reached.converged || reached.evaluations >= self.goal.most_evaluations).then_some(reached)
    }
}

fn no_cell() -> Error {
    Error::Invalid("there is no cell to minimize".into())
}

/// Row vector times matrix.
fn times(vector: [f64; 3], matrix: &[[f64; 3]; 3]) -> [f64; 3] {
    [0, 1, 2].map(|column| (0..3).map(|row| vector[row] * matrix[row][column]).sum())
}

fn transpose(matrix: &[[f64; 3]; 3]) -> [[f64; 3]; 3] {
    [0, 1, 2].map(|row| [0, 1, 2].map(|column| matrix[column][row]))
}
