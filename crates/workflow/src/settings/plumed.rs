//! A bias by PLUMED.

use std::path::PathBuf;

use serde::Serialize;

use super::declare::{path, settings};
use super::section::Section;
use cormorant_core::Result;

settings! {
    /// `[plumed]`: a bias on top of the potential.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
    pub struct PlumedInput {
        /// The input of PLUMED.
        pub input: PathBuf = path().required("\"plumed.dat\""),
        /// Its library; that of the variable PLUMED_KERNEL, or `libplumedKernel.so` where the system looks, by default.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub kernel: Option<PathBuf> = path(),
    }
}

impl PlumedInput {
    pub(super) fn read(root: &Section<'_>) -> Result<Option<Self>> {
        let Some(section) = root.section("plumed")? else { return Ok(None) };
        section.declared(&[Self::TABLE.keys])?;
        let input = section.get(&Self::input)?;
        if root.has("replicas") {
            let message =
                "[plumed] cannot be combined with [replicas]: PLUMED would write all of them to the same files";
            return Err(section.error_at("input", message, "leave one of them out"));
        }
        Ok(Some(Self { input, kernel: section.get(&Self::kernel)? }))
    }

    /// Every path, to be changed in place.
    pub(super) fn paths(&mut self) -> Vec<&mut PathBuf> {
        std::iter::once(&mut self.input).chain(&mut self.kernel).collect()
    }
}
