//! What acts at any distance: charges and dispersion, from the numbers that a network gives its atoms.
//!
//! | numbers of an atom        | count | of                                  |
//! |---------------------------|-------|-------------------------------------|
//! | charge and spin           | 7     | [`ChargeState`], with charges       |
//! | dispersion                | 1     | [`Dispersion`], with dispersion     |
//! | dipole, quadrupole        | 3, 5  | `moments`, by degree                |

use super::charge_state::{ChargeState, NUMBERS};
use super::dispersion::Dispersion;
use super::electrostatics::{Electrostatics, Multipoles};
use super::moments::width;
use super::places::Places;
use cormorant_core::Result;
use cormorant_core::system::{Cell, ElectronicState};

/// What numbers of atoms stand for that acts at any distance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LongRange {
    /// Highest degree of the multipoles: 0 for charges, 1 for dipoles too, 2 for quadrupoles too; none where atoms have no charges.
    pub multipoles: Option<usize>,
    /// Whether atoms attract each other by dispersion.
    pub dispersion: bool,
    /// Width of the Gaussians between two atoms, Å.
    pub smearing: f64,
}

impl LongRange {
    /// Numbers of an atom.
    #[must_use]
    pub fn width(self) -> usize {
        self.multipoles.map_or(0, width) + usize::from(self.dispersion)
    }

    /// Those of them that are scalars, which come first.
    #[must_use]
    pub fn scalars(self) -> usize {
        self.multipoles.map_or(0, |_| NUMBERS) + usize::from(self.dispersion)
    }

    /// Refuses a cell that repeats in one direction only, and with charges a slab with a total charge.
    ///
    /// # Errors
    /// The reason, and what to do.
    pub fn require(self, cell: Option<&Cell>, state: ElectronicState) -> Result<()> {
        let state = if self.multipoles.is_some() { state } else { ElectronicState::default() };
        Electrostatics::require(cell, state)
    }
}

/// The energy of what acts at any distance, and its derivatives. It keeps its work arrays.
#[derive(Debug, Clone)]
pub struct LongRangeEnergy {
    settings: LongRange,
    electrostatics: Option<Electrostatics>,
    dispersion: Option<Dispersion>,
    /// Energy in eV.
    pub energy: f64,
    /// Derivatives with respect to the numbers, eV. // [atoms][width]
    pub by_number: Vec<f64>,
    /// Numbers of charges and moments. // [atoms][width of the multipoles]
    of_charges: Vec<f64>,
    of_dispersion: Vec<f64>,
}

impl LongRangeEnergy {
    /// For a network whose numbers stand for what `settings` say, and one unit of its energies for `unit` eV.
    #[must_use]
    pub fn new(settings: LongRange, unit: f64) -> Self {
        let LongRange { multipoles, dispersion, smearing } = settings;
        let electrostatics = |degree| Electrostatics::new(Multipoles { degree, smearing }, unit);
        Self {
            settings,
            electrostatics: multipoles.map(electrostatics),
            dispersion: dispersion.then(|| Dispersion::new(smearing)),
            energy: 0.0,
            by_number: Vec::new(),
            of_charges: Vec::new(),
            of_dispersion: Vec::new(),
        }
    }

    /// The same in a uniform electric field (V/Å), if there are charges that it acts on.
    #[must_use]
    pub fn in_field(self, field: [f64; 3]) -> Self {
        Self { electrostatics: self.electrostatics.map(|charges| charges.in_field(field)), ..self }
    }

    /// The uniform electric field, V/Å, if there is one.
    #[must_use]
    pub fn field(&self) -> Option<[f64; 3]> {
        self.electrostatics.as_ref().and_then(Electrostatics::field)
    }

    /// Energy and derivatives for atoms with `numbers`, `[atoms][width]`. With `parallel` on the threads of the current rayon pool.
    ///
    /// # Errors
    /// As for [`LongRangeEnergy::require`].
    pub fn evaluate(&mut self, places: Places<'_>, numbers: &[f64], parallel: bool) -> Result<()> {
        self.require(places.cell, places.state)?;
        self.divide(numbers);
        self.energy = 0.0;
        if let Some(charges) = &mut self.electrostatics {
            charges.evaluate(places, &self.of_charges, parallel)?;
            self.energy += charges.energy;
        }
        if let Some(dispersion) = &mut self.dispersion {
            dispersion.evaluate(places, &self.of_dispersion, parallel);
            self.energy += dispersion.interaction.energy;
        }
        let mut by_number = std::mem::take(&mut self.by_number);
        by_number.clear();
        by_number.resize(numbers.len(), 0.0);
        if let Some(charges) = &self.electrostatics {
            self.add_to_numbers(&charges.by_number, &mut by_number);
        }
        if let Some(dispersion) = &self.dispersion {
            let place = self.settings.scalars() - 1;
            let into = by_number.chunks_exact_mut(self.settings.width());
            into.zip(&dispersion.by_number).for_each(|(into, by)| into[place] = *by);
        }
        self.by_number = by_number;
        Ok(())
    }

