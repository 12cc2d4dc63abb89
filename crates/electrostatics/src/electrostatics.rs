//! Energy of the charges, dipoles and quadrupoles that a network gives its atoms.

use super::charge_state::ChargeState;
use super::field;
use super::law::Law;
use super::moments::{self, width};
use super::places::Places;
use super::sites::{Interaction, Sites, zero};
use super::slab::open_direction;
use super::sums::Sums;
use super::symmetric::double_dot;
use cormorant_core::system::vector::{dot, from_center, norm, plus};
use cormorant_core::system::{Cell, ElectronicState};
use cormorant_core::{Error, Result};

/// What numbers of atoms stand for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Multipoles {
    /// Highest degree: 0 for charges, 1 for dipoles too, 2 for quadrupoles too.
    pub degree: usize,
    /// Width of the Gaussians between two sites, Å.
    pub smearing: f64,
}

/// The energy of atoms with charges, dipoles and quadrupoles, and its derivatives. It keeps its work arrays.
///
/// | field       | unit | shape             | definition                                          |
/// |-------------|------|-------------------|-----------------------------------------------------|
/// | `energy`    | eV   | scalar            | of the multipoles, and of holding charges and spins |
/// | `by_number` | eV   | `[atoms][width]`  | ∂E/∂(number of an atom)                             |
/// | `dipoles`   | e·Å  | `[atoms][3]`      | of the atoms; empty without                         |
#[derive(Debug, Clone)]
pub struct Electrostatics {
    multipoles: Multipoles,
    /// What one unit of a number that is an energy stands for, eV.
    unit: f64,
    /// A uniform electric field, V/Å.
    field: Option<[f64; 3]>,
    /// Energy of each atom in it, eV.
    in_field: Vec<f64>,
    /// Energy in eV.
    pub energy: f64,
    /// Derivatives with respect to the numbers, eV.
    pub by_number: Vec<f64>,
    /// Charges and spins of the atoms.
    pub charges: ChargeState,
    /// Dipoles of the atoms in e·Å.
    pub dipoles: Vec<[f64; 3]>,
    quadrupoles: Vec<[f64; 6]>,
    interaction: Interaction,
    sums: Sums,
    scaled: Vec<f64>,
}

impl Electrostatics {
    /// For a network whose numbers stand for `multipoles`, and one unit of its energies for `unit` eV.
    #[must_use]
    pub fn new(multipoles: Multipoles, unit: f64) -> Self {
        Self {
            multipoles,
            unit,
            field: None,
            in_field: Vec::new(),
            energy: 0.0,
            by_number: Vec::new(),
            charges: ChargeState::default(),
            dipoles: Vec::new(),
            quadrupoles: Vec::new(),
            interaction: Interaction::default(),
            sums: Sums::of(Law::Coulomb),
            scaled: Vec::new(),
        }
    }

    /// The same in a uniform electric field (V/Å): the energy has the part −F·(Σ q r + μ), whose potential is zero at the origin. A field
    /// of zero is none.
    #[must_use]
    pub fn in_field(self, field: [f64; 3]) -> Self {
        Self { field: (field != [0.0; 3]).then_some(field), ..self }
    }

    /// The uniform electric field, V/Å, if there is one.
    #[must_use]
    pub fn field(&self) -> Option<[f64; 3]> {
        self.field
    }

    /// Energy and derivatives for atoms with `numbers`, `[atoms][width]`. With `parallel` on the threads of the current rayon pool.
    ///
    /// # Errors
    /// When the cell repeats in one direction only, is a slab with a total charge, or repeats along an electric field.
    pub fn evaluate(&mut self, places: Places<'_>, numbers: &[f64], parallel: bool) -> Result<()> {
        let Multipoles { degree, smearing } = self.multipoles;
        let Places { positions, cell, state } = places;
        let width = width(degree);
        let (charge, unpaired) = (f64::from(state.total_charge()), f64::from(state.unpaired_electrons()));
        self.charges.distribute(numbers, width, charge, unpaired);
        moments::dipoles(numbers, degree, &mut self.dipoles);
        moments::quadrupoles(numbers, degree, &mut self.quadrupoles);
        self.require_place(cell, state)?;
        let Self { charges, dipoles, quadrupoles, interaction, sums, .. } = self;
        let sites = Sites { positions, charges: &charges.charges, dipoles, quadrupoles };
        sums.evaluate(&sites, cell, smearing, parallel, interaction);
        if let Some(field) = self.field {
            interaction.add_field(&sites, field);
            self.in_field.clear();
            self.in_field.extend(field::field_energies(&sites, field));
        }
        self.energy = interaction.energy + self.unit * charges.energy;
        self.scaled.clear();
        self.scaled.extend(interaction.by_charge.iter().map(|by| by / self.unit));
        zero(&mut self.by_number, numbers.len(), 0.0);
        charges.pull_back(numbers, width, &self.scaled, &mut self.by_number);
        self.by_number.iter_mut().for_each(|by| *by *= self.unit);
        moments::pull_back(&interaction.by_dipole, &interaction.by_quadrupole, degree, &mut self.by_number);
        Ok(())
    }

