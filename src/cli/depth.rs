//! How far frames are from what a model was trained on, for `evaluate`.

use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;

use cormorant_core::Result;
use cormorant_core::json;
use cormorant_core::parallel::share;
use cormorant_core::system::{Element, System};
use cormorant_network::{Network, load};
use cormorant_potential::extrapolation::{Domains, ExtrapolationCheck};

/// Grade of extrapolation above which a frame is outside, as runs have it by default.
const FAR: f64 = 3.0;
/// Distance, over the shortest in training, below which two atoms are too close.
const CLOSE: f64 = 0.9;

/// What was found for every frame; nothing for models that record no training frames.
pub(super) struct Depth {
    looks: Vec<ExtrapolationCheck>,
    elements: Vec<Vec<Element>>,
}

/// One frame in JSON.
#[derive(Debug, Serialize)]
pub(super) struct FrameDepth {
    /// Grade of extrapolation; `null` where nothing is known of an element.
    #[serde(serialize_with = "json::or_null")]
    grade: f64,
    /// Distance of the closest two atoms over the shortest such in training; `null` where no two are neighbors.
    #[serde(serialize_with = "json::or_null")]
    closest_contact: f64,
    outside: bool,
}

/// All frames in JSON.
#[derive(Debug, Serialize)]
pub(super) struct DepthSummary {
    frames_outside: usize,
    #[serde(serialize_with = "json::or_null")]
    highest_grade: f64,
    #[serde(serialize_with = "json::or_null")]
    closest_contact: f64,
    frames: Vec<FrameDepth>,
}

impl Depth {
    /// Compare `systems` with the training frames of `models`, on so many threads.
    pub fn of(models: &[PathBuf], systems: &[System], threads: usize) -> Result<Option<Self>> {
        let load = |path: &PathBuf| load(path).map(Arc::from);
        let known: Vec<Arc<dyn Network>> = models.iter().map(load).collect::<Result<_>>()?;
        let Some(domains) = Domains::of(&known, 1)? else { return Ok(None) };
        let mut each = vec![domains; threads.clamp(1, systems.len().max(1))];
        let looks = share(&mut each, systems.len(), |domains, index| domains.clone().look(&systems[index]))?;
        let elements = systems.iter().map(|system| system.elements.clone()).collect();
        Ok(Some(Self { looks, elements }))
    }

    /// Grade and closest contact of a frame; NaN where nothing is known.
    pub fn numbers(&self, frame: usize) -> [f64; 2] {
        let look = &self.looks[frame];
        let grade = look.grade.map_or(f64::NAN, |grade| grade.value);
        [grade, look.contact.map_or(f64::NAN, |contact| contact.share)]
    }

    fn is_outside(look: &ExtrapolationCheck) -> bool {
        // A grade that is not a number or infinite is beyond every limit.
        let far = look.grade.is_some_and(|grade| grade.value.is_nan() || grade.value > FAR);
        far || look.contact.is_some_and(|contact| contact.share < CLOSE)
    }

    /// For JSON.
    pub fn summary(&self) -> DepthSummary {
        let frames: Vec<_> = (0..self.looks.len())
            .map(|frame| {
                let [grade, closest_contact] = self.numbers(frame);
                FrameDepth { grade, closest_contact, outside: Self::is_outside(&self.looks[frame]) }
            })
            .collect();
        DepthSummary {
            frames_outside: frames.iter().filter(|frame| frame.outside).count(),
            highest_grade: frames.iter().map(|frame| frame.grade).fold(f64::NAN, f64::max),
            closest_contact: frames.iter().map(|frame| frame.closest_contact).fold(f64::NAN, f64::min),
            frames,
        }
    }

    /// Print what matters of all frames, and warn of those that are outside.
    pub fn print(&self) {
        let of = |frame: usize, atom: usize| format!("{} ({})", atom + 1, self.elements[frame][atom].symbol());
        let looks = || self.looks.iter().enumerate();
        let grades = looks().filter_map(|(frame, look)| Some((frame, look.grade?)));
        if let Some((frame, grade)) = grades.max_by(|a, b| a.1.value.total_cmp(&b.1.value)) {
            let atom = of(frame, grade.atom);
            println!("highest grade of extrapolation: {:.2} (frame {frame}, atom {atom})", grade.value);
        }
        let contacts = looks().filter_map(|(frame, look)| Some((frame, look.contact?)));
        if let Some((frame, contact)) = contacts.min_by(|a, b| a.1.share.total_cmp(&b.1.share)) {
            let [one, other] = contact.atoms.map(|atom| of(frame, atom));
            let seen = contact.seen.map_or_else(
                || "a pair of elements that training never has within 5 Å".to_string(),
                |seen| format!("{:.2} of the shortest in training, {seen:.3} Å", contact.share),
            );
            println!("closest contact: {:.3} Å, {seen} (frame {frame}, atoms {one} and {other})", contact.distance);
        }
        let outside: Vec<usize> = looks().filter(|(_, look)| Self::is_outside(look)).map(|(frame, _)| frame).collect();
        if let Some(first) = outside.first() {
            eprintln!(
                "warning: {} of {} frames are outside what the model was trained on, the first of them frame {first} (counted from 0): \
                 a grade above {FAR}, or two atoms closer than {CLOSE} of the shortest distance in training; energies and forces there \
                 are guesses",
                outside.len(),
                self.looks.len()
            );
        }
    }
}
