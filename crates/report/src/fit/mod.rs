//! The report of a fit: how it learned, how good it is, where it is worst.

mod atoms;
mod curve;
mod number;
mod parity;
mod prediction_file;
mod predictions;
mod report;
mod scan;
mod told;
mod worst;

pub use atoms::write_points;
pub use number::write_numbers;
pub use predictions::{PREDICTIONS, PartErrors, PredictedFrame, PredictedPart, Predictions};
pub use report::report_fit;
