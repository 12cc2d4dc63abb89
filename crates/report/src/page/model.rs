//! What is on a page.

use serde::Serialize;

use crate::molecule::Animation;
use crate::plot::Chart;

/// A page before it is written.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Heading.
    pub title: String,
    /// What kind of report it is, e.g. `Simulation`.
    pub kind: String,
    /// One line under the heading.
    pub subtitle: String,
    /// What the reader has to know first: mistakes, guards that fired, a run that is still running.
    pub alerts: Vec<String>,
    /// Short facts beside the picture.
    pub facts: Vec<Fact>,
    /// A PNG picture.
    pub picture: Option<Vec<u8>>,
    /// What the films show, under their heading.
    pub films_text: String,
    /// Films for the 3D view; all of them together must be small enough, see [`Animation::most_frames`].
    pub films: Vec<Animation>,
    /// The rest, in order.
    pub sections: Vec<Section>,
}

/// A fact of few words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// What it is about.
    pub name: String,
    /// What is the case.
    pub value: String,
}

/// A part of a page under a heading.
#[derive(Debug, Clone, Default)]
pub struct Section {
    /// Heading.
    pub heading: String,
    /// Plain text before the charts.
    pub text: String,
    /// Charts.
    pub charts: Vec<Chart>,
    /// Tables after the charts.
    pub tables: Vec<PageTable>,
    /// Other pages: name and address, relative to this one.
    pub links: Vec<(String, String)>,
    /// Text that is shown as it is, such as an input file, behind a heading that opens it.
    pub verbatim: Option<(String, String)>,
}

/// A table; the first column names the rows, the others are numbers or short words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PageTable {
    /// What it shows.
    pub caption: String,
    /// Heads of the columns, with units.
    pub heads: Vec<String>,
    /// Rows, as long as `heads`.
    pub rows: Vec<Vec<String>>,
}

impl Page {
    /// Add a fact.
    pub fn fact(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.facts.push(Fact { name: name.into(), value: value.into() });
    }
}

impl Section {
    /// A section of charts.
    #[must_use]
    pub fn of(heading: impl Into<String>, charts: Vec<Chart>) -> Self {
        Self { heading: heading.into(), charts, ..Self::default() }
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
            && self.charts.is_empty()
            && self.tables.is_empty()
            && self.links.is_empty()
            && self.verbatim.is_none()
    }
}
