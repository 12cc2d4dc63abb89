//! A straight line through points.

use super::StateReader;
use cormorant_core::Result;

/// Running least-squares line through (x, y).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LineFit {
    /// Number of points, means of x and y, sums of (x − x̄)² and (x − x̄)(y − ȳ).
    sums: [f64; 5],
}

impl LineFit {
    /// Take one more point.
    pub fn add(&mut self, x: f64, y: f64) {
        let [count, mean_x, mean_y, square, product] = &mut self.sums;
        *count += 1.0;
        let (deviation_x, deviation_y) = (x - *mean_x, y - *mean_y);
        *mean_x += deviation_x / *count;
        *mean_y += deviation_y / *count;
        *square += deviation_x * (x - *mean_x);
        *product += deviation_x * (y - *mean_y);
    }

    /// Slope of the line; 0 with fewer than two points.
    #[must_use]
    pub fn slope(&self) -> f64 {
        let [_, _, _, square, product] = self.sums;
        if square > 0.0 { product / square } else { 0.0 }
    }

    /// All numbers, for a restart.
    #[must_use]
    pub fn state(&self) -> [f64; 5] {
        self.sums
    }

    /// What [`LineFit::state`] gave.
    ///
    /// # Errors
    /// When there are too few numbers.
    pub fn read(state: &mut StateReader<'_>) -> Result<Self> {
        let mut sums = [0.0; 5];
        sums.copy_from_slice(state.numbers(5)?);
        Ok(Self { sums })
    }
}
