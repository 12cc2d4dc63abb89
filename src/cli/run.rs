//! `cormorant run`.

use std::io::IsTerminal;

use indicatif::ProgressBar;

use super::molecule::RunArguments;
use super::show;
use cormorant_core::{Error, Result};
use cormorant_dynamics::simulation::{Outcome, Simulation, Stop};
use cormorant_report::{Display, Progress, Summary};
use cormorant_workflow::settings::RunInput;
use cormorant_workflow::workflow::{ModelOrigin, Models, RunMode, require_charges, run_input, simulate_with};

/// Simulate what the input asks for, or what the arguments stand for, on the terminal.
pub(super) fn run(arguments: &RunArguments) -> Result<()> {
    let &RunArguments { threads, quiet, force, resume, .. } = arguments;
    let mode = RunMode { force, resume };
    let networks = Models::default();
    let input = match &arguments.input {
        Some(path) => {
            let input = run_input(path)?;
            require_charges(path, &input, &networks)?;
            input
        }
        None => {
            let (molecule, run) = arguments.without_input()?;
            molecule.run(&run)?
        }
    };
    if input.replicas.is_some() {
        return super::replicas::run(&input, &networks, threads, mode, quiet);
    }
    if let (Some(path), true) = (&arguments.input, threads.is_some()) {
        let reason = "--threads shares replicas among threads, but the input has no [replicas]; one run takes its threads from [potential]";
        return Err(Error::Invalid(format!("{}: {reason}", path.display())));
    }
    let progress = Box::new(Progress::new(display(quiet)));
    let written = arguments.input.is_none();
    let mut begun = |simulation: &Simulation, models: &[ModelOrigin]| {
        if !quiet {
            announce(&input, simulation);
            for model in models {
                println!("{model}");
            }
            if written {
                announce_input(&input);
            }
        }
    };
    let done = simulate_with(&input, &networks, mode, Stop::on_signals()?, progress, &mut begun)?;
    if !quiet {
        conclude(&input, done.outcome);
    }
    done.report.map_or(Ok(()), |report| show::report(report, quiet))
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
    if let Some(device) = simulation.field().potential().device() {
        println!("device: {device}");
    }
    for warning in simulation.warnings() {
        println!("warning: {warning}");
    }
}

/// What the arguments left open, and where the input is that they stand for.
fn announce_input(input: &RunInput) {
    if let Some(minimize) = &input.minimize {
        println!("minimized first, until no force is above {}", minimize.force_tolerance);
    }
    let bath = if input.stages.iter().any(|stage| stage.barostat.is_some()) {
        "constant temperature and pressure, stochastic rescaling of velocities and cell"
    } else {
        "constant temperature, Langevin thermostat with a friction of 1 / ps"
    };
    println!("{bath}");
    println!("as an input file: {}", show::path(&input.output.folder.join("input.toml")).display());
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
