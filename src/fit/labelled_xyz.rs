//! Labelled extended XYZ: `energy` and `stress` or `virial` in the comment, `forces` in the columns, or under other names
//! ([`LabelKeys`]).
//!
//! | key      | here     | unit  | sign                                       |
//! |----------|----------|-------|--------------------------------------------|
//! | `energy` | `energy` | eV    |                                            |
//! | `forces` | `forces` | eV/Å  | −∂E/∂r                                     |
//! | `stress` | `virial` | eV/Å³ | tension positive: virial = −stress · volume |
//! | `virial` | `virial` | eV    | −∂E/∂strain                                |
//!
//! Sign and unit of the stress are those of ASE (`ase.io.extxyz`). Checked by: `suite::labelled_xyz`.

use std::path::Path;

use super::dataset::Configuration;
use super::label_keys::LabelKeys;
use super::label_units::LabelUnits;
use crate::io::Frame;
use crate::io::extended_xyz::ExtendedXyzReader;
use crate::system::Cell;
use crate::{Error, Result};

/// Relative difference below which two statements of the virial agree, and a tensor is symmetric.
const AGREEMENT: f64 = 1.0e-3;

/// The configurations of the file at `path` with the labels under `keys`, and a sentence on their units.
pub(super) fn read(path: &Path, given: Option<LabelUnits>, keys: &LabelKeys) -> Result<(Vec<Configuration>, String)> {
    let (units, mut origin) = match given {
        Some(units) => (units, format!("{units} (as given)")),
        None => (LabelUnits::EV_ANGSTROM, format!("{} (documented for extended XYZ)", LabelUnits::EV_ANGSTROM)),
    };
    let mut reader = ExtendedXyzReader::open(path)?;
    let mut configurations = Vec::new();
    while let Some(frame) = reader.next_frame()? {
        let place = configurations.len();
        let wrong = |reason: String| Error::data(path, format!("frame {place} (counted from 0): {reason}"));
        if place == 0 {
            origin.push_str(&names(&frame, keys));
        }
        let configuration = label(frame, units, keys).map_err(wrong)?;
        if let Some(fault) = configuration.fault() {
            return Err(wrong(format!("{fault}; leave the frame out")));
        }
        configurations.push(configuration);
    }
    if configurations.is_empty() {
        return Err(Error::data(path, "holds no frame; name another file"));
    }
    Ok((configurations, origin))
}

/// Which labels are read, where that is not a matter of course: other names, or more than one that could be meant.
fn names(frame: &Frame, keys: &LabelKeys) -> String {
    let mut text = String::new();
    if !keys.is_empty() {
        let (stress, virial) = if keys.demand_tensor() { keys.tensors() } else { (None, None) };
        let read: Vec<_> = [Some(keys.energy()), Some(keys.forces()), stress, virial].into_iter().flatten().collect();
        text = format!("; labels: {}", read.join(", "));
    }
    let properties = frame.properties.iter().map(|(name, _)| name);
    // ASE repeats the energy as free energy where it is the same number.
    let energy = frame.number(keys.energy());
    let repeats = |name: &str| energy.is_some() && frame.number(name) == energy;
    let others: Vec<_> = properties
        .chain(frame.columns.iter().map(|(name, ..)| name))
        .map(String::as_str)
        .filter(|name| {
            let like_a_label = ["energy", "forces", "stress", "virial"].iter().any(|label| is_like(name, label));
            like_a_label && !keys.hold(name) && !repeats(name)
        })
        .collect();
    if !others.is_empty() {
        text.push_str(&format!("; the first frame also holds {}, not used", others.join(", ")));
    }
    text
}

/// Whether `name` may be a name of `label`: `REF_energy`, `dft_force`, `virials`.
fn is_like(name: &str, label: &str) -> bool {
    name.to_lowercase().contains(if label == "forces" { "force" } else { label })
}

/// What to do about a label that is missing: name the one of `present` that is most like it, or `add` it.
fn remedy<'n>(label: &str, present: impl Iterator<Item = &'n str>, add: &str) -> String {
    match present.into_iter().find(|name| is_like(name, label)) {
        Some(name) => {
            format!("if `{name}` is meant, write keys = {{ {label} = \"{name}\" }} in [data], or --{label}-key {name}")
        }
        None => add.to_string(),
    }
}

