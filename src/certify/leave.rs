//! Whether a run leaves what a model was certified for.

use crate::model::Header;
use crate::system::Element;
use crate::units::FEMTOSECOND;

/// What a run is going to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Highest temperature in K of baths and starting velocities; 0 without either.
    pub temperature: f64,
    /// Longest time step, in t.
    pub time_step: f64,
    /// Chemical element of each atom.
    pub elements: Vec<Element>,
    /// Whether there is a cell.
    pub periodic: bool,
}

/// In which ways `plan` leaves what `header` vouches for, as sentences; none if it does not.
#[must_use]
pub fn leaves(header: &Header, plan: &Plan) -> Vec<String> {
    let mut warnings = Vec::new();
    let Some(certificate) = &header.certificate else {
        return vec![
            "the model has no certificate, so nothing is known of its limits; `cormorant certify` makes one".into(),
        ];
    };
    let highest = certificate.highest_temperature();
    if plan.temperature > highest {
        warnings.push(format!(
            "the run goes to {} K, but the certificate of the model vouches for at most {highest} K",
            plan.temperature
        ));
    }
    let time_step = plan.time_step / FEMTOSECOND;
    if time_step > certificate.time_step * (1.0 + 1.0e-9) {
        warnings.push(format!(
            "the time step of {:.3} fs is longer than {} fs, the longest that keeps the energy by the certificate of the model",
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
            if (one != other || twice(one)) && !header.data.shortest_distances.contains_key(&pair) {
                unseen.push(pair);
            }
        }
    }
    if !unseen.is_empty() {
        warnings.push(format!("the training frames hold no two atoms {} near each other", unseen.join(", ")));
    }
    if let Some(ranges) = &header.ranges {
        if plan.periodic != ranges.volume.is_some() {
            let (now, then) = if plan.periodic { ("a cell", "none") } else { ("no cell", "one") };
            warnings.push(format!("the run has {now}, but the training frames have {then}"));
        }
        if !plan.periodic && plan.elements.len() > ranges.atoms[1] {
            warnings.push(format!(
                "the run has {} atoms without a cell, but the training frames at most {}",
                plan.elements.len(),
                ranges.atoms[1]
            ));
        }
    }
    warnings
}
