//! Input files, and the verbs of the program as functions.
//!
//! | module | what it holds |
//! |---|---|
//! | [`settings`] | text in, plain structs out: keys, units, ranges, defaults, the reference page |
//! | [`workflow`] | run, fit, evaluate, minimize, certify and the rest, from these structs |
//!
//! The command line and Python call the same functions. Nothing here prints.
//!
//! # Example
//! An input is read and checked, and written back with its defaults:
//!
//! ```
//! use std::path::Path;
//!
//! use cormorant_workflow::settings::Input;
//!
//! # fn main() -> cormorant_core::Result<()> {
//! let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../inputs");
//! let input = Input::read(&folder.join("simulate-ethanol-nvt.toml"))?;
//! assert!(input.to_toml(None)?.contains("time_step = \"0.5 fs\""));
//! # Ok(())
//! # }
//! ```

pub mod settings;
pub mod workflow;
