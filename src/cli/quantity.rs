//! Quantities with units among the arguments.

use cormorant_core::units::Dimension;
use cormorant_workflow::settings::Quantity;

/// A length above zero.
pub(super) fn length(text: &str) -> Result<Quantity, String> {
    positive(text, Dimension::Length)
}

/// A time above zero.
pub(super) fn time(text: &str) -> Result<Quantity, String> {
    positive(text, Dimension::Time)
}

/// A time of zero or more.
pub(super) fn time_from_zero(text: &str) -> Result<Quantity, String> {
    match Quantity::new(text, Dimension::Time) {
        Ok(quantity) if quantity.value() >= 0.0 => Ok(quantity),
        Ok(_) => Err("must be zero or more".into()),
        Err(error) => Err(error.to_string()),
    }
}

/// A temperature above zero.
pub(super) fn temperature(text: &str) -> Result<Quantity, String> {
    positive(text, Dimension::Temperature)
}

/// An angle above zero.
pub(super) fn angle(text: &str) -> Result<Quantity, String> {
    positive(text, Dimension::Angle)
}

/// An energy above zero.
pub(super) fn energy(text: &str) -> Result<Quantity, String> {
    positive(text, Dimension::Energy)
}

/// A force above zero.
pub(super) fn force(text: &str) -> Result<Quantity, String> {
    positive(text, Dimension::Force)
}

fn positive(text: &str, dimension: Dimension) -> Result<Quantity, String> {
    match Quantity::new(text, dimension) {
        Ok(quantity) if quantity.value() > 0.0 => Ok(quantity),
        Ok(_) => Err("must be above zero".into()),
        Err(error) => Err(error.to_string()),
    }
}
