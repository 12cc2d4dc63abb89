//! The list of kinds of networks: a new kind is a file of its own and a line here, or a call of [`register`].

use std::path::Path;
use std::sync::{PoisonError, RwLock};

use super::atoms::AtomModel;
use super::container::Container;
use super::file::Model;
use super::kind::{ATOMS, PRODUCTION, PROPERTY, foreign, header_text};
use super::model_file::ModelFile;
use super::network::{Facts, Network};
use super::new_cormorant;
use super::new_network::NewKind;
use super::original::{self, OriginalModel};
use super::property::PropertyModel;
use cormorant_core::{Error, Result};

/// A kind of network, by the name that is in the headers of its models.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// Name in headers, e.g. `cormorant`.
    pub name: &'static str,
    /// The network that a model file holds, or what is wrong with the file.
    pub read: fn(&Container<'_>) -> Result<Box<dyn Network>, String>,
    /// How a new one is made, to be fitted; none where models of the kind are only used here.
    pub new: Option<NewKind>,
}

/// The kinds of this crate.
const KINDS: [Kind; 4] = [
    Kind {
        name: PRODUCTION,
        read: |file| Ok(Box::new(Model::decode(file.bytes, file.path)?)),
        new: Some(new_cormorant::NEW),
    },
    Kind {
        name: original::KIND,
        read: |file| Ok(Box::new(OriginalModel::decode(file.bytes, file.path)?)),
        new: Some(original::NEW),
    },
    // A new one is made by the production network when it is to predict a property.
    Kind { name: PROPERTY, read: |file| Ok(Box::new(PropertyModel::decode(file.bytes, file.path)?)), new: None },
    Kind { name: ATOMS, read: |file| Ok(Box::new(AtomModel::decode(file.bytes, file.path)?)), new: None },
];

/// Kinds of programs that use this crate.
static OTHERS: RwLock<Vec<Kind>> = RwLock::new(Vec::new());

/// Adds a kind to the list, for the rest of the process. Models of this kind can then be fitted, run, evaluated, described,
/// certified and served like any other.
///
/// # Errors
/// When a kind of this name is there already.
pub fn register(kind: Kind) -> Result<()> {
    let mut others = OTHERS.write().unwrap_or_else(PoisonError::into_inner);
    if KINDS.iter().chain(others.iter()).any(|known| known.name == kind.name) {
        return Err(Error::Invalid(format!("there is a network of kind `{}` already; use another name", kind.name)));
    }
    others.push(kind);
    Ok(())
}

/// The kind of this name, if there is one.
#[must_use]
pub fn kind(name: &str) -> Option<Kind> {
    let others = OTHERS.read().unwrap_or_else(PoisonError::into_inner);
    KINDS.iter().chain(others.iter()).find(|kind| kind.name == name).copied()
}

/// Names of all kinds.
#[must_use]
pub fn kind_names() -> Vec<&'static str> {
    let others = OTHERS.read().unwrap_or_else(PoisonError::into_inner);
    KINDS.iter().chain(others.iter()).map(|kind| kind.name).collect()
}

/// Refuses a network of a kind that the program at hand added: other programs, such as the library for KIM, do not know it.
///
/// # Errors
/// The reason, to be put behind the name of the model.
pub fn require_shipped(facts: &Facts) -> Result<(), String> {
    require_shipped_kind(&facts.kind)
}

/// The same of a kind by its name.
///
/// # Errors
/// As for [`require_shipped`].
pub fn require_shipped_kind(name: &str) -> Result<(), String> {
    if KINDS.iter().any(|kind| kind.name == name) {
        return Ok(());
    }
    Err(format!("is of kind `{name}`, which this program added and no other knows; use a model of kind `{PRODUCTION}`"))
}

/// The network of the model in folder `path` (or of the file itself), of whichever kind it is; or that of the program with this
/// name ([`ShippedModel`](super::ShippedModel)). The file is read once.
///
/// # Errors
/// When there is no such file, it is of another format or version, of an unknown kind, or damaged.
pub fn load(path: &Path) -> Result<Box<dyn Network>> {
    ModelFile::read(path)?.network()
}

impl ModelFile {
    /// The network that it holds, of whichever kind it is.
    ///
    /// # Errors
    /// When the file is of another format or version, of an unknown kind, or damaged.
    pub fn network(&self) -> Result<Box<dyn Network>> {
        decode(&self.path, &self.bytes).map_err(|reason| Error::model(&self.file, reason))
    }
}

/// `network` as a reader of its file gets it.
///
/// # Errors
/// When a number of the model is not finite, or its bytes cannot be read back.
pub fn as_read(network: &dyn Network) -> Result<Box<dyn Network>> {
    let path = network.path();
    decode(path, &network.encode()?)
        .map_err(|reason| Error::model(path, format!("was not written, because it could not be read back: {reason}")))
}

fn decode(path: &Path, bytes: &[u8]) -> Result<Box<dyn Network>, String> {
    let (name, header) = header_text(bytes)?;
    let found = kind(&name).ok_or_else(|| foreign(&name, "one of its own"))?;
    (found.read)(&Container { path, header: &header, bytes })
}
