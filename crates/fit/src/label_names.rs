//! Which name a label has in a frame, and what to say where it has none.

use super::configuration::SCAN;
use super::label_keys::LabelKeys;
use cormorant_io::{Frame, Value};

/// Name of an energy that counts only relative to those of other frames of its scan.
pub(super) const RELATIVE_ENERGY: &str = "relative_energy";

/// What is read of a frame under a name.
pub(super) struct Named<'f, T> {
    /// The name in the file.
    pub name: &'f str,
    /// The label.
    pub value: T,
}

/// The energy of `frame`: under the name that was given, or `energy` in any case.
///
/// # Errors
/// When what has that name is not a number.
pub(super) fn energy<'f>(frame: &'f Frame, keys: &LabelKeys) -> Result<Option<Named<'f, f64>>, String> {
    let wanted = keys.energy();
    let exact = frame.properties.iter().find(|(key, _)| key == wanted);
    let loose = || frame.properties.iter().find(|(key, _)| keys.energy.is_none() && key.eq_ignore_ascii_case(wanted));
    let Some((name, value)) = exact.or_else(loose) else { return Ok(None) };
    match (frame.number(name), value) {
        (Some(value), _) => Ok(Some(Named { name, value })),
        (None, Value::Text(text)) if matches!(text.as_str(), "None" | "none" | "null" | "") => Ok(None),
        (None, _) => Err(format!("`{name}` is not a number; correct it, or leave it out")),
    }
}

/// The relative energy of `frame`, which needs a scan to be relative to and stands in place of an energy.
///
/// # Errors
/// When it is not a number, there is no scan, or there is an energy beside it.
pub(super) fn relative_energy(frame: &Frame, has_energy: bool) -> Result<Option<f64>, String> {
    if frame.property(RELATIVE_ENERGY).is_none() {
        return Ok(None);
    }
    let wrong = |reason: &str| Err(format!("`{RELATIVE_ENERGY}` {reason}"));
    match frame.number(RELATIVE_ENERGY) {
        None => wrong("is not a number; correct it, or leave it out"),
        Some(_) if frame.property(SCAN).is_none() => wrong(
            "counts relative to other frames of the same scan, but the frame names none; add scan=NAME to its comment",
        ),
        Some(_) if has_energy => wrong("stands beside an energy; leave one of the two out"),
        Some(energy) => Ok(Some(energy)),
    }
}

/// The forces of `frame`: under the name that was given, or `forces` and `force` in any case.
///
/// # Errors
/// When what has that name is not three numbers for each atom.
pub(super) fn forces<'f>(frame: &'f Frame, keys: &LabelKeys) -> Result<Option<Named<'f, Vec<[f64; 3]>>>, String> {
    let wanted = keys.forces();
    let called =
        |test: &dyn Fn(&str) -> bool| frame.columns.iter().map(|(name, ..)| name.as_str()).find(|name| test(name));
    let loose = |name: &str| ["forces", "force"].iter().any(|known| name.eq_ignore_ascii_case(known));
    let name = called(&|name| name == wanted).or_else(|| called(&|name| keys.forces.is_none() && loose(name)));
    let Some(name) = name else { return Ok(None) };
    match frame.vectors(name) {
        Some(value) => Ok(Some(Named { name, value })),
        None => Err(format!("the column `{name}` is not three numbers for each atom; write {name}:R:3")),
    }
}

/// Whether a name may be that of `label` (`energy`, `forces`, `stress`, `virial`): `REF_energy`, `dft_force`, `virials`, `E0`.
pub(super) fn is_like(name: &str, label: &str) -> bool {
    let lower = name.to_lowercase();
    match label {
        "energy" => {
            lower.contains("energy") && !lower.contains("weight") && !lower.contains("unit") && lower != RELATIVE_ENERGY
                || ["e", "e0", "etot", "e_tot", "toten", "e_total"].contains(&lower.as_str())
        }
        "forces" => lower.contains("force") && !lower.contains("weight") || lower.contains("grad") || lower == "f",
        other => lower.contains(other),
    }
}

/// What to do about a label that no frame has, if a name in `frame` looks like it.
pub(super) fn remedy(frame: &Frame, label: &str) -> Option<String> {
    let numbers = || frame.properties.iter().map(|(name, _)| name.as_str()).filter(|name| frame.number(name).is_some());
    let vectors = || frame.columns.iter().filter(|(_, width, _)| *width == 3).map(|(name, ..)| name.as_str());
    let name = if label == "energy" {
        numbers().find(|name| is_like(name, label))
    } else {
        vectors().find(|name| is_like(name, label))
    }?;
    if label == "forces" && name.to_lowercase().contains("grad") {
        return Some(format!(
            "`{name}` may be the gradient, whose sign is opposite: multiply it by -1 and call the column forces"
        ));
    }
    Some(format!("if `{name}` is meant, write keys = {{ {label} = \"{name}\" }} in [data], or --{label}-key {name}"))
}

/// What the comment of a frame holds, for messages.
pub(super) fn keys_of(frame: &Frame) -> String {
    let names: Vec<_> = frame.properties.iter().map(|(name, _)| name.as_str()).collect();
    if names.is_empty() { "nothing".to_string() } else { names.join(", ") }
}

/// What the columns of a frame are beside species and positions, for messages.
pub(super) fn columns_of(frame: &Frame) -> String {
    let columns: Vec<_> = frame.columns.iter().map(|(name, width, _)| format!("{name} ({width})")).collect();
    if columns.is_empty() { "none".to_string() } else { columns.join(", ") }
}
