//! Limits that a run must not leave.

use serde::{Serialize, Serializer};

use super::Quantity;
use super::section::Section;
use crate::Result;
use crate::units::Dimension;

/// `[guards]`: what stops a run before it turns to nonsense.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GuardsInput {
    /// Largest distance that an atom may move within one step, or `"none"`.
    #[serde(serialize_with = "or_none")]
    pub largest_displacement: Option<Quantity>,
    /// Highest temperature, or `"none"`.
    #[serde(serialize_with = "or_none")]
    pub highest_temperature: Option<Quantity>,
}

impl Default for GuardsInput {
    fn default() -> Self {
        let largest_displacement = Some(Quantity::default_of("0.5 Å", Dimension::Length));
        Self { largest_displacement, highest_temperature: None }
    }
}

impl GuardsInput {
    pub(super) fn read(section: &Section<'_>) -> Result<Self> {
        section.allow(&["largest_displacement", "highest_temperature"])?;
        let default = Self::default();
        let limit = |key: &str, dimension, default| match section.text(key) {
            Ok(Some(("none", _))) => Ok(None),
            _ if section.has(key) => section.positive(key, dimension),
            _ => Ok(default),
        };
        Ok(Self {
            largest_displacement: limit("largest_displacement", Dimension::Length, default.largest_displacement)?,
            highest_temperature: limit("highest_temperature", Dimension::Temperature, default.highest_temperature)?,
        })
    }
}

#[allow(clippy::ref_option, reason = "serde fixes the signature")]
fn or_none<S: Serializer>(limit: &Option<Quantity>, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    match limit {
        Some(quantity) => quantity.serialize(serializer),
        None => serializer.serialize_str("none"),
    }
}
