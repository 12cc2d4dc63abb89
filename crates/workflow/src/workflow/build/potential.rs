//! A potential from its input.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

use super::Models;
use crate::settings::{DeviceInput, PotentialInput, Precision, Quantity, ShortRangeInput};
use cormorant_core::system::System;
use cormorant_core::{Error, Result};
use cormorant_network::{CommitteeFolder, EngineOptions, Network};
use cormorant_potential::{Committee, LearnedPotential, MeanOverBeads, Potential, Sum};

impl PotentialInput {
    /// The same with the members of a committee in place of its folder.
    pub(super) fn expanded(&self) -> Result<Cow<'_, Self>> {
        let Some((named, how)) = self.learned() else { return Ok(Cow::Borrowed(self)) };
        let models = Models::members(named)?;
        if models == named {
            return Ok(Cow::Borrowed(self));
        }
        let LearnedInput { precision, device, threads, short_range, electric_field } = how;
        let (device, electric_field) = (device.clone(), electric_field.cloned());
        Ok(Cow::Owned(Self::Committee { models, precision, device, threads, short_range, electric_field }))
    }

    /// The folders of models, and how they are evaluated, where it has some.
    fn learned(&self) -> Option<(&[PathBuf], LearnedInput<'_>)> {
        let (models, precision, device, threads, short_range, electric_field) = match self {
            Self::Learned { model, precision, device, threads, short_range, electric_field } => {
                (std::slice::from_ref(model), precision, device, threads, short_range, electric_field)
            }
            Self::Committee { models, precision, device, threads, short_range, electric_field } => {
                (models.as_slice(), precision, device, threads, short_range, electric_field)
            }
            _ => return None,
        };
        let (precision, threads, short_range) = (*precision, *threads, *short_range);
        Some((
            models,
            LearnedInput { precision, device, threads, short_range, electric_field: electric_field.as_ref() },
        ))
    }

    /// The potential, ready for `system`, with networks out of `networks`.
    ///
    /// # Errors
    /// When a model cannot be loaded, or the numbers do not go together.
    pub fn build(&self, system: &System, networks: &Models) -> Result<Box<dyn Potential>> {
        let input = self.expanded()?;
        if let Some((models, how)) = input.learned() {
            let member =
                |model: &PathBuf| Ok(Box::new(how.build(networks.get(model)?.as_ref())?) as Box<dyn Potential>);
            return match (input.as_ref(), models) {
                (Self::Learned { .. }, [model]) => member(model),
                _ => {
                    let note = too_alike(&models.iter().map(|model| networks.get(model)).collect::<Result<Vec<_>>>()?);
                    Ok(Box::new(Committee::new(models.iter().map(member).collect::<Result<_>>()?)?.with_note(note)))
                }
            };
        }
        match input.as_ref() {
            Self::Sum(parts) => {
                let parts = parts.iter().map(|part| part.build(system, networks)).collect::<Result<_>>()?;
                Ok(Box::new(Sum::new(parts)))
            }
            other => other.term(system)?.ok_or_else(|| Error::Invalid("this potential cannot be built alone".into())),
        }
    }

    /// Refuses to look for a minimum that `system` does not have.
    ///
    /// # Errors
    /// When it is an ion that nothing holds in an electric field.
    pub(super) fn require_minimum(&self, system: &System) -> Result<()> {
        let charge = system.state.total_charge();
        if charge == 0 || !system.constraints.fixed().is_empty() || !self.carries_ions_off() {
            return Ok(());
        }
        Err(Error::Structure(format!(
            "has a total charge of {charge}, and so no minimum in an electric field, which pulls it away; hold an atom with [constraints], leave \
             [minimize] out, or leave `electric_field` out"
        )))
    }
}

/// How networks are evaluated.
#[derive(Clone, Copy)]
struct LearnedInput<'a> {
    precision: Precision,
    device: &'a DeviceInput,
    threads: usize,
    short_range: ShortRangeInput,
    electric_field: Option<&'a [Quantity; 3]>,
}

