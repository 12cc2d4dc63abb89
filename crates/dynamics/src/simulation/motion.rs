//! Overall motion: what of it is conserved and zero in a stage, what is taken out at its start, and who shares the rest.

use std::sync::Arc;

use crate::analysis::{Blocks, StateReader};
use cormorant_core::Result;
use cormorant_core::system::observables::{self, Removed};
use cormorant_core::system::{Parts, RigidGroups, System};

/// Blocks that averages are kept in.
const BLOCKS: usize = 32;

/// How the motion of a stage is counted, and how its kinetic energy is shared.
#[derive(Debug, Clone)]
pub struct Motion {
    /// Degrees of freedom that share the kinetic energy.
    pub degrees_of_freedom: usize,
    /// The same in the stage before, if there was one.
    pub before: Option<usize>,
    /// Overall motion that is zero and conserved, and therefore not counted.
    pub zero: Removed,
    /// Kinetic energy in eV of the translation and the rotation that were taken out at the start.
    pub taken: [f64; 2],
    pub(super) parts: Option<Parts>,
    /// Temperature of all and of each part, in K.
    pub(super) blocks: Blocks,
}

impl Default for Motion {
    fn default() -> Self {
        let (zero, taken) = (Removed::default(), [0.0; 2]);
        Self { degrees_of_freedom: 0, before: None, zero, taken, parts: None, blocks: Blocks::with_capacity(1, BLOCKS) }
    }
}

impl Motion {
    /// For `system` from now on, with nothing gathered yet.
    pub(super) fn new(system: &System, molecules: Option<Arc<RigidGroups>>, zero: Removed, count: usize) -> Self {
        let parts = Parts::new(system, molecules, zero);
        let blocks = Blocks::with_capacity(1 + parts.named().len(), BLOCKS);
        Self { degrees_of_freedom: count, zero, parts: Some(parts), blocks, ..Self::default() }
    }

    /// Names and degrees of freedom of the parts whose temperatures [`Motion::temperatures`] gives.
    #[must_use]
    pub fn named(&self) -> Vec<(String, f64)> {
        self.parts.as_ref().map_or(Vec::new(), Parts::named)
    }

    /// Temperatures in K of the parts, where all have `kinetic` (eV), the energy of `momenta` (√(u·eV)).
    #[must_use]
    pub fn temperatures(&self, system: &System, momenta: &[[f64; 3]], kinetic: f64) -> Vec<f64> {
        self.parts.as_ref().map_or(Vec::new(), |parts| parts.temperatures(system, momenta, kinetic))
    }

    /// Take the present temperatures into the averages, every so many steps that it costs little.
    pub(super) fn gather(&mut self, system: &System, momenta: &[[f64; 3]], kinetic: f64, [step, steps]: [u64; 2]) {
        if step.is_multiple_of(Self::interval(steps)) && self.parts.is_some() {
            let all = observables::temperature_of(kinetic, self.degrees_of_freedom as f64);
            let mut temperatures = vec![all];
            temperatures.extend(self.temperatures(system, momenta, kinetic));
            self.blocks.add(&temperatures);
        }
    }

    /// Steps between two values, in a stage of so many steps.
    pub(super) fn interval(steps: u64) -> u64 {
        (steps / 2000).clamp(1, 10)
    }

    /// All numbers, for a restart.
    pub(super) fn state(&self) -> Vec<f64> {
        let flag = f64::from;
        let count = |count: usize| count as f64;
        let mut state = vec![
            count(self.degrees_of_freedom),
            self.before.map_or(-1.0, count),
            flag(u8::from(self.zero.translation)),
            flag(u8::from(self.zero.rotation)),
        ];
        state.extend(self.taken);
        state.extend(self.parts.as_ref().map_or(&[][..], Parts::freedom));
        state.extend(self.blocks.state());
        state
    }

    /// What [`Motion::state`] gave, for a system like that at its start.
    pub(super) fn read(
        state: &mut StateReader<'_>,
        system: &System,
        molecules: Option<Arc<RigidGroups>>,
    ) -> Result<Self> {
        let degrees_of_freedom = state.count()?;
        let before = Some(state.number()?).filter(|count| *count >= 0.0).map(|count| count as usize);
        let zero = Removed { translation: state.count()? == 1, rotation: state.count()? == 1 };
        let taken = [state.number()?, state.number()?];
        let mut parts = Parts::new(system, molecules, zero);
        let count = parts.freedom().len();
        parts.set_freedom(state.numbers(count)?);
        let (blocks, parts) = (Blocks::read(state)?, Some(parts));
        Ok(Self { degrees_of_freedom: degrees_of_freedom as usize, before, zero, taken, parts, blocks })
    }
}
