//! Potential energy surfaces: energies, forces and virials for everything that moves atoms.
//!
//! | items | what they are |
//! |---|---|
//! | [`Potential`], [`Evaluation`], [`RequestedProperties`] | the contract |
//! | [`LearnedPotential`], [`PartialPotential`], [`Committee`], [`evaluate_batch`] | networks as potentials: whole, in parts for LAMMPS, several of them, many systems at once |
//! | [`LennardJones`], [`Morse`], [`StillingerWeber`], [`Zbl`], [`Truncation`] | classical potentials |
//! | [`Harmonic`], [`Walls`], [`MeanOverBeads`] | springs, restraints and walls |
//! | [`Sum`] | several potentials added |
//! | [`Plumed`] | biases and collective variables from PLUMED |
//! | [`extrapolation`] | how far a configuration is from the training frames |
//!
//! `examples/own_potential.rs` implements [`Potential`] and runs with it.
//!
//! # Example
//! The energy of two argon atoms at the minimum of their potential:
//!
//! ```
//! use cormorant_core::system::{Element, System};
//! use cormorant_core::units::BOLTZMANN;
//! use cormorant_potential::{Evaluation, LennardJones, Potential, RequestedProperties};
//!
//! # fn main() -> cormorant_core::Result<()> {
//! let argon = Element::from_symbol("Ar")?;
//! let minimum = 3.405 * 2.0_f64.powf(1.0 / 6.0);
//! let pair = System::new(vec![argon; 2], vec![[0.0; 3], [minimum, 0.0, 0.0]], None)?;
//! let mut potential = LennardJones::argon(10.0)?;
//! let mut result = Evaluation::default();
//! potential.evaluate(&pair, RequestedProperties { virial: true, ..Default::default() }, &mut result)?;
//! assert!((result.energy + 119.8 * BOLTZMANN).abs() < 1e-12); // −ε, in eV
//! assert!(result.forces[0][0].abs() < 1e-12); // eV/Å
//! # Ok(())
//! # }
//! ```

mod batch;
mod checks;
mod committee;
mod distant;
mod evaluation;
pub mod extrapolation;
mod harmonic;
mod images;
mod learned;
mod lennard_jones;
mod mean_over_beads;
mod morse;
mod moving;
mod pairs;
mod part;
mod partial;
mod plumed;
mod short_range;
mod spatial_order;
mod spread;
mod stillinger_weber;
mod sum;
mod surroundings;
mod truncation;
mod walls;
mod zbl;

pub use batch::evaluate_batch;
pub use checks::{check_finite, unknown};
pub use committee::Committee;
pub use harmonic::{Anchor, Angle, Bond, Dihedral, Harmonic};
pub use learned::{EngineOptions, LearnedPotential, Precision};
pub use lennard_jones::LennardJones;
pub use mean_over_beads::MeanOverBeads;
pub use morse::Morse;
pub use part::Part;
pub use partial::PartialPotential;
pub use plumed::{Plumed, PlumedOptions};
pub use short_range::START as WALL_START;
pub use spread::Spread;
pub use stillinger_weber::StillingerWeber;
pub use sum::Sum;
pub use truncation::Truncation;
pub use walls::{Wall, WallShape, Walls};
pub use zbl::Zbl;

use cormorant_core::Result;
use cormorant_core::system::{Element, System};

/// What a caller needs beyond energy and forces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RequestedProperties {
    /// The virial −∂E/∂strain.
    pub virial: bool,
    /// The energy of each atom.
    pub atom_energies: bool,
}

