//! A small network fitted to frames that are made in memory, and used as a potential without a file in between.
//!
//! ```sh
//! cargo run --release --example fit_in_memory
//! ```
#![allow(clippy::print_stdout, reason = "an example shows what it computed")]

use std::path::Path;

use cormorant::Result;
use cormorant::fit::{Configuration, Learner, Part, References, Trainer, TrainerConfig};
use cormorant::model::{CormorantConfig, Header, Model, Scaling};
use cormorant::noise::{Consumer, Noise};
use cormorant::potential::{
    Angle, Bond, Evaluation, Harmonic, LearnedPotential, Potential, Precision, RequestedProperties,
};
use cormorant::system::{Element, System};

const EPOCHS: u64 = 60;

/// The potential that the network has to learn: springs of a water molecule.
fn springs() -> Harmonic {
    let bond = |hydrogen| Bond { atoms: [0, hydrogen], force_constant: 30.0, length: 0.96 };
    let angle = Angle { atoms: [1, 0, 2], force_constant: 4.0, angle: 104.5_f64.to_radians() };
    Harmonic::new(vec![bond(1), bond(2)], vec![angle])
}

/// Water molecules whose atoms are displaced by about 0.1 Å, with the energies and forces of the springs.
fn frames(count: u64) -> Result<Vec<Configuration>> {
    let elements = ["O", "H", "H"].map(Element::from_symbol).into_iter().collect::<Result<Vec<_>>>()?;
    let mut springs = springs();
    let mut labels = Evaluation::default();
    let frame = |frame: u64| {
        let mut random = Noise::new(1).stream(Consumer::Displacement, frame, 0);
        let equilibrium = [[0.0, 0.0, 0.0], [0.96, 0.0, 0.0], [-0.24, 0.93, 0.0]];
        let positions = equilibrium.map(|position| position.map(|x| x + 0.1 * random.normal()));
        let molecule = System::new(elements.clone(), positions.to_vec(), None)?;
        springs.evaluate(&molecule, RequestedProperties::default(), &mut labels)?;
        Ok(Configuration {
            elements: molecule.elements,
            positions: molecule.positions,
            energy: Some(labels.energy),
            forces: labels.forces.clone(),
            ..Configuration::default()
        })
    };
    (0..count).map(frame).collect()
}

fn main() -> Result<()> {
    let mut train = frames(240)?;
    let validation = train.split_off(200);

    // The network predicts what references of the atoms leave of the energy, in units of `scale` (eV, and eV/Å of forces).
    let references = References::fitted(&train.iter().collect::<Vec<_>>())?;
    let scaling = Scaling {
        elements: references.energies.keys().copied().collect(),
        references: references.energies.values().copied().collect(),
        scale: 1.0,
    };
    let config = CormorantConfig { max_degree: 1, max_edge_degree: 2, products: 1, ..CormorantConfig::default() };
    let (knot_spacing, mean_neighbors) = (0.04, 2.0);
    let settings = TrainerConfig {
        batch: 8,
        final_batch: 8,
        learning_rate: 0.02,
        final_rate_share: 0.01,
        rate_power: 2.0,
        weight_decay: 1.0e-4,
        average_decay: 0.99,
        clip: 2.0,
        force_weight: 1.0,
        energy_weight: 1.0,
        final_energy_weight: 10.0,
        virial_weight: 0.0,
        dipole_weight: 0.0,
        huber_delta: 0.0,
        threads: 1,
        seed: 1,
        elements_alike: false,
        knot_spacing,
    };
    let shape = config.shape(scaling.elements.len(), mean_neighbors);
    let mut trainer = Trainer::<f32>::new(&shape, scaling, settings, [train, validation.clone(), Vec::new()])?;

    let before = trainer.evaluate(Part::Validation)?;
    for epoch in 0..EPOCHS {
        let share = |epoch: u64| epoch as f64 / EPOCHS as f64;
        trainer.epoch(epoch, share(epoch), share(epoch + 1), &|| false)?;
    }
    trainer.center_energies()?;
    let after = trainer.evaluate(Part::Validation)?;
    println!("force MAE on validation frames {:.0} meV/Å before, {:.1} meV/Å after", before.force_mae, after.force_mae);
    assert!(after.force_mae < 0.1 * before.force_mae);

    // The model of these weights is a potential like one that was read from a file; `Model::save` would write it.
    let header = Header::new(config, trainer.scaling(0), mean_neighbors, knot_spacing);
    let model = Model { path: Path::new("water").into(), header, weights: trainer.average() };
    // A model that `cormorant fit` writes knows the shortest distances of its training frames and has a wall below them.
    let mut potential = LearnedPotential::new(&model, Precision::F64, 1)?.without_wall();
    let mut result = Evaluation::default();
    let frame = &validation[0];
    let molecule = System::new(frame.elements.clone(), frame.positions.clone(), None)?;
    potential.evaluate(&molecule, RequestedProperties::default(), &mut result)?;
    let expected = frame.energy.unwrap_or(f64::NAN);
    println!("energy of a validation frame {:.4} eV, of the springs {expected:.4} eV", result.energy);
    assert!((result.energy - expected).abs() < 0.02);
    Ok(())
}
