//! The cheap potential within a step of r-RESPA.

use serde::Serialize;

use super::declare::{integer, settings};
use super::section::Section;
use super::{IntegratorKind, PotentialInput};
use cormorant_core::Result;

settings! {
    /// `inner` of a stage: short steps under a cheap potential that holds the fast motions.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct InnerInput {
        /// Short steps within each time step.
        pub steps: u32 = integer(1, 1000).required("4"),
        /// The cheap potential. What is sampled is `[potential]`, however rough this one is.
        pub potential: PotentialInput = PotentialInput::key(),
    }
}

impl InnerInput {
    pub(super) fn read(stage: &Section<'_>, integrator: Option<IntegratorKind>) -> Result<Option<Self>> {
        let respa = integrator == Some(IntegratorKind::Respa);
        let section = match stage.section("inner")? {
            Some(_) if !respa => {
                return Err(stage.error_at(
                    "inner",
                    "`inner` requires integrator = \"respa\"",
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
        section.declared(&[Self::TABLE.keys])?;
        Ok(Some(Self { steps: section.get(&Self::steps)?, potential: PotentialInput::read(&section)? }))
    }
}
