//! The input of `elastic`: elastic constants of a crystal.

use std::path::PathBuf;

use serde::Serialize;

use super::minimize::METHODS;
use super::run::name;
use super::section::Section;
use super::{MinimizeMethod, PotentialInput, Precision, Quantity, StructureInput};
use cormorant_core::Result;
use cormorant_core::units::Dimension;

/// Elastic constants: a crystal, a potential, and how far it is strained.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ElasticInput {
    /// Version of the input format.
    pub version: u64,
    /// Name of the crystal.
    pub name: String,
    /// The atoms; they need a cell.
    pub structure: StructureInput,
    /// What holds them together; networks compute in f64, whatever is asked for.
    pub potential: PotentialInput,
    /// How the constants are computed.
    pub elastic: StrainInput,
}

/// `[elastic]`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StrainInput {
    /// Strain in each direction, forth and back.
    pub strain: f64,
    /// How minima are found.
    pub method: MinimizeMethod,
    /// Largest force on an atom that may remain.
    pub largest_force: Quantity,
    /// Largest component of the stress that may remain in the crystal at rest.
    pub largest_stress: Quantity,
    /// Evaluations of the potential after which a minimization is given up.
    pub most_evaluations: u64,
}

impl ElasticInput {
    pub(super) fn read(root: &Section<'_>, version: u64) -> Result<Self> {
        root.allow(&["version", "name", "structure", "potential", "elastic"])?;
        let name = name(root)?;
        let structure = StructureInput::read(root)?;
        let mut potential = PotentialInput::read(root)?;
        potential.set_default_precision(false, Precision::F64);
        Ok(Self {
            version,
            name,
            structure,
            potential,
            elastic: StrainInput::read(&root.section_or_empty("elastic")?)?,
        })
    }

    /// Every path of the input, to be changed in place.
    pub(super) fn paths(&mut self) -> Vec<&mut PathBuf> {
        let mut paths: Vec<&mut PathBuf> = self.structure.paths().collect();
        paths.extend(self.potential.paths());
        paths
    }
}

impl StrainInput {
    fn read(section: &Section<'_>) -> Result<Self> {
        section.allow(&["strain", "method", "largest_force", "largest_stress", "most_evaluations"])?;
        let default = |text, dimension| Quantity::default_of(text, dimension);
        Ok(Self {
            strain: section
                .number("strain", |strain| (1.0e-6..=0.1).contains(&strain), "a number from 1e-6 to 0.1")?
                .unwrap_or(0.002),
            method: section.choice("method", &METHODS)?.unwrap_or(MinimizeMethod::LBfgs),
            largest_force: section
                .positive("largest_force", Dimension::Force)?
                .unwrap_or_else(|| default("1e-6 eV/Å", Dimension::Force)),
            largest_stress: section
                .positive("largest_stress", Dimension::Pressure)?
                .unwrap_or_else(|| default("1e-4 GPa", Dimension::Pressure)),
            most_evaluations: section.integer("most_evaluations", 1, 1_000_000_000)?.unwrap_or(10_000),
        })
    }
}
