//! Elastic constants of crystals, from stresses of strained cells.

use crate::dynamics::ForceEvaluator;
use crate::minimize::{CellFreedom, CellGoal, Goal, Minimizer, Minimum};
use cormorant_core::system::vector::times;
use cormorant_core::system::{Cell, System};
use cormorant_core::{Error, Result};

/// Rows and columns of the tensor in the order of Voigt: xx, yy, zz, yz, xz, xy.
const VOIGT: [[usize; 2]; 6] = [[0, 0], [1, 1], [2, 2], [1, 2], [0, 2], [0, 1]];

/// How elastic constants are computed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Strain in each direction, forth and back.
    pub strain: f64,
    /// Largest force on an atom in eV/Å that may remain in a strained cell.
    pub force_tolerance: f64,
    /// Largest component of stress in eV/Å³ that may remain in the cell at reference.
    pub stress_tolerance: f64,
    /// Evaluations of the potential after which one minimization is given up.
    pub most_evaluations: u64,
}

/// A crystal at reference and its resistance to strain.
#[derive(Debug, Clone, PartialEq)]
pub struct ElasticConstants {
    /// The cell without stress.
    pub cell: Cell,
    /// Energy of the crystal at reference in eV.
    pub energy: f64,
    /// C in eV/Å³, in the order of Voigt (xx, yy, zz, yz, xz, xy), symmetrised.
    pub stiffness: [[f64; 6]; 6],
    /// Largest difference of two entries that should be equal, in eV/Å³: how well the numbers are determined.
    pub asymmetry: f64,
}

impl ElasticConstants {
    /// Relax `system` with its cell, strain it, and let the atoms follow each strain.
    ///
    ///   C_ij = (σ_i(+ε_j) − σ_i(−ε_j))/(2ε_j)        σ = −virial/V
    ///
    /// | symbol | here                     | unit  | shape    |
    /// |--------|--------------------------|-------|----------|
    /// | C      | `stiffness`              | eV/Å³ | `[6][6]` |
    /// | σ      | stress of the cell with relaxed atoms, as in Voigt's order | eV/Å³ | `[6]` |
    /// | ε      | `strain`; for shear the change of the angle, twice the component of the tensor | 1 | `[6]` |
    ///
    /// The axes are those of the structure. Source: Nye, Physical Properties of Crystals, 1957, chapter VIII. Checked by:
    /// `suite::elastic` (published constants of Stillinger-Weber silicon, Cauchy's relation of central forces).
    ///
    /// # Errors
    /// When there is no cell or a direction of it is open, atoms are constrained, the strain is not sensible, or a minimum is not found.
    pub fn new(
        system: &mut System,
        field: &mut ForceEvaluator,
        minimizer: &dyn Minimizer,
        settings: &Settings,
    ) -> Result<Self> {
        let strain = settings.strain;
        if !(1.0e-6..=0.1).contains(&strain) {
            return Err(Error::Invalid(format!("a strain of {strain} is not possible; choose one from 1e-6 to 0.1")));
        }
        if let Some(cell) = &system.cell
            && cell.dimensions() < 3
        {
            return Err(Error::Invalid(format!(
                "the cell repeats in {} of its directions only; elastic constants are those of a crystal that repeats in all three: a \
                 {} has no volume to refer them to",
                cell.dimensions(),
                cell.kind()
            )));
        }
        let whole = CellGoal { freedom: CellFreedom::Full, pressure: 0.0, stress_tolerance: settings.stress_tolerance };
        let mut goal = Goal {
            force_tolerance: settings.force_tolerance,
            most_evaluations: settings.most_evaluations,
            cell: Some(whole),
            held: None,
        };
        reached("crystal", &descend(system, field, minimizer, &goal)?)?;
        let cell = system.cell.ok_or_else(|| Error::Invalid("a crystal needs a cell".into()))?;
        let energy = field.last().energy;
        goal.cell = None;
        let reference = system.clone();
        let mut raw = [[0.0; 6]; 6];
        for (column, axes) in VOIGT.iter().enumerate() {
            let mut stresses = [[0.0; 6]; 2];
            for (stress, sign) in stresses.iter_mut().zip([1.0, -1.0]) {
                *system = strained(&reference, *axes, sign * strain)?;
                field.refresh(system)?;
                reached("strained crystal", &descend(system, field, minimizer, &goal)?)?;
                *stress = stress_of(system, field)?;
            }
            for row in 0..6 {
                raw[row][column] = (stresses[0][row] - stresses[1][row]) / (2.0 * strain);
            }
        }
        *system = reference;
        field.refresh(system)?;
        let (mut stiffness, mut asymmetry) = ([[0.0; 6]; 6], 0.0_f64);
        for row in 0..6 {
            for column in 0..6 {
                stiffness[row][column] = f64::midpoint(raw[row][column], raw[column][row]);
                asymmetry = asymmetry.max((raw[row][column] - raw[column][row]).abs());
            }
        }
        Ok(Self { cell, energy, stiffness, asymmetry })
    }

