//! `cormorant describe`.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::show;
use super::structure::StructureArguments;
use cormorant_core::system::ElectronicState;
use cormorant_core::units::PICOSECOND;
use cormorant_core::{Error, Result};
use cormorant_dynamics::simulation::Restart;
use cormorant_fit::{DataSet, checks};
use cormorant_io::{Frame, TrajectoryFormat, TrajectoryReader};
use cormorant_network::{
    AtomTarget, CommitteeFolder, Facts, ModelFile, Record, ShippedModel, TheoryRecord, graphics_processors,
};
use cormorant_workflow::settings::Input;

/// Name of the weights in the folder of a model.
const WEIGHTS: &str = "model.safetensors";

/// Say which graphics processors there are.
pub(super) fn devices() -> Result<()> {
    let found = graphics_processors()?;
    for (name, what) in &found {
        println!("{name}  {what}");
    }
    if found.is_empty() {
        println!(
            "no graphics processor: no Vulkan driver of this machine offers one; networks compute on the processor"
        );
    }
    Ok(())
}

/// Say what `path` is.
pub(super) fn describe(path: &Path, topology: Option<PathBuf>, structure: &StructureArguments) -> Result<()> {
    if ShippedModel::meant(path).is_some() {
        return model(path);
    }
    let failed = |source| Error::io(path, source);
    if std::fs::metadata(path).map_err(failed)?.is_dir() {
        if path.join(WEIGHTS).exists() {
            return model(path);
        }
        if let Some(found) = CommitteeFolder::read(path)? {
            return super::committee::describe(&found);
        }
        return Err(Error::Invalid(format!("{}: is a folder without a model ({WEIGHTS})", path.display())));
    }
    let mut start = Vec::new();
    File::open(path).and_then(|file| file.take(8).read_to_end(&mut start)).map_err(failed)?;
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    match (extension, start.as_slice()) {
        (_, []) => Err(Error::Invalid(format!("{}: is empty; use another file", path.display()))),
        ("toml", _) => input(path),
        ("safetensors", _) if path.file_name().is_some_and(|name| name == WEIGHTS) => {
            model(path.parent().unwrap_or(path))
        }
        ("safetensors", _) => restart(path),
        (_, [b'P', b'K', 3, 4, ..]) => data(path),
        _ => frames(path, topology, structure),
    }
}

fn model(folder: &Path) -> Result<()> {
    let file = ModelFile::read(folder)?;
    let network = file.network()?;
    let (facts, record) = (network.facts()?, network.record());
    let (kind, version, program) = (&facts.kind, record.version, record.program);
    println!("model of kind {kind}, format {version}, written by cormorant {program}");
    println!("file: {}SHA-256 {}", if file.shipped { "part of the program, " } else { "" }, file.sha256());
    let symbols: Vec<&str> = facts.elements.iter().map(|element| element.symbol()).collect();
    println!("elements: {}", symbols.join(" "));
    println!("network: {}", network.sizes());
    if !facts.gives_atom_energies() {
        println!("predicts: {} in {}", facts.quantity, facts.unit);
        if let Some(target) = network.atoms() {
            atoms(&facts, target);
        }
        fitted(&facts, &record);
        return Ok(());
    }
    if let (Some(cutoff), Some(field)) = (facts.cutoff, facts.receptive_field()) {
        println!("cutoff: {cutoff} Å, receptive field {field} Å");
    }
    let energies = symbols.iter().zip(&facts.references);
    let energies: Vec<String> = energies.map(|(element, energy)| format!("{element} {energy:.4} eV")).collect();
    println!("reference energies: {}", energies.join(", "));
    fitted(&facts, &record);
    let shortest = record.data.shortest_distances.iter().map(|(pair, distance)| format!("{pair} {distance:.2} Å"));
    println!("shortest distances seen in training: {}", shortest.collect::<Vec<_>>().join(", "));
    if !facts.states.is_empty() {
        println!("states seen in training: {}", listed(&facts.states));
    }
    super::certify::print(network.as_ref());
    Ok(())
}

/// What a value of an atom is, and which atoms have one.
fn atoms(facts: &Facts, target: &AtomTarget) {
    println!("each value: {}", target.shape.description());
    let labeled = facts.elements.iter().zip(&target.labeled).filter(|(_, labeled)| **labeled);
    let labeled: Vec<&str> = labeled.map(|(element, _)| element.symbol()).collect();
    println!("elements with labels in training: {}", labeled.join(" "));
}

