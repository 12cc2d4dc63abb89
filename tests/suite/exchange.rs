//! Replicas side by side and replica exchange: exact distributions, detailed balance, the same bits after a stop.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use cormorant::Error;
use cormorant::dynamics::{Baoab, Langevin};
use cormorant::noise::{Consumer, Noise};
use cormorant::replicas::{Exchange, Ladder, Replica, Replicas, accepts};
use cormorant::report::{Table, Trajectory};
use cormorant::simulation::{Observer, Schedule, Simulation, Snapshot, Stage, Stop};
use cormorant::units::{BOLTZMANN, FEMTOSECOND};

use crate::cli::{ARGON, argon, cormorant, text};
use crate::ensembles::assert_mean;
use crate::restart::StopAt;
use crate::wells::{Well, crowd};

const ATOMS: usize = 2;

/// Writes down the potential energy at every step.
struct Energies(Arc<Mutex<Vec<f64>>>, u64);

impl Observer for Energies {
    fn schedule(&self) -> Schedule {
        Schedule::every(self.1).unwrap()
    }
    fn persistent(&self) -> bool {
        false
    }
    fn observe(&mut self, now: &Snapshot<'_>) -> cormorant::Result<()> {
        self.0.lock().unwrap().push(now.evaluation.energy);
        Ok(())
    }
}

/// A replica in `folder` with stages of `steps` steps, at `temperature`.
fn replica(folder: &Path, index: usize, well: Well, temperature: f64, steps: &[u64]) -> Replica {
    let name = format!("replica-{:02}", index + 1);
    let folder = folder.join(&name);
    std::fs::create_dir_all(&folder).unwrap();
    let seed = 100 + index as u64;
    let mut simulation = Simulation::new(crowd(ATOMS, temperature, seed), Box::new(well), seed).unwrap();
    simulation.input = format!("replica {index}");
    for (stage, steps) in steps.iter().enumerate() {
        let bath = Langevin::new(temperature, 0.3).unwrap();
        let stage = Stage::new(format!("stage-{stage}"), *steps, Baoab::new(2.0 * FEMTOSECOND).unwrap());
        simulation.stages.push(stage.with_thermostat(bath));
    }
    Replica { name, folder, seed, simulation, failure: None }
}

// Catches: Δ with the wrong sign or with temperatures for their inverses, a probability above one, a number drawn twice.
#[test]
fn swaps_are_accepted_with_the_probability_of_detailed_balance() {
    let noise = Noise::new(3);
    let temperatures = [300.0, 400.0];
    let thermal = temperatures.map(|temperature| BOLTZMANN * temperature);
    let frequency = |energies: [f64; 2], pair: usize| {
        let count = 40_000_u64;
        let hits = (0..count).filter(|step| accepts(&noise, *step, pair, temperatures, energies)).count();
        (hits as f64 / count as f64, (0.25 / count as f64).sqrt())
    };
    // One state of the pair: the cold replica has energy a, the warm one b. Its weight is e^(−a/kT₁ − b/kT₂).
    for (number, [a, b]) in [[0.02, 0.30], [0.10, 0.15], [0.05, 0.40]].into_iter().enumerate() {
        let weight = |cold: f64, warm: f64| (-cold / thermal[0] - warm / thermal[1]).exp();
        let (forth, error) = frequency([a, b], 2 * number);
        let (back, _) = frequency([b, a], 2 * number + 1);
        assert_eq!(back, 1.0, "downhill is always accepted");
        let exact = weight(b, a) / weight(a, b);
        assert!(exact < 1.0 && (forth - exact).abs() < 4.5 * error, "{forth} ± {error}, exactly {exact}");
    }
}

