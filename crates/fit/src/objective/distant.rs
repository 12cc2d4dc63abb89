//! What acts at any distance in the frame in work.

use crate::graph::Graph;
use cormorant_electrostatics::{LongRange, LongRangeEnergy, Places};

/// Energies of what acts at any distance in a frame, in the unit of the network's outputs.
#[derive(Debug)]
pub(crate) struct Distant {
    long_range: LongRangeEnergy,
    /// What one unit of output stands for, eV.
    unit: f64,
    moved: Vec<[f64; 3]>,
    /// Derivatives of the loss of the dipole with respect to the numbers of the atoms; empty where it does not count.
    by_dipole: Vec<f64>,
}

/// How far a frame is displaced: each atom `step` times its `direction`, and everything strained by `step` times `strain`.
pub(crate) struct Displacement<'a> {
    pub step: f64,
    pub direction: &'a [[f64; 3]],
    pub strain: [[f64; 3]; 3],
}

impl Distant {
    pub(crate) fn new(settings: LongRange, unit: f64) -> Self {
        Self { long_range: LongRangeEnergy::new(settings, unit), unit, moved: Vec::new(), by_dipole: Vec::new() }
    }

    /// The energy of `graph`, displaced or not, whose atoms have these `numbers`. Not a number where the frame cannot be evaluated, which
    /// [`Graph::with_sites`] refuses before.
    pub(crate) fn energy(&mut self, graph: &Graph, displaced: Option<&Displacement<'_>>, numbers: &[f64]) -> f64 {
        let Some(sites) = &graph.sites else { return f64::NAN };
        let Self { long_range, unit, moved, .. } = self;
        let cell = match (displaced, &sites.cell) {
            (Some(displaced), Some(cell)) => {
                let Ok(cell) = cell.with_rows(cell.rows().map(|row| displaced.strained(row))) else { return f64::NAN };
                Some(cell)
            }
            (_, cell) => *cell,
        };
        let positions = match displaced {
            None => &sites.positions,
            Some(displaced) => {
                displaced.of(&sites.positions, moved);
                &*moved
            }
        };
        let places = Places { positions, cell: cell.as_ref(), state: sites.state };
        match long_range.evaluate(places, numbers, false) {
            Ok(()) => long_range.energy / *unit,
            Err(_) => f64::NAN,
        }
    }

    /// Adds the derivatives of `seed` times the energy with respect to the numbers of the atoms behind the `seeds` of their scalars.
    pub(crate) fn seeds(&self, seed: f64, seeds: &mut Vec<f64>) {
        seeds.extend(self.long_range.by_number.iter().map(|by| seed * by / self.unit));
    }

    /// The dipole moment in e·Å of the frame that was evaluated last, if it is neutral and has no cell.
    pub(crate) fn dipole(&self, graph: &Graph) -> Option<[f64; 3]> {
        let sites = graph.sites.as_ref()?;
        let has_one = sites.cell.is_none() && sites.state.total_charge() == 0;
        self.long_range.dipole(&sites.positions).filter(|_| has_one)
    }

    /// λ |D − D*|²/3N of the frame that was evaluated last, where it has a label; keeps its derivatives, times `share`.
    pub(crate) fn dipole_loss(&mut self, graph: &Graph, numbers: &[f64], weight: f64, share: f64) -> f64 {
        self.by_dipole.clear();
        let Some(sites) = graph.sites.as_ref().filter(|_| weight > 0.0) else { return 0.0 };
        let (Some(label), Some(found)) = (sites.dipole, self.dipole(graph)) else { return 0.0 };
        let error = [0, 1, 2].map(|axis| found[axis] - label[axis]);
        let weight = weight / graph.atoms() as f64;
        let by = error.map(|x| share * weight * 2.0 * x / 3.0);
        self.by_dipole.resize(numbers.len(), 0.0);
        self.long_range.pull_back_dipole(&sites.positions, by, &mut self.by_dipole);
        weight * error.iter().map(|x| x * x).sum::<f64>() / 3.0
    }

    /// Adds `share` of these derivatives behind the seeds of the scalars.
    pub(crate) fn dipole_seeds(&self, share: f64, seeds: &mut [f64]) {
        let first = seeds.len() - self.by_dipole.len();
        seeds[first..].iter_mut().zip(&self.by_dipole).for_each(|(seed, by)| *seed += share * by);
    }

    /// Adds forces and virial at fixed numbers.
    pub(crate) fn collect(&self, forces: &mut [[f64; 3]], virial: &mut [[f64; 3]; 3]) {
        self.long_range.collect(self.unit, forces, Some(virial));
    }
}

impl Displacement<'_> {
    /// r + step · strain r.
    fn strained(&self, vector: [f64; 3]) -> [f64; 3] {
        [0, 1, 2].map(|axis| {
            let strained: f64 = (0..3).map(|k| self.strain[axis][k] * vector[k]).sum();
            vector[axis] + self.step * strained
        })
    }

    fn of(&self, positions: &[[f64; 3]], into: &mut Vec<[f64; 3]>) {
        into.clear();
        into.extend(positions.iter().zip(self.direction).map(|(position, direction)| {
            let strained = self.strained(*position);
            [0, 1, 2].map(|axis| strained[axis] + self.step * direction[axis])
        }));
    }
}
