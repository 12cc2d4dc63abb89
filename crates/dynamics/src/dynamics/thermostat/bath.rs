//! What a heat bath remembers.

use crate::dynamics::not_negative;
use cormorant_core::Result;

/// Temperature of a bath and the heat that it took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bath {
    /// In K.
    pub temperature: f64,
    /// Given to the bath so far, in eV.
    pub heat: f64,
}

impl Bath {
    /// At `temperature` (K), before any heat has moved.
    ///
    /// # Errors
    /// When the temperature is negative or not finite.
    pub fn at(temperature: f64) -> Result<Self> {
        Ok(Self { temperature: not_negative("the temperature of the bath", temperature)?, heat: 0.0 })
    }
}
