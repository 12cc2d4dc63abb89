//! A potential from its input.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

use super::Models;
use crate::settings::{PotentialInput, Precision, ShortRangeInput};
use cormorant_core::system::System;
use cormorant_core::{Error, Result};
use cormorant_network::{CommitteeFolder, Network};
use cormorant_potential::{Committee, LearnedPotential, MeanOverBeads, Potential, Sum};

impl PotentialInput {
    /// The same with the members of a committee in place of its folder.
    pub(super) fn expanded(&self) -> Result<Cow<'_, Self>> {
        let (named, precision, threads, short_range) = match self {
            Self::Learned { model, precision, threads, short_range } => {
                (std::slice::from_ref(model), *precision, *threads, *short_range)
            }
            Self::Committee { models, precision, threads, short_range } => {
                (models.as_slice(), *precision, *threads, *short_range)
            }
            _ => return Ok(Cow::Borrowed(self)),
        };
        let models = Models::members(named)?;
        if models == named {
            return Ok(Cow::Borrowed(self));
        }
        Ok(Cow::Owned(Self::Committee { models, precision, threads, short_range }))
    }

    /// The potential, ready for `system`, with networks out of `networks`.
    ///
    /// # Errors
    /// When a model cannot be loaded, or the numbers do not go together.
    pub fn build(&self, system: &System, networks: &Models) -> Result<Box<dyn Potential>> {
        let walled = |model: &PathBuf, precision: Precision, threads: usize, short_range: ShortRangeInput| {
            let potential = short_range.of(learned(networks.get(model)?.as_ref(), precision, threads)?);
            Ok(Box::new(potential) as Box<dyn Potential>)
        };
        match self.expanded()?.as_ref() {
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
        match self.expanded()?.as_ref() {
            Self::Learned { model, .. } => Ok(vec![networks.get(model)?]),
            Self::Committee { models, .. } => models.iter().map(|model| networks.get(model)).collect(),
            Self::Sum(parts) => {
                let parts = parts.iter().map(|part| part.networks(networks)).collect::<Result<Vec<_>>>()?;
                Ok(parts.concat())
            }
            _ => Ok(Vec::new()),
        }
    }

    /// What a user should know of how the networks take total charge and spin of `system`, if anything.
    ///
    /// # Errors
    /// When a model cannot be loaded, or does not know them.
    pub fn state_remark(&self, system: &System, networks: &Models) -> Result<Option<String>> {
        let remark = |network: &Arc<dyn Network>| network.facts()?.check_state(system).map_err(Error::Structure);
        let remarks = self.networks(networks)?.iter().map(remark).collect::<Result<Vec<_>>>()?;
        Ok(remarks.into_iter().flatten().next())
    }

    /// The mean of the potential over `beads` copies of `system`, each with caches of its own.
    ///
    /// # Errors
    /// As for [`PotentialInput::build`].
    pub fn build_rings(&self, system: &System, beads: usize, networks: &Models) -> Result<Box<dyn Potential>> {
        let (copies, threads) = match self.expanded()?.as_ref() {
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
    Ok(match CommitteeFolder::name_of(network.path()) {
        Some(name) => potential.called(&name),
        None => potential,
    })
}

/// The potential of `networks`, several of which are a committee, each with its wall at short distances.
///
/// # Errors
/// When there are none or one gives no forces, or the threads cannot be started.
pub fn learned_together(
    networks: &[Arc<dyn Network>],
    precision: Precision,
    threads: usize,
) -> Result<Box<dyn Potential>> {
    let one = |network: &Arc<dyn Network>| {
        learned(network.as_ref(), precision, threads).map(|potential| Box::new(potential) as Box<dyn Potential>)
    };
    match networks {
        [alone] => one(alone),
        several => Ok(Box::new(Committee::new(several.iter().map(one).collect::<Result<_>>()?)?)),
    }
}
