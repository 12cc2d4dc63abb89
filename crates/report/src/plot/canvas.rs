//! Lengths and failures of a drawing.

use plotters::drawing::DrawingAreaErrorKind;

/// plotters draws on whole pixels: the drawing is this much larger than it is shown, so that lines are smooth.
const FINENESS: f64 = 4.0;

/// What a drawing area gives when it fails; strings cannot, so it is never seen.
pub(super) type Failed = DrawingAreaErrorKind<std::io::Error>;

/// A length on the page in the pixels of the drawing.
pub(super) fn pixels(length: f64) -> i32 {
    (length * FINENESS).round() as i32
}
