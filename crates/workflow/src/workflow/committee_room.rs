//! The folder of a committee, before its members are fitted.

use std::fs;
use std::path::Path;

use super::RunMode;
use super::fit::{INPUT, WEIGHTS, make_room};
use super::folder::shown_path;
use cormorant_core::atomic;
use cormorant_core::{Error, Result};
use cormorant_fit::{CHECKPOINT, PREVIOUS};
use cormorant_io::FolderLock;
use cormorant_network::CommitteeFolder;
use cormorant_report::page::REPORT;

/// Stands in the folder while the models of an earlier committee step aside: whoever is killed there begins with that again, and never
/// takes one of them for a member of the new committee.
const STEPPING_ASIDE: &str = "committee-former";

/// Takes the folder of a committee of `count` members over as `mode` says; nobody else may work there until what is returned is
/// dropped.
///
/// # Errors
/// When something else is in the folder, or a committee and neither of the modes is asked for.
pub(super) fn make_committee_room(folder: &Path, count: usize, mode: RunMode) -> Result<FolderLock> {
    let refuse = |reason: String| Err(Error::Invalid(format!("{}: {reason}", shown_path(folder).display())));
    if folder.exists() && !folder.is_dir() {
        return refuse("is a file; name a folder for the committee".into());
    }
    fs::create_dir_all(folder).map_err(|source| Error::io(folder, source))?;
    let claim = FolderLock::of(folder)?;
    atomic::sweep(folder);
    if [WEIGHTS, CHECKPOINT, PREVIOUS].iter().any(|name| folder.join(name).exists()) {
        return refuse("contains a model; name another folder for the committee, or remove this one".into());
    }
    let marker = folder.join(STEPPING_ASIDE);
    if mode.force || (mode.resume && marker.exists()) {
        atomic::write(&marker, b"")?;
        step_aside(folder, count)?;
        fs::remove_file(&marker).map_err(|source| Error::io(&marker, source))?;
        return Ok(claim);
    }
    let list = CommitteeFolder::read(folder)?;
    if mode.resume {
        return match list.filter(|list| list.members.len() > count) {
            Some(more) => {
                refuse(format!("has {} members; ask for as many or more, or use --force", more.members.len()))
            }
            None => Ok(claim),
        };
    }
    let begun = |index| folder.join(CommitteeFolder::member_name(index)).join(INPUT).exists();
    if list.is_some() || (0..count).any(begun) {
        let remedy = "--force replaces it, --resume continues an unfinished one";
        return refuse(format!("contains a committee already; {remedy}"));
    }
    Ok(claim)
}

/// Lets the models of an earlier committee make room, and removes those beyond `count`.
fn step_aside(folder: &Path, count: usize) -> Result<()> {
    // The list first: without it the folder is no committee. A report of former members would be taken for one of the new.
    for file in [CommitteeFolder::list_of(folder), folder.join(REPORT)] {
        if file.exists() {
            fs::remove_file(&file).map_err(|source| Error::io(&file, source))?;
        }
    }
    for index in 0.. {
        let member = folder.join(CommitteeFolder::member_name(index));
        // Only what is visibly ours.
        let ours = member.join(INPUT).is_file();
        if ours && index < count {
            make_room(&member, RunMode { force: true, resume: false })?;
        } else if ours {
            fs::remove_dir_all(&member).map_err(|source| Error::io(&member, source))?;
        } else if index >= count {
            break;
        }
    }
    Ok(())
}
