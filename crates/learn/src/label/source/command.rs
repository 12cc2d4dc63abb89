//! Labels from a command that is run here.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use super::call::{Call, Called};
use super::{LabelSource, Yielded};
use crate::label::{Answer, Request};
use cormorant_core::{Error, Result};

/// A command that reads frames of extended XYZ from its standard input, and writes the same frames with `energy` (eV) and
/// `forces` (eV/Å) to its standard output.
///
/// It has succeeded when its exit status is 0 and every frame has both. A frame with a key `error` has no label. What fails is asked again
/// alone, so that one structure cannot spoil the others of its call.
#[derive(Debug, Clone)]
pub struct CommandSource {
    /// The command, for the shell.
    pub command: String,
    /// The folder in which it runs.
    pub folder: PathBuf,
    /// The folder for files of single calls; those of failed calls stay there.
    pub calls: PathBuf,
    /// Frames that one call takes.
    pub frames_per_call: usize,
    /// Calls that run at the same time.
    pub calls_at_once: usize,
    /// Time after which a call is ended.
    pub time_limit: Duration,
    /// How often a structure is tried.
    pub tries: u32,
}

impl CommandSource {
    /// `command`, run in `folder` for one frame after the other, with files of calls in `calls`.
    #[must_use]
    pub fn new(command: &str, folder: PathBuf, calls: PathBuf) -> Self {
        let time_limit = Duration::from_secs(3600);
        Self { command: command.into(), folder, calls, frames_per_call: 1, calls_at_once: 1, time_limit, tries: 1 }
    }

    /// One call for each of `jobs`, several at a time. `answered` is told the number of the job and its answers.
    fn calls(
        &self,
        jobs: &[Vec<usize>],
        requests: &[Request],
        attempt: u32,
        stop: &(dyn Fn() -> bool + Sync),
        answered: &mut dyn FnMut(usize, Vec<Answer>) -> Result<()>,
    ) -> Result<()> {
        let (next, given_up) = (AtomicUsize::new(0), AtomicBool::new(false));
        let asked = || stop() || given_up.load(Ordering::Relaxed);
        let call = Call { command: &self.command, folder: &self.folder, time_limit: self.time_limit };
        let work = |results: &mpsc::Sender<(usize, Result<Called>)>| {
            while !asked() {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(job) = jobs.get(number) else { break };
                let some: Vec<Request> = job.iter().map(|place| requests[*place].clone()).collect();
                let again = if attempt > 1 { format!("-{attempt}") } else { String::new() };
                let scratch = self.calls.join(format!("{}{again}", some[0].short_key()));
                if results.send((number, call.run(&some, &scratch, &asked))).is_err() {
                    break;
                }
            }
        };
        let (sender, results) = mpsc::channel();
        std::thread::scope(|scope| {
            for _ in 0..self.calls_at_once.clamp(1, jobs.len().max(1)) {
                let sender = sender.clone();
                let work = &work;
                scope.spawn(move || work(&sender));
            }
            drop(sender);
            let mut first = Ok(());
            for (number, called) in results {
                let done = called.and_then(|called| match called {
                    Called::Answers(answers) => answered(number, answers),
                    Called::Stopped => Ok(()),
                });
                if first.is_ok() && done.is_err() {
                    first = done;
                    given_up.store(true, Ordering::Relaxed);
                }
            }
            first
        })?;
        if stop() { Err(Error::Interrupted("labels that were finished are kept".into())) } else { Ok(()) }
    }
}

impl LabelSource for CommandSource {
    fn label(
        &mut self,
        requests: &[Request],
        stop: &(dyn Fn() -> bool + Sync),
        answered: &mut dyn FnMut(usize, Answer) -> Result<()>,
    ) -> Result<Yielded> {
        let all: Vec<usize> = (0..requests.len()).collect();
        let mut jobs: Vec<Vec<usize>> = all.chunks(self.frames_per_call.max(1)).map(<[usize]>::to_vec).collect();
        for attempt in 1..=self.tries.max(1) {
            let mut again = Vec::new();
            let last = attempt == self.tries.max(1);
            self.calls(&jobs, requests, attempt, stop, &mut |number, answers| {
                for (place, answer) in jobs[number].iter().zip(answers) {
                    match answer {
                        Answer::Failed(_) if !last => again.push(*place),
                        answer => answered(*place, answer)?,
                    }
                }
                Ok(())
            })?;
            again.sort_unstable();
            jobs = again.into_iter().map(|place| vec![place]).collect();
            if jobs.is_empty() {
                break;
            }
        }
        Ok(Yielded::All)
    }
}
