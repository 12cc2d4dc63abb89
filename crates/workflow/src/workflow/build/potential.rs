//! A potential from its input.

use std::path::PathBuf;
use std::sync::Arc;

use super::Models;
use crate::settings::{PotentialInput, Precision, ShortRangeInput};
use cormorant_core::system::System;
use cormorant_core::{Error, Result};
use cormorant_network::Network;
use cormorant_potential::{Committee, LearnedPotential, MeanOverBeads, Potential, Sum};

impl PotentialInput {
    /// The potential, ready for `system`, with networks out of `networks`.
    ///
    /// # Errors
    /// When a model cannot be loaded, or the numbers do not go together.
    pub fn build(&self, system: &System, networks: &Models) -> Result<Box<dyn Potential>> {
        let walled = |model: &PathBuf, precision: Precision, threads: usize, short_range: ShortRangeInput| {
            let potential = short_range.of(learned(networks.get(model)?.as_ref(), precision, threads)?);
            Ok(Box::new(potential) as Box<dyn Potential>)
        };
        match self {
            Self::Learned { model, precision, threads, short_range } => {
                walled(model, *precision, *threads, *short_range)
            }
            Self::Committee { models, precision, threads, short_range } => {
                let member = |model: &PathBuf| walled(model, *precision, *threads, *short_range);
                Ok(Box::new(Committee::new(models.iter().map(member).collect::<Result<_>>()?)?))
            }
            Self::Sum(parts) => {
                let parts = parts.iter().map(|part| part.build(system, networks)).collect::<Result<_>>()?;
                Ok(Box::new(Sum::new(parts)))
            }
            other => other.term(system)?.ok_or_else(|| Error::Invalid("this potential cannot be built alone".into())),
        }
    }
}

impl PotentialInput {
    /// The networks that have a part in it: what can be compared with training data.
    ///
    /// # Errors
    /// When a model cannot be loaded.
    pub fn networks(&self, networks: &Models) -> Result<Vec<Arc<dyn Network>>> {
        match self {
            Self::Learned { model, .. } => Ok(vec![networks.get(model)?]),
            Self::Committee { models, .. } => models.iter().map(|model| networks.get(model)).collect(),
            Self::Sum(parts) => {
                let parts = parts.iter().map(|part| part.networks(networks)).collect::<Result<Vec<_>>>()?;
                Ok(parts.concat())
            }
            _ => Ok(Vec::new()),
        }
    }

    /// The mean of the potential over `beads` copies of `system`, each with caches of its own.
    ///
    /// # Errors
    /// As for [`PotentialInput::build`].
    pub fn build_rings(&self, system: &System, beads: usize, networks: &Models) -> Result<Box<dyn Potential>> {
        let (copies, threads) = match self {
            Self::Learned { model, precision, threads, short_range } => {
                let first = short_range.of(learned(networks.get(model)?.as_ref(), *precision, 1)?);
                let twin = |_| Box::new(first.twin()) as Box<dyn Potential>;
                ((0..beads).map(twin).collect(), *threads)
            }
            _ => ((0..beads).map(|_| self.build(system, networks)).collect::<Result<_>>()?, 1),
        };
        Ok(Box::new(MeanOverBeads::new(copies, threads)?))
    }
}

impl ShortRangeInput {
    /// `potential` with the wall or without.
    fn of(self, potential: LearnedPotential) -> LearnedPotential {
        match self {
            Self::Wall => potential,
            Self::None => potential.without_wall(),
        }
    }
}

/// The potential of `network`, with its wall at short distances or without.
///
/// # Errors
/// When it gives no forces, or the threads cannot be started.
pub fn learned(network: &dyn Network, precision: Precision, threads: usize) -> Result<LearnedPotential> {
    let potential = LearnedPotential::new(network, precision.into(), threads)?;
    // Logs and restart files name the model, not the place where it happens to lie.
    Ok(match network.path().file_name() {
        Some(name) => potential.called(&name.to_string_lossy()),
        None => potential,
    })
}
