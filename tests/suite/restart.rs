//! Stop and resume equals no stop, bit for bit; guards; averages.

use std::path::Path;

use cormorant::analysis::{
    Analysis, Blocking, CorrelationResult, DihedralMap, Internal, InternalDistribution, InternalKind,
    MeanSquaredDisplacement, RadialDistribution, RootMeanSquareDeviation, VelocityCorrelation, VelocitySource,
};
use cormorant::dynamics::{
    Andersen, Baoab, Berendsen, Bussi, Langevin, NoBath, NoseHoover, Thermostat, VelocityVerlet,
};
use cormorant::noise::{Consumer, Noise};
use cormorant::potential::{Evaluation, Potential, RequestedProperties};
use cormorant::report::{Analyzed, Display, Progress, Summary, Table, Trajectory};
use cormorant::simulation::{Observer, Restart, Schedule, Simulation, Snapshot, Stage, Statistics, Stop, whole_steps};
use cormorant::system::observables::Removed;
use cormorant::system::{Element, System};
use cormorant::units::{FEMTOSECOND, PICOSECOND};
use cormorant::{Error, Result};

use crate::wells::{Well, crowd};

const TRAJECTORIES: [&str; 6] = ["t.xyz", "t.dcd", "t.xtc", "t.trr", "t.nc", "t.pdb"];
const STEPS: u64 = 60;

fn every(steps: u64) -> Schedule {
    Schedule::every(steps).expect("a schedule")
}

/// Two stages with every kind of output, in `folder`.
fn simulation(folder: &Path, bath: impl Into<Box<dyn Thermostat>>) -> Simulation {
    let system = crowd(5, 300.0, 9);
    let mut simulation = Simulation::new(system, Box::new(Well::CHAOTIC), 77).expect("a simulation");
    simulation.removed = Removed { translation: false, rotation: false };
    simulation.input = "version = 1\nname = \"test\"\n".into();
    simulation.restart = Some(folder.join("restart.safetensors"));
    simulation.observers.push(Box::new(Table::new(folder.join("energies.csv"), every(2))));
    let restart = || (folder.join("restart.safetensors"), every(7));
    let (path, schedule) = restart();
    let step = 0.5 * FEMTOSECOND;
    let warm_up = Stage::new("warm-up", STEPS / 3, Baoab::new(step).expect("a step"))
        .with_thermostat(bath)
        .with_observer(Trajectory::new(folder.join("warm-up.xyz"), every(4)).expect("a trajectory"))
        .with_restart(path, schedule);
    simulation.stages.push(warm_up);
    let (path, schedule) = restart();
    let mut production = Stage::new("production", STEPS - STEPS / 3, VelocityVerlet::new(step).expect("a step"))
        .with_thermostat(Langevin::new(250.0, 0.1).expect("a bath"))
        .with_final_temperature(400.0)
        .expect("a ramp")
        .with_restart(path, schedule);
    for name in TRAJECTORIES {
        let mut trajectory = Trajectory::new(folder.join(name), every(3)).expect("a trajectory");
        if name == "t.dcd" {
            trajectory = trajectory.with_view();
        }
        production.observers.push(Box::new(trajectory));
    }
    for (name, analysis) in analyses() {
        production.observers.push(Box::new(Analyzed::new(folder.join(name), every(1), analysis)));
    }
    simulation.stages.push(production);
    simulation
}

/// Every analysis; correlations of four lags, so that segments close within the run.
fn analyses() -> Vec<(&'static str, Box<dyn Analysis>)> {
    let longest = 1.6 * FEMTOSECOND;
    let correlation = |result| VelocityCorrelation::new(longest, VelocitySource::Momenta, result).expect("an analysis");
    let internal = |text| Internal::parse(text).expect("atoms");
    let dihedrals = vec![internal("1-2-3-4"), internal("5-4-3-2")];
    vec![
        ("rdf.csv", Box::new(RadialDistribution::new(2.0, 0.05).expect("an analysis"))),
        ("msd.csv", Box::new(MeanSquaredDisplacement::new(None, false).expect("an analysis"))),
        ("vacf.csv", Box::new(correlation(CorrelationResult::Function))),
        ("vdos.csv", Box::new(correlation(CorrelationResult::DensityOfStates))),
        ("dihedrals.csv", Box::new(InternalDistribution::listed(InternalKind::Dihedrals, dihedrals).expect("atoms"))),
        ("rmsd.csv", Box::new(RootMeanSquareDeviation::new(None, true).expect("an analysis"))),
        ("map.csv", Box::new(DihedralMap::new(internal("1-2-3-4"), internal("5-4-3-2")).expect("atoms"))),
    ]
}

/// Asks to stop at a step of the run.
pub(crate) struct StopAt(pub(crate) u64, pub(crate) Stop);

