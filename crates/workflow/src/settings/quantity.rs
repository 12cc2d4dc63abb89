//! A number with its unit, as it was written.

use serde::{Serialize, Serializer};

use cormorant_core::Result;
use cormorant_core::units::{self, Dimension};

/// A quantity: the text of the input and its value in internal units (see [`cormorant_core::units`]).
///
/// The text is kept so that what is printed reads back as the very same value.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantity {
    text: String,
    value: f64,
    dimension: Dimension,
}

impl Quantity {
    /// Read `text`, which must have a unit of `dimension`.
    ///
    /// # Errors
    /// When there is no number, no unit, or a unit of another dimension.
    pub fn new(text: &str, dimension: Dimension) -> Result<Self> {
        Ok(Self { text: text.trim().to_string(), value: units::parse(text, dimension)?, dimension })
    }

    /// A default written in the program itself; the tests read every one.
    pub(crate) fn default_of(text: &str, dimension: Dimension) -> Self {
        Self::new(text, dimension).expect("the defaults are quantities")
    }

    /// The value in internal units.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// What kind of quantity it is.
    pub fn dimension(&self) -> Dimension {
        self.dimension
    }

    /// The text as it was written, e.g. `0.5 fs`.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl std::fmt::Display for Quantity {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}
