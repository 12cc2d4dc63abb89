//! A part of all spreads, from small to large.

use serde::Serialize;

/// Errors where the spread is of a certain size. Root mean squares are over components, as those of the whole.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SpreadDecile {
    /// How many there are.
    pub count: usize,
    /// Smallest and largest spread, of a number or the length of a vector.
    pub spreads: [f64; 2],
    /// Root mean square spread of a component.
    pub rms_spread: f64,
    /// Root mean square error of a component.
    pub rms_error: f64,
}
