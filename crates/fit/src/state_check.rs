//! Charges and spins of frames against what a network knows of them.

use std::collections::HashMap;

use super::configuration::Configuration;
use super::frame_notes::FrameNotes;
use cormorant_core::system::{ElectronicState, Element};

/// Refuses frames whose states the network could not tell apart: charged ones, and several spins of the same atoms.
///
/// # Errors
/// Names the frame, counted from 0, and says what to do.
pub(super) fn require_one_state(frames: &[Configuration], remedy: &str) -> Result<(), String> {
    let mut spins: HashMap<Vec<Element>, u32> = HashMap::new();
    for (frame, one) in frames.iter().enumerate() {
        let wrong = |reason: String| Err(format!("frame {frame} (counted from 0): {reason}"));
        require_neutral(one.state, remedy).or_else(wrong)?;
        let Some(multiplicity) = one.state.multiplicity else { continue };
        let mut atoms = one.elements.clone();
        atoms.sort_unstable();
        match spins.insert(atoms, multiplicity) {
            Some(known) if known != multiplicity => {
                return wrong(format!(
                    "its multiplicity is {multiplicity}, where an earlier frame of the same atoms has {known}, and the network would not know the \
                     spin; {remedy}"
                ));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Refuses a total charge, which the network would not know.
///
/// # Errors
/// Says what to do.
pub(super) fn require_neutral(state: ElectronicState, remedy: &str) -> Result<(), String> {
    match state.total_charge() {
        0 => Ok(()),
        charge => Err(format!("its total charge is {charge}, which the network would not know; {remedy}")),
    }
}

/// Refuses states that the electrons of a frame cannot be in; a remark where frames state no charge.
///
/// # Errors
/// Names the frame, counted from 0, and says what to do.
pub(super) fn require_possible_states(frames: &[Configuration]) -> Result<Vec<String>, String> {
    let mut notes = FrameNotes::default();
    for (frame, one) in frames.iter().enumerate() {
        let possible = one.state.require_possible(&one.elements, one.cell.is_some());
        possible.map_err(|reason| format!("frame {frame} (counted from 0): {reason}"))?;
        if one.state.charge.is_none() {
            notes.add(frame, "charge 0 (not stated)");
        }
    }
    Ok(notes.sentences(frames.len()).collect())
}