    /// Mean of C11, C22 and C33, in eV/Å³: the C11 of a cubic crystal whose axes are x, y and z.
    #[must_use]
    pub fn c11(&self) -> f64 {
        self.mean([[0, 0], [1, 1], [2, 2]])
    }

    /// Mean of C12, C13 and C23, in eV/Å³.
    #[must_use]
    pub fn c12(&self) -> f64 {
        self.mean([[0, 1], [0, 2], [1, 2]])
    }

    /// Mean of C44, C55 and C66, in eV/Å³.
    #[must_use]
    pub fn c44(&self) -> f64 {
        self.mean([[3, 3], [4, 4], [5, 5]])
    }

    /// Bulk modulus −V dP/dV in eV/Å³: 1/Σ S_ab over a, b = xx, yy, zz, with the compliance S = C⁻¹ (Reuss 1929, doi:10.1002/zamm.19290090104).
    /// For cubic crystals it is (C11 + 2 C12)/3.
    #[must_use]
    pub fn bulk_modulus(&self) -> f64 {
        let stiffness = nalgebra::Matrix6::from_fn(|row, column| self.stiffness[row][column]);
        match stiffness.try_inverse() {
            Some(compliance) => 1.0 / compliance.fixed_view::<3, 3>(0, 0).sum(),
            None => (self.c11() + 2.0 * self.c12()) / 3.0,
        }
    }

    /// Whether the constants are those of a cubic crystal along x, y and z, to 2 % of C11.
    #[must_use]
    pub fn is_cubic(&self) -> bool {
        let (c11, c12, c44) = (self.c11(), self.c12(), self.c44());
        let cubic = |row: usize, column: usize| match (row, column) {
            _ if row == column => {
                if row < 3 {
                    c11
                } else {
                    c44
                }
            }
            _ if row < 3 && column < 3 => c12,
            _ => 0.0,
        };
        let off = |row: usize, column: usize| (self.stiffness[row][column] - cubic(row, column)).abs();
        (0..6).all(|row| (0..6).all(|column| off(row, column) <= 0.02 * c11.abs()))
    }

    /// Shear modulus (C11 − C12 + 3 C44)/5 in eV/Å³, Voigt's average.
    #[must_use]
    pub fn shear_modulus(&self) -> f64 {
        (self.c11() - self.c12() + 3.0 * self.c44()) / 5.0
    }

    fn mean(&self, entries: [[usize; 2]; 3]) -> f64 {
        entries.iter().map(|[row, column]| self.stiffness[*row][*column]).sum::<f64>() / 3.0
    }
}

fn descend(system: &mut System, field: &mut ForceEvaluator, minimizer: &dyn Minimizer, goal: &Goal) -> Result<Minimum> {
    minimizer.minimize(system, field, goal, &mut |_, _, _| Ok(()))
}

fn reached(what: &str, minimum: &Minimum) -> Result<()> {
    if minimum.converged {
        return Ok(());
    }
    Err(Error::Invalid(format!(
        "no minimum of the {what} was found within {} evaluations: the largest force is still {:.1e} eV/Å, the largest stress \
         {:.1e} GPa; raise the tolerances or the number of evaluations",
        minimum.evaluations,
        minimum.largest_force,
        minimum.largest_stress / cormorant_core::units::GIGAPASCAL
    )))
}

/// The system with its cell and atoms deformed by a symmetric strain.
fn strained(reference: &System, [row, column]: [usize; 2], strain: f64) -> Result<System> {
    let mut gradient = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    gradient[row][column] += 0.5 * strain;
    gradient[column][row] += 0.5 * strain;
    let mut system = reference.clone();
    system.cell = reference.cell.map(|cell| cell.deformed(&gradient)).transpose()?;
    for position in &mut system.positions {
        *position = times(*position, &gradient);
    }
    Ok(system)
}

fn stress_of(system: &System, field: &mut ForceEvaluator) -> Result<[f64; 6]> {
    let virial = field.virial(system)?;
    let volume = system.cell.as_ref().map_or(1.0, Cell::measure);
    Ok(VOIGT.map(|[row, column]| -0.5 * (virial[row][column] + virial[column][row]) / volume))
}
