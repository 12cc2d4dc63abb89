//! The cheap potential within a step of r-RESPA.

use serde::Serialize;

use super::section::Section;
use super::{IntegratorKind, PotentialInput};
use cormorant_core::Result;

/// `inner` of a stage: short steps under a cheap potential that holds the fast motions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InnerInput {
    /// Short steps within each time step.
    pub steps: u32,
    /// The cheap potential. What is sampled is `[potential]`, however rough this one is.
    pub potential: PotentialInput,
}

impl InnerInput {
    pub(super) fn read(stage: &Section<'_>, integrator: Option<IntegratorKind>) -> Result<Option<Self>> {
        let respa = integrator == Some(IntegratorKind::Respa);
        let section = match stage.section("inner")? {
            Some(_) if !respa => {
                return Err(stage.error_at(
                    "inner",
                    "`inner` goes with integrator = \"respa\" only",
                    "remove it, or add integrator = \"respa\"",
                ));
            }
            None if respa => {
                let example = "inner = { steps = 4, potential = { kind = \"harmonic\", bonds = [...] } }";
                return stage.required("inner", None, example);
            }
            None => return Ok(None),
            Some(section) => section,
        };
        section.allow(&["steps", "potential"])?;
        let steps = section.required("steps", section.integer("steps", 1, 1000)?, "steps = 4")?;
        Ok(Some(Self { steps: steps as u32, potential: PotentialInput::read(&section)? }))
    }
}
