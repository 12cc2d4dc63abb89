//! One set of points in a chart.

/// How points are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Joined by a line.
    Line,
    /// Joined by a faint line, for what fluctuates behind its average.
    Faint,
    /// Joined by dashes, for what is expected.
    Dashed,
    /// One mark each.
    Points,
    /// Bars from zero, centred on x; `points` are evenly spaced.
    Bars,
}

/// A named set of points.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Name for the legend and the head of the CSV column.
    pub name: String,
    /// How it is drawn.
    pub look: Look,
    /// Number of the colour.
    pub colour: usize,
    /// The points, in the units of the axes.
    pub points: Vec<[f64; 2]>,
}

impl Series {
    /// A series in the colour of number `colour`.
    #[must_use]
    pub fn new(name: impl Into<String>, look: Look, colour: usize, points: Vec<[f64; 2]>) -> Self {
        Self { name: name.into(), look, colour, points }
    }
}
