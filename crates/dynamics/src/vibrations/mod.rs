//! Vibrations about a minimum in the harmonic approximation: Hessian, normal modes, thermochemistry.

mod analysis;
mod hessian;
mod mode;
mod normal_modes;
mod symmetry_number;
mod thermochemistry;

pub use analysis::Vibrations;
pub use hessian::Hessian;
pub use mode::Mode;
pub use normal_modes::NormalModes;
pub use symmetry_number::symmetry_number;
pub use thermochemistry::{Conditions, Contribution, Thermochemistry};
