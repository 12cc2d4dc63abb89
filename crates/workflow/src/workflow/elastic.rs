//! Elastic constants of the crystal of an input.

use super::Models;
use crate::settings::ElasticInput;
use cormorant_core::Result;
use cormorant_core::system::System;
use cormorant_dynamics::elastic::ElasticConstants;

/// A crystal without stress and its elastic constants.
pub struct ElasticFound {
    /// The crystal at rest.
    pub system: System,
    /// The constants.
    pub constants: ElasticConstants,
}

/// Relax and strain the crystal of `input`.
///
/// `notes` are told what a user should know of how the structure was read, before anything takes long.
///
/// # Errors
/// When a file cannot be read, the crystal has no cell, or a minimum is not found.
pub fn elastic(input: &ElasticInput, notes: &mut dyn FnMut(&[String])) -> Result<ElasticFound> {
    let loaded = input.structure.load()?;
    let networks = Models::default();
    let remark = input.potential.structure_remark(&loaded.system, &networks);
    let mut said = loaded.notes;
    said.extend(remark.map_err(|error| error.in_structure(&input.structure.file))?);
    notes(&said);
    let mut system = loaded.system;
    let constants = input.compute(&mut system, &networks)?;
    Ok(ElasticFound { system, constants })
}
