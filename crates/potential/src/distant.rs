//! What acts at any distance under a learned potential whose network gives charges or dispersion.

use super::Evaluation;
use cormorant_core::Result;
use cormorant_core::system::System;
use cormorant_electrostatics::{LongRangeEnergy, Places};
use cormorant_network::Facts;

/// What acts at any distance, with what is passed to it and back.
pub(super) struct Distant {
    pub(super) energy: LongRangeEnergy,
    /// What one unit of output stands for, eV.
    unit: f64,
    /// Numbers of the atoms in the order of the system.
    numbers: Vec<f64>,
    /// Derivatives of the energy with respect to all outputs, in the order of the batch.
    pub(super) seeds: Vec<f64>,
    /// Whether the atoms evaluated last were pulled away as a whole: a total charge in an electric field.
    pub(super) pulled: bool,
}

impl Distant {
    /// For a network with these facts, if anything of it does.
    pub(super) fn of(facts: &Facts) -> Option<Self> {
        let energy = LongRangeEnergy::new(facts.long_range?, facts.scale);
        Some(Self { energy, unit: facts.scale, numbers: Vec::new(), seeds: Vec::new(), pulled: false })
    }

    /// The same in a uniform electric field, V/Å.
    pub(super) fn in_field(self, field: [f64; 3]) -> Self {
        Self { energy: self.energy.in_field(field), ..self }
    }

    /// Another one of the same network in the same electric field.
    pub(super) fn twin(&self) -> Self {
        Self { energy: self.energy.clone(), numbers: Vec::new(), seeds: Vec::new(), ..*self }
    }

    pub(super) fn has_field(&self) -> bool {
        self.energy.field().is_some()
    }

    /// The energy of `system` for the `outputs` of the atoms, of which the one of an atom is in its place, and the seeds.
    pub(super) fn evaluate(
        &mut self,
        system: &System,
        outputs: &[f64],
        place: impl Fn(usize) -> usize,
        parallel: bool,
    ) -> Result<()> {
        let Self { energy, unit, numbers, seeds, pulled } = self;
        let (atoms, width) = (system.atom_count(), outputs.len() / system.atom_count());
        numbers.clear();
        (0..atoms).for_each(|atom| numbers.extend_from_slice(&outputs[place(atom) * width..][..width]));
        let places = Places { positions: &system.positions, cell: system.cell.as_ref(), state: system.state };
        energy.evaluate(places, numbers, parallel)?;
        *pulled = energy.field().is_some() && system.state.total_charge() != 0;
        seeds.clear();
        seeds.resize(atoms * (1 + width), 1.0);
        for (atom, by) in energy.by_number.chunks_exact(width).enumerate() {
            let into = &mut seeds[atoms + place(atom) * width..][..width];
            into.iter_mut().zip(by).for_each(|(seed, by)| *seed = by / *unit);
        }
        Ok(())
    }

    /// Adds forces and virial at fixed numbers; says the charges.
    pub(super) fn collect(&self, into: &mut Evaluation) {
        self.energy.collect(1.0, &mut into.forces, into.virial.as_mut());
        into.charges.clear();
        into.charges.extend(self.energy.charges().into_iter().flat_map(|state| &state.charges));
        into.dipoles.clear();
        into.dipoles.extend_from_slice(self.energy.dipoles());
    }
}
