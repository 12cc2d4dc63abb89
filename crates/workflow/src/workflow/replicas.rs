//! A run of several replicas.

use std::path::{Path, PathBuf};

use super::build::{Models, Structures};
use super::folder::{INPUT, OutputFolder, shown_path};
use super::report::report_input;
use super::resume::resume;
use super::run::{check_certificate, elements_of};
use super::{RunMode, structure_mark};
use crate::settings::{Input, RESTART, RunInput};
use cormorant_core::atomic;
use cormorant_core::parallel::share;
use cormorant_core::{Error, Result};
use cormorant_dynamics::replicas::{Exchange, Replica, ReplicaSummary, Replicas};
use cormorant_dynamics::simulation::{Observer, Simulation, Stop};
use cormorant_report::run::RunRecord;

/// Who follows the replicas of a run.
pub trait ReplicasWatch {
    /// An observer for the replica `name`, which leaves nothing on disk.
    fn observer(&mut self, name: &str) -> Box<dyn Observer>;
    /// Everything has been read; `members` take their first step next, on `threads` threads. `warnings` are those of all, each once.
    fn begun(&mut self, members: &[Replica], threads: usize, warnings: &[String]);
}

/// Replicas that came to their end, all or but for some.
pub struct ReplicasRun {
    /// The replicas as they are now.
    pub replicas: Replicas,
    /// Warnings of the replicas, each once.
    pub warnings: Vec<String>,
    /// The page that shows them, or why there is none.
    pub report: Result<PathBuf>,
}

impl ReplicasRun {
    /// What was done.
    #[must_use]
    pub fn summary(&self) -> ReplicaSummary<'_> {
        ReplicaSummary::new(&self.replicas.members, self.replicas.ladder())
    }

    /// Why the first of those that failed did.
    ///
    /// # Errors
    /// When one did.
    pub fn all_ended_well(&mut self) -> Result<()> {
        let failure = self.replicas.members.iter_mut().find_map(|replica| replica.failure.take());
        failure.map_or(Ok(()), Err)
    }
}

/// Run all replicas of `run` on `threads` threads, one for each core if that is left open, with models out of `networks`.
///
/// # Errors
/// When the input asks for no replicas, a folder is not available, or what stops one stops all of them.
pub fn run_replicas(
    run: &RunInput,
    networks: &Models,
    threads: Option<usize>,
    mode: RunMode,
    stop: Stop,
    watch: &mut dyn ReplicasWatch,
) -> Result<ReplicasRun> {
    let Some(replicas) = &run.replicas else {
        return Err(Error::Invalid(format!("{}: the input has no [replicas]", run.name)));
    };
    let target = &run.output.folder;
    let text = Input::Run(Box::new(run.clone())).to_toml(Some(target))?;
    let exchange = replicas.exchange_steps(&run.stages).map(|every| Exchange { every });
    check_resume(target, exchange, mode)?;
    let threads = threads.unwrap_or_else(|| run.potential.device().side_by_side(replicas.count));
    let structures = Structures::default();
    let inputs: Vec<RunInput> = (0..replicas.count).map(|index| run.replica(index)).collect();
    // Everything is built before anything is written.
    let simulations = share(&mut vec![(); threads.min(replicas.count)], replicas.count, |(), index| {
        inputs[index].build_replica(&structures, networks)
    })?;
    drop(structures);
    let folder = OutputFolder::open_for_replicas(target, mode)?;
    let changed = mode.resume.then(|| structure_mark::changed(target, run)).flatten();
    let mut members = Vec::with_capacity(replicas.count);
    for (index, mut simulation) in simulations.into_iter().enumerate() {
        let (name, input) = (run.replica_name(index), &inputs[index]);
        prepare(&mut simulation, input, exchange.is_none(), mode, networks)?;
        if let Some(warning) = &changed {
            simulation.add_warning(warning.clone());
        }
        simulation.stop = stop.clone();
        simulation.observers.push(watch.observer(&name));
        let folder = input.output.folder.clone();
        members.push(Replica { name, folder, seed: input.seed, simulation, failure: None });
    }
    // Replicas that continue may have become longer, but for those that exchange.
    if !mode.resume || exchange.is_none() {
        folder.write_input(&structure_mark::marked(&text, run, mode.resume))?;
    }
    watch.begun(&members, threads, &warnings(&members, |replica| replica.simulation.warnings().to_vec()));
    let mut all = Replicas::new(members, target.clone(), threads, stop);
    let result = match exchange {
        Some(exchange) => {
            let same = Input::Run(Box::new(run.without_threads())).to_toml(Some(target))?;
            all.run_with_exchange(exchange, run.seed, &same, mode.resume)
        }
        None => all.run(),
    };
    for replica in &all.members {
        // What stops all of them, as a signal or a failure within an exchange does, stops each.
        let failure = replica.failure.as_ref().or(result.as_ref().err());
        let outcome = replica.simulation.outcome();
        RunRecord::read(&replica.folder)?.unwrap_or_default().with(&outcome, failure).write(&replica.folder)?;
    }
    let elements: Vec<_> = all.members.iter().map(|replica| elements_of(&replica.simulation)).collect();
    let report = report_input(run, networks, &elements);
    result?;
    let warnings = warnings(&all.members, |replica| replica.simulation.outcome().warnings);
    let done = ReplicasRun { replicas: all, warnings, report };
    done.summary().write(&target.join("replicas.csv"))?;
    Ok(done)
}

