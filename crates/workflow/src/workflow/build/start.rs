//! The model that a fit starts from.

use std::sync::Arc;

use super::models::ReadModel;
use super::{ModelOrigin, Models};
use crate::settings::StartInput;
use cormorant_core::system::Element;
use cormorant_core::{Error, Result};
use cormorant_fit::FitData;
use cormorant_network::{CommitteeFolder, Network};

/// A model and the SHA-256 of its file.
pub(super) struct Start {
    pub(super) network: Arc<dyn Network>,
    pub(super) sha256: String,
}

impl StartInput {
    /// What member `index` of a committee of `count` starts from: the same model, or of a committee of as many the member of this number.
    ///
    /// # Errors
    /// When it is a committee of another size.
    pub(in crate::workflow) fn of_member(&self, index: usize, count: usize) -> Result<Self> {
        let Some(committee) = CommitteeFolder::read(&self.start_from)? else { return Ok(self.clone()) };
        let known = committee.members.len();
        if known != count {
            let remedy =
                if count == 1 { "name one of its members" } else { "ask for as many members, or name one of them" };
            return Err(Error::Invalid(format!(
                "{}: is a committee of {known}, from which a fit of {count} cannot start; {remedy}, such as {}",
                self.start_from.display(),
                committee.folders()[0].display()
            )));
        }
        Ok(Self { start_from: committee.folders()[index].clone(), ..self.clone() })
    }
}

impl Start {
    /// Reads the model and compares its file with what the input says of it.
    ///
    /// # Errors
    /// When there is no such model, or its file is another one.
    pub(super) fn read(input: &StartInput, networks: &Models) -> Result<Self> {
        let ReadModel { network, file, origin: ModelOrigin { sha256, .. } } = networks.read(&input.start_from)?;
        match &input.start_sha256 {
            Some(expected) if *expected != sha256 => Err(Error::model(
                &file,
                format!(
                    "has SHA-256 {sha256}, but the fit is to start from {expected}: name that file, or leave `start_sha256` out"
                ),
            )),
            _ => Ok(Self { network, sha256 }),
        }
    }

    /// The network for the elements of the data, and with `keep` for those that it knows beside them: in its own order, new ones behind.
    /// As it is where that changes nothing.
    ///
    /// # Errors
    /// When the elements of its kind cannot be changed.
    pub(super) fn for_elements(self, data: &FitData, keep: bool) -> Result<Arc<dyn Network>> {
        let known = self.network.facts()?.elements;
        let used = known.iter().filter(|element| keep || data.elements.contains(element));
        let new = data.elements.iter().filter(|element| !known.contains(element));
        let elements: Vec<Element> = used.chain(new).copied().collect();
        if elements == known { Ok(self.network) } else { Ok(self.network.with_elements(&elements)?.into()) }
    }
}
