//! Quantities with units among the arguments.

use cormorant_core::units::{self, Dimension};

/// A positive length in Å.
pub(super) fn length(text: &str) -> Result<f64, String> {
    positive(text, Dimension::Length)
}

/// A positive time in t.
pub(super) fn time(text: &str) -> Result<f64, String> {
    positive(text, Dimension::Time)
}

fn positive(text: &str, dimension: Dimension) -> Result<f64, String> {
    match units::parse(text, dimension) {
        Ok(value) if value > 0.0 => Ok(value),
        Ok(_) => Err("must be above zero".into()),
        Err(error) => Err(error.to_string()),
    }
}
