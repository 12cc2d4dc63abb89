//! Dipole moments and polarizabilities in the comments of extended XYZ.
//!
//! | key              | here                        | numbers                                           |
//! |------------------|-----------------------------|---------------------------------------------------|
//! | `dipole`         | [`TensorProperty::Dipole`]          | x, y, z                                           |
//! | `polarizability` | [`TensorProperty::Polarizability`]  | nine, row by row                                  |
//!
//! Units are the user's; where the file names one, as `dipole_unit`, it must be that. Checked by: `suite::properties`.

use std::path::Path;

use super::configuration::Configuration;
use super::dataset::fingerprint;
use super::label_frame::groups;
use super::regression::{Sample, TensorProperty};
use super::state_check::require_neutral;
use super::tensor::symmetric;
use cormorant_core::{Error, Result};
use cormorant_io::{ExtendedXyzReader, Frame, Value};

/// SHA-256 of the file at `path`, and its molecules with `moment` in `unit`, and the groups that their comments name under the usual keys
/// and `keys`.
///
/// The energy of a configuration is the part that does not turn: a third of the trace of a polarizability, zero for a dipole.
///
/// # Errors
/// When the file cannot be read, holds no frame, or a frame has no such label, one of another shape or unit, or one that is not
/// finite or not symmetric.
pub fn labeled_moments(
    path: &Path,
    moment: TensorProperty,
    unit: &str,
    keys: &[String],
) -> Result<(String, Vec<Sample>)> {
    let (hash, _) = fingerprint(path)?;
    let mut reader = ExtendedXyzReader::open(path)?;
    let mut samples = Vec::new();
    while let Some(mut frame) = reader.next_frame()? {
        let place = samples.len();
        let wrong = |reason: String| Error::data(path, format!("frame {place} (counted from 0): {reason}"));
        frame.bring_to_angstrom().map_err(wrong)?;
        require_neutral(frame.electronic_state().map_err(wrong)?, "leave the frame out").map_err(wrong)?;
        samples.push(sample(frame, moment, unit, keys).map_err(wrong)?);
    }
    if samples.is_empty() {
        return Err(Error::data(path, "holds no frame; use another file"));
    }
    Ok((hash, samples))
}

fn sample(frame: Frame, moment: TensorProperty, unit: &str, keys: &[String]) -> Result<Sample, String> {
    let key = moment.name();
    let target = label(&frame, moment, unit)?;
    if let Some(number) = target.iter().find(|number| !number.is_finite()) {
        return Err(format!("`{key}` holds {number}; leave the frame out"));
    }
    let cell = frame.repeating_cell();
    if moment == TensorProperty::Dipole && cell.is_some() {
        return Err("it is periodic and has no dipole moment; leave it out, or write pbc=\"F F F\"".into());
    }
    let energy = if let [xx, _, _, _, yy, _, _, _, zz] = target[..] { (xx + yy + zz) / 3.0 } else { 0.0 };
    let groups = groups(&frame, keys);
    let (elements, positions) = (frame.elements, frame.positions);
    let energy = Some(energy);
    let configuration = Configuration { elements, positions, cell, energy, groups, ..Configuration::default() };
    Ok(Sample { configuration, target })
}

/// The numbers of the label.
fn label(frame: &Frame, moment: TensorProperty, unit: &str) -> Result<Vec<f64>, String> {
    let key = moment.name();
    let (shape, example) = match moment {
        TensorProperty::Dipole => ("three numbers", "\"x y z\""),
        TensorProperty::Polarizability => ("nine numbers", "\"xx xy xz yx yy yz zx zy zz\""),
    };
    let Some(value) = frame.property(key) else {
        let keys: Vec<_> = frame.properties.iter().map(|(key, _)| key.as_str()).collect();
        let keys = if keys.is_empty() { "nothing".to_string() } else { keys.join(", ") };
        return Err(format!("there is no `{key}` in its comment, only {keys}; add {key}={example} in {unit}"));
    };
    let unit_key = format!("{key}_unit");
    if let Some(Value::Text(named)) = frame.property(&unit_key)
        && !moment.units().iter().any(|(word, shown)| word == named && *shown == unit)
    {
        return Err(format!("`{unit_key}` is {named:?}, but the input says {unit:?}; correct one of them"));
    }
    let bad = || format!("`{key}` is not {shape}; write {key}={example} in {unit}");
    match moment {
        TensorProperty::Dipole => value.reals().filter(|numbers| numbers.len() == 3).ok_or_else(bad),
        TensorProperty::Polarizability => {
            if value.reals().is_some_and(|numbers| numbers.len() == 6) {
                return Err(format!(
                    "`{key}` is six numbers, of which programs have more than one order; write all nine, {key}={example} in {unit}"
                ));
            }
            let tensor = frame.tensor(key).ok_or_else(bad)?;
            let symmetric = symmetric(tensor);
            let wrong = || format!("`{key}` is not symmetric: {tensor:?}; leave the frame out, or correct it");
            Ok(symmetric.ok_or_else(wrong)?.as_flattened().to_vec())
        }
    }
}