    /// Refuses a cell that repeats in one direction only, and a slab with a total charge.
    ///
    /// # Errors
    /// The reason, and what to do.
    pub fn require(cell: Option<&Cell>, state: ElectronicState) -> Result<()> {
        match cell.map(|cell| (cell, cell.dimensions(), state.total_charge())) {
            Some((_, 2, charge)) if charge != 0 => Err(Error::Structure(charged_slab(charge))),
            Some((cell, 0 | 1, _)) => Err(Error::Structure(partly(cell))),
            _ => Ok(()),
        }
    }

    /// Refuses the cells that [`Electrostatics::require`] refuses, and in an electric field every other but a slab across which it lies.
    ///
    /// # Errors
    /// The reason, and what to do.
    pub fn require_place(&self, cell: Option<&Cell>, state: ElectronicState) -> Result<()> {
        Self::require(cell, state)?;
        let (Some(field), Some(cell)) = (self.field, cell) else { return Ok(()) };
        let repeating = |open: usize| (0..3).filter(move |axis| *axis != open).map(|axis| cell.rows()[axis]);
        let along = |row: [f64; 3]| dot(field, row).abs() > 1e-9 * norm(field) * norm(row);
        match open_direction(cell) {
            Some(open) if !repeating(open).any(along) => Ok(()),
            _ => Err(Error::Structure(field::NO_CELL.into())),
        }
    }

    /// The part of each atom in the energy, eV: half of that of its multipoles in the field of the others, that in an electric field, and
    /// that of holding its charge.
    pub fn atom_energies<'a>(&'a self, numbers: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
        let Interaction { by_charge, by_dipole, by_quadrupole, .. } = &self.interaction;
        let held = self.charges.atom_energies(numbers, width(self.multipoles.degree));
        held.enumerate().map(move |(atom, held)| {
            let of_charge = self.charges.charges[atom] * by_charge[atom];
            let of_dipole = self.dipoles.get(atom).map_or(0.0, |dipole| dot(*dipole, by_dipole[atom]));
            let of_quadrupole = self.quadrupoles.get(atom).map_or(0.0, |t| double_dot(t, &by_quadrupole[atom]));
            // Derivatives hold the electric field as a whole, of which no other atom has a half.
            let in_field = if self.field.is_some() { self.in_field[atom] } else { 0.0 };
            0.5 * (of_charge + of_dipole + of_quadrupole + in_field) + self.unit * held
        })
    }

    /// Dipole moment in e·Å of the atoms evaluated last, at these positions (Å), from their center; of a neutral molecule that of any origin.
    #[must_use]
    pub fn dipole(&self, positions: &[[f64; 3]]) -> [f64; 3] {
        let arms = from_center(positions).zip(&self.charges.charges);
        let of_charges = arms.fold([0.0; 3], |sum, (arm, charge)| plus(sum, *charge, arm));
        self.dipoles.iter().fold(of_charges, |sum, dipole| plus(sum, 1.0, *dipole))
    }

    /// From derivatives `by` with respect to that dipole moment to those with respect to the `numbers` of the atoms, written to `into`.
    pub fn pull_back_dipole(&self, positions: &[[f64; 3]], numbers: &[f64], by: [f64; 3], into: &mut [f64]) {
        let degree = self.multipoles.degree;
        let along: Vec<f64> = from_center(positions).map(|arm| dot(arm, by)).collect();
        self.charges.pull_back_charges(numbers, width(degree), &along, into);
        let by_dipole = vec![by; self.dipoles.len()];
        moments::pull_back(&by_dipole, &[], degree, into);
    }

    /// Adds forces and, where one is given, virial at fixed numbers, in units of `unit` eV.
    pub fn collect(&self, unit: f64, forces: &mut [[f64; 3]], virial: Option<&mut [[f64; 3]; 3]>) {
        self.interaction.collect(unit, forces, virial);
    }
}

/// What is wrong with a cell that repeats in one direction only.
fn partly(cell: &Cell) -> String {
    format!(
        "what acts at any distance needs a cell that repeats in two or three directions, or none; this {} repeats in {}: give it a cell with vacuum \
         around, which repeats in all three, or use a model without charges and dispersion",
        cell.kind(),
        cell.dimensions()
    )
}

/// What is wrong with a slab that has a total charge.
fn charged_slab(charge: i32) -> String {
    format!(
        "the total charge of the slab is {charge}, and the field of a charged layer does not fade; add ions that make it neutral, or give it a \
         cell with vacuum across, which repeats in all three directions and has a uniform background of the opposite charge"
    )
}
