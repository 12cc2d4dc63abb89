//! Overall motion of a simulation: what of it is conserved, taken out and counted.

use super::{Motion, Simulation};
use crate::analysis::StateReader;
use cormorant_core::system::observables::{self, Removed, kinetic_energy, momentum, total_mass};
use cormorant_core::system::vector::{cross, difference, dot, norm, plus};
use cormorant_core::system::{Rotations, System, velocities};
use cormorant_core::{Error, Result};

/// Overall motion with less than this part of the energy that a degree of freedom has is none: what files round off.
const STILL: f64 = 1.0e-6;
/// Forces that sum up to less than this part of their sizes conserve momentum; the same for torques.
const BALANCED: f64 = 1.0e-4;
/// The same in eV/Å for each atom, where forces are as small as their rounding.
const ROUNDING: f64 = 1.0e-5;

impl Simulation {
    /// Find what overall motion the stage that begins conserves at zero, after taking out what a bath that keeps momentum must not
    /// share the heat with, and count the rest.
    ///
    /// Without a bath nothing is taken out: what moves continues to move, and is counted. Where nothing would be left to move, as for a
    /// single atom, overall motion stays.
    ///
    /// # Errors
    /// When a bath that scales momenta has none to scale, and no force will make any.
    pub(super) fn settle_motion(&mut self) -> Result<()> {
        let stage = &self.stages[self.current];
        let before = self.current.checked_sub(1).map(|_| self.degrees_of_freedom);
        let keeps = stage.thermostat.keeps_momentum() && stage.integrator.keeps_momentum();
        let scaled = stage.thermostat.keeps_momentum() && stage.thermostat.temperature().is_some();
        let possible = if keeps { self.conserved_motion() } else { Removed::default() };
        let mut taken = [0.0; 2];
        if scaled && observables::degrees_of_freedom(&self.system, possible) == 0 {
            self.removed = Removed::default();
        } else if scaled {
            let moving = moving(&self.system, possible);
            taken = self.take_out(moving)?;
            self.removed = possible;
        } else {
            let moving = moving(&self.system, possible);
            self.removed = Removed {
                translation: possible.translation && !moving.translation,
                rotation: possible.rotation && !moving.rotation,
            };
        }
        // A bath that scales momenta brings no heat to overall motion that is at rest.
        let at_rest = |whole: Removed| moving(&self.system, whole) == Removed::default();
        let whole = Removed { translation: !possible.translation, rotation: false };
        if scaled
            && whole.translation
            && self.system.atom_count() > 1
            && self.system.constraints.fixed().is_empty()
            && !self.system.constraints.center_of_mass()
            && at_rest(whole)
        {
            let name = &self.stages[self.current].name;
            self.warnings.push(format!(
                "stage {name:?}: the forces do not add up to zero, so that the motion of the whole counts in the temperature, but it is at rest, and a \
                 thermostat that scales velocities cannot set it in motion: the atoms become hotter than asked for. Use the Langevin thermostat, or \
                 draw velocities with remove = \"nothing\""
            ));
        }
        if scaled && self.system.momenta.as_flattened().iter().all(|p| *p == 0.0) && self.field_is_flat() {
            let name = &self.stages[self.current].name;
            return Err(Error::Invalid(format!(
                "stage {name:?}: a thermostat that scales velocities cannot start from rest where no force acts; draw velocities \
                 with [velocities], or use the Langevin thermostat"
            )));
        }
        if scaled && self.removed.rotation && bends_in_a_plane(&self.system) {
            let name = &self.stages[self.current].name;
            self.warnings.push(format!(
                "stage {name:?}: the molecule is exactly linear and does not turn, so that it bends in one plane for ever, but two directions of \
                 bending share the heat of a thermostat that scales velocities: the motion that there is becomes too hot, and rounding grows into \
                 rotation. Move one atom off the line, by 0.01 Å say, or use the Langevin thermostat"
            ));
        }
        self.degrees_of_freedom = observables::degrees_of_freedom(&self.system, self.removed);
        let motion = Motion::new(&self.system, self.molecules.clone(), self.removed, self.degrees_of_freedom);
        self.stages[self.current].motion = Motion { before, taken, ..motion };
        Ok(())
    }

    /// Take out of the momenta what `moving` names; its kinetic energies in eV.
    fn take_out(&mut self, moving: Removed) -> Result<[f64; 2]> {
        let mut taken = [0.0; 2];
        if moving == Removed::default() {
            return Ok(taken);
        }
        let [whole, part] = [moving, Removed { rotation: false, ..moving }];
        let first = kinetic_energy(&self.system);
        velocities::remove(&mut self.system, part)?;
        let second = kinetic_energy(&self.system);
        velocities::remove(&mut self.system, whole)?;
        let third = kinetic_energy(&self.system);
        taken = [first - second, second - third];
        if self.current > 0 {
            // Given away like heat, so that the conserved quantity has no jump.
            self.carried += first - third;
        }
        Ok(taken)
    }