/// What the model was fitted to, and how well.
fn fitted(facts: &Facts, record: &Record<'_>) {
    let (data, fit) = (record.data, record.fit);
    println!("data: {}, {}", data.file, data.units);
    println!("  SHA-256 {}", data.sha256);
    if facts.gives_atom_energies() {
        let (train, validation) = (record.frames("train"), record.frames("validation"));
        println!("  {train} frames for training, {validation} for the choice of the best epoch");
    }
    if let Some(TheoryRecord { key, name }) = &data.theory {
        println!("  labels with {key}={name}; the file has those of other theories too");
    }
    for (purpose, other) in [("choice of the best epoch", &data.validation_file), ("test", &data.test_file)] {
        if let Some(other) = other {
            println!("  {purpose}: {}, SHA-256 {}", other.file, other.sha256);
        }
    }
    println!("fit: seed {}, {} epochs in {:.0} s, the best was {}", fit.seed, fit.epochs, fit.seconds, fit.best_epoch);
    if let Some(start) = &fit.started_from {
        println!("  started from the model with SHA-256 {start}");
    }
    if let Some(replayed) = &fit.replayed {
        println!("  shown beside them with labels of that model: {}, SHA-256 {}", replayed.file, replayed.sha256);
    }
    let unit = &facts.unit;
    if facts.gives_atom_energies() {
        println!("{:<12}{:>8}{:>18}{:>20}", "frames", "number", "energy MAE/meV", "force MAE/(meV/Å)");
    } else if record.errors.values().any(|errors| !errors.atom_targets.is_empty()) {
        println!("{:<12}{:>8}", "frames", "number");
    } else {
        println!("{:<12}{:>8}{:>24}", "molecules", "number", format!("MAE/{unit}"));
    }
    for part in ["train", "validation", "test"] {
        let Some(errors) = record.errors.get(part) else { continue };
        if !errors.atom_targets.is_empty() {
            println!("{part:<12}{:>8}", errors.frames);
            super::atoms::table(&errors.atom_targets, unit);
        } else if facts.gives_atom_energies() {
            println!("{part:<12}{:>8}{:>18.3}{:>20.3}", errors.frames, errors.energy_mae, errors.force_mae);
        } else {
            println!("{part:<12}{:>8}{:>24.6}", errors.frames, errors.in_unit(unit).mae);
        }
    }
}

