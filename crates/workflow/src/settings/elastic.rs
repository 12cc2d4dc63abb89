//! The input of `elastic`: elastic constants of a crystal.

use std::path::PathBuf;

use serde::Serialize;

use super::declare::{Bounds, FORCE, PRESSURE, integer, number, positive, settings, table, word};
use super::run::{NAME, VERSION, name};
use super::section::Section;
use super::{MinimizeMethod, PotentialInput, Precision, Quantity, StructureInput};
use cormorant_core::Result;

settings! {
    /// Elastic constants: a crystal, a potential, and how far it is strained.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct ElasticInput {
        /// Version of the input format.
        pub version: u64 = VERSION,
        /// Name of the crystal.
        pub name: String = NAME,
        /// The atoms; they need a cell.
        pub structure: StructureInput = table(&StructureInput::TABLE).required("{ file = \"silicon.cif\" }"),
        /// What holds them together; networks compute in f64, whatever is requested.
        pub potential: PotentialInput = PotentialInput::key(),
        /// How the constants are computed.
        pub elastic: StrainInput = table(&StrainInput::TABLE),
    }
}

settings! {
    /// `[elastic]`.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct StrainInput {
        /// Strain in each direction, forth and back.
        pub strain: f64 = number(Bounds::Within(1.0e-6, 0.1, "from 1e-6 to 0.1")).or("0.002"),
        /// How minima are found.
        pub method: MinimizeMethod = word(MinimizeMethod::ABOUT).or("l-bfgs"),
        /// Largest force on an atom that may remain.
        pub force_tolerance: Quantity = positive(FORCE).or("1e-6 eV/Å").formerly(&["largest_force"]),
        /// Largest component of the stress that may remain in the crystal at rest.
        pub largest_stress: Quantity = positive(PRESSURE).or("1e-4 GPa"),
        /// Evaluations of the potential after which a minimization is given up.
        pub most_evaluations: u64 = integer(1, 1_000_000_000).or("10000"),
    }
}

impl ElasticInput {
    pub(super) fn read(root: &Section<'_>, version: u64) -> Result<Self> {
        root.declared(&[Self::TABLE.keys])?;
        let name = name(root)?;
        let structure = StructureInput::read(root)?;
        let mut potential = PotentialInput::read(root)?;
        potential.set_default_precision(false, Precision::F64);
        let elastic = StrainInput::read(&root.section_or_empty("elastic")?)?;
        Ok(Self { version, name, structure, potential, elastic })
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
        section.declared(&[Self::TABLE.keys])?;
        Ok(Self {
            strain: section.get(&Self::strain)?,
            method: section.get(&Self::method)?,
            force_tolerance: section.get(&Self::force_tolerance)?,
            largest_stress: section.get(&Self::largest_stress)?,
            most_evaluations: section.get(&Self::most_evaluations)?,
        })
    }
}