/// One frame with its labels in internal units.
fn label(frame: Frame, units: LabelUnits, keys: &LabelKeys) -> Result<Configuration, String> {
    let energy = frame.number(keys.energy()).ok_or_else(|| {
        let names = || frame.properties.iter().map(|(name, _)| name.as_str());
        let present =
            if frame.properties.is_empty() { "nothing".to_string() } else { names().collect::<Vec<_>>().join(", ") };
        let numbers = names().filter(|name| frame.number(name).is_some());
        format!(
            "there is no number `{}` in its comment, only {present}; labelled frames need energies and forces: {}",
            keys.energy(),
            remedy("energy", numbers, "add energy=… in eV")
        )
    })?;
    let forces = match frame.vectors(keys.forces()) {
        Some(forces) => forces,
        // An isolated atom feels no force, whether the file says so or not.
        None if frame.elements.len() == 1 => vec![[0.0; 3]],
        None => {
            let columns: Vec<_> = frame.columns.iter().map(|(name, width, _)| format!("{name} ({width})")).collect();
            let columns = if columns.is_empty() { "none".to_string() } else { columns.join(", ") };
            let vectors = frame.columns.iter().filter(|(_, width, _)| *width == 3).map(|(name, ..)| name.as_str());
            return Err(format!(
                "there are no columns `{}:R:3`; beside species and positions there are {columns}; {}",
                keys.forces(),
                remedy("forces", vectors, "add forces in eV/Å")
            ));
        }
    };
    let cell = frame.repeating_cell();
    let virial = virial(&frame, cell.as_ref(), keys)?;
    let scale = |vectors: Vec<[f64; 3]>, factor: f64| vectors.into_iter().map(|v| v.map(|x| x * factor)).collect();
    let length = units.length.factor;
    let cell = match cell {
        Some(cell) if length != 1.0 => {
            Some(cell.with_rows(cell.rows().map(|row| row.map(|x| x * length))).map_err(|error| error.to_string())?)
        }
        cell => cell,
    };
    Ok(Configuration {
        elements: frame.elements,
        positions: scale(frame.positions, length),
        cell,
        energy: energy * units.energy.factor,
        forces: scale(forces, units.force_factor()),
        virial: virial.map(|tensor| tensor.map(|row| row.map(|x| x * units.energy.factor))),
    })
}

/// The virial in the file's unit of energy, from `virial` or `stress`; both must agree.
fn virial(frame: &Frame, cell: Option<&Cell>, keys: &LabelKeys) -> Result<Option<[[f64; 3]; 3]>, String> {
    let (stress, virial) = keys.tensors();
    let (stress_key, virial_key) = (stress.unwrap_or("stress"), virial.unwrap_or("virial"));
    let tensor = |key: &str| match (frame.property(key), frame.tensor(key)) {
        (None, _) if keys.demand_tensor() && cell.is_some() => {
            Err(format!("there is no `{key}` in its comment, which was named as a label; leave it out of the keys"))
        }
        (None, _) => Ok(None),
        (Some(_), None) => Err(format!("`{key}` is not nine numbers; write three rows of three")),
        (Some(_), Some(tensor)) => symmetric(tensor)
            .map(Some)
            .ok_or(format!("`{key}` is not symmetric: {tensor:?}; leave it out, or correct it")),
    };
    let stated = virial.map_or(Ok(None), tensor)?;
    let computed = match (stress.map_or(Ok(None), tensor)?, cell) {
        (None, _) => None,
        (Some(_), None) => {
            return Err(format!(
                "there is a `{stress_key}`, but no cell that it could belong to; add Lattice, or leave the stress out"
            ));
        }
        (Some(stress), Some(cell)) => {
            // Other programs divide by the volume of the vectors as they stand in the file, also where a direction is open.
            let volume = cell.volume().unwrap_or_else(|| cell.stated_volume());
            if volume == 0.0 {
                return Err(format!(
                    "there is a `{stress_key}`, but the cell vectors span no volume that it could refer to; write `virial` in its \
                     place (in the unit of energy), or leave it out"
                ));
            }
            Some(stress.map(|row| row.map(|x| -x * volume)))
        }
    };
    // What lies across a slab or wire is not compared: many programs leave it out of one of the two.
    let along = |tensor: [[f64; 3]; 3]| cell.map_or(tensor, |cell| cell.along_repeating(&tensor));
    if let (Some(stated), Some(computed)) = (stated.map(along), computed.map(along))
        && !agree(&stated, &computed)
    {
        return Err(format!(
            "`{virial_key}` is {stated:?}, but `{stress_key}` times the volume gives {computed:?}; expected virial = -stress · \
             volume, tension positive"
        ));
    }
    Ok(stated.or(computed))
}

/// The tensor with what is left of its antisymmetric part removed; `None` if that part is not small.
pub(super) fn symmetric(tensor: [[f64; 3]; 3]) -> Option<[[f64; 3]; 3]> {
    let mut transposed = tensor;
    for i in 0..3 {
        for j in 0..3 {
            transposed[i][j] = tensor[j][i];
        }
    }
    agree(&tensor, &transposed).then(|| {
        let mut mean = tensor;
        for i in 0..3 {
            for j in 0..3 {
                mean[i][j] = 0.5 * (tensor[i][j] + transposed[i][j]);
            }
        }
        mean
    })
}

/// Whether two tensors agree relative to their size; what is not finite is left for later checks.
fn agree(a: &[[f64; 3]; 3], b: &[[f64; 3]; 3]) -> bool {
    let size = a.iter().flatten().fold(0.0_f64, |size, x| size.max(x.abs()));
    let differs = |(x, y): (&f64, &f64)| (x - y).abs() > AGREEMENT * size + 1.0e-9;
    !a.iter().flatten().zip(b.iter().flatten()).any(differs)
}
