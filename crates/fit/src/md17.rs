//! Archives of arrays (`.npz`): rMD17, MD-17, sGDML and their kin, one molecule or crystal in many configurations.
//!
//! | quantity    | rMD17             | MD-17, sGDML | shape               | other names |
//! |-------------|-------------------|--------------|---------------------|-------------|
//! | elements    | `nuclear_charges` | `z`          | `[atoms]` or `[frames][atoms]` | `Z`, `atomic_numbers`, `numbers` |
//! | coordinates | `coords`          | `R`          | `[frames][atoms][3]`| `coordinates`, `positions`, `pos` |
//! | energies    | `energies`        | `E`          | `[frames]` or `[frames][1]` | `energy` |
//! | forces      | `forces`          | `F`          | `[frames][atoms][3]`| `force` |
//! | cell        |                   | `lattice`, vectors in columns | `[3][3]` or `[frames][3][3]` | `cell`, `box`, vectors in rows |
//! | periodicity |                   |              | `[3]` or `[frames][3]` | `pbc`, `periodic` |
//! | stress      |                   |              | `[frames][3][3]`, `[9]` or `[6]` | `stress`, `virial` |
//! | charge, spin |                  |              | one number or `[frames]` | `charge`, `multiplicity`, … as in comments |
//! | units       | by documentation: kcal/mol, Å (files with `old_indices`) | `e_unit`, `r_unit` | | |
//!
//! Energies or forces alone are read too. Checked by: `suite::dataset`, `suite::archive`.

use std::path::Path;

use super::archive_frames::{self, ArchiveFrames, ELEMENTS, ENERGIES, FORCES, POSITIONS};
use super::comment_units::FrameUnits;
use super::configuration::Configuration;
use super::frame_notes::FrameNotes;
use super::label_frame;
use super::label_keys::LabelKeys;
use super::label_units::LabelUnits;
use super::npz::Archive;
use cormorant_core::{Error, Result};
use cormorant_io::{Unused, UnusedPlace};

/// Arrays of sGDML and rMD17 that describe the data.
const DESCRIBING: [&str; 13] = [
    "old_energies",
    "old_forces",
    "E_min",
    "E_max",
    "E_mean",
    "E_var",
    "F_min",
    "F_max",
    "F_mean",
    "F_var",
    "perms",
    "dataset",
    "theory",
];

/// What an archive holds.
pub(super) struct Content {
    pub configurations: Vec<Configuration>,
    /// A sentence on their units.
    pub units: String,
    /// `old_indices`, if they are there.
    pub numbers: Option<Vec<u64>>,
    /// What else there is to say.
    pub notes: Vec<String>,
}

/// Reads the archive at `path`.
pub(super) fn read(path: &Path, given: Option<LabelUnits>) -> Result<Content> {
    let mut archive = Archive::open(path)?;
    let names = archive.names();
    let has = |key: &str| names.iter().any(|name| name == key);
    require(path, &names)?;
    let is_rmd17 = has("old_indices") && ["nuclear_charges", "coords", "energies", "forces"].into_iter().all(has);
    let (units, origin) = units(&mut archive, path, given, is_rmd17)?;
    let ArchiveFrames { frames, used } = archive_frames::read(&mut archive, path)?;
    let count = frames.len();
    let numbers = numbers(&mut archive, path, count)?;
    let of_frames = FrameUnits { base: units, force: units.force_factor(), stress: None, text: String::new() };
    let mut notes = FrameNotes::default();
    let mut configurations = Vec::with_capacity(count);
    for (index, frame) in frames.into_iter().enumerate() {
        let labeled = label_frame::read(frame, &of_frames, &LabelKeys::default());
        let labeled = labeled.map_err(|reason| {
            Error::data(path, format!("frame {index} (counted from 0; arrays {}): {reason}", used[1..].join(", ")))
        })?;
        labeled.remarks.into_iter().for_each(|remark| notes.add(index, remark));
        configurations.push(labeled.configuration);
    }
    let mut unused = Unused::default();
    let known = |name: &str| used.iter().any(|one| one == name) || DESCRIBING.contains(&name);
    let read_elsewhere = ["e_unit", "r_unit", "old_indices"];
    for name in names.iter().filter(|name| !known(name) && !read_elsewhere.contains(&name.as_str())) {
        unused.add(UnusedPlace::Array, name);
    }
    let mut notes: Vec<String> = notes.sentences(count).collect();
    notes.extend((!unused.is_empty()).then(|| unused.to_string()));
    Ok(Content { configurations, units: origin, numbers, notes })
}

