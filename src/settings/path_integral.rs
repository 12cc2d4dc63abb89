//! Quantum nuclei.

use serde::Serialize;

use super::Quantity;
use super::section::Section;
use cormorant_core::Result;
use cormorant_core::units::Dimension;

/// `[path_integral]`: nuclei are quantum, each a ring of beads. See [`cormorant_dynamics::dynamics::ring_polymer`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PathIntegralInput {
    /// Copies of every atom.
    pub beads: usize,
    /// Temperature, which fixes the springs between the beads.
    pub temperature: Quantity,
}

impl PathIntegralInput {
    pub(super) fn read(root: &Section<'_>) -> Result<Option<Self>> {
        let Some(section) = root.section("path_integral")? else { return Ok(None) };
        section.allow(&["beads", "temperature"])?;
        let beads = section.required("beads", section.integer("beads", 1, 1024)?, "beads = 16")? as usize;
        let temperature = section.positive("temperature", Dimension::Temperature)?;
        let temperature = section.required("temperature", temperature, "temperature = \"300 K\"")?;
        Ok(Some(Self { beads, temperature }))
    }
}
