//! The list of kinds of networks: a new kind is a file of its own and a line here, or a call of [`register`].

use std::path::Path;
use std::sync::{PoisonError, RwLock};

use super::container::Container;
use super::file::{Model, remedied};
use super::kind::{PRODUCTION, bytes_of, foreign, header_text};
use super::network::Network;
use super::original::{self, OriginalModel};
use super::property::{self, PropertyModel};
use cormorant_core::{Error, Result};

/// A kind of network, by the name that stands in the headers of its models.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// Name in headers, e.g. `cormorant`.
    pub name: &'static str,
    /// The network that a model file holds, or what is wrong with the file.
    pub read: fn(&Container<'_>) -> Result<Box<dyn Network>, String>,
}

/// The kinds of this crate.
const KINDS: [Kind; 3] = [
    Kind { name: PRODUCTION, read: |file| Ok(Box::new(Model::decode(file.bytes, file.path)?)) },
    Kind { name: original::KIND, read: |file| Ok(Box::new(OriginalModel::decode(file.bytes, file.path)?)) },
    Kind { name: property::KIND, read: |file| Ok(Box::new(PropertyModel::decode(file.bytes, file.path)?)) },
];

/// Kinds of programs that use this crate.
static OTHERS: RwLock<Vec<Kind>> = RwLock::new(Vec::new());

/// Adds a kind to the list, for the rest of the process. Models of this kind can then be run, evaluated, described, certified
/// and served like any other.
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

fn find(name: &str) -> Option<Kind> {
    let others = OTHERS.read().unwrap_or_else(PoisonError::into_inner);
    KINDS.iter().chain(others.iter()).find(|kind| kind.name == name).copied()
}

/// The network of the model in folder `path` (or of the file itself), of whichever kind it is. The file is read once.
///
/// # Errors
/// When there is no such file, it is of another format or version, of an unknown kind, or damaged.
pub fn load(path: &Path) -> Result<Box<dyn Network>> {
    let (file, bytes) = bytes_of(path)?;
    let read = || {
        let (name, header) = header_text(&bytes)?;
        let kind = find(&name).ok_or_else(|| foreign(&name, "one of its own"))?;
        (kind.read)(&Container { path, header: &header, bytes: &bytes })
    };
    read().map_err(|reason| Error::model(&file, remedied(reason)))
}
