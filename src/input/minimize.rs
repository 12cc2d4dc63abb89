//! Going downhill before the first stage.

use serde::Serialize;

use super::Quantity;
use super::section::Section;
use crate::Result;
use crate::units::Dimension;

/// `[minimize]`: move the atoms to a minimum of the energy before they are set in motion. The cell stays.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MinimizeInput {
    /// How.
    pub method: MinimizeMethod,
    /// Largest force on an atom that may remain.
    pub largest_force: Quantity,
    /// Evaluations of the potential after which the run is given up.
    pub most_evaluations: u64,
}

/// A way downhill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MinimizeMethod {
    /// Limited-memory BFGS.
    LBfgs,
    /// FIRE: dynamics that forgets its velocity when it goes uphill.
    Fire,
}

impl std::str::FromStr for MinimizeMethod {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let words: Vec<&str> = METHODS.iter().map(|(word, _)| *word).collect();
        let found = METHODS.iter().find(|(word, _)| *word == text).map(|(_, method)| *method);
        found.ok_or_else(|| format!("it is one of {}", words.join(", ")))
    }
}

const METHODS: [(&str, MinimizeMethod); 2] = [("l-bfgs", MinimizeMethod::LBfgs), ("fire", MinimizeMethod::Fire)];

impl Default for MinimizeInput {
    fn default() -> Self {
        Self {
            method: MinimizeMethod::LBfgs,
            largest_force: Quantity::default_of("0.01 eV/Å", Dimension::Force),
            most_evaluations: 10_000,
        }
    }
}

impl MinimizeInput {
    /// The section, with `default` for what it leaves out; none if there is no section.
    pub(super) fn read(root: &Section<'_>, default: &Self) -> Result<Option<Self>> {
        let Some(section) = root.section("minimize")? else { return Ok(None) };
        section.allow(&["method", "largest_force", "most_evaluations"])?;
        Ok(Some(Self {
            method: section.choice("method", &METHODS)?.unwrap_or(default.method),
            largest_force: section
                .positive("largest_force", Dimension::Force)?
                .unwrap_or_else(|| default.largest_force.clone()),
            most_evaluations: section
                .integer("most_evaluations", 1, 1_000_000_000)?
                .unwrap_or(default.most_evaluations),
        }))
    }
}
