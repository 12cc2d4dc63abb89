//! What everything else of cormorant is built from: units, errors, keyed noise, threads, and atoms in cells.
//!
//! | module       | what it holds |
//! |--------------|---------------|
//! | [`system`]   | elements, positions, cells, neighbor lists, constraints, observables |
//! | [`units`]    | the program's units (Å, eV, u) and the reading of quantities such as `"0.5 fs"` |
//! | [`noise`]    | random numbers keyed by seed, step and atom: same bits for any number of threads |
//! | [`parallel`] | work shared among threads in a fixed order |
//! | [`atomic`]   | files that are written whole or not at all |
//! | [`json`]     | JSON that keeps every bit of a number and refuses what is not one |
//!
//! ```
//! use cormorant_core::system::{Element, System, observables};
//! use cormorant_core::units::FEMTOSECOND;
//!
//! # fn main() -> cormorant_core::Result<()> {
//! let hydrogen = Element::from_symbol("H")?;
//! let mut molecule = System::new(vec![hydrogen; 2], vec![[0.0; 3], [0.74, 0.0, 0.0]], None)?;
//! molecule.momenta[0] = [molecule.masses[0] * 0.01 / FEMTOSECOND, 0.0, 0.0];
//! assert!(observables::kinetic_energy(&molecule) > 0.0);
//! # Ok(())
//! # }
//! ```

pub mod atomic;
mod error;
mod error_context;
mod error_kind;
mod hexadecimal;
mod input_error;
pub mod json;
pub mod noise;
pub mod parallel;
pub mod system;
pub mod units;

pub use error::{Error, Result};
pub use error_context::ErrorContext;
pub use error_kind::ErrorKind;
pub use hexadecimal::hexadecimal;
pub use input_error::InputError;
