//! The labels of one frame in internal units.

use super::comment_units::FrameUnits;
use super::configuration::Configuration;
use super::frame_weights::FrameWeights;
use super::label_keys::LabelKeys;
use super::label_names::{self, Named};
use super::stress_convention::StressConvention;
use super::tensor::{agree, symmetric};
use super::theories::THEORY;
use cormorant_core::system::Cell;
use cormorant_core::units::DEBYE;
use cormorant_io::{Frame, Value};

/// Key of a dipole moment.
pub(super) const DIPOLE: &str = "dipole";

/// Keys that name a group of frames, of which errors are reported by themselves.
pub(super) const GROUP_KEYS: [&str; 7] = ["config_type", "molecule", "scan", "group", "dataset", "subset", THEORY];

/// What one frame is read to.
pub(super) struct Labeled {
    /// The frame with its labels.
    pub configuration: Configuration,
    /// Whether the file has forces of it, rather than none that an isolated atom can feel.
    pub has_forces: bool,
    /// Labels that were passed over, and names that were taken for others.
    pub remarks: Vec<String>,
}

/// Reads `frame`.
///
/// # Errors
/// When a label is not what its name says, or is not finite.
pub(super) fn read(mut frame: Frame, units: &FrameUnits, keys: &LabelKeys) -> Result<Labeled, String> {
    let mut remarks: Vec<String> =
        frame.repeated.iter().map(|key| format!("`{key}` is given twice; the last value counts, as in ASE")).collect();
    let energy = label_names::energy(&frame, keys)?;
    remarks.extend(energy.as_ref().and_then(|found| taken_for(found, keys.energy())));
    let forces = label_names::forces(&frame, keys)?;
    remarks.extend(forces.as_ref().and_then(|found| taken_for(found, keys.forces())));
    let plain = plain_labels(&frame, keys);
    if plain.is_some() {
        remarks.push(
            "the comment is read as the energy, and numbers behind the position as the force, as sGDML writes them"
                .into(),
        );
    }
    let (plain_energy, plain_forces) = plain.unzip();
    let energy = energy.map(|found| found.value).or(plain_energy);
    let forces = forces.map(|found| found.value).or(plain_forces.flatten());
    let has_forces = forces.is_some();
    // An isolated atom feels no force, whether the file says so or not.
    let forces = forces.or((frame.elements.len() == 1 && energy.is_some()).then(|| vec![[0.0; 3]]));
    let cell = frame.repeating_cell();
    let virial = virial(&frame, cell.as_ref(), units, keys, &mut remarks)?;
    let length = units.base.length.factor;
    let scale = |vectors: Vec<[f64; 3]>, factor: f64| vectors.into_iter().map(|v| v.map(|x| x * factor)).collect();
    let cell = match cell {
        Some(cell) if length != 1.0 => {
            Some(cell.with_rows(cell.rows().map(|row| row.map(|x| x * length))).map_err(|error| error.to_string())?)
        }
        cell => cell,
    };
    let state = frame.electronic_state_under(keys.state())?;
    let relative_energy = label_names::relative_energy(&frame, energy.is_some())?;
    let configuration = Configuration {
        weights: FrameWeights::of(&frame)?,
        groups: groups(&frame, &keys.groups),
        elements: std::mem::take(&mut frame.elements),
        positions: scale(std::mem::take(&mut frame.positions), length),
        cell,
        state,
        energy: energy.map(|energy| energy * units.base.energy.factor),
        relative_energy: relative_energy.map(|energy| energy * units.base.energy.factor),
        forces: scale(forces.unwrap_or_default(), units.force),
        virial,
        dipole: None,
    };
    let configuration = Configuration { dipole: dipole(&frame, &configuration, keys, &mut remarks)?, ..configuration };
    match configuration.fault() {
        Some(fault) => Err(format!("{fault}; leave the frame out")),
        None => Ok(Labeled { configuration, has_forces, remarks }),
    }
}

/// The dipole moment in e·Å, where it is to be read and does not depend on the origin.
fn dipole(
    frame: &Frame,
    configuration: &Configuration,
    keys: &LabelKeys,
    remarks: &mut Vec<String>,
) -> Result<Option<[f64; 3]>, String> {
    let Some(value) = frame.property(DIPOLE).filter(|_| keys.dipoles) else { return Ok(None) };
    let numbers = value.reals().filter(|numbers| numbers.len() == 3 && numbers.iter().all(|x| x.is_finite()));
    let Some(numbers) = numbers else {
        return Err(format!("`{DIPOLE}` is not three numbers; write {DIPOLE}=\"x y z\" in e·Å, or leave it out"));
    };
    let factor = match frame.property("dipole_unit") {
        None => 1.0,
        Some(Value::Text(unit)) if matches!(unit.as_str(), "eÅ" | "e·Å" | "e*A" | "eA" | "e*Angstrom") => 1.0,
        Some(Value::Text(unit)) if matches!(unit.as_str(), "D" | "Debye" | "debye") => DEBYE,
        Some(_) => return Err("`dipole_unit` is neither eÅ nor D; write one of these, or leave it out for eÅ".into()),
    };
    let over = if configuration.cell.is_some() {
        "of a frame with a cell is not used"
    } else if configuration.state.total_charge() != 0 {
        "of a frame with a charge is not used, since it depends on the origin"
    } else {
        return Ok(Some([numbers[0] * factor, numbers[1] * factor, numbers[2] * factor]));
    };
    remarks.push(format!("`{DIPOLE}` {over}"));
    Ok(None)
}

