//! The folder of a run: made when everything else is ready, never overwritten by accident.

use std::fs;
use std::path::{Path, PathBuf};

use super::RunMode;
use crate::settings::RESTART;
use cormorant_core::atomic;
use cormorant_core::{Error, Result};
use cormorant_io::FolderLock;

/// Name of the resolved input in an output folder.
pub(super) const INPUT: &str = "input.toml";

/// `path` as seen from the current folder, if it is below it.
pub fn shown_path(path: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    match path.strip_prefix(here) {
        Ok(inner) if inner.as_os_str().is_empty() => PathBuf::from("."),
        Ok(inner) => inner.to_path_buf(),
        Err(_) => path.to_path_buf(),
    }
}

/// What a resolved input begins with.
pub(super) const WRITTEN: &str = "# Written by cormorant ";
/// Endings of files that runs write under names of their own, and names that are always theirs.
const OWN_ENDINGS: [&str; 3] = ["csv", "tmp", "svg"];
const OWN_NAMES: [&str; 9] =
    [INPUT, RESTART, "outcome.json", "exchange.json", "report.html", "topology.pdb", "view.vmd", "view.pml", "view.py"];
/// What a run leaves beside its input.
const OWN_SIGNS: [&str; 4] = [RESTART, "outcome.json", "exchange.json", "report.html"];
/// Tables of an input whose files a run reads.
const READ_TABLES: [&str; 6] = ["structure", "potential", "velocities", "data", "ends", "plumed"];

/// Names of the files that an earlier run with the resolved input `text` wrote.
fn written_by(text: &str) -> Vec<String> {
    fn collect(value: &toml::Value, found: &mut Vec<String>) {
        match value {
            toml::Value::Table(table) => {
                found.extend(table.get("file").and_then(toml::Value::as_str).map(str::to_string));
                table.values().for_each(|value| collect(value, found));
            }
            toml::Value::Array(list) => list.iter().for_each(|value| collect(value, found)),
            _ => {}
        }
    }
    let Ok(input) = text.parse::<toml::Table>() else { return Vec::new() };
    let mut found = Vec::new();
    for (name, value) in &input {
        if !READ_TABLES.contains(&name.as_str()) {
            collect(value, &mut found);
        }
    }
    found
}

/// Removes what an earlier run left in its folder, and nothing else: a slip in `[output]` must not cost anybody's files.
fn empty(entries: &[PathBuf], input: &str) -> Result<()> {
    let written = written_by(input);
    let is_own = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let ending = path.extension().unwrap_or_default().to_string_lossy();
        OWN_NAMES.contains(&name.as_ref())
            || OWN_ENDINGS.contains(&ending.as_ref())
            || written.iter().any(|one| *one == name)
    };
    for entry in entries.iter().filter(|entry| entry.is_file() && is_own(entry)) {
        fs::remove_file(entry).map_err(|source| Error::io(entry, source))?;
    }
    Ok(())
}

/// The folder that a run writes to.
pub(super) struct OutputFolder {
    path: PathBuf,
    /// Whether this run made it.
    fresh: bool,
    /// Keeps others out.
    _claim: FolderLock,
}

impl OutputFolder {
    /// Make the folder, or take over an existing one as `manner` says.
    pub fn open(path: &Path, mode: RunMode) -> Result<Self> {
        let failed = |source| Error::io(path, source);
        let refuse = |reason: &str| Err(Error::Invalid(format!("{}: {reason}", shown_path(path).display())));
        let claimed = |fresh| Ok(Self { path: path.into(), fresh, _claim: FolderLock::of(path)? });
        if mode.resume {
            if !path.join(RESTART).is_file() {
                return refuse("has no restart.safetensors to resume from; run without --resume");
            }
            let folder = claimed(false)?;
            atomic::sweep(path);
            return Ok(folder);
        }
        if !path.exists() {
            fs::create_dir_all(path).map_err(failed)?;
            return claimed(true);
        }
        let entries: Vec<PathBuf> = fs::read_dir(path)
            .map_err(failed)?
            .map(|entry| Ok(entry.map_err(failed)?.path()))
            .collect::<Result<_>>()?;
        if !entries.is_empty() && !mode.force {
            return refuse("already exists; --force replaces it, --resume continues it");
        }
        // Only what is visibly one of our folders is touched.
        let input = fs::read_to_string(path.join(INPUT)).unwrap_or_default();
        if !entries.is_empty() && !path.join(INPUT).is_file() {
            return refuse("is not the folder of a run (it has no input.toml), so --force does not empty it");
        }
        let ours = input.starts_with(WRITTEN) || OWN_SIGNS.iter().any(|name| path.join(name).is_file());
        if !entries.is_empty() && !ours {
            return refuse(
                "is not the folder of a run (its input.toml is not one that a run wrote), so --force does not empty it; name another folder in [output]",
            );
        }
        let folder = claimed(false)?;
        empty(&entries, &input)?;
        // The charts of the former run's report; if they stay, the new report replaces them one by one.
        let charts = fs::read_dir(path.join("report")).into_iter().flatten().flatten().map(|entry| entry.path());
        for chart in
            charts.filter(|chart| chart.extension().is_some_and(|ending| OWN_ENDINGS.iter().any(|own| ending == *own)))
        {
            let _ = fs::remove_file(chart);
        }
        let _ = fs::remove_dir(path.join("report"));
        Ok(folder)
    }

    /// The same for a run with replicas: with `force` the folders of replicas of an earlier run go too.
    pub fn open_for_replicas(path: &Path, mode: RunMode) -> Result<Self> {
        if mode.resume {
            return Ok(Self { path: path.into(), fresh: false, _claim: FolderLock::of(path)? });
        }
        let folder = Self::open(path, mode)?;
        for entry in fs::read_dir(path).map_err(|source| Error::io(path, source))? {
            let entry = entry.map_err(|source| Error::io(path, source))?.path();
            let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
            // Again only what is visibly ours.
            if name.starts_with("replica-") && entry.join(INPUT).is_file() {
                fs::remove_dir_all(&entry).map_err(|source| Error::io(&entry, source))?;
            }
        }
        Ok(folder)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Put the resolved input into it.
    pub fn write_input(&self, text: &str) -> Result<()> {
        // By its first line a folder of ours is told from others.
        let first = if text.starts_with(WRITTEN) {
            String::new()
        } else {
            format!("{WRITTEN}{}.\n", env!("CARGO_PKG_VERSION"))
        };
        let written = atomic::write(&self.path.join(INPUT), (first + text).as_bytes());
        if written.is_err() {
            self.discard_if_nothing_was_done(0);
        }
        written
    }

    /// Remove the folder of a run that failed before its first step: it holds no result.
    pub fn discard_if_nothing_was_done(&self, steps: u64) {
        if self.fresh && steps == 0 {
            // The failure itself is what the user hears of.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}
