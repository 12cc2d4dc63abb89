//! A chart before it is drawn.

use std::fmt::Write;

use super::thin::thin;
use super::{Axis, PlotStyle, Series};

/// Points with axes, and the sentence that says what they mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// Stem of its files, e.g. `temperature`.
    pub name: String,
    /// Heading.
    pub title: String,
    /// A sentence with the number that the chart is there for.
    pub sentence: String,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// What is drawn, from back to front.
    pub series: Vec<Series>,
    /// Whether both axes have the same scale and a diagonal, as a comparison of two measures of one thing needs.
    pub square: bool,
}

impl Chart {
    /// A chart without series.
    #[must_use]
    pub fn new(name: impl Into<String>, title: impl Into<String>, x: Axis, y: Axis) -> Self {
        let (name, title) = (name.into(), title.into());
        Self { name, title, sentence: String::new(), x, y, series: Vec::new(), square: false }
    }

    /// With one more series. Lines of very many points are thinned; no extreme is lost.
    #[must_use]
    pub fn with(mut self, mut series: Series) -> Self {
        if matches!(series.look, PlotStyle::Line | PlotStyle::Faint | PlotStyle::Dashed) {
            series.points = thin(&series.points);
        }
        self.series.push(series);
        self
    }

    /// With the sentence that says what it means.
    #[must_use]
    pub fn saying(mut self, sentence: impl Into<String>) -> Self {
        self.sentence = sentence.into();
        self
    }

    /// With equal axes and a diagonal.
    #[must_use]
    pub fn square(mut self) -> Self {
        self.square = true;
        self
    }

    /// The numbers that are drawn, as CSV: a block of rows for each series.
    #[must_use]
    pub fn csv(&self) -> String {
        let quoted = |text: &str| {
            let needs = text.contains([',', '"', '\n']);
            if needs { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_string() }
        };
        let name = |x: f64| usize::try_from(x.round() as i64).ok().and_then(|index| self.x.names.get(index));
        let mut text = format!("series,{},{}\n", quoted(&self.x.label), quoted(&self.y.label));
        for series in &self.series {
            for [x, y] in &series.points {
                let first = name(*x).map_or_else(|| x.to_string(), |name| quoted(name));
                // Writing to a string cannot fail.
                let _ = writeln!(text, "{},{first},{y}", quoted(&series.name));
            }
        }
        text
    }
}