// Catches: a rung that samples the mixture of its neighbors, momenta not scaled, pairs that never take their turn, acceptance
// counted for the wrong pair, energies taken after the swap.
#[test]
fn every_rung_samples_its_own_boltzmann_distribution() {
    let temperatures = [250.0, 400.0, 600.0];
    let folder = tempfile::tempdir().unwrap();
    let series: Vec<Arc<Mutex<Vec<f64>>>> = temperatures.iter().map(|_| Arc::default()).collect();
    let steps = 120_000;
    let members: Vec<Replica> = temperatures
        .iter()
        .enumerate()
        .map(|(index, temperature)| {
            let mut one = replica(folder.path(), index, Well::harmonic(4.0), *temperature, &[steps]);
            one.simulation.observers.push(Box::new(Energies(Arc::clone(&series[index]), 4)));
            one
        })
        .collect();
    let mut all = Replicas::new(members, folder.path().into(), 2, Stop::new());
    let exchange = Exchange { every: 4 };
    all.run_with_exchange(exchange, 9, "", false).unwrap();
    // 3N harmonic oscillators: U/kT follows the gamma distribution of shape 3N/2, mean and variance 3N/2.
    let shape = 1.5 * ATOMS as f64;
    for (rung, (series, temperature)) in series.iter().zip(temperatures).enumerate() {
        let thermal = BOLTZMANN * temperature;
        let energies: Vec<f64> = series.lock().unwrap().iter().map(|energy| energy / thermal).collect();
        assert_mean(&format!("mean energy of rung {rung}"), &energies, shape, 0.02);
        let squares: Vec<f64> = energies.iter().map(|energy| (energy - shape).powi(2)).collect();
        assert_mean(&format!("variance of the energy of rung {rung}"), &squares, shape, 0.04);
    }
    // Acceptance against that of independent draws from the exact distributions.
    let ladder = all.ladder().unwrap();
    let mut stream = Noise::new(5).stream(Consumer::Test, 0, 0);
    for pair in 0..2 {
        let [cold, warm] = [temperatures[pair], temperatures[pair + 1]].map(|temperature| BOLTZMANN * temperature);
        let draws = 200_000;
        let exact = (0..draws)
            .map(|_| {
                let (one, two) = (cold * stream.gamma(shape), warm * stream.gamma(shape));
                ((1.0 / cold - 1.0 / warm) * (one - two)).exp().min(1.0)
            })
            .sum::<f64>()
            / f64::from(draws);
        assert_eq!(
            ladder.attempts[pair],
            (steps / 4 - 1).div_ceil(2) - u64::from(pair == 1 && (steps / 4 - 1) % 2 == 1)
        );
        let found = ladder.acceptance(pair).unwrap();
        crate::ensembles::show(&format!("acceptance {pair}: {found}, exactly {exact}"));
        // Attempts are correlated over some tens of steps: an error of 1 % is four sigmas of a tenth of them.
        assert!((found - exact).abs() < 0.03, "pair {pair}: {found}, exactly {exact}");
    }
    let log = std::fs::read_to_string(folder.path().join("exchanges.csv")).unwrap();
    assert_eq!(log.lines().count() as u64, steps / 4);
    // Every walker was on every rung, and each line is a permutation.
    let rows: Vec<Vec<usize>> =
        log.lines().skip(1).map(|line| line.split(',').skip(2).take(3).map(|x| x.parse().unwrap()).collect()).collect();
    assert!(rows.iter().all(|row| (1..=3).all(|walker| row.contains(&walker))));
    assert!((0..3).all(|rung| (1..=3).all(|walker| rows.iter().any(|row| row[rung] == walker))));
}

// Catches: the energy that a swap brings or takes left out of the books, momenta that keep the temperature of the other bath.
#[test]
fn a_swap_leaves_the_conserved_quantity_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let quiet = |index, temperature| {
        let mut one = replica(folder.path(), index, Well::harmonic(4.0), temperature, &[4]).simulation;
        // So little friction and so short a step that nothing but the swap could change anything.
        let stage = Stage::new("only", 4, Baoab::new(1e-3 * FEMTOSECOND).unwrap());
        one.stages = vec![stage.with_thermostat(Langevin::new(temperature, 1e-12).unwrap())];
        one
    };
    let (mut cold, mut warm) = (quiet(0, 100.0), quiet(1, 400.0));
    assert!(!cold.run_to(2).unwrap() && !warm.run_to(2).unwrap());
    let kinetic = [&cold, &warm].map(|one| cormorant::system::observables::kinetic_energy(&one.system));
    let potential = [&cold, &warm].map(|one| one.field().last().energy);
    cold.swap_configurations(&mut warm).unwrap();
    let after = cormorant::system::observables::kinetic_energy(&cold.system);
    assert!((after / (kinetic[1] / 4.0) - 1.0).abs() < 1e-12, "momenta are not scaled by the root of T/T'");
    assert_eq!([cold.field().last().energy, warm.field().last().energy], [potential[1], potential[0]]);
    for (one, temperature) in [(&mut cold, 100.0), (&mut warm, 400.0)] {
        assert!(one.run_to(4).unwrap());
        let deviation = one.outcome().stages[0].largest_deviation;
        assert!(deviation < 1e-3, "{deviation} meV/atom at {temperature} K");
    }
}

