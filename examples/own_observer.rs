//! An observer of your own: the mean length of a bond during a run.
//!
//! ```sh
//! cargo run --release --example own_observer
//! ```
#![allow(clippy::print_stdout, reason = "an example shows what it computed")]

use std::path::Path;
use std::sync::mpsc::{Sender, channel};

use cormorant::dynamics::{Baoab, Langevin};
use cormorant::io::read_structure;
use cormorant::model::load;
use cormorant::noise::Noise;
use cormorant::potential::{LearnedPotential, Precision};
use cormorant::simulation::{Observer, Schedule, Simulation, Snapshot, Stage};
use cormorant::system::observables::Removed;
use cormorant::system::vector::{difference, norm};
use cormorant::system::velocities;
use cormorant::units::{FEMTOSECOND, PICOSECOND};
use cormorant::{Error, Result};

/// Sends time (ps) and length (Å) of one bond to whoever holds the other end of the channel.
struct BondLength {
    atoms: [usize; 2],
    schedule: Schedule,
    lengths: Sender<(f64, f64)>,
}

impl Observer for BondLength {
    fn schedule(&self) -> Schedule {
        self.schedule
    }

    fn observe(&mut self, now: &Snapshot<'_>) -> Result<()> {
        let [first, second] = self.atoms.map(|atom| now.system.positions[atom]);
        let sent = self.lengths.send((now.system.time / PICOSECOND, norm(difference(second, first))));
        sent.map_err(|_| Error::Invalid("nobody receives the bond lengths".into()))
    }

    // It has no file, so a run may be resumed with or without it.
    fn persistent(&self) -> bool {
        false
    }
}

fn main() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut molecule = read_structure(&root.join("inputs/structures/ethanol.xyz"), None)?;
    let network = load(&root.join("models/ethanol"))?;
    let potential = LearnedPotential::new(network.as_ref(), Precision::F32, 1)?;

    // The hydrogen atom of the hydroxyl group is the one nearest to the oxygen atom.
    let oxygen = molecule.elements.iter().position(|element| element.symbol() == "O");
    let oxygen = oxygen.ok_or_else(|| Error::Invalid("ethanol has an oxygen atom".into()))?;
    let distance = |atom: &usize| norm(difference(molecule.positions[*atom], molecule.positions[oxygen]));
    let others = (0..molecule.atom_count()).filter(|atom| *atom != oxygen);
    let hydrogen = others.min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap_or_default();

    let (sender, receiver) = channel();
    let observer = BondLength { atoms: [oxygen, hydrogen], schedule: Schedule::every(5)?, lengths: sender };
    velocities::draw(&mut molecule, 300.0, Removed::default(), &Noise::new(7))?;
    let mut simulation = Simulation::new(molecule, Box::new(potential), 7)?;
    let bath = Langevin::new(300.0, 10.0 / PICOSECOND)?;
    let stage = Stage::new("equilibrium", 2000, Baoab::new(0.5 * FEMTOSECOND)?).with_thermostat(bath);
    simulation.stages.push(stage.with_observer(observer));
    simulation.run()?;

    let lengths: Vec<f64> = receiver.try_iter().map(|(_, length)| length).collect();
    let mean = lengths.iter().sum::<f64>() / lengths.len() as f64;
    println!("{} lengths of the O-H bond at 300 K, mean {mean:.4} Å", lengths.len());
    assert_eq!(lengths.len(), 401);
    assert!((0.95..1.00).contains(&mean));
    Ok(())
}
