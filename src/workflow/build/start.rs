//! The model that a fit starts from.

use crate::settings::StartInput;
use cormorant_core::{Error, Result};
use cormorant_fit::{FitData, fingerprint};
use cormorant_network::{FILE, Network, load};

/// A model and the SHA-256 of its file.
pub(super) struct Start {
    pub(super) network: Box<dyn Network>,
    pub(super) sha256: String,
}

impl Start {
    /// Reads the model and compares its file with what the input says of it.
    ///
    /// # Errors
    /// When there is no such model, or its file is another one.
    pub(super) fn read(input: &StartInput) -> Result<Self> {
        let path = &input.start_from;
        let network = load(path)?;
        let file = if path.is_dir() { path.join(FILE) } else { path.clone() };
        let (sha256, _) = fingerprint(&file)?;
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

    /// Refuses data with an element that the network has not.
    pub(super) fn accepts(&self, data: &FitData) -> Result<()> {
        let known = self.network.facts()?.elements;
        match data.elements.iter().find(|element| !known.contains(element)) {
            None => Ok(()),
            Some(element) => Err(Error::model(
                self.network.path(),
                format!(
                    "knows {}, but the data contain {element}; start from a model that knows it, or leave `start_from` out",
                    known.iter().map(|one| one.symbol()).collect::<Vec<_>>().join(" ")
                ),
            )),
        }
    }
}