    /// Which overall motion forces, constraints and cell conserve: by what the potential says of itself, and by the forces that it
    /// gives now.
    pub(super) fn conserved_motion(&self) -> Removed {
        let system = &self.system;
        let potential = self.field.potential();
        // Those of constraints are not among them: on fixed atoms too they are what the potential gives.
        let forces = &self.field.last().forces;
        let size: f64 = forces.iter().map(|force| norm(*force)).sum();
        let sum = forces.iter().fold([0.0; 3], |sum, force| plus(sum, 1.0, *force));
        let loose = system.constraints.fixed().is_empty();
        let free = potential.keeps_momentum() && norm(sum) <= BALANCED * size + ROUNDING * forces.len() as f64;
        let wire = system.cell.map(|cell| cell.wire_axis());
        let turning = !matches!(wire, Some(None)) && potential.keeps_angular_momentum() && (free || !loose) && {
            let pivot = system.constraints.fixed().first().map(|atom| system.positions[*atom]);
            let pivot = pivot.unwrap_or_else(|| observables::center_of_mass(system));
            let arms = || system.positions.iter().map(|position| difference(*position, pivot));
            let torque = arms().zip(forces).fold([0.0; 3], |sum, (arm, force)| plus(sum, 1.0, cross(arm, *force)));
            let floor = ROUNDING / BALANCED;
            let size: f64 = arms().zip(forces).map(|(arm, force)| norm(arm) * (norm(*force) + floor)).sum();
            // A wire can turn about its axis alone.
            let torque = wire.flatten().map_or(norm(torque), |axis| dot(torque, axis).abs());
            torque <= BALANCED * size
        };
        Removed {
            translation: free && loose && !system.constraints.center_of_mass(),
            rotation: turning && Rotations::of(system).count() > 0,
        }
    }

    /// Whether no force can set an atom in motion.
    fn field_is_flat(&self) -> bool {
        let fixed = |atom: &usize| self.system.constraints.is_fixed(*atom);
        let forces = self.field.last().forces.iter().enumerate().filter(|(atom, _)| !fixed(atom));
        forces.flat_map(|(_, force)| force).all(|force| *force == 0.0)
    }

    /// Put back how the stages started so far were counted, from a restart file; older ones say of the current one only how many
    /// degrees of freedom it has.
    pub(super) fn put_motion(&mut self, state: &[f64]) -> Result<()> {
        let mut state_reader = StateReader::new(state);
        if !state.is_empty() {
            for number in 0..=self.current {
                let motion = Motion::read(&mut state_reader, &self.system, self.molecules.clone())?;
                self.stages[number].motion = motion;
            }
            self.removed = self.stages[self.current].motion.zero;
            return state_reader.end();
        }
        let possible = self.conserved_motion();
        let halves = [possible, Removed { rotation: false, ..possible }, Removed::default()];
        let count =
            |removed: &&Removed| observables::degrees_of_freedom(&self.system, **removed) == self.degrees_of_freedom;
        self.removed = halves.iter().find(count).copied().unwrap_or_default();
        let motion = Motion::new(&self.system, self.molecules.clone(), self.removed, self.degrees_of_freedom);
        self.stages[self.current].motion = motion;
        let stage = &self.stages[self.current];
        let scaled = stage.thermostat.keeps_momentum() && stage.thermostat.temperature().is_some();
        let right = observables::degrees_of_freedom(&self.system, possible);
        if scaled && right > 0 && right != self.degrees_of_freedom {
            self.warnings.push(format!(
                "stage {:?} was started by an older version with {} degrees of freedom where {right} are right: the temperature of the bath is wrong until the stage ends; start it again to correct this",
                stage.name, self.degrees_of_freedom
            ));
        }
        Ok(())
    }
}

/// Whether three or more atoms lie on a line and their bending has no angular momentum about it, which then stays zero.
fn bends_in_a_plane(system: &System) -> bool {
    let constraints = &system.constraints;
    if system.atom_count() < 3 || system.cell.is_some() || !constraints.fixed().is_empty() || constraints.count() > 0 {
        return false;
    }
    let center = observables::center_of_mass(system);
    let arms = system.positions.iter().map(|position| difference(*position, center));
    let size: f64 = arms.zip(&system.momenta).map(|(arm, momentum)| norm(arm) * norm(*momentum)).sum();
    Rotations::of(system).count() == 2 && norm(observables::angular_momentum(system)) <= STILL * size
}

/// Which of the overall motion in `possible` there is.
fn moving(system: &System, possible: Removed) -> Removed {
    let all = kinetic_energy(system);
    let total = momentum(system);
    let translation = total.iter().map(|p| p * p).sum::<f64>() / (2.0 * total_mass(system));
    let rotations = Rotations::of(system);
    let rotation = if possible.rotation { rotations.kinetic_energy(&system.positions, &system.momenta) } else { 0.0 };
    // Rounding leaves some motion in a system that does nothing else than drift.
    let drifting = if possible.translation { translation } else { 0.0 };
    let inner = (all - drifting - rotation).max(0.0) + 1.0e-9 * all;
    let still = STILL * inner / (3 * system.atom_count()) as f64;
    Removed {
        translation: possible.translation && translation > 3.0 * still,
        rotation: possible.rotation && rotation > rotations.count() as f64 * still,
    }
}