// Catches: an acceptance that is read off the wrong pair, walkers that are lost.
#[test]
fn a_ladder_keeps_its_walkers() {
    let mut ladder = Ladder::new(3);
    ladder.note(0, true);
    ladder.note(1, true);
    ladder.note(0, false);
    assert_eq!(ladder.walkers, [1, 2, 0]);
    assert_eq!((ladder.acceptance(0), ladder.acceptance(1)), (Some(0.5), Some(1.0)));
    let pairs = |step, rungs| Exchange { every: 10 }.pairs(step, rungs).collect::<Vec<_>>();
    assert_eq!((pairs(10, 4), pairs(20, 4), pairs(30, 5)), (vec![0, 2], vec![1], vec![0, 2]));
    assert_eq!(
        (Exchange { every: 10 }.next(0), Exchange { every: 10 }.next(10), Exchange { every: 10 }.next(13)),
        (10, 20, 20)
    );
}

/// Every file below `folder`, by its path in it; without reports and records of how long a run took, which are not to be equal.
fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if ["report", "report.html", "outcome.json"].contains(&name.as_str()) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                files.insert(path.strip_prefix(folder).unwrap().into(), std::fs::read(&path).unwrap());
            }
        }
    }
    files
}

fn assert_same(what: &str, left: &Path, right: &Path) {
    let (left, right) = (tree(left), tree(right));
    assert_eq!(left.keys().collect::<Vec<_>>(), right.keys().collect::<Vec<_>>(), "{what}");
    for (name, bytes) in &left {
        assert!(bytes == &right[name], "{what}: {} differs", name.display());
    }
}

/// Four chaotic replicas in two stages with tables and trajectories.
fn four(folder: &Path, threads: usize) -> Replicas {
    let member = |index: usize| {
        let temperature = 200.0 + 60.0 * index as f64;
        let mut one = replica(folder, index, Well::CHAOTIC, temperature, &[40, 60]);
        let every = Schedule::every(5).unwrap();
        one.simulation.restart = Some(one.folder.join("restart.safetensors"));
        one.simulation.observers.push(Box::new(Table::new(one.folder.join("energies.csv"), every)));
        one.simulation.observers.push(Box::new(Trajectory::new(one.folder.join("t.xyz"), every).unwrap()));
        one
    };
    Replicas::new((0..4).map(member).collect(), folder.into(), threads, Stop::new())
}

// Catches: walkers, counts or the log forgotten at a restart, states of different steps taken together, results that depend on
// which thread comes first.
#[test]
fn exchange_stopped_and_resumed_gives_the_same_bits_on_any_threads() {
    let exchange = Exchange { every: 8 };
    let whole = tempfile::tempdir().unwrap();
    four(whole.path(), 1).run_with_exchange(exchange, 4, "input", false).unwrap();
    let log = std::fs::read_to_string(whole.path().join("exchanges.csv")).unwrap();
    assert!(log.lines().skip(1).any(|line| !line.ends_with(',')), "nothing was swapped:\n{log}");
    // Before the first exchange, at an exchange on the border of the stages, after it, in the last interval.
    for (stop, threads) in [(3, 2), (40, 3), (61, 4), (97, 1)] {
        let parted = tempfile::tempdir().unwrap();
        let mut first = four(parted.path(), threads);
        let ask = first.stop.clone();
        first.members[1].simulation.observers.push(Box::new(StopAt(stop, ask)));
        let stopped = first.run_with_exchange(exchange, 4, "input", false);
        if stop < 96 {
            assert!(matches!(stopped, Err(Error::Interrupted(_))), "{stopped:?}");
        }
        drop(first);
        let mut second = four(parted.path(), 2);
        let refused = second.run_with_exchange(exchange, 4, "other", true);
        assert!(refused.unwrap_err().to_string().contains("belongs to another input"));
        let mut second = four(parted.path(), 2);
        second.run_with_exchange(exchange, 4, "input", true).unwrap();
        assert_same(&format!("stopped at {stop}"), whole.path(), parted.path());
    }
}

// Catches: one replica that fails and takes the others with it, a stop that is not heard by all.
#[test]
fn replicas_fail_and_stop_by_themselves_and_together() {
    let whole = tempfile::tempdir().unwrap();
    four(whole.path(), 3).run().unwrap();
    let parted = tempfile::tempdir().unwrap();
    let mut first = four(parted.path(), 2);
    let stop = first.stop.clone();
    for member in &mut first.members {
        member.simulation.stop = stop.clone();
    }
    first.members[0].simulation.observers.push(Box::new(StopAt(30, stop)));
    assert!(matches!(first.run(), Err(Error::Interrupted(_))));
    drop(first);
    let mut second = four(parted.path(), 4);
    for member in &mut second.members {
        let path = member.folder.join("restart.safetensors");
        if path.exists() {
            member.simulation.resume(&path).unwrap();
        }
    }
    second.run().unwrap();
    assert_same("independent replicas", whole.path(), parted.path());

    let place = tempfile::tempdir().unwrap();
    let mut all = four(place.path(), 2);
    all.members[2].simulation.guards.highest_temperature = Some(1.0.into());
    all.run().unwrap();
    let failed: Vec<bool> = all.members.iter().map(|replica| replica.failure.is_some()).collect();
    assert_eq!(failed, [false, false, true, false]);
}

