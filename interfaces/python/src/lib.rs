//! `cormorant._native`: what the Python package `cormorant` is made of.
//!
//! Arrays pass through the buffer protocol, so that no version of numpy is compiled in. The package in `python/` gives
//! them their shapes; nothing here is meant to be called by users.

mod buffers;
mod errors;
mod fit;
mod model;
mod program;
mod run;
mod structure;

use pyo3::prelude::*;

/// The module as Python sees it.
#[pymodule]
mod _native {
    #[pymodule_export]
    use crate::errors::{
        CormorantError, DataError, ElementError, InputError, Interrupted, ModelError, NumericalError, RestartError,
        StructureError, UnitError,
    };
    #[pymodule_export]
    use crate::fit::fit;
    #[pymodule_export]
    use crate::model::Model;
    #[pymodule_export]
    use crate::program::program;
    #[pymodule_export]
    use crate::run::run;
    #[pymodule_export]
    use crate::structure::read;
}
