//! Units of labels that keep the unit of their file.

use super::parse::product;
use crate::{Error, Result};

/// Units of labels beside products of the units of quantities: shares, moments, and what only tables know.
pub const LABEL_UNITS: [&str; 9] = ["1", "ppm", "ppb", "%", "D", "muB", "μB", "hbar/2", "barn"];

/// Refuses a unit of labels that is neither in [`LABEL_UNITS`] nor a product of powers of units, such as `eV`, `e`, `e*Å`, `Å^2` or `1/ps`.
///
/// Such labels stay in their unit, so that it need not have any dimension in particular.
///
/// # Errors
/// What is wrong with the unit, and which are known.
///
/// ```
/// use cormorant_core::units::require_label_unit;
/// assert!(["1", "ppm", "e", "Å^2", "eV/Å"].into_iter().all(|unit| require_label_unit(unit).is_ok()));
/// assert!(require_label_unit("furlong").is_err());
/// ```
pub fn require_label_unit(unit: &str) -> Result<()> {
    let known = || {
        format!(
            "known are {}, and products of powers of the units of quantities such as Å, bohr, eV, meV, Hartree, kcal/mol, e, u, fs, ps, K, GPa, V/Å",
            LABEL_UNITS.join(", ")
        )
    };
    let refuse = |reason: String| {
        let remedy = format!("{reason}; {}", known());
        Err(Error::Unit { found: unit.chars().take(40).collect(), expected: "a unit of labels", remedy })
    };
    let trimmed = unit.trim();
    if trimmed.is_empty() {
        return refuse("write \"1\" for a number without a unit".into());
    }
    if trimmed.contains(['"', ',', '\n']) {
        return refuse("a unit has no quotes or commas".into());
    }
    if LABEL_UNITS.contains(&trimmed) {
        return Ok(());
    }
    product(trimmed).map(|_| ()).or_else(refuse)
}
