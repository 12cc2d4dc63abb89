//! Quantum nuclei.

use serde::Serialize;

use super::Quantity;
use super::declare::{TEMPERATURE, integer, positive, settings};
use super::section::Section;
use cormorant_core::{Error, Result};
use cormorant_dynamics::dynamics::NormalModes;

settings! {
    /// `[path_integral]`: nuclei are quantum, each a ring of beads. See [`cormorant_dynamics::dynamics::ring_polymer`].
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct PathIntegralInput {
        /// Copies of every atom.
        pub beads: usize = integer(1, 1024).required("16"),
        /// Temperature, which fixes the springs between the beads.
        pub temperature: Quantity = positive(TEMPERATURE).required("\"300 K\""),
    }
}

impl PathIntegralInput {
    pub(super) fn read(root: &Section<'_>) -> Result<Option<Self>> {
        let Some(section) = root.section("path_integral")? else { return Ok(None) };
        section.declared(&[Self::TABLE.keys])?;
        Ok(Some(Self { beads: section.get(&Self::beads)?, temperature: section.get(&Self::temperature)? }))
    }
}

impl PathIntegralInput {
    /// Normal modes of the rings; inputs that need them and have none are refused when they are read.
    pub(crate) fn modes_of(ring: Option<&Self>) -> Result<NormalModes> {
        let ring = ring.ok_or_else(Self::missing)?;
        NormalModes::new(ring.beads, ring.temperature.value())
    }

    /// What is wrong where there are no rings.
    pub(crate) fn missing() -> Error {
        Error::Invalid("ring polymers need [path_integral]".into())
    }
}