impl LearnedInput<'_> {
    /// The potential of `network`, with the wall or without, in the electric field if there is one.
    fn build(self, network: &dyn Network) -> Result<LearnedPotential> {
        let potential = self.short_range.of(learned(network, self.device.options(self.precision), self.threads)?);
        match self.electric_field {
            None => Ok(potential),
            Some(field) => potential.with_electric_field(field.each_ref().map(Quantity::value)),
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

    /// What a user should know of how the networks take `system`, its total charge and its spin, if anything.
    ///
    /// # Errors
    /// When a model cannot be loaded, or does not know them.
    pub fn structure_remark(&self, system: &System, networks: &Models) -> Result<Option<String>> {
        let remark = |network: &Arc<dyn Network>| network.facts()?.check_structure(system).map_err(Error::Structure);
        let remarks = self.networks(networks)?.iter().map(remark).collect::<Result<Vec<_>>>()?;
        Ok(remarks.into_iter().flatten().next())
    }

    /// Whether its atoms have charges.
    ///
    /// # Errors
    /// When a model cannot be loaded.
    pub fn has_charges(&self, networks: &Models) -> Result<bool> {
        for network in self.networks(networks)? {
            if network.facts()?.has_charges() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What a user of infrared intensities should know of the charges of the networks, if anything.
    ///
    /// # Errors
    /// When a model cannot be loaded.
    pub fn dipole_remark(&self, networks: &Models) -> Result<Option<String>> {
        for network in self.networks(networks)? {
            let compared = network.record().errors.values().any(|errors| errors.dipole_mae.is_some());
            if network.facts()?.has_charges() && !compared {
                let name = network.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
                return Ok(Some(format!(
                    "the charges of {name} come from energies and forces alone and were never compared with dipole moments: \
                     infrared intensities show which modes move charge, their size is not known"
                )));
            }
        }
        Ok(None)
    }

    /// The mean of the potential over `beads` copies of `system`, each with caches of its own.
    ///
    /// # Errors
    /// As for [`PotentialInput::build`].
    pub fn build_rings(&self, system: &System, beads: usize, networks: &Models) -> Result<Box<dyn Potential>> {
        let input = self.expanded()?;
        let (copies, threads) = match (input.as_ref(), input.learned()) {
            (Self::Learned { .. }, Some(([model], how))) => {
                let first = LearnedInput { threads: 1, ..how }.build(networks.get(model)?.as_ref())?;
                let twin = |_| Box::new(first.twin()) as Box<dyn Potential>;
                let threads = if how.device.is_processor() { how.threads } else { how.device.side_by_side(beads) };
                ((0..beads).map(twin).collect(), threads)
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
pub fn learned(network: &dyn Network, how: impl Into<EngineOptions>, threads: usize) -> Result<LearnedPotential> {
    let potential = LearnedPotential::new(network, how, threads)?;
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
    how: &EngineOptions,
    threads: usize,
) -> Result<Box<dyn Potential>> {
    let one = |network: &Arc<dyn Network>| {
        learned(network.as_ref(), how.clone(), threads).map(|potential| Box::new(potential) as Box<dyn Potential>)
    };
    match networks {
        [alone] => one(alone),
        several => {
            let committee = Committee::new(several.iter().map(one).collect::<Result<_>>()?)?;
            Ok(Box::new(committee.with_note(too_alike(several))))
        }
    }
}

/// What a user should know of a committee whose members started from the same weights of one model: it is far too sure of itself.
pub(in crate::workflow) fn too_alike(networks: &[Arc<dyn Network>]) -> Option<String> {
    let first = networks.first()?.record().fit.started_from.clone()?;
    let same = |network: &Arc<dyn Network>| {
        let fit = network.record().fit;
        fit.started_from.as_ref() == Some(&first) && fit.start_noise.is_none()
    };
    (networks.len() > 1 && networks.iter().all(same)).then(|| {
        "the members of the committee started from the same weights, so that their spread is many times smaller than their error; \
         fit them again with `members` and without `start_noise = 0`"
            .into()
    })
}
