//! One axis of a chart.

/// What an axis shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// Quantity and unit, e.g. `Time / ps`.
    pub label: String,
    /// First and last value; what the data span if left out.
    pub range: Option<[f64; 2]>,
    /// Whether equal distances stand for equal ratios; values that are not positive are then left out. Where the data span less
    /// than a factor of 20 it is drawn linear all the same.
    pub logarithmic: bool,
    /// Names at 0, 1, 2, ... instead of numbers.
    pub names: Vec<String>,
}

impl Axis {
    /// A linear axis over what the data span.
    #[must_use]
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), range: None, logarithmic: false, names: Vec::new() }
    }

    /// From `first` to `last`.
    #[must_use]
    pub fn between(mut self, first: f64, last: f64) -> Self {
        self.range = Some([first, last]);
        self
    }

    /// Equal distances stand for equal ratios.
    #[must_use]
    pub fn logarithmic(mut self) -> Self {
        self.logarithmic = true;
        self
    }

    /// Names at 0, 1, 2, ... instead of numbers.
    #[must_use]
    pub fn named(mut self, names: Vec<String>) -> Self {
        self.range = Some([-0.6, names.len() as f64 - 0.4]);
        self.names = names;
        self
    }

    /// The range to draw for `values`, with a little room around them unless it was given. Never empty.
    pub(super) fn span(&self, values: impl Iterator<Item = f64>) -> [f64; 2] {
        if let Some(range) = self.range.filter(|range| range[1] > range[0]) {
            return range;
        }
        let fits = |value: &f64| value.is_finite() && (!self.logarithmic || *value > 0.0);
        let (low, high) = values
            .filter(fits)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        match (low <= high, self.logarithmic) {
            (false, true) => [0.1, 10.0],
            (false, false) => [0.0, 1.0],
            (true, true) => [low / 1.15, high * 1.15],
            (true, false) => {
                let room = if high > low { 0.04 * (high - low) } else { high.abs().max(1.0) * 0.05 };
                [low - room, high + room]
            }
        }
    }
}
