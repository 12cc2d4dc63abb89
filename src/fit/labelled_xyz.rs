//! Labelled extended XYZ: `energy` and `stress` or `virial` in the comment, `forces` in the columns.
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
use super::label_units::LabelUnits;
use crate::io::Frame;
use crate::io::extended_xyz::ExtendedXyzReader;
use crate::system::Cell;
use crate::{Error, Result};

/// Relative difference below which two statements of the virial agree, and a tensor is symmetric.
const AGREEMENT: f64 = 1.0e-3;

/// The configurations of the file at `path`, with a sentence on their units.
pub(super) fn read(path: &Path, given: Option<LabelUnits>) -> Result<(Vec<Configuration>, String)> {
    let (units, origin) = match given {
        Some(units) => (units, format!("{units} (as given)")),
        None => (LabelUnits::EV_ANGSTROM, format!("{} (documented for extended XYZ)", LabelUnits::EV_ANGSTROM)),
    };
    let mut reader = ExtendedXyzReader::open(path)?;
    let mut configurations = Vec::new();
    while let Some(frame) = reader.next_frame()? {
        let place = configurations.len();
        let wrong = |reason: String| Error::data(path, format!("frame {place} (counted from 0): {reason}"));
        let configuration = label(frame, units).map_err(wrong)?;
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

/// One frame with its labels in internal units.
fn label(frame: Frame, units: LabelUnits) -> Result<Configuration, String> {
    let energy = frame.number("energy").ok_or_else(|| {
        let keys: Vec<_> = frame.properties.iter().map(|(key, _)| key.as_str()).collect();
        let keys = if keys.is_empty() { "nothing".to_string() } else { keys.join(", ") };
        format!("there is no number `energy` in its comment, only {keys}; labelled frames need energies and forces: add energy=… in eV")
    })?;
    let forces = match frame.vectors("forces") {
        Some(forces) => forces,
        // An isolated atom feels no force, whether the file says so or not.
        None if frame.elements.len() == 1 => vec![[0.0; 3]],
        None => {
            let columns: Vec<_> = frame.columns.iter().map(|(name, width, _)| format!("{name} ({width})")).collect();
            let columns = if columns.is_empty() { "none".to_string() } else { columns.join(", ") };
            return Err(format!(
                "there are no columns `forces:R:3`; beside species and positions there are {columns}; add forces in eV/Å"
            ));
        }
    };
    let cell = frame.repeating_cell().map_err(|error| error.to_string())?;
    let virial = virial(&frame, cell.as_ref())?;
    let scale = |vectors: Vec<[f64; 3]>, factor: f64| vectors.into_iter().map(|v| v.map(|x| x * factor)).collect();
    let length = units.length.factor;
    let cell = match cell {
        Some(cell) if length != 1.0 => {
            Some(Cell::new(cell.rows().map(|row| row.map(|x| x * length))).map_err(|error| error.to_string())?)
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
fn virial(frame: &Frame, cell: Option<&Cell>) -> Result<Option<[[f64; 3]; 3]>, String> {
    let tensor = |key: &str| match (frame.property(key), frame.tensor(key)) {
        (None, _) => Ok(None),
        (Some(_), None) => Err(format!("`{key}` is not nine numbers; write three rows of three")),
        (Some(_), Some(tensor)) => symmetric(tensor)
            .map(Some)
            .ok_or(format!("`{key}` is not symmetric: {tensor:?}; leave it out, or correct it")),
    };
    let stated = tensor("virial")?;
    let computed = match (tensor("stress")?, cell) {
        (None, _) => None,
        (Some(_), None) => {
            return Err(
                "there is a `stress`, but no cell that it could belong to; add Lattice, or leave the stress out".into(),
            );
        }
        (Some(stress), Some(cell)) => Some(stress.map(|row| row.map(|x| -x * cell.volume()))),
    };
    if let (Some(stated), Some(computed)) = (stated, computed)
        && !agree(&stated, &computed)
    {
        return Err(format!(
            "`virial` is {stated:?}, but `stress` times the volume gives {computed:?}; expected virial = -stress · volume, \
             tension positive"
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
