//! How far the spread of a committee tells its true error.
//!
//! A committee gives a mean and a spread for every energy and every force. Where labels are known, so is the error of the mean, and the
//! two can be compared: whether large spreads stand at large errors ([`SpreadStatistics::rank_correlation`]), and by which factor the
//! spread has to be multiplied to be an error bar ([`SpreadStatistics::calibration`]).
//!
//! ```
//! use cormorant_learn::spread::SpreadErrors;
//!
//! let mut energies = SpreadErrors::of_numbers();
//! energies.add(0.1, &[0.2]);
//! energies.add(0.2, &[-0.4]);
//! let found = energies.statistics().unwrap();
//! assert!((found.calibration.unwrap() - 2.0).abs() < 1e-12);
//! ```

mod decile;
mod rank;
mod spread_errors;
mod statistics;

pub use decile::SpreadDecile;
pub use rank::rank_correlation;
pub use spread_errors::SpreadErrors;
pub use statistics::SpreadStatistics;