/// Energy and its derivatives for one configuration.
///
/// | field           | unit  | shape        | definition        |
/// |-----------------|-------|--------------|-------------------|
/// | `energy`        | eV    | scalar       | E                 |
/// | `forces`        | eV/Å  | `[atoms][3]` | −∂E/∂r            |
/// | `virial`        | eV    | `[3][3]`     | −∂E/∂strain; stress = −virial / volume |
/// | `atom_energies` | eV    | `[atoms]`    | E = Σ atom energies |
/// | `charges`       | e     | `[atoms]`    | charges of the atoms, where the potential has some |
/// | `dipoles`       | e·Å   | `[atoms][3]` | dipoles of the atoms beside them, where the potential has some |
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Evaluation {
    /// Potential energy in eV.
    pub energy: f64,
    /// Force on each atom in eV/Å.
    pub forces: Vec<[f64; 3]>,
    /// Virial −∂E/∂strain in eV, when it was asked for.
    pub virial: Option<[[f64; 3]; 3]>,
    /// Energy of each atom in eV, when it was asked for; empty otherwise.
    pub atom_energies: Vec<f64>,
    /// Charge of each atom in e; empty where the potential has none.
    pub charges: Vec<f64>,
    /// Dipole of each atom in e·Å beside its charge; empty where the potential has none.
    pub dipoles: Vec<[f64; 3]>,
    /// Standard deviations over the members of a committee; none from other potentials.
    pub spread: Option<Spread>,
}

/// A potential energy surface.
///
/// Implementations may keep caches (neighbor lists, work arrays), hence `&mut self`; the result may depend on nothing
/// but the system.
pub trait Potential: Send {
    /// Name for logs and headers, e.g. `cormorant models/ethanol`.
    fn name(&self) -> String;
    /// Name of the instruction set whose rounding the numbers have; `None` where they are the same on every machine.
    fn instruction_set(&self) -> Option<&'static str> {
        None
    }
    /// Adapter and driver of the graphics processor whose rounding the numbers have, where one computes.
    fn device(&self) -> Option<&str> {
        None
    }
    /// Range of the interaction in Å; `None` couples every pair.
    fn cutoff(&self) -> Option<f64>;
    /// Whether the potential knows `element`; asked once, before step 0.
    fn accepts(&self, element: Element) -> bool;
    /// Elements that the potential knows, for messages; empty if it accepts any.
    fn elements(&self) -> Vec<Element> {
        Vec::new()
    }
    /// What a user should know of how it takes total charge and spin of `system`, if anything; asked once, before step 0.
    ///
    /// # Errors
    /// When it does not know them; says what it knows, and what to do.
    fn check_state(&self, _system: &System) -> Result<Option<String>> {
        Ok(None)
    }
    /// What [`Potential::check_state`] says, and what else a user should know of the structure before anything is computed for it.
    ///
    /// # Errors
    /// As for [`Potential::check_state`].
    fn check_structure(&self, system: &System) -> Result<Option<String>> {
        self.check_state(system)
    }
    /// Whether it acts from outside, on places in space and not between atoms: then momentum is not conserved, and it has
    /// no part in the pressure.
    fn is_external(&self) -> bool {
        false
    }
    /// Whether its forces always add up to zero, so that total momentum is conserved.
    fn keeps_momentum(&self) -> bool {
        !self.is_external()
    }
    /// Whether its energy never changes when everything is turned, so that without a cell angular momentum is conserved.
    fn keeps_angular_momentum(&self) -> bool {
        self.keeps_momentum()
    }
    /// The step of the last evaluation is over: a potential with a history takes it in. Called at most once for each step, before
    /// the state is saved and at the end of a run; what is not told in this way follows when the next step is evaluated.
    ///
    /// # Errors
    /// When the history cannot be kept.
    fn complete_step(&mut self) -> Result<()> {
        Ok(())
    }
    /// The last evaluation is not part of the run, or its step has been completed before: no history follows from it.
    fn forget_step(&mut self) {}
    /// Energy and forces of `system`, written over what `into` held (its buffers are reused).
    ///
    /// # Errors
    /// When the system cannot be evaluated (unknown element, overlapping atoms) or a result is not finite.
    fn evaluate(&mut self, system: &System, want: RequestedProperties, into: &mut Evaluation) -> Result<()>;
}
