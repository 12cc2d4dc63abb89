//! Spread of the final committee against its error on blind frames.

use super::Learner;
use super::members::committee;
use crate::workflow::SpreadComparison;
use cormorant_core::Result;
use cormorant_learn::spread::SpreadErrors;
use cormorant_network::Network;
use cormorant_potential::{Evaluation, RequestedProperties};
use cormorant_report::page::Section;

/// 1 eV in meV.
const MILLI: f64 = 1000.0;

impl Learner<'_> {
    /// Sections for the page; none where there are no blind frames or only one member.
    pub(super) fn spread_section(&self, members: &[Box<dyn Network>]) -> Result<Vec<Section>> {
        let mut potential = committee(members)?;
        let mut found = Evaluation::default();
        let mut spreads = [SpreadErrors::of_numbers(), SpreadErrors::of_vectors()];
        let mut energies = Vec::new();
        for entry in self.blind_entries() {
            potential.evaluate(&entry.request.system, RequestedProperties::default(), &mut found)?;
            let Some(spread) = &found.spread else { return Ok(Vec::new()) };
            energies.push((MILLI * spread.energy, MILLI * (found.energy - entry.label.energy)));
            for ((mean, label), spread) in found.forces.iter().zip(&entry.label.forces).zip(&spread.forces) {
                let error: [f64; 3] = std::array::from_fn(|axis| MILLI * (mean[axis] - label[axis]));
                spreads[1].add(MILLI * spread, &error);
            }
        }
        // A constant of the labels is nothing that a spread could tell.
        let mean = energies.iter().map(|(_, error)| error).sum::<f64>() / energies.len().max(1) as f64;
        for (spread, error) in energies {
            spreads[0].add(spread, &[error - mean]);
        }
        let sections = SpreadComparison::of(spreads).map_or_else(Vec::new, |comparison| comparison.sections());
        let named = |section: Section| Section { heading: format!("Spread and error: {}", section.heading), ..section };
        Ok(sections.into_iter().map(named).collect())
    }
}