// Catches: replicas that are not runs of their own, seeds or temperatures that do not arrive, a resume that starts over.
#[test]
fn the_program_runs_replicas_side_by_side() {
    let folder = argon();
    let write = |name: &str, more: &str| {
        let input =
            ARGON.replace("seed = 5\n", &format!("seed = 5\n{more}\n")).replace("\"argon\"", &format!("\"{name}\""));
        std::fs::write(folder.path().join(format!("{name}.toml")), input).unwrap();
    };
    let done = |arguments: &[&str]| {
        let output = cormorant(folder.path(), arguments);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    };
    write("three", "replicas = { count = 3 }");
    write("one", "");
    let summary = done(&["run", "three.toml", "--threads", "2"]);
    assert!(summary.contains("replica-03"), "{summary}");
    let outputs = folder.path().join("outputs");
    std::fs::write(
        folder.path().join("one.toml"),
        std::fs::read_to_string(folder.path().join("one.toml")).unwrap().replace("seed = 5", "seed = 7"),
    )
    .unwrap();
    done(&["run", "one.toml", "--quiet"]);
    let read = |place: &str| std::fs::read(outputs.join(place)).unwrap();
    assert_eq!(read("three/replica-03/trajectory.xyz"), read("one/trajectory.xyz"));
    assert_ne!(read("three/replica-01/trajectory.xyz"), read("one/trajectory.xyz"));
    // One replica that had not begun, one that was stopped before its end is as good as finished ones.
    let before = tree(&outputs.join("three"));
    std::fs::remove_dir_all(outputs.join("three/replica-02")).unwrap();
    done(&["run", "three.toml", "--resume", "--quiet", "--threads", "1"]);
    assert!(tree(&outputs.join("three")) == before, "the resumed replicas differ");
    let refused = cormorant(folder.path(), &["run", "three.toml"]);
    assert!(text(&refused.stderr).contains("already exists"), "{}", text(&refused.stderr));

    write("ladder", "replicas = { temperatures = [\"60 K\", \"63 K\", \"66 K\"], exchange_every = \"40 fs\" }");
    let bath =
        "name = \"production\"\nthermostat = { kind = \"bussi\", temperature = \"1 K\", relaxation_time = \"0.1 ps\" }";
    let ladder = folder.path().join("ladder.toml");
    let input = std::fs::read_to_string(&ladder).unwrap().replace("name = \"production\"", bath);
    std::fs::write(&ladder, input).unwrap();
    let summary = done(&["run", "ladder.toml"]);
    assert!(summary.contains("acceptance"), "{summary}");
    let table = String::from_utf8(read("ladder/replicas.csv")).unwrap();
    let baths: Vec<&str> = table.lines().skip(1).map(|line| line.split(',').nth(3).unwrap()).collect();
    assert_eq!(baths, ["60.00", "63.00", "66.00"]);
    // The report says of the swaps what the table says, and leads to a report of each replica.
    assert!(summary.contains("report: outputs/ladder/report.html"), "{summary}");
    let page = String::from_utf8(read("ladder/report.html")).unwrap();
    for part in [
        "id=\"figure-temperature\"",
        "id=\"figure-walkers\"",
        ">replica-03</th>",
        "href=\"replica-02&#x2f;report.html\"",
    ] {
        assert!(page.contains(part), "{part} is missing");
    }
    assert!(outputs.join("ladder/replica-02/report.html").exists() && !page.contains("not ended yet"));
    let bars = String::from_utf8(read("ladder/report/acceptance.csv")).unwrap();
    let shares = bars.lines().skip(1).map(|line| line.rsplit(',').next().unwrap().parse::<f64>().unwrap());
    let accepted = table.lines().skip(1).map(|line| line.split(',').nth(8).unwrap()).filter(|word| !word.is_empty());
    for (share, accepted) in shares.zip(accepted.map(|word| word.parse::<f64>().unwrap())) {
        assert!((share - 100.0 * accepted).abs() < 0.006, "{share} % for {accepted}");
    }
    let before = tree(&outputs.join("ladder"));
    done(&["run", "ladder.toml", "--resume", "--quiet"]);
    assert!(tree(&outputs.join("ladder")) == before, "a finished ladder was changed");
}