/// Refuses an archive without the arrays that are needed.
fn require(path: &Path, names: &[String]) -> Result<()> {
    let has = |aliases: &[&str]| names.iter().any(|name| aliases.contains(&name.as_str()));
    let labels = [ENERGIES, FORCES].concat();
    let needed: [(&[&str], usize); 3] = [(&ELEMENTS, 0), (&POSITIONS, 0), (&labels, 3)];
    // Named as in the dialect of which the archive has more.
    let md17 = ["z", "R", "E", "F"].iter().filter(|key| has(&[key])).count();
    let rmd17 = ["nuclear_charges", "coords", "energies", "forces"].iter().filter(|key| has(&[key])).count();
    let Some((missing, forces)) = needed.iter().find(|(aliases, _)| !has(aliases)) else { return Ok(()) };
    let name = if md17 > rmd17 { missing[1] } else { missing[*forces] };
    Err(Error::data(
        path,
        format!(
            "has no array `{name}`, only {}; needed are nuclear_charges, coords, energies, forces (as in rMD17) or z, R, E, F (as in \
             MD-17), of which energies or forces may be missing",
            if names.is_empty() { "an empty archive".into() } else { names.join(", ") },
        ),
    ))
}

/// `old_indices`, one for each frame.
fn numbers(archive: &mut Archive<'_>, path: &Path, frames: usize) -> Result<Option<Vec<u64>>> {
    let Some(array) = archive.array("old_indices")? else { return Ok(None) };
    let numbers = array.numbers(path)?;
    if numbers.len() != frames {
        let reason = format!(
            "`old_indices` has {} entries for {frames} frames; save one for each frame, or leave it out",
            numbers.len()
        );
        return Err(Error::data(path, reason));
    }
    // Frame numbers are far below 2^53, where f64 stops being exact.
    Ok(Some(numbers.into_iter().map(|number| number as u64).collect()))
}

/// The units to use and where they come from.
fn units(
    archive: &mut Archive<'_>,
    path: &Path,
    given: Option<LabelUnits>,
    is_rmd17: bool,
) -> Result<(LabelUnits, String)> {
    let mut stated = |key| Ok::<_, Error>(archive.array(key)?.and_then(|array| array.unit_name()));
    if let (Some(energy), Some(length)) = (stated("e_unit")?, stated("r_unit")?) {
        let units = LabelUnits::parse(&energy, &length).map_err(|error| Error::data(path, error.to_string()))?;
        return match given {
            Some(given) if given != units => Err(Error::data(
                path,
                format!(
                    "states {units} (e_unit, r_unit), which contradicts the units given: {given}; leave out one of the two"
                ),
            )),
            _ => Ok((units, format!("{units} (stated in the file: e_unit, r_unit)"))),
        };
    }
    match given {
        Some(units) => Ok((units, format!("{units} (as given)"))),
        None if is_rmd17 => {
            let units = LabelUnits::KCAL_ANGSTROM;
            Ok((units, format!("{units} (documented for rMD17, whose arrays these are)")))
        }
        None => Err(Error::data(
            path,
            "does not state its units (no e_unit and r_unit, nor rMD17's old_indices); state the units of energy \
             and length, for example kcal/mol and Å",
        )),
    }
}
