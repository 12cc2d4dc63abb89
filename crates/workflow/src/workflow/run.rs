//! A run: an input in, a trajectory and its report out.

use std::path::PathBuf;

use super::folder::{OutputFolder, WRITTEN};
use super::report::after_run;
use super::resume::resume;
use super::{ModelOrigin, Models, RunMode, structure_mark};
use crate::settings::{Input, Quantity, RunInput};
use cormorant_core::system::Element;
use cormorant_core::{Error, Result};
use cormorant_dynamics::certify::{Plan, leaves};
use cormorant_dynamics::simulation::{Observer, Outcome, Simulation, Stop};

/// A run that came to its end.
pub struct Simulated {
    /// What was done.
    pub outcome: Outcome,
    /// The page that shows it, or why there is none.
    pub report: Option<Result<PathBuf>>,
}

/// Simulate what `run` asks for, watched by an observer that leaves nothing on disk.
///
/// `begun` is called with the models that have a part in it when everything has been read and the first step is next.
///
/// # Errors
/// When the input asks for replicas, the folder is not available, or the run fails or is stopped.
pub fn simulate(
    run: &RunInput,
    mode: RunMode,
    stop: Stop,
    observer: Box<dyn Observer>,
    begun: &mut dyn FnMut(&Simulation, &[ModelOrigin]),
) -> Result<Simulated> {
    simulate_with(run, &Models::default(), mode, stop, observer, begun)
}

/// The same with models out of `networks`, which reads each file once.
///
/// # Errors
/// As for [`simulate`].
pub fn simulate_with(
    run: &RunInput,
    networks: &Models,
    mode: RunMode,
    stop: Stop,
    observer: Box<dyn Observer>,
    begun: &mut dyn FnMut(&Simulation, &[ModelOrigin]),
) -> Result<Simulated> {
    if run.replicas.is_some() {
        return Err(Error::Invalid(format!("{}: replicas are run by `cormorant run` alone", run.name)));
    }
    let text = Input::Run(Box::new(run.clone())).to_toml(Some(&run.output.folder))?;
    let mut simulation = if mode.resume { run.build_to_resume(networks)? } else { run.build_with(networks)? };
    simulation.input = Input::Run(Box::new(run.without_threads())).to_toml(Some(&run.output.folder))?;
    simulation.stop = stop;
    // An observer more or less would make a run and its continuation two different things: there is always one.
    simulation.observers.push(observer);
    check_certificate(run, &mut simulation, networks)?;
    let models = networks.origins();
    let text = format!("{}{}", origin(&simulation, &models), structure_mark::marked(&text, run, mode.resume));
    let folder = OutputFolder::open(&run.output.folder, mode)?;
    if mode.resume {
        if let Some(warning) = structure_mark::changed(folder.path(), run) {
            simulation.add_warning(warning);
        }
        if resume(&mut simulation, folder.path())? {
            folder.write_input(&text)?;
        }
    } else {
        folder.write_input(&text)?;
    }
    begun(&simulation, &models);
    let result = simulation.run();
    let outcome = simulation.outcome();
    let ending = result.map(|_| ());
    // A frame at which a guard stopped the run is a result, even before the first step.
    let stopped = simulation.guards.frame.as_ref().is_some_and(|frame| frame.exists());
    if ending.is_err() && !stopped {
        folder.discard_if_nothing_was_done(outcome.steps);
    }
    let elements = elements_of(&simulation);
    let written = folder.path().exists();
    let report = written.then(|| after_run(run, &outcome, ending.as_ref().err(), networks, elements));
    ending?;
    Ok(Simulated { outcome, report })
}

/// The elements of the structure: a ring polymer holds its atoms once for each bead.
pub(super) fn elements_of(simulation: &Simulation) -> &[Element] {
    let all = &simulation.system.elements;
    &all[..all.len() / simulation.guards.beads.max(1)]
}

/// Comments that say what wrote the folder, and with which models.
fn origin(simulation: &Simulation, models: &[ModelOrigin]) -> String {
    let set = simulation.field().potential().instruction_set();
    let set = set.map_or(String::new(), |set| format!(", instruction set {set}"));
    let device = simulation.field().potential().device().map_or(String::new(), |device| format!(", on {device}"));
    let first = format!("{WRITTEN}{}{set}{device}.\n", env!("CARGO_PKG_VERSION"));
    models.iter().fold(first, |text, model| text + &format!("# {model}\n"))
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
        elements: elements_of(simulation).to_vec(),
        dimensions: simulation.system.cell.map_or(0, |cell| cell.dimensions()),
        volume: simulation.system.cell.and_then(|cell| Some(cell.volume()? / simulation.system.atom_count() as f64)),
        changes_volume: run.stages.iter().any(|stage| stage.barostat.is_some()),
    };
    for model in &models {
        let name = model.path().file_name().unwrap_or_default().to_string_lossy();
        for warning in leaves(&model.record(), &plan) {
            simulation.add_warning(if models.len() > 1 { format!("{name}: {warning}") } else { warning });
        }
    }
    Ok(())
}
