//! rMD17 and MD-17 archives: `.npz` files of one molecule in many configurations.
//!
//! | quantity    | rMD17             | MD-17, sGDML | shape               |
//! |-------------|-------------------|--------------|---------------------|
//! | elements    | `nuclear_charges` | `z`          | `[atoms]`           |
//! | coordinates | `coords`          | `R`          | `[frames][atoms][3]`|
//! | energies    | `energies`        | `E`          | `[frames]` or `[frames][1]` |
//! | forces      | `forces`          | `F`          | `[frames][atoms][3]`|
//! | units       | by documentation: kcal/mol, Å (files with `old_indices`) | `e_unit`, `r_unit` | |

use std::path::Path;

use super::dataset::Configuration;
use super::label_units::LabelUnits;
use super::npz::Archive;
use crate::system::Element;
use crate::{Error, Result};

/// Keys of elements, coordinates, energies and forces.
type Keys = [&'static str; 4];
const RMD17: Keys = ["nuclear_charges", "coords", "energies", "forces"];
const MD17: Keys = ["z", "R", "E", "F"];

/// What an archive holds.
pub(super) struct Content {
    pub configurations: Vec<Configuration>,
    /// A sentence on their units.
    pub units: String,
    /// `old_indices`, if they are there.
    pub numbers: Option<Vec<u64>>,
}

/// Reads the archive at `path`.
pub(super) fn read(path: &Path, given: Option<LabelUnits>) -> Result<Content> {
    let mut archive = Archive::open(path)?;
    let names = archive.names();
    let has = |key: &&str| names.iter().any(|name| name == key);
    let keys = [RMD17, MD17].into_iter().max_by_key(|keys| keys.iter().filter(|key| has(key)).count());
    let keys = keys.filter(|keys| keys.iter().any(has)).unwrap_or(RMD17);
    if let Some(missing) = keys.iter().find(|key| !has(key)) {
        return Err(Error::data(
            path,
            format!(
                "has no array `{missing}`, only {}; needed are {} (as in rMD17) or {} (as in MD-17)",
                if names.is_empty() { "an empty archive".into() } else { names.join(", ") },
                RMD17.join(", "),
                MD17.join(", ")
            ),
        ));
    }
    let (units, origin) = units(&mut archive, path, given, keys == RMD17 && has(&"old_indices"))?;
    let arrays = Arrays::read(&mut archive, path, keys)?;
    let numbers = numbers(&mut archive, path, arrays.energies.len())?;
    Ok(Content { configurations: arrays.configurations(path, units)?, units: origin, numbers })
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
            "does not say in which units it is (no e_unit and r_unit, nor rMD17's old_indices); state the units of energy \
             and length, for example kcal/mol and Å",
        )),
    }
}

/// The four arrays, in the file's units.
struct Arrays {
    keys: Keys,
    elements: Vec<Element>,
    positions: Vec<f64>,
    energies: Vec<f64>,
    forces: Vec<f64>,
}

impl Arrays {
    fn read(archive: &mut Archive<'_>, path: &Path, keys: Keys) -> Result<Self> {
        let mut fetch = |key: &str| {
            let array =
                archive.array(key)?.ok_or_else(|| Error::data(path, format!("has no array `{key}`; add it")))?;
            Ok::<_, Error>((array.shape().to_vec(), array.numbers(path)?))
        };
        let (shape_of_elements, numbers) = fetch(keys[0])?;
        let (shape_of_positions, positions) = fetch(keys[1])?;
        let (shape_of_energies, energies) = fetch(keys[2])?;
        let (shape_of_forces, forces) = fetch(keys[3])?;
        let wrong = |reason: String| Err(Error::data(path, reason));
        let &[atoms] = shape_of_elements.as_slice() else {
            return wrong(format!("`{}` has shape {shape_of_elements:?}; save it with shape [atoms]", keys[0]));
        };
        if atoms == 0 || energies.is_empty() {
            return wrong(format!(
                "holds {} frames of {atoms} atoms, so there is nothing to read; name another file",
                energies.len()
            ));
        }
        if !matches!(shape_of_energies.as_slice(), [_] | [_, 1]) {
            return wrong(format!("`{}` has shape {shape_of_energies:?}; save it with shape [frames]", keys[2]));
        }
        for (key, shape) in [(keys[1], shape_of_positions), (keys[3], shape_of_forces)] {
            if shape != [energies.len(), atoms, 3] {
                return wrong(format!(
                    "`{key}` has shape {shape:?}, but `{}` has {} frames and `{}` has {atoms} atoms; save it with shape [{}, {atoms}, 3]",
                    keys[2],
                    energies.len(),
                    keys[0],
                    energies.len()
                ));
            }
        }
        let elements = numbers.iter().enumerate().map(|(atom, &number)| {
            // Atomic numbers are small whole numbers, so that the comparison is exact.
            let whole = (1.0..=118.0).contains(&number) && number.fract() == 0.0;
            whole.then(|| Element::from_number(number as u8)).flatten().ok_or_else(|| {
                Error::data(
                    path,
                    format!(
                        "`{}` says that atom {} has atomic number {number}; write a whole number from 1 to 118",
                        keys[0],
                        atom + 1
                    ),
                )
            })
        });
        Ok(Self { keys, elements: elements.collect::<Result<_>>()?, positions, energies, forces })
    }

    fn configurations(self, path: &Path, units: LabelUnits) -> Result<Vec<Configuration>> {
        let atoms = self.elements.len();
        let scale = |numbers: &[f64], factor: f64| -> Vec<[f64; 3]> {
            numbers.chunks_exact(3).map(|xyz| [xyz[0] * factor, xyz[1] * factor, xyz[2] * factor]).collect()
        };
        let frames =
            self.energies.iter().zip(self.positions.chunks_exact(3 * atoms)).zip(self.forces.chunks_exact(3 * atoms));
        let build = |((&energy, positions), forces)| Configuration {
            elements: self.elements.clone(),
            positions: scale(positions, units.length.factor),
            cell: None,
            energy: energy * units.energy.factor,
            forces: scale(forces, units.force_factor()),
            virial: None,
        };
        let check = |(frame, configuration): (usize, Configuration)| match configuration.fault() {
            None => Ok(configuration),
            Some(fault) => Err(Error::data(
                path,
                format!(
                    "frame {} (counted from 0; arrays {}): {fault}; leave the frame out",
                    frame,
                    self.keys[1..].join(", ")
                ),
            )),
        };
        frames.map(build).enumerate().map(check).collect()
    }
}
