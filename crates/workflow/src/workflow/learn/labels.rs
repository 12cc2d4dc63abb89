//! Labels of a round, and whether the label source can be believed.

use std::fs;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{LearnEvent, Learner};
use cormorant_core::system::vector::{difference, norm};
use cormorant_core::{Error, Result};
use cormorant_learn::label::{Answer, Entry, Label, LabelEvent, Labeling, Request, work_check};

/// File of the checks, beside the labels: one JSON object a line.
const CHECKS: &str = "checks.jsonl";
/// How far the energy of a structure may be from what it was before, in eV.
const SAME_ENERGY: f64 = 2e-3;
/// How far a force may be, in eV/Å.
const SAME_FORCE: f64 = 0.02;

/// The first structure, labeled again.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Check {
    round: usize,
    /// E(now) − E(first) in eV.
    energy_change: f64,
    /// Largest change of a force in eV/Å.
    force_change: f64,
}

impl Learner<'_> {
    /// Labels for `requests` of round `round`; how many wait for somebody.
    pub(super) fn label(&mut self, round: usize, requests: &[Request]) -> Result<usize> {
        let (stop, report) = (&self.stop, &mut self.report);
        let mut labeling = Labeling {
            ledger: &mut self.ledger,
            source: self.source.as_mut(),
            limits: self.input.labels.limits(),
            most_failed: self.input.labels.most_failed,
            retry_failed: self.input.labels.retry_failed,
        };
        let mut told = |event: LabelEvent<'_>| {
            let LabelEvent::Settled { request, failure, done, of } = event;
            if let Some(message) = failure {
                report(LearnEvent::NoLabel { key: request.short_key(), message });
            }
            report(LearnEvent::Busy { round, what: "labels", share: Some(done as f64 / of as f64) });
        };
        let outcome = labeling.run(requests, &|| stop.asked(), &mut told)?;
        Ok(outcome.waiting)
    }

    /// Compares energies with the work of the forces between the first sampled frame and the one that was displaced from it.
    pub(super) fn check_work(&self, requests: &[Request]) -> Result<()> {
        let entry = |place: usize| requests.get(place).and_then(|request| self.ledger.label(&request.key));
        let (Some(first), Some(second)) = (entry(1), entry(2)) else { return Ok(()) };
        let pair = |entry: &'_ Entry| (entry.request.clone(), entry.label.clone());
        let (one, two) = (pair(first), pair(second));
        match work_check((&one.0, &one.1), (&two.0, &two.1)).fault() {
            None => Ok(()),
            Some(fault) => Err(Error::External(format!("the label source contradicts itself: {fault}"))),
        }
    }

    /// Labels the first structure once more, so that a source which has changed since is noticed before its labels are taken.
    pub(super) fn check_theory(&mut self, round: usize) -> Result<()> {
        if self.source.takes_all_at_once() || self.checks().iter().any(|check| check.round == round) {
            return Ok(());
        }
        let Some(first) = self.ledger.entries().first().cloned() else { return Ok(()) };
        (self.report)(LearnEvent::Busy { round, what: "the first structure again", share: None });
        let again = Request { key: format!("check{round:03}{}", &first.request.key), ..first.request.clone() };
        let mut found = None;
        let stop = &self.stop;
        self.source.label(&[again], &|| stop.asked(), &mut |_, answer| {
            found = Some(answer);
            Ok(())
        })?;
        let label = match found {
            Some(Answer::Label(label)) => label,
            Some(Answer::Failed(message)) => {
                return Err(Error::External(format!(
                    "the label source has no label any more for the first structure, which it has labeled before: {message}"
                )));
            }
            None => return Err(Error::External("the label source did not answer".into())),
        };
        let check = compare(round, &first.label, &label);
        if check.energy_change.abs() > SAME_ENERGY || check.force_change > SAME_FORCE {
            return Err(Error::External(format!(
                "the label source gives another label for the first structure than before: energy {:+.4} eV, largest change of a \
                 force {:.3} eV/Å. It is another theory, another version, or another electronic state; no label of this round was \
                 asked for. Set the source back and continue with --resume",
                check.energy_change, check.force_change
            )));
        }
        self.record(&check)
    }

    /// Labels that were spent: frames, failures, checks.
    pub(super) fn spent(&self) -> usize {
        self.ledger.entries().len() + self.ledger.failures().len() + self.checks().len()
    }

    fn checks_path(&self) -> PathBuf {
        self.ledger.folder().join(CHECKS)
    }

    fn checks(&self) -> Vec<Check> {
        let text = fs::read_to_string(self.checks_path()).unwrap_or_default();
        // A line that a kill has cut is made again.
        text.split_inclusive('\n').filter_map(|line| serde_json::from_str(line.strip_suffix('\n')?).ok()).collect()
    }

    fn record(&self, check: &Check) -> Result<()> {
        let mut lines = String::new();
        for known in self.checks().iter().chain([check]) {
            lines += &serde_json::to_string(known).map_err(|error| Error::Internal(error.to_string()))?;
            lines.push('\n');
        }
        cormorant_core::atomic::write(&self.checks_path(), lines.as_bytes())
    }
}

fn compare(round: usize, first: &Label, now: &Label) -> Check {
    let changes = first.forces.iter().zip(&now.forces).map(|(a, b)| norm(difference(*a, *b)));
    let force_change = if first.forces.len() == now.forces.len() { changes.fold(0.0, f64::max) } else { f64::INFINITY };
    Check { round, energy_change: now.energy - first.energy, force_change }
}
