//! Errors of values of atoms.

use serde::{Deserialize, Serialize};

use cormorant_core::json;

/// Errors of one column on the atoms of one element, or on all. NaN here, `null` in files, where nothing was compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AtomErrors {
    /// Name of the column.
    pub column: String,
    /// Symbol of the element; none for all elements together.
    pub element: Option<String>,
    /// Atoms with a label.
    pub labels: usize,
    /// Mean absolute error of a component, in the unit of the column.
    #[serde(serialize_with = "json::or_null", deserialize_with = "json::or_nan")]
    pub mae: f64,
    /// Root mean square error of a component.
    #[serde(serialize_with = "json::or_null", deserialize_with = "json::or_nan")]
    pub rmse: f64,
    /// Pearson correlation of references and predictions, component by component; NaN where one of them does not vary.
    #[serde(serialize_with = "json::or_null", deserialize_with = "json::or_nan")]
    pub correlation: f64,
}
