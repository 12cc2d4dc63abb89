//! A potential of the program as a label source.

use super::Models;
use crate::settings::PotentialInput;
use cormorant_core::{Error, ErrorKind, Result};
use cormorant_learn::label::{Answer, Label, LabelSource, Request, Yielded};
use cormorant_potential::{Evaluation, RequestedProperties};

/// Labels of a potential.
pub(super) struct PotentialSource {
    potential: PotentialInput,
    networks: Models,
}

impl PotentialSource {
    pub(super) fn new(potential: PotentialInput) -> Self {
        Self { potential, networks: Models::default() }
    }

    fn label_of(&self, request: &Request) -> Result<Label> {
        let system = &request.system;
        let mut potential = self.potential.build(system, &self.networks)?;
        potential.check_state(system)?;
        let want = RequestedProperties { virial: system.cell.is_some(), atom_energies: false };
        let mut found = Evaluation::default();
        potential.evaluate(system, want, &mut found)?;
        Ok(Label { energy: found.energy, forces: found.forces, virial: found.virial })
    }
}

impl LabelSource for PotentialSource {
    fn label(
        &mut self,
        requests: &[Request],
        stop: &(dyn Fn() -> bool + Sync),
        answered: &mut dyn FnMut(usize, Answer) -> Result<()>,
    ) -> Result<Yielded> {
        for (place, request) in requests.iter().enumerate() {
            if stop() {
                return Err(Error::Interrupted("labels that were finished are kept".into()));
            }
            let answer = match self.label_of(request) {
                Ok(label) => Answer::Label(label),
                Err(error) if matches!(error.kind(), ErrorKind::Io | ErrorKind::Model | ErrorKind::Element) => {
                    return Err(error);
                }
                Err(error) => Answer::Failed(error.to_string()),
            };
            answered(place, answer)?;
        }
        Ok(Yielded::All)
    }
}
