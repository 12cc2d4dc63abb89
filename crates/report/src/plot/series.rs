//! One set of points in a chart.

/// How points are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlotStyle {
    /// Joined by a line.
    Line,
    /// Joined by a faint line, for what fluctuates behind its average.
    Faint,
    /// Joined by dashes, for what is expected.
    Dashed,
    /// One mark each.
    Points,
    /// Bars from zero, centered on x; `points` are evenly spaced.
    Bars,
}

/// A named set of points.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Name for the legend and the head of the CSV column.
    pub name: String,
    /// How it is drawn.
    pub look: PlotStyle,
    /// Number of the color.
    pub color: usize,
    /// The points, in the units of the axes.
    pub points: Vec<[f64; 2]>,
}

impl Series {
    /// A series in the color of number `color`.
    #[must_use]
    pub fn new(name: impl Into<String>, look: PlotStyle, color: usize, points: Vec<[f64; 2]>) -> Self {
        Self { name: name.into(), look, color, points }
    }
}
