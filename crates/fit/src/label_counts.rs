//! How many frames have which labels.

use std::fmt;

use serde::Serialize;

use super::configuration::Configuration;

/// How many frames have which labels, and how many are weighted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct LabelCounts {
    /// Frames.
    pub frames: usize,
    /// Of them with an energy.
    pub energies: usize,
    /// Of them with an energy relative to their scan.
    #[serde(skip_serializing_if = "is_none")]
    pub relative_energies: usize,
    /// Of them with forces.
    pub forces: usize,
    /// Of them with a stress or virial.
    pub virials: usize,
    /// Of them with a weight other than 1.
    pub weighted: usize,
}

impl LabelCounts {
    /// The counts of `configurations`.
    pub fn of<'c>(configurations: impl IntoIterator<Item = &'c Configuration>) -> Self {
        let mut counts = Self::default();
        for one in configurations {
            counts.frames += 1;
            counts.energies += usize::from(one.energy.is_some());
            counts.relative_energies += usize::from(one.relative_energy.is_some());
            counts.forces += usize::from(!one.telling_forces().is_empty());
            counts.virials += usize::from(one.virial.is_some());
            counts.weighted += usize::from(!one.weights.are_one());
        }
        counts
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_none(count: &usize) -> bool {
    *count == 0
}

impl fmt::Display for LabelCounts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { energies, relative_energies, forces, virials, weighted, .. } = self;
        write!(out, "frames with energy {energies}, with forces {forces}, with stress {virials}")?;
        if *relative_energies > 0 {
            write!(out, ", with an energy relative to others of a scan {relative_energies}")?;
        }
        if *weighted > 0 {
            write!(out, ", with a weight other than 1 {weighted}")?;
        }
        Ok(())
    }
}
