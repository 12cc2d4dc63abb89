//! `cormorant run` with `[replicas]`.

use std::io::{IsTerminal, Write};
use std::path::Path;

use indicatif::{MultiProgress, ProgressBar};

use super::folder::OutputFolder;
use super::report::report_input;
use super::resume::resume;
use super::run::{RunMode, check_certificate};
use super::show;
use crate::input::build::Models;
use crate::input::{Input, RESTART, ReplicasInput, RunInput};
use cormorant_core::atomic;
use cormorant_core::parallel::{cores, share};
use cormorant_core::{Error, Result};
use cormorant_dynamics::replicas::{Exchange, Replica, ReplicaSummary, Replicas};
use cormorant_dynamics::simulation::{Simulation, Stop};
use cormorant_report::run::RunRecord;
use cormorant_report::{Display, Progress};

/// Run all replicas of `run` on `threads` threads; `text` is the whole input, resolved.
pub(super) fn run(run: &RunInput, text: &str, threads: Option<u16>, mode: RunMode) -> Result<()> {
    let Some(replicas) = &run.replicas else { return Ok(()) };
    let target = &run.output.folder;
    let exchange = replicas.exchange_steps(&run.stages).map(|every| Exchange { every });
    check_resume(target, exchange, mode)?;
    let threads = threads.map_or_else(cores, usize::from);
    let stop = Stop::on_signals()?;
    let inputs: Vec<RunInput> = (0..replicas.count).map(|index| run.replica(index)).collect();
    // Everything is built before anything is written.
    let networks = Models::default();
    let simulations = share(&mut vec![(); threads.min(replicas.count)], replicas.count, |(), index| {
        inputs[index].build_with(&networks)
    })?;
    let folder = OutputFolder::open_for_replicas(target, mode)?;
    let bars = MultiProgress::new();
    let mut members = Vec::with_capacity(replicas.count);
    for (index, mut simulation) in simulations.into_iter().enumerate() {
        let (name, input) = (run.replica_name(index), &inputs[index]);
        prepare(&mut simulation, input, exchange.is_none(), mode, &networks)?;
        simulation.stop = stop.clone();
        simulation.observers.push(Box::new(Progress::new(display(&name, &bars, mode.quiet))));
        members.push(Replica {
            name,
            folder: input.output.folder.clone(),
            seed: input.seed,
            simulation,
            failure: None,
        });
    }
    // Replicas that go on may have become longer, but for those that exchange.
    if !mode.resume || exchange.is_none() {
        folder.write_input(text)?;
    }
    if !mode.quiet {
        announce(run, replicas, &members, threads);
    }
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
    let report = report_input(run, &networks);
    let summary = ReplicaSummary::new(&all.members, all.ladder());
    if result.is_ok() {
        summary.write(&target.join("replicas.csv"))?;
        if !mode.quiet {
            print!("{summary}");
            for warning in warnings(&all.members, |replica| replica.simulation.outcome().warnings) {
                println!("{warning}");
            }
            println!("results are in {}", show::path(target).display());
        }
    }
    result?;
    if let Some(failed) = all.members.iter_mut().find_map(|replica| replica.failure.take()) {
        return Err(failed);
    }
    show::report(report, mode.quiet)
}

/// Whether there is something to go on from.
fn check_resume(target: &Path, exchange: Option<Exchange>, mode: RunMode) -> Result<()> {
    let there = match exchange {
        Some(_) => Replicas::exchanged_in(target),
        None => target.is_dir(),
    };
    if mode.resume && !there {
        let reason = "has no replicas to go on with; run without --resume";
        return Err(Error::Invalid(format!("{}: {reason}", show::path(target).display())));
    }
    Ok(())
}

/// Make the folder of one replica, or go on from its restart file (`alone`: not together with others at exchanges).
fn prepare(simulation: &mut Simulation, input: &RunInput, alone: bool, mode: RunMode, networks: &Models) -> Result<()> {
    let target = &input.output.folder;
    simulation.input = Input::Run(Box::new(input.without_threads())).to_toml(Some(target))?;
    check_certificate(input, simulation, networks)?;
    let begun = target.join(RESTART).is_file();
    if mode.resume && alone && begun {
        let longer = resume(simulation, target)?;
        let text = Input::Run(Box::new(input.clone())).to_toml(Some(target))?;
        let path = target.join(super::folder::INPUT);
        return if longer { atomic::write(&path, text.as_bytes()) } else { Ok(()) };
    }
    if mode.resume && !alone {
        return Ok(());
    }
    // A replica that had not begun when the others were stopped begins now.
    let folder = OutputFolder::open(target, RunMode { force: mode.force || mode.resume, resume: false, ..mode })?;
    folder.write_input(&Input::Run(Box::new(input.clone())).to_toml(Some(target))?)
}

fn announce(run: &RunInput, replicas: &ReplicasInput, members: &[Replica], threads: usize) {
    let Some(first) = members.first() else { return };
    let exchange = match &replicas.exchange_every {
        Some(every) => format!(", exchanging configurations every {every}"),
        None => String::new(),
    };
    println!(
        "{}: {} replicas of {} ({} atoms) on {} threads, {} steps each{exchange}",
        run.name,
        members.len(),
        cormorant_core::system::formula(&first.simulation.system.elements),
        first.simulation.system.atom_count(),
        threads.min(members.len()),
        first.simulation.run_steps(),
    );
    for warning in warnings(members, |replica| replica.simulation.warnings().to_vec()) {
        println!("{warning}");
    }
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

fn display(name: &str, bars: &MultiProgress, quiet: bool) -> Display {
    if quiet {
        Display::Lines(Box::new(std::io::sink()))
    } else if std::io::stderr().is_terminal() {
        Display::Row(bars.add(ProgressBar::new(0)), name.into())
    } else {
        Display::Lines(Box::new(Named { name: name.into(), line: Vec::new() }))
    }
}

/// Standard error, each line with the name of a replica in front and written in one piece.
struct Named {
    name: String,
    line: Vec<u8>,
}

impl Write for Named {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.line.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        let whole = [self.name.as_bytes(), b": ", &self.line].concat();
        self.line.clear();
        std::io::stderr().write_all(&whole)
    }
}