/// Whether there is something to continue from.
fn check_resume(target: &Path, exchange: Option<Exchange>, mode: RunMode) -> Result<()> {
    let there = match exchange {
        Some(_) => Replicas::exchanged_in(target),
        None => target.is_dir(),
    };
    if mode.resume && !there {
        let reason = "has no replicas to resume; run without --resume";
        return Err(Error::Invalid(format!("{}: {reason}", shown_path(target).display())));
    }
    Ok(())
}

/// Make the folder of one replica, or continue from its restart file (`alone`: not together with others at exchanges).
fn prepare(simulation: &mut Simulation, input: &RunInput, alone: bool, mode: RunMode, networks: &Models) -> Result<()> {
    let target = &input.output.folder;
    simulation.input = Input::Run(Box::new(input.without_threads())).to_toml(Some(target))?;
    check_certificate(input, simulation, networks)?;
    let begun = target.join(RESTART).is_file();
    if mode.resume && alone && begun {
        let longer = resume(simulation, target)?;
        let text = Input::Run(Box::new(input.clone())).to_toml(Some(target))?;
        let path = target.join(INPUT);
        return if longer { atomic::write(&path, text.as_bytes()) } else { Ok(()) };
    }
    if mode.resume && !alone {
        return Ok(());
    }
    // A replica that had not started when the others were stopped begins now.
    let folder = OutputFolder::open(target, RunMode { force: mode.force || mode.resume, resume: false })?;
    folder.write_input(&Input::Run(Box::new(input.clone())).to_toml(Some(target))?)
}

/// The warnings of all replicas, each text once with those that have it.
fn warnings(members: &[Replica], of: impl Fn(&Replica) -> Vec<String>) -> Vec<String> {
    let mut found: Vec<(String, Vec<&str>)> = Vec::new();
    for replica in members {
        for text in of(replica) {
            match found.iter_mut().find(|(known, _)| *known == text) {
                Some((_, names)) => names.push(&replica.name),
                None => found.push((text, vec![&replica.name])),
            }
        }
    }
    let line = |(text, names): (String, Vec<&str>)| match names.len() {
        count if count == members.len() => format!("warning: {text}"),
        _ => format!("warning ({}): {text}", names.join(", ")),
    };
    found.into_iter().map(line).collect()
}
