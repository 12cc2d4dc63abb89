//! A folder that stands for several models of the same thing.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::container::FILE;
use super::shipped::ShippedModel;
use cormorant_core::atomic;
use cormorant_core::{Error, Result, json};

/// Name of the list of members in the folder of a committee.
const LIST: &str = "committee.json";
/// The version of the list that this program writes, and the newest that it reads.
const VERSION: u64 = 1;

/// A folder with models of the same thing, each in a folder of its own below, and a list of them: `committee.json`. The list is written
/// when the last of them is fitted, so that a folder that has one is whole. Checked by `suite::committee_fit`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitteeFolder {
    /// The folder.
    pub path: PathBuf,
    /// Names of the folders of its members, in their order.
    pub members: Vec<String>,
}

/// The list as it is in the file.
#[derive(Debug, Serialize, Deserialize)]
struct List {
    version: u64,
    members: Vec<String>,
}

impl CommitteeFolder {
    /// Name of the folder of member `index`, counted from 0.
    #[must_use]
    pub fn member_name(index: usize) -> String {
        format!("member-{}", index + 1)
    }

    /// The list of the committee in `folder`.
    #[must_use]
    pub fn list_of(folder: &Path) -> PathBuf {
        folder.join(LIST)
    }

    /// Whether `path` is the folder of a committee.
    #[must_use]
    pub fn is_at(path: &Path) -> bool {
        ShippedModel::meant(path).is_none() && Self::list_of(path).is_file()
    }

    /// The committee in the folder `path`; none if it is something else.
    ///
    /// # Errors
    /// When its list cannot be read or is not valid.
    pub fn read(path: &Path) -> Result<Option<Self>> {
        if !Self::is_at(path) {
            return Ok(None);
        }
        let file = Self::list_of(path);
        let wrong = |reason: String| Err(Error::model(&file, format!("{reason}; fit the committee again")));
        let text = std::fs::read_to_string(&file).map_err(|source| Error::io(&file, source))?;
        let list: List = match serde_json::from_str(&text) {
            Ok(list) => list,
            Err(error) => return wrong(format!("is not the list of a committee: {error}")),
        };
        if list.version != VERSION {
            let reason = format!("is of version {}, which this program does not know; update cormorant", list.version);
            return Err(Error::model(&file, reason));
        }
        let plain = |name: &String| !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\']);
        if let Some(name) = list.members.iter().find(|name| !plain(name)) {
            return wrong(format!("names a member {name:?}, which is not a folder beside it"));
        }
        let mut distinct = list.members.clone();
        distinct.sort();
        distinct.dedup();
        if list.members.len() < 2 || distinct.len() < list.members.len() {
            return wrong("does not name two different members or more".into());
        }
        Ok(Some(Self { path: path.to_path_buf(), members: list.members }))
    }

    /// Write the list into the folder.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self) -> Result<()> {
        let list = List { version: VERSION, members: self.members.clone() };
        let text = json::text(&list).map_err(Error::Internal)?;
        atomic::write(&Self::list_of(&self.path), (text + "\n").as_bytes())
    }

    /// The folders of its members.
    #[must_use]
    pub fn folders(&self) -> Vec<PathBuf> {
        self.members.iter().map(|name| self.path.join(name)).collect()
    }

    /// What a model in `folder` is called: the name of its folder, behind that of its committee if it belongs to one.
    #[must_use]
    pub fn name_of(folder: &Path) -> Option<String> {
        let name = folder.file_name()?.to_string_lossy().into_owned();
        match folder.parent().filter(|parent| Self::is_at(parent)).and_then(Path::file_name) {
            Some(committee) => Some(format!("{}/{name}", committee.to_string_lossy())),
            None => Some(name),
        }
    }

    /// Why the committee in `folder` cannot be used as one model.
    pub(super) fn refusal(folder: &Path) -> Option<Error> {
        let is_it = Self::is_at(folder) && !folder.join(FILE).exists();
        let name = folder.join(Self::member_name(0));
        is_it.then(|| {
            let reason =
                format!("is a committee, and one model is needed here; name a member, such as {}", name.display());
            Error::Invalid(format!("{}: {reason}", folder.display()))
        })
    }
}
