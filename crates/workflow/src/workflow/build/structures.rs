//! Structures that several runs start from, each read once.

use std::sync::{Arc, Mutex, PoisonError};

use super::LoadedStructure;
use crate::settings::StructureInput;
use cormorant_core::Result;

/// The structure of one input, once it is read.
type Place = Arc<Mutex<Option<LoadedStructure>>>;

/// The structures that were read so far. Replicas that start from one frame share it. Checked by: `suite::reading`.
#[derive(Default)]
pub(in crate::workflow) struct Structures(Mutex<Vec<(StructureInput, Place)>>);

impl Structures {
    /// The structure that `input` names.
    ///
    /// # Errors
    /// When it cannot be read or is not valid.
    pub(in crate::workflow) fn get(&self, input: &StructureInput) -> Result<LoadedStructure> {
        // Different frames are read at the same time, so the lock of the list is not held while one is.
        let place = self.place(input);
        let mut found = place.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(loaded) = &*found {
            return Ok(loaded.clone());
        }
        Ok(found.insert(input.load()?).clone())
    }

    fn place(&self, input: &StructureInput) -> Place {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, place)) = known.iter().find(|(other, _)| other == input) {
            return Arc::clone(place);
        }
        let place = Place::default();
        known.push((input.clone(), Arc::clone(&place)));
        place
    }
}
