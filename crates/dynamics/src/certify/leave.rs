//! Whether a run leaves what a model was certified for.

use cormorant_core::system::Element;
use cormorant_core::units::FEMTOSECOND;
use cormorant_network::{Ranges, Record, TrialPart};

/// What a run is going to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Highest temperature in K of baths and starting velocities; 0 without either.
    pub temperature: f64,
    /// Longest time step, in t.
    pub time_step: f64,
    /// Chemical element of each atom.
    pub elements: Vec<Element>,
    /// In how many directions the system repeats; 0 without a cell.
    pub dimensions: usize,
    /// Volume per atom at the start in Å³, of a bulk system.
    pub volume: Option<f64>,
    /// Whether the run changes the volume.
    pub changes_volume: bool,
}

/// Volumes that differ by a smaller share are the same.
const SAME_VOLUME: f64 = 0.01;
/// A volume may lie outside those of the training frames by this share.
const OTHER_VOLUME: f64 = 0.05;

/// In which ways `plan` leaves what `record` vouches for, as sentences; none if it does not.
#[must_use]
pub fn leaves(record: &Record<'_>, plan: &Plan) -> Vec<String> {
    let mut warnings = Vec::new();
    let Some(certificate) = record.certificate else {
        return vec!["the model has no certificate, so its limits are unknown; `cormorant certify` makes one".into()];
    };
    let highest = certificate.highest_temperature();
    if let Some(gaps) = certificate.gaps() {
        warnings.push(format!("the certificate of the model is incomplete: {gaps}"));
    }
    // What was not tried is not known to fail.
    if plan.temperature > highest && (certificate.tried(TrialPart::Heat) || highest > 0.0) {
        warnings.push(format!(
            "the run goes to {} K, but the certificate of the model covers at most {highest} K",
            plan.temperature
        ));
    }
    let time_step = plan.time_step / FEMTOSECOND;
    let tried = certificate.tried(TrialPart::TimeStep) || certificate.time_step > 0.0;
    if tried && time_step > certificate.time_step * (1.0 + 1.0e-9) {
        warnings.push(format!(
            "the time step of {:.3} fs is longer than {} fs, the largest stable time step in the certificate of the model",
            time_step, certificate.time_step
        ));
    }
    let mut kinds = plan.elements.clone();
    kinds.sort_unstable();
    let twice = |element: &Element| kinds.iter().filter(|one| *one == element).count() > 1;
    let mut unique = kinds.clone();
    unique.dedup();
    let mut unseen = Vec::new();
    for (index, one) in unique.iter().enumerate() {
        for other in &unique[index..] {
            let pair = format!("{one}-{other}");
            if (one != other || twice(one)) && !record.data.shortest_distances.contains_key(&pair) {
                unseen.push(pair);
            }
        }
    }
    if !unseen.is_empty() {
        warnings.push(format!("the training frames have no pair of atoms {} close to each other", unseen.join(", ")));
    }
    if let Some(ranges) = record.ranges {
        if let Some(warning) = other_dimensions(plan.dimensions, ranges) {
            warnings.push(warning);
        }
        warnings.extend(other_volumes(plan, ranges, record));
        if plan.dimensions == 0 && plan.elements.len() > ranges.atoms[1] {
            warnings.push(format!(
                "the run has {} atoms without a cell, but the training frames at most {}",
                plan.elements.len(),
                ranges.atoms[1]
            ));
        }
    }
    warnings
}

/// What to say of a run at another volume than those of the training frames, or of its pressure where they had one alone.
fn other_volumes(plan: &Plan, ranges: &Ranges, record: &Record<'_>) -> Vec<String> {
    let (Some([least, most]), 3) = (ranges.volume, plan.dimensions) else { return Vec::new() };
    let mut warnings = Vec::new();
    let outside = |volume: &f64| *volume < least * (1.0 - OTHER_VOLUME) || *volume > most * (1.0 + OTHER_VOLUME);
    if let Some(volume) = plan.volume.filter(outside) {
        warnings.push(format!(
            "the system has {volume:.2} Å³ per atom, but the training frames {least:.2} to {most:.2}; at another density the model is not tested"
        ));
    }
    if plan.changes_volume && most < least * (1.0 + SAME_VOLUME) {
        let stress = record.errors.get("train").is_some_and(|errors| errors.stress_mae.is_some());
        let without = if stress { "" } else { " and no stresses" };
        warnings.push(format!(
            "the run changes the volume, but all training frames have {least:.2} Å³ per atom{without}: pressure and density of this model are \
             not reliable; fit to frames of several volumes, best with stresses"
        ));
    }
    warnings
}

/// What to say of a run that repeats in other directions than the training frames did.
fn other_dimensions(planned: usize, ranges: &Ranges) -> Option<String> {
    if ranges.dimensions.is_empty() && matches!(planned, 0 | 3) {
        let (now, then) = if planned == 3 { ("a cell", "none") } else { ("no cell", "one") };
        return ((planned == 3) != ranges.volume.is_some())
            .then(|| format!("the run has {now}, but the training frames have {then}"));
    }
    let bulk_or_none = [if ranges.volume.is_some() { 3 } else { 0 }];
    let seen = if ranges.dimensions.is_empty() { &bulk_or_none[..] } else { &ranges.dimensions };
    let name =
        |dimensions: usize| ["no direction", "one direction", "two directions", "three directions"][dimensions.min(3)];
    let of_frames: Vec<&str> = seen.iter().map(|&dimensions| name(dimensions)).collect();
    let now = name(planned);
    (!seen.contains(&planned)).then(|| {
        format!(
            "the system repeats in {now}, but the training frames in {}; they may hold no atoms at surfaces",
            of_frames.join(" and ")
        )
    })
}