impl Observer for StopAt {
    fn schedule(&self) -> Schedule {
        Schedule::Always
    }
    fn persistent(&self) -> bool {
        false
    }
    fn observe(&mut self, now: &Snapshot<'_>) -> Result<()> {
        if now.system.step == self.0 {
            self.1.ask();
        }
        Ok(())
    }
}

/// Copies the folder at a step, as a kill at that instant would leave it.
struct KillAt(u64, std::path::PathBuf, std::path::PathBuf);

impl Observer for KillAt {
    fn schedule(&self) -> Schedule {
        Schedule::Always
    }
    fn persistent(&self) -> bool {
        false
    }
    fn observe(&mut self, now: &Snapshot<'_>) -> Result<()> {
        if now.system.step == self.0 {
            for entry in std::fs::read_dir(&self.1).expect("the folder") {
                let path = entry.expect("an entry").path();
                std::fs::copy(&path, self.2.join(path.file_name().expect("a name"))).expect("a copy");
            }
        }
        Ok(())
    }
}

/// Assert that two folders have the same files with the same bytes.
fn assert_same(what: &str, left: &Path, right: &Path) {
    let names = |folder: &Path| {
        let mut names: Vec<_> =
            std::fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry").file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names(left), names(right), "{what}");
    assert!(names(left).len() >= 20, "{what}: {:?}", names(left));
    for name in names(left) {
        let read = |folder: &Path| std::fs::read(folder.join(&name)).expect("the file");
        let (left, right) = (read(left), read(right));
        let place = left.iter().zip(&right).position(|(a, b)| a != b);
        assert!(left == right, "{what}: {} differs at byte {place:?}", name.display());
    }
}

type Bath = Box<dyn Thermostat>;

/// Every thermostat.
fn baths() -> Vec<fn() -> Bath> {
    vec![
        || Box::new(NoBath),
        || Box::new(Langevin::new(500.0, 0.1).expect("a bath")),
        || Box::new(Bussi::new(500.0, 3.0).expect("a bath")),
        || Box::new(Berendsen::new(500.0, 3.0).expect("a bath")),
        || Box::new(Andersen::new(500.0, 0.1).expect("a bath")),
        || Box::new(NoseHoover::new(500.0, 3.0, 3).expect("a bath")),
    ]
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

// Catches: a restart that forgets part of the state, files that are not cut back, streams that depend on history.
#[test]
fn stop_and_resume_equals_no_stop() {
    for (index, bath) in baths().into_iter().enumerate() {
        let whole = folder();
        simulation(whole.path(), bath()).run().expect("a run");
        for stop in [1, 13, 20, 21, 23, 24, 41, STEPS] {
            let parted = folder();
            let mut first = simulation(parted.path(), bath());
            first.observers.push(Box::new(StopAt(stop, first.stop.clone())));
            assert!(matches!(first.run(), Err(Error::Interrupted(_))));
            drop(first);
            let mut second = simulation(parted.path(), bath());
            second.resume(&parted.path().join("restart.safetensors")).expect("to go on");
            let outcome = second.run().expect("the rest");
            assert_eq!((outcome.steps, outcome.warnings.len()), (STEPS - stop, 0));
            assert_same(&format!("bath {index} stopped at {stop}"), whole.path(), parted.path());
        }
    }
}

// Catches: anything that a clean stop puts in order but a kill does not.
#[test]
fn kill_and_resume_equals_no_stop() {
    let whole = folder();
    let bath = || NoseHoover::new(500.0, 3.0, 3).expect("a bath");
    simulation(whole.path(), bath()).run().expect("a run");
    for kill in [3, 8, 19, 22, 30, 35, 47, 59] {
        let (killed, copy) = (folder(), folder());
        let mut first = simulation(killed.path(), bath());
        first.observers.push(Box::new(KillAt(kill, killed.path().into(), copy.path().into())));
        first.run().expect("a run");
        let mut second = simulation(copy.path(), bath());
        second.resume(&copy.path().join("restart.safetensors")).expect("to go on");
        second.run().expect("the rest");
        assert_same(&format!("killed at {kill}"), whole.path(), copy.path());
    }
}

// Catches: a finished run that is begun anew when it is resumed.
#[test]
fn a_finished_run_stays_as_it_is() {
    let whole = folder();
    let bath = || Bussi::new(500.0, 3.0).expect("a bath");
    simulation(whole.path(), bath()).run().expect("a run");
    let copy = folder();
    for entry in std::fs::read_dir(whole.path()).expect("the folder") {
        let path = entry.expect("an entry").path();
        std::fs::copy(&path, copy.path().join(path.file_name().expect("a name"))).expect("a copy");
    }
    let mut again = simulation(copy.path(), bath());
    again.resume(&copy.path().join("restart.safetensors")).expect("to go on");
    assert_eq!(again.run().expect("nothing to do").steps, 0);
    assert_same("finished", whole.path(), copy.path());
}

// Catches: damage, another input or another potential taken for good.
#[test]
fn wrong_restarts_are_refused() {
    let place = folder();
    let path = place.path().join("restart.safetensors");
    simulation(place.path(), NoBath).run().expect("a run");
    let good = std::fs::read(&path).expect("the file");
    let message = |simulation: &mut Simulation| simulation.resume(&path).expect_err("a refusal").to_string();

    let mut other = simulation(place.path(), NoBath);
    other.input = "version = 1\nname = \"other\"\n".into();
    let text = message(&mut other);
    assert!(text.contains("there it says `name = \"test\"`, now `name = \"other\"`"), "{text}");

    // The one change that is allowed hides no other.
    let mut first = simulation(place.path(), NoBath);
    let input = |duration: &str, step: &str| {
        format!("version = 1\nname = \"test\"\nduration = \"{duration}\"\ntime_step = \"{step}\"\n")
    };
    first.input = input("1 ps", "1 fs");
    first.run().expect("a run");
    let mut other = simulation(place.path(), NoBath);
    other.input = input("2 ps", "2 fs");
    let text = message(&mut other);
    assert!(text.contains("there it says `time_step = \"1 fs\"`"), "{text}");
    std::fs::write(&path, &good).expect("a file");

    let mut other = Simulation::new(crowd(5, 300.0, 9), Box::new(Well::harmonic(1.0)), 77).expect("a simulation");
    other.input = simulation(place.path(), NoBath).input;
    other.stages = simulation(place.path(), NoBath).stages;
    other.observers = simulation(place.path(), NoBath).observers;
    let text = message(&mut other);
    assert!(text.contains("the potential is not the one it was written with"), "{text}");

    let mut stream = Noise::new(1).stream(Consumer::Test, 0, 0);
    for _ in 0..200 {
        let mut bad = good.clone();
        let place = stream.below(bad.len() as u64) as usize;
        bad[place] ^= 1 << stream.below(8);
        std::fs::write(&path, &bad).expect("a file");
        assert!(Restart::read(&path).is_err(), "a flipped bit in byte {place} was not noticed");
        std::fs::write(&path, &good[..place]).expect("a file");
        assert!(Restart::read(&path).is_err(), "a file cut to {place} bytes was not noticed");
    }
    let text = String::from_utf8_lossy(&good).replace(r#"\"version\":1"#, r#"\"version\":2"#);
    assert!(text.contains(r#"\"version\":2"#));
    let at = good.windows(13).position(|window| window == br#"\"version\":1,"#.get(..13).expect("13 bytes"));
    let mut future = good.clone();
    future[at.expect("the version") + 12] = b'2';
    std::fs::write(&path, &future).expect("a file");
    let text = Restart::read(&path).expect_err("a refusal").to_string();
    assert!(text.contains("it has version 2, but this program reads version 1"), "{text}");
}

/// A well in which a force becomes infinite at some evaluation.
struct Failing(Well, u64);

impl Potential for Failing {
    fn name(&self) -> String {
        "failing".into()
    }
    fn cutoff(&self) -> Option<f64> {
        None
    }
    fn accepts(&self, _element: Element) -> bool {
        true
    }
    fn evaluate(&mut self, system: &System, want: RequestedProperties, into: &mut Evaluation) -> Result<()> {
        self.0.evaluate(system, want, into)?;
        if system.step == self.1 {
            into.forces[2][1] = f64::NAN;
        }
        Ok(())
    }
}

// Catches: a run that goes on with numbers that are none, or that names the wrong atom.
#[test]
fn guards_stop_the_run_and_save_the_frame() {
    let place = folder();
    let frame = place.path().join("stopped.xyz");
    let step = || VelocityVerlet::new(0.5 * FEMTOSECOND).expect("a step");
    let stopped = |potential: Box<dyn Potential>, change: fn(&mut Simulation)| {
        let mut simulation = Simulation::new(crowd(5, 300.0, 9), potential, 1).expect("a simulation");
        simulation.guards.frame = Some(frame.clone());
        simulation.stages.push(Stage::new("all", 50, step()));
        change(&mut simulation);
        let message = simulation.run().expect_err("a stop").to_string();
        let saved = std::fs::read_to_string(&frame).expect("the frame");
        assert!(saved.starts_with("5\nProperties=species"), "{saved}");
        std::fs::remove_file(&frame).expect("the frame");
        message
    };
    let text = stopped(Box::new(Failing(Well::CHAOTIC, 10)), |_| {});
    assert!(text.starts_with("step 10: ") && text.contains("the force on atom 3 (O) is NaN"), "{text}");
    let text =
        stopped(Box::new(Well::CHAOTIC), |simulation| simulation.guards.highest_temperature = Some(100.0.into()));
    assert!(text.contains("the temperature exceeds the limit of 100 K"), "{text}");
    let text =
        stopped(Box::new(Well::CHAOTIC), |simulation| simulation.guards.largest_displacement = Some(1e-4.into()));
    assert!(text.contains("atom 1 (H) moves more than 0.0001 Å in a step"), "{text}");
}

// Catches: a summary without units, wrong speeds, frames that are not counted; also progress on plain lines.
#[test]
fn the_summary_says_what_was_done() {
    let place = folder();
    let mut simulation = simulation(place.path(), Langevin::new(500.0, 0.1).expect("a bath"));
    simulation.observers.push(Box::new(Progress::new(Display::Lines(Box::new(std::io::sink())))));
    let outcome = simulation.run().expect("a run");
    let text = Summary(&outcome).to_string();
    println!("{text}");
    for part in [
        "warm-up: 0.01 ps in 20 steps of 0.5 fs, baoab, langevin at 500.0 K",
        "production: 0.02 ps in 40 steps of 0.5 fs, velocity-verlet, langevin from 250.0 to 400.0 K",
        "meV/atom/ps",
        "ns/day",
        "energies.csv",
        "view.vmd",
    ] {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
    let table = std::fs::read_to_string(place.path().join("energies.csv")).expect("the table");
    assert_eq!(table.lines().count() as u64, 2 + STEPS / 2);
    assert!(table.starts_with("step,time/ps,potential/eV,kinetic/eV,total/eV,conserved/eV,temperature/K\n0,0,"));
    let last: Vec<&str> = table.lines().last().expect("a line").split(',').collect();
    assert_eq!(last[..2], ["60", "0.03"]);
}

// Catches: an error bar that takes correlated numbers for independent ones.
#[test]
fn blocking_sees_correlation() {
    let mut stream = Noise::new(4).stream(Consumer::Test, 1, 0);
    let (mut blocking, mut value, decay) = (Blocking::default(), 0.0, 0.98_f64);
    let count = 200_000;
    for _ in 0..count {
        value = decay * value + (1.0 - decay * decay).sqrt() * stream.normal();
        blocking.add(3.0 + value);
    }
    // Autoregressive: the variance of the mean is (1 + c)/(1 − c)/n.
    let exact = ((1.0 + decay) / (1.0 - decay) / f64::from(count)).sqrt();
    let error = blocking.error().expect("enough values");
    assert!((error / exact - 1.0).abs() < 0.4, "{error}, exactly {exact}");
    assert!((blocking.mean() - 3.0).abs() < 4.5 * exact);
    assert!((blocking.variance() - 1.0).abs() < 0.1);
    let mut statistics = Statistics::default();
    statistics.temperature = blocking;
    statistics.add(1.0, 2.0, 3.0);
    assert_eq!(Statistics::from_state(&statistics.state()).expect("the state"), statistics);
}

// Catches: errors of short series that are several times too small, because their blocks are shorter than the correlation time.
#[test]
fn blocking_of_short_series_is_not_too_small() {
    let (decay, count, series) = (0.98_f64, 1000, 400);
    let mut stream = Noise::new(5).stream(Consumer::Test, 1, 0);
    let (mut squares, mut errors) = (0.0, 0.0);
    for _ in 0..series {
        let (mut blocking, mut value) = (Blocking::default(), stream.normal());
        for _ in 0..count {
            value = decay * value + (1.0 - decay * decay).sqrt() * stream.normal();
            blocking.add(value);
        }
        squares += blocking.mean().powi(2) / f64::from(series);
        errors += blocking.error().expect("enough values").powi(2) / f64::from(series);
    }
    let ratio = (errors / squares).sqrt();
    println!("reported over true error of ten correlation times: {ratio:.2}");
    assert!((0.75..1.4).contains(&ratio), "{ratio}");
}

// Catches: intervals that are cut to a whole number of steps in silence.
#[test]
fn intervals_are_whole_numbers_of_steps() {
    assert_eq!(whole_steps(0.1 * PICOSECOND, 0.1 * FEMTOSECOND).expect("whole"), 1000);
    assert_eq!(whole_steps(1000.0 * PICOSECOND, 0.3 * FEMTOSECOND).err().map(|error| error.exit_status()), Some(1));
    assert!(whole_steps(0.0, 1.0).is_err() && whole_steps(f64::NAN, 1.0).is_err() && whole_steps(1.0, 0.0).is_err());
    assert!(Schedule::every(0).is_err());
    assert!(Schedule::End.due(7, 7) && !Schedule::End.due(6, 7) && every(3).due(0, 7) && !every(3).due(7, 7));
}