fn listed(states: &[ElectronicState]) -> String {
    states.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn input(path: &Path) -> Result<()> {
    match Input::read(path)? {
        Input::Run(run) => {
            println!("input of a simulation: {}, {} stages", run.name, run.stages.len());
            for stage in &run.stages {
                println!(
                    "  {}: {} in steps of {} ({} steps)",
                    stage.name,
                    stage.duration,
                    stage.time_step,
                    stage.steps()
                );
            }
        }
        Input::Vibrations(modes) => {
            println!("input of vibrations: {}, of {}", modes.name, show::path(&modes.structure.file).display());
        }
        Input::Elastic(elastic) => println!("input of elastic constants: {}", elastic.name),
        Input::Path(path) => println!("input of a minimum energy path: {}", path.name),
        Input::Scan(scan) => println!("input of a scan: {}", scan.name),
        Input::Regression(fit) => {
            let what = if fit.targets().is_some() { "values of atoms" } else { "molecular properties" };
            println!("input of a fit to {what}: {}", fit.name);
        }
        Input::Learn(learn) => {
            println!(
                "input of a potential that is learned: {}, from {}",
                learn.name,
                show::path(&learn.structure.file).display()
            );
        }
        Input::Fit(fit) => println!("input of a fit: {}, to {}", fit.name, show::path(&fit.data.file).display()),
    }
    Ok(())
}

fn restart(path: &Path) -> Result<()> {
    let restart = Restart::read(path)?;
    let system = &restart.system;
    println!("state of a run: {} of {} atoms", cormorant_core::system::formula(&system.elements), system.atom_count());
    println!("step {}, {:.4} ps, stage {}", system.step, system.time / PICOSECOND, restart.stage + 1);
    if !system.state.is_unstated() {
        println!("{}", system.state);
    }
    println!("potential {}, energy {:.6} eV", restart.potential, restart.energy);
    if let Some(set) = &restart.instruction_set {
        println!("instruction set {set}");
    }
    if let Some(device) = &restart.device {
        println!("device {device}");
    }
    Ok(())
}

/// Labeled data, with the findings of the checks.
fn data(path: &Path) -> Result<()> {
    let set = DataSet::read(path, None)?;
    describe_data(&set);
    Ok(())
}

fn describe_data(set: &DataSet) {
    let frames = &set.configurations;
    let elements: Vec<&str> = set.elements().iter().map(|element| element.symbol()).collect();
    println!("labeled data: {} frames, elements {}", frames.len(), elements.join(" "));
    let sizes = frames.iter().map(cormorant_fit::Configuration::atom_count);
    let (least, most) = (sizes.clone().min().unwrap_or(0), sizes.max().unwrap_or(0));
    println!("atoms per frame: {}", if least == most { least.to_string() } else { format!("{least} to {most}") });
    let states = ElectronicState::different(frames.iter().map(|frame| frame.state));
    if states.iter().any(|state| !state.is_neutral_singlet()) {
        println!("states: {}", listed(&states));
    }
    println!("{}", set.units);
    let counts = set.counts();
    println!("{counts}");
    set.notes.iter().for_each(|note| println!("note: {note}"));
    println!("SHA-256 {}", set.hash);
    let report = checks::check(frames);
    if counts.forces > 0 {
        println!("root mean square force: {:.1} meV/Å", 1000.0 * report.force_rms);
    }
    if let Some(slope) = report.slope {
        println!(
            "energy differences over the work of the forces: {:.3} ± {:.3} (1 expected)",
            slope.value, slope.error
        );
    }
    for finding in &report.findings {
        println!("{:?}: {}", finding.severity, finding.text);
    }
}

/// A structure, a trajectory, or labeled frames.
fn frames(path: &Path, topology: Option<PathBuf>, structure: &StructureArguments) -> Result<()> {
    // A format without elements requires the topology that we write beside it.
    let beside = path.with_file_name("topology.pdb");
    let bare = TrajectoryFormat::from_path(path).is_ok_and(TrajectoryFormat::needs_topology);
    let topology = topology.or((bare && beside.exists()).then_some(beside));
    let mut reader = TrajectoryReader::open_with(path, structure.options(topology)?)?;
    let first = reader.next_frame()?.ok_or_else(|| Error::structure(path, "holds no frame"))?;
    let labeled = first.number("energy").is_some() && first.columns.iter().any(|(name, _, _)| name == "forces");
    if labeled {
        return data(path);
    }
    let count = 1 + TrajectoryReader::count(&mut reader)?;
    if count > 1 && is_xyz(path) {
        // Energies alone, or labels under other names: what reads as labeled data is described as such.
        if let Ok(set) = DataSet::read(path, None) {
            describe_data(&set);
            return Ok(());
        }
    }
    let kind = if count == 1 { "structure".to_string() } else { format!("{count} frames, the first") };
    let atoms = first.elements.len();
    let noun = if atoms == 1 { "atom" } else { "atoms" };
    println!("{kind}: {} ({atoms} {noun})", cormorant_core::system::formula(&first.elements));
    describe_frame(&first);
    Ok(())
}

fn is_xyz(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "xyz" || extension == "extxyz")
}

fn describe_frame(frame: &Frame) {
    match &frame.cell {
        Some(cell) => {
            match cell.dimensions() {
                3 => println!("cell of {:.3} Å³, rows in Å:", cell.measure()),
                2 => println!("cell of a slab with {:.3} Å², rows in Å:", cell.measure()),
                1 => println!("cell of a wire with {:.3} Å, rows in Å:", cell.measure()),
                _ => println!("a box without periodicity, which is not used; rows in Å:"),
            }
            for (row, repeats) in cell.rows().into_iter().zip(cell.periodic()) {
                let open = if repeats || cell.dimensions() == 0 { "" } else { "  (open)" };
                println!("  {:12.6} {:12.6} {:12.6}{open}", row[0], row[1], row[2]);
            }
        }
        None => println!("no cell"),
    }
    match (&frame.velocities, &frame.unused_velocities) {
        (Some(_), _) => println!("velocities: yes"),
        (None, Some(_)) => println!("velocities: not used"),
        (None, None) => println!("velocities: no"),
    }
    for note in frame.notes.iter().chain(&frame.unused_velocities) {
        println!("note: {note}");
    }
    let columns = frame.columns.iter().map(|(name, width, _)| format!("{name} ({width} for each atom)"));
    let held: Vec<_> = frame.properties.iter().map(|(name, _)| name.clone()).chain(columns).collect();
    if !held.is_empty() {
        println!("holds besides: {}", held.join(", "));
    }
    if let Some(time) = frame.time {
        println!("first frame at {time} ps");
    }
    let unused = frame.unused();
    if !unused.is_empty() {
        println!("note: {unused}");
    }
    match frame.electronic_state() {
        Ok(state) if state.is_unstated() => {}
        Ok(state) => println!("stated: {state}"),
        Err(reason) => println!("warning: {reason}"),
    }
}
