//! Refusals that integrators, baths and barostats share.

use cormorant_core::{Error, Result};

/// The state as an array of the length that its owner expects.
///
/// # Errors
/// When it has another length.
pub fn take_state<const LENGTH: usize>(owner: &str, state: &[f64]) -> Result<[f64; LENGTH]> {
    state.try_into().map_err(|_| {
        Error::Restart(format!("the saved state of {owner} has {} numbers where {LENGTH} are needed", state.len()))
    })
}

/// `value` if it is finite and positive.
///
/// # Errors
/// Else, with the name `what`.
pub fn positive(what: &str, value: f64) -> Result<f64> {
    if value.is_finite() && value > 0.0 {
        Ok(value)
    } else {
        Err(Error::Invalid(format!("{what} must be positive, but is {value}")))
    }
}

/// `value` if it is finite and not negative.
///
/// # Errors
/// Else, with the name `what`.
pub fn not_negative(what: &str, value: f64) -> Result<f64> {
    if value.is_finite() && value >= 0.0 {
        Ok(value)
    } else {
        Err(Error::Invalid(format!("{what} must not be negative, but is {value}")))
    }
}
