//! Requests go to a source, and what it answers into the ledger.

use std::collections::BTreeSet;

use super::spool::{Spool, one_line};
use super::{Answer, LabelLimits, LabelSource, Ledger, Request, Yielded};
use cormorant_core::{Error, Result};

/// Failures that are always tolerated in a batch.
const FEW: usize = 2;

/// What happens while labels are made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LabelEvent<'e> {
    /// A structure has its label, or was set aside with a message.
    Settled {
        /// The request.
        request: &'e Request,
        /// Why there is no label; `None` where there is one.
        failure: Option<&'e str>,
        /// How many of the batch are settled.
        done: usize,
        /// How many the batch has.
        of: usize,
    },
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcome {
    /// Structures that were labeled now.
    pub labeled: usize,
    /// Structures that the ledger knew.
    pub known: usize,
    /// Structures that were set aside now.
    pub failed: usize,
    /// Structures that wait for somebody.
    pub waiting: usize,
}

/// How labels are made.
pub struct Labeling<'l> {
    /// Where they are kept.
    pub ledger: &'l mut Ledger,
    /// Who makes them.
    pub source: &'l mut dyn LabelSource,
    /// What they must look like.
    pub limits: LabelLimits,
    /// Share of a batch that may fail.
    pub most_failed: f64,
    /// Whether what failed before is asked for again.
    pub retry_failed: bool,
}

/// A batch under way.
#[derive(Debug, Clone)]
pub struct Batch<'b> {
    requests: &'b [Request],
    answers: Vec<Option<Answer>>,
    next: usize,
    outcome: Outcome,
    first_failure: Option<String>,
}

impl Labeling<'_> {
    /// Labels for `requests`, each once; what the ledger knows is not asked for again. They go into the ledger in the order of the
    /// requests, whatever the order of the answers, and an answer that comes before its turn is kept on the disk until then.
    ///
    /// The first structure of an empty ledger goes alone: what is wrong with the source shows there.
    ///
    /// # Errors
    /// When the source fails at the first structure or at too many, cannot be asked, or is stopped, or a file cannot be written.
    pub fn run(
        &mut self,
        requests: &[Request],
        stop: &(dyn Fn() -> bool + Sync),
        report: &mut dyn FnMut(LabelEvent<'_>),
    ) -> Result<Outcome> {
        let mut asked = BTreeSet::new();
        let retry = self.retry_failed;
        let known = |key: &str| if retry { self.ledger.label(key).is_some() } else { self.ledger.knows(key) };
        let new = |request: &&Request| !known(&request.key) && asked.insert(request.key.clone());
        let new: Vec<Request> = requests.iter().filter(new).cloned().collect();
        let mut outcome = Outcome { known: requests.len() - new.len(), ..Outcome::default() };
        let alone = self.ledger.entries().is_empty() && !self.source.takes_all_at_once();
        let (first, rest) = new.split_at(usize::from(alone).min(new.len()));
        for (some, alone) in [(first, true), (rest, false)] {
            if !some.is_empty() {
                let found = self.batch(some, alone, stop, report)?;
                outcome.labeled += found.labeled;
                outcome.failed += found.failed;
                outcome.waiting += found.waiting;
            }
        }
        Ok(outcome)
    }

    fn batch(
        &mut self,
        requests: &[Request],
        alone: bool,
        stop: &(dyn Fn() -> bool + Sync),
        report: &mut dyn FnMut(LabelEvent<'_>),
    ) -> Result<Outcome> {
        let spool = Spool::new(self.ledger.folder().join("answers"));
        let mut batch = Batch {
            requests,
            answers: requests.iter().map(|request| spool.find(request)).collect(),
            next: 0,
            outcome: Outcome::default(),
            first_failure: None,
        };
        let open: Vec<usize> = (0..requests.len()).filter(|place| batch.answers[*place].is_none()).collect();
        let asked: Vec<Request> = open.iter().map(|place| requests[*place].clone()).collect();
        let most = ((self.most_failed * requests.len() as f64).ceil() as usize).max(FEW);
        let (ledger, limits) = (&mut *self.ledger, self.limits);
        let mut settle = |batch: &mut Batch<'_>| batch.settle(ledger, &spool, limits, alone, most, report);
        settle(&mut batch)?;
        let yielded = if asked.is_empty() {
            Yielded::All
        } else {
            self.source.label(&asked, stop, &mut |number, answer| {
                let place = open[number];
                if place != batch.next {
                    spool.keep(&requests[place], &answer)?;
                }
                batch.answers[place] = Some(answer);
                settle(&mut batch)
            })?
        };
        if let Yielded::Waiting(count) = yielded {
            batch.outcome.waiting = count;
        }
        Ok(batch.outcome)
    }
}

impl Batch<'_> {
    /// Takes every answer whose turn it is into the ledger.
    fn settle(
        &mut self,
        ledger: &mut Ledger,
        spool: &Spool,
        limits: LabelLimits,
        alone: bool,
        most: usize,
        report: &mut dyn FnMut(LabelEvent<'_>),
    ) -> Result<()> {
        while let Some(Some(answer)) = self.answers.get(self.next) {
            let request = &self.requests[self.next];
            let failure = match answer {
                Answer::Failed(message) => Some(one_line(message)),
                Answer::Label(label) => limits.fault(request, label, ledger.first_energies()),
            };
            match (&failure, answer) {
                (Some(message), _) if alone => {
                    spool.forget(request);
                    return Err(Error::External(format!(
                        "the label source has no label for the first structure: {message}; nothing else was asked"
                    )));
                }
                (Some(message), _) => {
                    ledger.set_aside(request, message)?;
                    self.outcome.failed += 1;
                    self.first_failure.get_or_insert_with(|| message.clone());
                }
                (None, Answer::Label(label)) => {
                    ledger.add(request, label)?;
                    self.outcome.labeled += 1;
                }
                (None, Answer::Failed(_)) => return Err(Error::Internal("a failure without a message".into())),
            }
            spool.forget(request);
            self.next += 1;
            let (done, of) = (self.next, self.requests.len());
            report(LabelEvent::Settled { request, failure: failure.as_deref(), done, of });
            if let Some(message) = self.first_failure.as_ref().filter(|_| self.outcome.failed > most) {
                return Err(Error::External(format!(
                    "{} of {of} structures have no label, more than the {most} that are tolerated (`most_failed`); the first: {message}",
                    self.outcome.failed
                )));
            }
        }
        Ok(())
    }
}
