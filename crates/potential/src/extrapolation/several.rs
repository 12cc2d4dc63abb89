//! A running system seen from the training data of several models.

use std::sync::Arc;

use super::check::{Domain, ExtrapolationCheck};
use cormorant_core::system::System;
use cormorant_core::{Error, Result};
use cormorant_network::Network;

/// What the models of a committee or of a sum were trained on, for a system or for each copy of it in a ring polymer.
///
/// Every model has its part in the forces, so the one that knows least counts: a look is the worst over all models and copies.
#[derive(Debug, Clone)]
pub struct Domains {
    /// For each copy, those of all models; copies have neighbor lists of their own.
    copies: Vec<Vec<Domain>>,
    /// The atoms of one copy, where there are several.
    bead: Option<System>,
}

impl Domains {
    /// What `networks` know, for `copies` copies (1 without a ring polymer); none if no model records anything.
    ///
    /// # Errors
    /// When the header of a model is not valid.
    pub fn of(networks: &[Arc<dyn Network>], copies: usize) -> Result<Option<Self>> {
        let known: Vec<Option<Domain>> =
            networks.iter().map(|network| Domain::of(network.as_ref())).collect::<Result<_>>()?;
        let known: Vec<Domain> = known.into_iter().flatten().collect();
        Ok((!known.is_empty()).then(|| Self { copies: vec![known; copies.max(1)], bead: None }))
    }

    /// Checks `system`, which holds the atoms of copy 0, then those of copy 1 and so on.
    ///
    /// # Errors
    /// When a model does not know an element, two atoms overlap, or the copies have different numbers of atoms.
    pub fn look(&mut self, system: &System) -> Result<ExtrapolationCheck> {
        let Self { copies, bead } = self;
        let number = copies.len();
        let mut worst = ExtrapolationCheck::default();
        if let [domains] = copies.as_mut_slice() {
            for domain in domains {
                worst = worst.or_worse(domain.look(system)?, 0);
            }
            return Ok(worst);
        }
        if !system.atom_count().is_multiple_of(number) {
            return Err(Error::Invalid(format!("{} atoms are not {number} copies of a system", system.atom_count())));
        }
        let atoms = system.atom_count() / number;
        for (copy, domains) in copies.iter_mut().enumerate() {
            let run = copy * atoms..(copy + 1) * atoms;
            let bead = match bead {
                Some(bead) if bead.elements[..] == system.elements[run.clone()] => bead,
                _ => {
                    let (elements, positions) = (&system.elements[run.clone()], &system.positions[run.clone()]);
                    bead.insert(System::new(elements.to_vec(), positions.to_vec(), system.cell)?)
                }
            };
            bead.positions.copy_from_slice(&system.positions[run]);
            (bead.cell, bead.step) = (system.cell, system.step);
            for domain in domains {
                worst = worst.or_worse(domain.look(bead)?, copy * atoms);
            }
        }
        Ok(worst)
    }
}
