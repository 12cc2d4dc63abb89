//! `cormorant run`.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use indicatif::ProgressBar;

use super::folder::OutputFolder;
use super::report::after_run;
use super::resume::resume;
use super::show;
use crate::input::build::Models;
use crate::input::{Input, Quantity, RunInput};
use cormorant_core::{Error, Result};
use cormorant_dynamics::certify::{Plan, leaves};
use cormorant_dynamics::simulation::{Observer, Outcome, Simulation, Stop};
use cormorant_report::{Display, Progress, Summary};

/// How to run.
#[derive(Debug, Clone, Copy)]
pub struct RunMode {
    /// Replace what an earlier run left.
    pub force: bool,
    /// Go on from the restart file.
    pub resume: bool,
    /// Print nothing but errors.
    pub quiet: bool,
}

/// A run that came to its end.
pub struct Simulated {
    /// What was asked for.
    pub input: Box<RunInput>,
    /// What was done.
    pub outcome: Outcome,
    /// The page that shows it, or why there is none.
    pub report: Option<Result<PathBuf>>,
}

/// Simulate what the input at `path` asks for, on the terminal.
pub(super) fn run(path: &Path, threads: Option<u16>, mode: RunMode) -> Result<()> {
    let input = Input::read(path)?;
    if let Input::Run(run) = &input
        && run.replicas.is_some()
    {
        return super::replicas::run(run, &input.to_toml(Some(&run.output.folder))?, threads, mode);
    }
    if threads.is_some() {
        let reason = "--threads shares replicas among threads, but the input has no [replicas]; one run takes its threads from [potential]";
        return Err(Error::Invalid(format!("{}: {reason}", path.display())));
    }
    let progress = Box::new(Progress::new(display(mode.quiet)));
    let mut begun = |run: &RunInput, simulation: &Simulation| {
        if !mode.quiet {
            announce(run, simulation);
        }
    };
    let done = simulate(path, mode, Stop::on_signals()?, progress, &mut begun)?;
    if !mode.quiet {
        conclude(&done.input, done.outcome);
    }
    done.report.map_or(Ok(()), |report| show::report(report, mode.quiet))
}

/// Simulate what the input at `path` asks for, watched by an observer that leaves nothing on disk; prints nothing.
///
/// `begun` is called when everything has been read and the first step is next.
///
/// # Errors
/// When the input makes no sense or asks for replicas, the folder is not to be had, or the run fails or is stopped.
pub fn simulate(
    path: &Path,
    mode: RunMode,
    stop: Stop,
    observer: Box<dyn Observer>,
    begun: &mut dyn FnMut(&RunInput, &Simulation),
) -> Result<Simulated> {
    let input = Input::read(path)?;
    let Input::Run(run) = &input else {
        return Err(Error::Invalid(format!("{}: {}", path.display(), input.purpose())));
    };
    if run.replicas.is_some() {
        return Err(Error::Invalid(format!("{}: replicas are run by `cormorant run` alone", path.display())));
    }
    let text = input.to_toml(Some(&run.output.folder))?;
    let networks = Models::default();
    let mut simulation = if mode.resume { run.build_to_resume(&networks)? } else { run.build_with(&networks)? };
    simulation.input = Input::Run(Box::new(run.without_threads())).to_toml(Some(&run.output.folder))?;
    simulation.stop = stop;
    // An observer more or less would make a run and its continuation two different things: there is always one.
    simulation.observers.push(observer);
    check_certificate(run, &mut simulation, &networks)?;
    let folder = OutputFolder::open(&run.output.folder, mode)?;
    if mode.resume {
        if resume(&mut simulation, folder.path())? {
            folder.write_input(&format!("{}{text}", origin(&simulation)))?;
        }
    } else {
        folder.write_input(&format!("{}{text}", origin(&simulation)))?;
    }
    begun(run, &simulation);
    let result = simulation.run();
    let outcome = simulation.outcome();
    let ending = result.map(|_| ());
    // A frame at which a guard stopped the run is a result, even before the first step.
    let stopped = simulation.guards.frame.as_ref().is_some_and(|frame| frame.exists());
    if ending.is_err() && !stopped {
        folder.discard_if_nothing_was_done(outcome.steps);
    }
    let report =
        if folder.path().exists() { Some(after_run(run, &outcome, ending.as_ref().err(), &networks)) } else { None };
    ending?;
    Ok(Simulated { input: run.clone(), outcome, report })
}

/// A comment that says what wrote the folder.
fn origin(simulation: &Simulation) -> String {
    let set = simulation.field().potential().instruction_set();
    let set = set.map_or(String::new(), |set| format!(", instruction set {set}"));
    format!("# Written by cormorant {}{set}.\n", env!("CARGO_PKG_VERSION"))
}

/// Warn if the run leaves what its models were certified for.
pub(super) fn check_certificate(run: &RunInput, simulation: &mut Simulation, networks: &Models) -> Result<()> {
    let models = run.potential.networks(networks)?;
    let baths = run.stages.iter().filter_map(|stage| stage.thermostat.as_ref());
    let baths = baths.flat_map(|bath| std::iter::once(&bath.temperature).chain(&bath.final_temperature));
    let plan = Plan {
        temperature: baths
            .chain(run.velocities.iter().map(|it| &it.temperature))
            .map(Quantity::value)
            .fold(0.0, f64::max),
        time_step: run.stages.iter().map(|stage| stage.time_step.value()).fold(0.0, f64::max),
        elements: {
            // A ring polymer holds its atoms once for each bead.
            let all = &simulation.system.elements;
            all[..all.len() / simulation.guards.beads.max(1)].to_vec()
        },
        dimensions: simulation.system.cell.map_or(0, |cell| cell.dimensions()),
    };
    for model in &models {
        let name = model.path().file_name().unwrap_or_default().to_string_lossy();
        for warning in leaves(&model.record(), &plan) {
            simulation.add_warning(if models.len() > 1 { format!("{name}: {warning}") } else { warning });
        }
    }
    Ok(())
}

fn display(quiet: bool) -> Display {
    if quiet {
        Display::Lines(Box::new(std::io::sink()))
    } else if std::io::stderr().is_terminal() {
        Display::Bar(ProgressBar::new(0))
    } else {
        Display::Lines(Box::new(std::io::stderr()))
    }
}

/// What is about to happen.
fn announce(input: &RunInput, simulation: &Simulation) {
    let system = &simulation.system;
    println!(
        "{}: {} ({} atoms) with {}, {} steps in {}",
        input.name,
        cormorant_core::system::formula(&system.elements),
        system.atom_count(),
        simulation.field().potential().name(),
        simulation.run_steps(),
        match input.stages.len() {
            1 => "one stage".to_string(),
            number => format!("{number} stages"),
        },
    );
    if let Some(set) = simulation.field().potential().instruction_set() {
        println!("instruction set: {set}");
    }
    for warning in simulation.warnings() {
        println!("warning: {warning}");
    }
}

fn conclude(input: &RunInput, mut outcome: Outcome) {
    for file in &mut outcome.files {
        *file = show::path(file);
    }
    if outcome.steps == 0 {
        println!("nothing was left to do: the run is finished");
    }
    print!("{}", Summary(&outcome));
    let view = input.output.folder.join("view.vmd");
    if view.exists() {
        println!("open it with: vmd -e {}", show::path(&view).display());
    }
}
