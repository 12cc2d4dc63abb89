//! Where sampled frames come from.

use cormorant_core::system::System;

/// Where the frames come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleMethod {
    /// Thermal displacements in a model Hessian.
    Thermal,
    /// A Gaussian displacement of every coordinate.
    Rattle,
    /// Turns about bonds.
    Torsions,
    /// Volumes and strains of the cell.
    Strain,
    /// Thermal displacements along the normal modes of a model.
    Modes,
    /// Molecular dynamics with a model.
    Trajectory,
}

impl SampleMethod {
    /// The words that stand for them.
    pub const WORDS: &'static [(&'static str, Self)] = &[
        ("thermal", Self::Thermal),
        ("rattle", Self::Rattle),
        ("torsions", Self::Torsions),
        ("strain", Self::Strain),
        ("modes", Self::Modes),
        ("trajectory", Self::Trajectory),
    ];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, method)| *method == self).map_or("", |(word, _)| word)
    }

    /// What is taken for a structure if nothing is said: strain where everything repeats, thermal for all others.
    #[must_use]
    pub fn usual(system: &System) -> Self {
        if system.cell.is_some_and(|cell| cell.dimensions() == 3) { Self::Strain } else { Self::Thermal }
    }

    /// Whether it needs a model.
    #[must_use]
    pub fn needs_model(self) -> bool {
        matches!(self, Self::Modes | Self::Trajectory)
    }
}
