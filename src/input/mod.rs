//! Input files: TOML in, objects out.
//!
//! An input begins with `version = 1`. Every quantity is a text with a unit, checked for its dimension; every path is
//! relative to the file that names it; a key that is not known is refused and the nearest known one is named. What was
//! left out is filled with defaults, and [`Input::to_toml`] prints the result in full: it reads back as the same input.
//!
//! ```text
//! text ─ Source ─ Section (one table at a time) ─ RunInput or FitInput ─ build ─ Simulation
//! ```

mod choice;
mod diagnose;
mod output;
mod potential;
mod quantity;
mod read;
mod run;
mod section;
mod source;
mod stage;
mod structure;
mod velocities;
mod write;

pub use choice::{IntegratorKind, Precision, RemoveMotion};
pub use diagnose::InputError;
pub use output::OutputInput;
pub use potential::PotentialInput;
pub use quantity::Quantity;
pub use read::Input;
pub use run::RunInput;
pub use stage::{StageInput, ThermostatInput};
pub use structure::{CellInput, StructureInput};
pub use velocities::VelocitiesInput;
pub use write::WriteInput;