/// A remark if a label has not the very name that is documented.
fn taken_for<T>(found: &Named<'_, T>, wanted: &str) -> Option<String> {
    (found.name != wanted).then(|| format!("`{}` is read as `{wanted}`", found.name))
}

/// Energy and forces of plain XYZ in the dialect of sGDML: a comment that is a real number, and three numbers behind the position.
fn plain_labels(frame: &Frame, keys: &LabelKeys) -> Option<(f64, Option<Vec<[f64; 3]>>)> {
    let text = frame.comment.trim();
    if keys.name_labels() || !text.contains(['.', 'e', 'E']) {
        return None;
    }
    let energy: f64 = text.parse().ok()?;
    let whole = frame.trailing.len() == frame.elements.len() && frame.trailing.iter().all(|row| row.len() == 3);
    Some((energy, whole.then(|| frame.trailing.iter().map(|row| [row[0], row[1], row[2]]).collect())))
}

/// The groups that the comment names, under the usual keys and these.
pub(super) fn groups(frame: &Frame, keys: &[String]) -> Vec<(String, String)> {
    let text = |value: &Value| match value {
        Value::Text(text) => Some(text.clone()),
        Value::Integers(numbers) => numbers.first().map(ToString::to_string),
        Value::Reals(numbers) => numbers.first().map(ToString::to_string),
        Value::Logicals(_) => None,
    };
    let others = keys.iter().map(String::as_str).filter(|key| !GROUP_KEYS.contains(key));
    let all = GROUP_KEYS.into_iter().chain(others);
    let named = all.filter_map(|key| Some((key.to_string(), text(frame.property(key)?)?)));
    named.collect()
}

/// The virial in eV, from `virial` or `stress`; both must agree. Stresses without a meaning are passed over.
fn virial(
    frame: &Frame,
    cell: Option<&Cell>,
    units: &FrameUnits,
    keys: &LabelKeys,
    remarks: &mut Vec<String>,
) -> Result<Option<[[f64; 3]; 3]>, String> {
    let (stress_key, virial_key) = keys.tensors();
    let mut tensor = |key: &str| -> Result<Option<[[f64; 3]; 3]>, String> {
        let Some(value) = frame.property(key) else { return Ok(None) };
        if matches!(value, Value::Text(text) if matches!(text.as_str(), "None" | "none" | "null" | "")) {
            return Ok(None);
        }
        let found = frame
            .tensor(key)
            .ok_or_else(|| format!("`{key}` is not nine numbers, nor six; write three rows of three"))?;
        if value.reals().is_some_and(|numbers| numbers.len() == 6) {
            remarks.push(format!(
                "the six numbers of `{key}` are taken for xx yy zz yz xz xy (VASP writes xx yy zz xy yz zx)"
            ));
        }
        let over = if found.iter().flatten().all(|&x| x == 0.0) {
            "is zero throughout, as written by programs that did not compute it"
        } else if found.iter().flatten().any(|x| !x.is_finite()) {
            "is not finite"
        } else if cell.is_none() {
            "has no meaning without a cell"
        } else {
            let wrong = || format!("`{key}` is not symmetric: {found:?}; leave it out, or correct it");
            return symmetric(found).map(Some).ok_or_else(wrong);
        };
        remarks.push(format!("`{key}` is ignored: it {over}"));
        Ok(None)
    };
    let energy = units.base.energy.factor;
    let scaled = |tensor: [[f64; 3]; 3], factor: f64| tensor.map(|row| row.map(|x| x * factor));
    let stated = virial_key.map_or(Ok(None), &mut tensor)?.map(|tensor| scaled(tensor, energy));
    let computed = match (stress_key.map_or(Ok(None), &mut tensor)?, cell) {
        (Some(stress), Some(cell)) => {
            let convention = keys.stress_convention;
            Some(from_stress(&stress, cell, units, convention, stress_key.unwrap_or("stress"))?)
        }
        _ => None,
    };
    // What lies across a slab or wire is not compared: many programs leave it out of one of the two.
    let along = |tensor: [[f64; 3]; 3]| cell.map_or(tensor, |cell| cell.along_repeating(&tensor));
    if let (Some(stated), Some(computed)) = (stated.map(along), computed.map(along))
        && !agree(&stated, &computed)
    {
        let (virial, stress) = (virial_key.unwrap_or("virial"), stress_key.unwrap_or("stress"));
        return Err(format!(
            "`{virial}` is {stated:?}, but `{stress}` times the volume gives {computed:?}; expected virial = -stress · \
             volume, tension positive; `stress_unit` and `stress_sign` in [data] set another unit and sign"
        ));
    }
    Ok(stated.or(computed))
}

/// −stress · volume in eV.
fn from_stress(
    stress: &[[f64; 3]; 3],
    cell: &Cell,
    units: &FrameUnits,
    convention: StressConvention,
    key: &str,
) -> Result<[[f64; 3]; 3], String> {
    // Other programs divide by the volume of the vectors as they are in the file, also where a direction is open.
    let volume = cell.volume().unwrap_or_else(|| cell.stated_volume());
    if volume == 0.0 {
        return Err(format!(
            "there is a `{key}`, but the cell vectors span no volume that it could refer to; write `virial` in its \
             place (in the unit of energy), or leave it out"
        ));
    }
    // The volume is still in the file's unit of length.
    let length = units.base.length.factor;
    // What the user says counts; else what the comment says.
    Ok(match units.stress.filter(|_| convention.unit.is_none()) {
        Some(unit) => convention.virial(*stress, volume, 1.0, 1.0).map(|row| row.map(|x| x * unit * length.powi(3))),
        None => convention.virial(*stress, volume, length, units.base.energy.factor),
    })
}
