//! What a label source has answered, read and checked.

use std::path::Path;

use super::{Label, Request};
use cormorant_core::system::vector::{difference, norm};
use cormorant_io::{ExtendedXyzReader, Frame, StateKeys, Value};

/// How far an atom may be from where it was sent, in Å: programs print few digits.
const MOVED: f64 = 1e-3;
/// The key by which a source says that it has no label for a frame, and why.
const ERROR: &str = "error";

/// What became of one request.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Energy and forces.
    Label(Label),
    /// There is none; the reason.
    Failed(String),
}

/// The answers in `text`, extended XYZ with `energy` (eV) and `forces` (eV/Å) for each of `requests` in their order.
///
/// A frame with a key `error` is a structure for which the source found no label. A text that does not belong to the requests (another
/// number of frames, other atoms) fails them all.
#[must_use]
pub fn answers(text: &[u8], requests: &[Request]) -> Vec<Answer> {
    match frames(text, requests) {
        Ok(frames) => frames.iter().zip(requests).map(|(frame, request)| answer(frame, request)).collect(),
        Err(reason) => vec![Answer::Failed(reason); requests.len()],
    }
}

fn frames(text: &[u8], requests: &[Request]) -> Result<Vec<Frame>, String> {
    if text.iter().all(u8::is_ascii_whitespace) {
        return Err(
            "the answer is empty; write the frames in extended XYZ with energy and forces to standard output".into()
        );
    }
    let mut reader = ExtendedXyzReader::new(Path::new("answer"), std::io::Cursor::new(text.to_vec()));
    let mut found = Vec::new();
    while let Some(frame) = reader.next_frame().map_err(|error| format!("the answer cannot be read: {error}"))? {
        found.push(frame);
    }
    if found.len() != requests.len() {
        return Err(format!("the answer has {} frames in place of {}", found.len(), requests.len()));
    }
    Ok(found)
}

/// The label in `frame`, if it is that of `request`.
fn answer(frame: &Frame, request: &Request) -> Answer {
    if let Some(reason) = frame.property(ERROR) {
        let text = match reason {
            Value::Text(text) => text.clone(),
            other => format!("{other:?}"),
        };
        return Answer::Failed(text);
    }
    match label(frame, request) {
        Ok(label) => Answer::Label(label),
        Err(reason) => Answer::Failed(reason),
    }
}

fn label(frame: &Frame, request: &Request) -> Result<Label, String> {
    let system = &request.system;
    if frame.elements != system.elements {
        return Err("the answer has other atoms, or in another order".into());
    }
    for (atom, (found, sent)) in frame.positions.iter().zip(&system.positions).enumerate() {
        let moved = norm(difference(*found, *sent));
        if moved.is_nan() || moved > MOVED {
            let element = system.elements[atom].symbol();
            return Err(format!("atom {} ({element}) of the answer is {moved:.4} Å from where it was sent", atom + 1));
        }
    }
    require_units(frame)?;
    let energy = frame.number("energy").ok_or("the answer has no energy (a key `energy` in eV)")?;
    let forces = frame.vectors("forces").ok_or("the answer has no forces (a column `forces` in eV/Å)")?;
    let charge_alone = StateKeys { multiplicity: Some("none"), ..StateKeys::default() };
    if let Some(stated) = frame.electronic_state_under(charge_alone)?.charge
        && i64::from(stated) != request.charge
    {
        return Err(format!("the answer is for the charge {stated}, not {}", request.charge));
    }
    let virial = virial(frame, request);
    Ok(Label { energy, forces, virial })
}

/// Refuses an answer that states another unit than the ones that answers have.
fn require_units(frame: &Frame) -> Result<(), String> {
    let usual = [
        "ev",
        "electronvolt",
        "ev/å",
        "ev/angstrom",
        "ev/ang",
        "ev/a",
        "ev/å^3",
        "ev/angstrom^3",
        "ev/å³",
        "å",
        "angstrom",
        "ang",
        "a",
    ];
    for (key, value) in &frame.properties {
        let name = key.to_lowercase().replace('-', "_");
        let is_unit =
            ["energy_unit", "force_unit", "forces_unit", "stress_unit", "virial_unit", "length_unit", "unit", "units"]
                .iter()
                .any(|known| name == *known || name.strip_suffix('s') == Some(*known));
        let Value::Text(text) = value else { continue };
        let others = || {
            text.split([',', ';', ' '])
                .filter(|word| !word.is_empty() && !usual.contains(&word.to_lowercase().as_str()))
        };
        // Our own frames name all their units, those of velocities and charges too.
        let ours = name == "units" && text.starts_with("Angstrom eV eV/Angstrom");
        if is_unit && !ours && others().next().is_some() {
            return Err(format!(
                "the answer says {key}={text}, but answers are in eV, eV/Å and eV/Å³: convert them, and leave the key out"
            ));
        }
    }
    Ok(())
}

/// The virial −∂E/∂strain in eV: of a key `virial`, or of a key `stress` (eV/Å³, positive under tension) times the volume.
fn virial(frame: &Frame, request: &Request) -> Option<[[f64; 3]; 3]> {
    frame.tensor("virial").or_else(|| {
        let volume = request.system.cell?.volume()?;
        Some(frame.tensor("stress")?.map(|row| row.map(|x| -x * volume)))
    })
}
