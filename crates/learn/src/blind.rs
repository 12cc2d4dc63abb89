//! The error on frames that were drawn blindly.

use cormorant_core::json;
use serde::{Deserialize, Deserializer, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// Share of the distribution below the upper end of a 90 % interval.
const UPPER: f64 = 0.95;

/// An error with its 90 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorInterval {
    /// The error.
    pub value: f64,
    /// Lower end of the interval.
    pub lower: f64,
    /// Upper end of the interval: infinite (`null` in files) where a single frame says nothing of it.
    #[serde(serialize_with = "json::or_null", deserialize_with = "null_is_infinite")]
    pub upper: f64,
}

fn null_is_infinite<'d, D: Deserializer<'d>>(source: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(source)?.unwrap_or(f64::INFINITY))
}

impl ErrorInterval {
    /// The root of the mean of `squares`, one mean square error of each frame, and where 90 % of such roots lie.
    ///
    ///   value = √m      lower, upper = √(m ∓ t s / √n)
    ///
    /// | symbol | here | unit | shape |
    /// |--------|------|------|-------|
    /// | m, s   | mean of `squares` and their standard deviation | (eV/Å)² | scalar |
    /// | n      | their number, one for each frame | | scalar |
    /// | t      | 95 % quantile of Student's distribution with n − 1 degrees of freedom | | scalar |
    ///
    /// Frames count as independent, atoms of a frame do not. Student, Biometrika 6, 1 (1908), doi:10.1093/biomet/6.1.1. Without two
    /// frames there is no interval (infinite). Checked by: `suite::learn::nine_of_ten_intervals_hold_the_error`.
    #[must_use]
    pub fn of_squares(squares: &[f64]) -> Self {
        let Self { value, lower, upper } = Self::of_mean(squares);
        Self { value: value.sqrt(), lower: lower.sqrt(), upper: upper.sqrt() }
    }

    /// The mean of `values`, one for each frame and none below zero, with its 90 % interval.
    #[must_use]
    pub fn of_mean(values: &[f64]) -> Self {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        if values.len() < 2 {
            return Self { value: mean, lower: 0.0, upper: f64::INFINITY };
        }
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0);
        let quantile = StudentsT::new(0.0, 1.0, count - 1.0).map_or(f64::INFINITY, |law| law.inverse_cdf(UPPER));
        let half = quantile * (variance / count).sqrt();
        Self { value: mean, lower: (mean - half).max(0.0), upper: mean + half }
    }

    /// Whether `value` lies in it.
    #[must_use]
    pub fn holds(&self, value: f64) -> bool {
        (self.lower..=self.upper).contains(&value)
    }
}
