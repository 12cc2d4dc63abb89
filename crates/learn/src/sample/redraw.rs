//! Frames that are drawn again until no two atoms are too close.

use super::closest_contact;
use cormorant_core::noise::{Consumer, Noise, Stream};
use cormorant_core::system::{BondedPair, System, find_bonds};
use cormorant_core::{Error, Result};

/// A frame is drawn at most so many times.
const TRIES: u64 = 1000;

/// Frames, and how many draws were refused on the way.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Redrawn {
    /// The frames.
    pub systems: Vec<System>,
    /// Draws in which two atoms came too close, or that could not be carried out.
    pub refused: u64,
}

/// `count` frames from `draw`, which is told the number of the frame and gives none where a draw failed. Those in which two atoms are
/// nearer than `shortest` times the sum of their covalent radii are drawn again from another stream.
///
/// # Errors
/// When the structure itself has such a pair, a frame cannot be drawn within 1000 tries, or `draw` fails.
pub(super) fn redraw(
    system: &System,
    shortest: f64,
    count: usize,
    noise: Noise,
    draw: &mut dyn FnMut(usize, &mut Stream) -> Result<Option<System>>,
) -> Result<Redrawn> {
    require_apart(system, shortest)?;
    let mut found = Redrawn::default();
    for frame in 0..count {
        let mut tries = 0..TRIES;
        let system = loop {
            let Some(attempt) = tries.next() else { return Err(gave_up(frame, shortest)) };
            let mut stream = noise.stream(Consumer::Displacement, frame as u64, attempt);
            match draw(frame, &mut stream)? {
                Some(system) if is_apart(&system, shortest) => break system,
                _ => found.refused += 1,
            }
        };
        found.systems.push(system);
    }
    Ok(found)
}

/// Whether no two atoms are nearer than `shortest` times the sum of their covalent radii; not where they lie on each other.
pub(super) fn is_apart(system: &System, shortest: f64) -> bool {
    closest_contact(system).is_ok_and(|contact| contact.is_none_or(|contact| contact.ratio >= shortest))
}

/// Whether atoms are as near as bonded ones that are not so in `bonds`, which are in order.
pub(super) fn has_new_bonds(system: &System, bonds: &[BondedPair]) -> bool {
    find_bonds(system).is_ok_and(|found| found.iter().any(|bond| bonds.binary_search(bond).is_err()))
}

/// Refuse a structure to which nothing near it can be better.
pub(super) fn require_apart(system: &System, shortest: f64) -> Result<()> {
    if !(0.0..=1.0).contains(&shortest) {
        return Err(Error::Invalid(format!(
            "the shortest distance is {shortest} of the sum of covalent radii, which must be between 0 and 1, such as 0.7"
        )));
    }
    match closest_contact(system)? {
        Some(contact) if contact.ratio < shortest => {
            let [first, second] =
                contact.atoms.map(|atom| format!("{} ({})", atom + 1, system.elements[atom].symbol()));
            Err(Error::Structure(format!(
                "atoms {first} and {second} are {:.3} Å apart, {:.2} of the sum of their covalent radii, before anything is moved: \
                 mend the structure, or allow shorter distances than {shortest}",
                contact.distance, contact.ratio
            )))
        }
        _ => Ok(()),
    }
}

fn gave_up(frame: usize, shortest: f64) -> Error {
    Error::Invalid(format!(
        "frame {} was drawn {TRIES} times, and two atoms always came nearer than {shortest} of the sum of their covalent radii, or seemed bonded \
         that are not: take a smaller amplitude or a lower temperature, allow shorter distances, or use another method",
        frame + 1
    ))
}