    /// Refuses a cell that repeats in one direction only or along an electric field, and a slab with a total charge.
    ///
    /// # Errors
    /// The reason, and what to do.
    pub fn require(&self, cell: Option<&Cell>, state: ElectronicState) -> Result<()> {
        self.settings.require(cell, state)?;
        self.electrostatics.as_ref().map_or(Ok(()), |charges| charges.require_place(cell, state))
    }

    /// Whether atoms have charges.
    #[must_use]
    pub fn has_charges(&self) -> bool {
        self.electrostatics.is_some()
    }

    /// Charges and spins of the atoms evaluated last, if they have any.
    #[must_use]
    pub fn charges(&self) -> Option<&ChargeState> {
        self.electrostatics.as_ref().map(|charges| &charges.charges)
    }

    /// Dipoles of the atoms evaluated last in e·Å; empty without.
    #[must_use]
    pub fn dipoles(&self) -> &[[f64; 3]] {
        self.electrostatics.as_ref().map_or(&[], |charges| &charges.dipoles)
    }

    /// Square roots of the dispersion coefficients of the atoms evaluated last in √eV·Å³; empty without.
    #[must_use]
    pub fn dispersion_coefficients(&self) -> &[f64] {
        self.dispersion.as_ref().map_or(&[], |dispersion| &dispersion.coefficients)
    }

    /// Adds the part of each atom in the energy of the last evaluation, eV.
    pub fn add_atom_energies(&self, into: &mut [f64]) {
        if let Some(charges) = &self.electrostatics {
            into.iter_mut().zip(charges.atom_energies(&self.of_charges)).for_each(|(sum, part)| *sum += part);
        }
        if let Some(dispersion) = &self.dispersion {
            into.iter_mut().zip(dispersion.atom_energies()).for_each(|(sum, part)| *sum += part);
        }
    }

    /// Dipole moment in e·Å of the atoms evaluated last, at these positions (Å), from their center, if they have charges.
    #[must_use]
    pub fn dipole(&self, positions: &[[f64; 3]]) -> Option<[f64; 3]> {
        self.electrostatics.as_ref().map(|charges| charges.dipole(positions))
    }

    /// From derivatives `by` with respect to that dipole moment to those with respect to the numbers of the atoms, added to `into`.
    pub fn pull_back_dipole(&self, positions: &[[f64; 3]], by: [f64; 3], into: &mut [f64]) {
        let Some(charges) = &self.electrostatics else { return };
        let mut of_charges = vec![0.0; self.of_charges.len()];
        charges.pull_back_dipole(positions, &self.of_charges, by, &mut of_charges);
        self.add_to_numbers(&of_charges, into);
    }

    /// Adds forces and, where one is given, virial at fixed numbers, in units of `unit` eV.
    pub fn collect(&self, unit: f64, forces: &mut [[f64; 3]], mut virial: Option<&mut [[f64; 3]; 3]>) {
        if let Some(charges) = &self.electrostatics {
            charges.collect(unit, forces, virial.as_deref_mut());
        }
        if let Some(dispersion) = &self.dispersion {
            dispersion.interaction.collect(unit, forces, virial);
        }
    }

    /// The numbers by what they are of.
    fn divide(&mut self, numbers: &[f64]) {
        let Self { settings, of_charges, of_dispersion, .. } = self;
        of_charges.clear();
        of_dispersion.clear();
        let (width, scalars) = (settings.width(), settings.scalars());
        let own = scalars - usize::from(settings.dispersion);
        for one in numbers.chunks_exact(width) {
            of_charges.extend_from_slice(&one[..own]);
            of_charges.extend_from_slice(&one[scalars..]);
            of_dispersion.extend_from_slice(&one[own..scalars]);
        }
    }

    /// Adds what belongs to the numbers of charges and moments to that of all.
    fn add_to_numbers(&self, of_charges: &[f64], into: &mut [f64]) {
        let LongRange { multipoles, dispersion, .. } = self.settings;
        let Some(degree) = multipoles else { return };
        let gap = usize::from(dispersion);
        for (into, by) in into.chunks_exact_mut(self.settings.width()).zip(of_charges.chunks_exact(width(degree))) {
            for (place, by) in by.iter().enumerate() {
                into[if place < NUMBERS { place } else { place + gap }] += by;
            }
        }
    }
}
