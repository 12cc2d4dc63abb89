//! Atoms that a file of another program holds fixed. Nothing is held here unless the input says so, which a user should know.

use super::{Column, Frame};

/// Atoms that a note lists.
const LISTED: usize = 12;

/// What to say where `what` of a file holds the atoms `held` (counted from 0); nothing where there are none.
pub(crate) fn held_note(what: &str, held: &[usize], atoms: usize) -> Option<String> {
    if held.is_empty() {
        return None;
    }
    let mut listed: Vec<String> = held.iter().take(LISTED).map(|atom| (atom + 1).to_string()).collect();
    if held.len() > LISTED {
        listed.push("...".into());
    }
    Some(format!(
        "{what} holds {} of {atoms} atoms, which is not taken over: they move; to hold them, write fixed_atoms = [{}] in [constraints] of an \
         input for `cormorant run`",
        held.len(),
        listed.join(", ")
    ))
}

impl Frame {
    /// What to say of the column `move_mask`, as ASE writes the atoms that a constraint holds; F is held.
    pub(super) fn move_mask_note(&self) -> Option<String> {
        let (_, width, column) = self.columns.iter().find(|(name, ..)| name == "move_mask")?;
        let free: Vec<bool> = match column {
            Column::Logicals(values) => values.clone(),
            Column::Integers(values) => values.iter().map(|value| *value != 0).collect(),
            Column::Reals(_) | Column::Text(_) => return None,
        };
        let held = free.chunks_exact((*width).max(1)).enumerate().filter(|(_, free)| free.contains(&false));
        let held: Vec<usize> = held.map(|(atom, _)| atom).collect();
        held_note("the column `move_mask`", &held, self.elements.len())
    }
}
