//! How far frames are from what a model was trained on, for `evaluate`.

use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;

use super::Models;
use crate::settings::{CLOSE, FAR};
use cormorant_core::Result;
use cormorant_core::json;
use cormorant_core::parallel::share;
use cormorant_core::system::{Element, System};
use cormorant_network::{Network, SeenBonding, UnusualBonding};
use cormorant_potential::extrapolation::{Domains, ExtrapolationCheck};

/// What was found for every frame; nothing for models that record no training frames.
pub struct Depth {
    /// One for each frame.
    pub checks: Vec<ExtrapolationCheck>,
    /// The atom of each frame that is bonded as hardly any training frame has it, if any is.
    pub unusual: Vec<Option<UnusualBonding>>,
    /// Elements of the atoms of each frame.
    pub elements: Vec<Vec<Element>>,
}

/// One frame in JSON.
#[derive(Debug, Serialize)]
pub struct FrameDepth {
    /// Grade of extrapolation; `null` where nothing is known of an element.
    #[serde(serialize_with = "json::or_null")]
    grade: f64,
    /// Distance of the closest two atoms over the shortest such in training; `null` where no two are neighbors.
    #[serde(serialize_with = "json::or_null")]
    closest_contact: f64,
    /// What atom is bonded as hardly any training frame has it; left out where none is.
    #[serde(skip_serializing_if = "Option::is_none")]
    unusual_bonding: Option<String>,
    outside: bool,
}

/// All frames in JSON.
#[derive(Debug, Serialize)]
pub struct DepthSummary {
    frames_outside: usize,
    #[serde(serialize_with = "json::or_null")]
    highest_grade: f64,
    #[serde(serialize_with = "json::or_null")]
    closest_contact: f64,
    frames: Vec<FrameDepth>,
}

impl Depth {
    /// Compare `systems` with the training frames of `models`, on so many threads.
    ///
    /// # Errors
    /// When a model cannot be read, or two atoms overlap.
    pub fn of(networks: &Models, models: &[PathBuf], systems: &[System], threads: usize) -> Result<Option<Self>> {
        Self::of_networks(&networks.all(models)?, systems, threads)
    }

    /// The same for networks that are at hand.
    ///
    /// # Errors
    /// When two atoms overlap.
    pub fn of_networks(networks: &[Arc<dyn Network>], systems: &[System], threads: usize) -> Result<Option<Self>> {
        let domains = if networks.is_empty() { None } else { Domains::of(networks, 1)? };
        let Some(domains) = domains else { return Ok(None) };
        let mut each = vec![domains; threads.clamp(1, systems.len().max(1))];
        let bonding = networks.iter().map(|network| Ok(network.facts()?.bonding)).collect::<Result<Vec<_>>>()?;
        let look = |domains: &mut Domains, index: usize| {
            Ok((domains.clone().look(&systems[index])?, unusual(&bonding, &systems[index])?))
        };
        let (checks, unusual) = share(&mut each, systems.len(), look)?.into_iter().unzip();
        let elements = systems.iter().map(|system| system.elements.clone()).collect();
        Ok(Some(Self { checks, unusual, elements }))
    }

    /// Grade and closest contact of a frame; NaN where nothing is known.
    pub fn numbers(&self, frame: usize) -> [f64; 2] {
        let check = &self.checks[frame];
        let grade = check.grade.map_or(f64::NAN, |grade| grade.value);
        [grade, check.contact.map_or(f64::NAN, |contact| contact.share)]
    }

    /// Whether a frame is beyond what the models were trained on, by its grade, a contact or a bond.
    #[must_use]
    pub fn is_outside(&self, frame: usize) -> bool {
        self.unusual[frame].is_some() || Self::is_far(&self.checks[frame])
    }

    /// Whether its grade or a contact says so.
    #[must_use]
    pub fn is_far(check: &ExtrapolationCheck) -> bool {
        // A grade that is not a number or infinite is beyond every limit.
        let far = check.grade.is_some_and(|grade| grade.value.is_nan() || grade.value > FAR);
        far || check.contact.is_some_and(|contact| contact.share < CLOSE)
    }

    /// For JSON.
    pub fn summary(&self) -> DepthSummary {
        let frames: Vec<_> = (0..self.checks.len())
            .map(|frame| {
                let [grade, closest_contact] = self.numbers(frame);
                let unusual_bonding = self.unusual[frame].as_ref().map(ToString::to_string);
                FrameDepth { grade, closest_contact, unusual_bonding, outside: self.is_outside(frame) }
            })
            .collect();
        DepthSummary {
            frames_outside: frames.iter().filter(|frame| frame.outside).count(),
            highest_grade: frames.iter().map(|frame| frame.grade).fold(f64::NAN, f64::max),
            closest_contact: frames.iter().map(|frame| frame.closest_contact).fold(f64::NAN, f64::min),
            frames,
        }
    }
}

/// The atom of `system` that is bonded as the fewest training frames of any model have it, if they are too few.
fn unusual(models: &[Option<SeenBonding>], system: &System) -> Result<Option<UnusualBonding>> {
    let found = models.iter().flatten().map(|seen| seen.unusual(system)).collect::<Result<Vec<_>>>()?;
    Ok(found.into_iter().flatten().min_by_key(|one| one.seen))
}
