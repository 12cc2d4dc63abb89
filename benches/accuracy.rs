//! One fit for the log of experiments (`benches/accuracy.md`): errors against cost.
//!
//! `cargo bench --bench accuracy -- data=DATA.npz [test=TEST.npz] [channels=16 epochs=100 seed=1 ...]`
#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use cormorant::fit::{Configuration, DataSet, Learner, Part, References, Trainer, TrainerConfig};
use cormorant::model::{CormorantConfig, Scaling};
use cormorant::settings::ModelInput;
use cormorant::system::{NeighborList, System};

fn main() {
    let arguments: BTreeMap<String, String> = std::env::args()
        .skip(1)
        .filter_map(|argument| argument.split_once('=').map(|(key, value)| (key.to_string(), value.to_string())))
        .collect();
    let Some(data) = arguments.get("data") else {
        println!("skipped: no data=FILE given");
        return;
    };
    let number = |key: &str, default: f64| arguments.get(key).map_or(default, |text| text.parse().expect(key));
    let count = |key: &str, default: usize| number(key, default as f64) as usize;
    let default = CormorantConfig::default();
    let config = CormorantConfig {
        cutoff: number("cutoff", default.cutoff),
        channels: count("channels", default.channels),
        max_degree: count("degree", default.max_degree),
        max_edge_degree: count("edge_degree", default.max_edge_degree),
        layers: count("layers", default.layers),
        products: count("products", default.products),
        element_products: number("element_products", 0.0) > 0.0,
        element_features: number("element_features", 1.0) > 0.0,
        radial_functions: count("radial_functions", default.radial_functions),
        radial_hidden: count("radial_hidden", default.radial_hidden),
        readout_hidden: count("readout_hidden", default.readout_hidden),
        multipole: 0,
        multipole_copies: 1,
        further_numbers: 0,
        moments: cormorant::model::Moments::None,
        dispersion: false,
        smearing: None,
    };
    let read = |path: &str| DataSet::read(Path::new(path), None).expect("data").configurations;
    let mut frames = read(data);
    let train = count("train", 950).min(frames.len() * 19 / 20);
    let validation = frames.split_off(train);
    let test = arguments.get("test").map(|path| read(path)).unwrap_or_default();

    let references = References::fitted(&frames.iter().collect::<Vec<_>>()).expect("references");
    let squares: f64 = frames.iter().flat_map(|frame| frame.forces.iter().flatten()).map(|x| x * x).sum();
    let components: usize = frames.iter().map(|frame| 3 * frame.forces.len()).sum();
    let scaling = Scaling {
        elements: references.energies.keys().copied().collect(),
        references: references.energies.values().copied().collect(),
        scale: (squares / components as f64).sqrt(),
    };
    let shape = config.shape(scaling.elements.len(), mean_neighbors(&frames, config.cutoff));
    let trainer_config = TrainerConfig {
        batch: count("batch", 4),
        final_batch: count("final_batch", count("batch", 4)),
        learning_rate: number("rate", 0.03),
        final_rate_share: number("final_rate", 0.01),
        rate_power: number("rate_power", 2.0),
        weight_decay: number("decay", 0.0),
        average_decay: number("average", 0.999),
        clip: number("clip", 2.0),
        force_weight: 1.0,
        energy_weight: number("energy", 1.0),
        final_energy_weight: number("final_energy", 10.0),
        virial_weight: number("virial", 0.0),
        dipole_weight: 0.0,
        huber_delta: number("knee", 0.01),
        threads: count("threads", 1),
        seed: count("seed", 1) as u64,
        elements_alike: false,
        knot_spacing: number("spacing", ModelInput::default().knot_spacing.value()),
    };
    println!("{config:?}\n{trainer_config:?}");
    let mut trainer =
        Trainer::<f32>::new(&shape, scaling, trainer_config, [frames, validation, test]).expect("trainer");
    println!("{} parameters", trainer.average().len());
    let epochs = count("epochs", 100);
    let every = count("every", 10);
    let start = Instant::now();
    for epoch in 0..epochs {
        let (from, to) = (epoch as f64 / epochs as f64, (epoch + 1) as f64 / epochs as f64);
        let report = trainer.epoch(epoch as u64, from, to, &|| false).expect("epoch").expect("a whole epoch");
        if (epoch + 1) % every == 0 || epoch + 1 == epochs {
            let errors = trainer.evaluate(Part::Validation).expect("validation");
            println!(
                "epoch {:5}  train force {:7.3} energy {:7.3}  validation force {:7.3} energy {:7.3}  {:7.1} s  factor {}",
                epoch + 1,
                report.force_mae,
                report.energy_mae,
                errors.force_mae,
                errors.energy_mae,
                start.elapsed().as_secs_f64(),
                trainer.learning_rate_factor()
            );
        }
    }
    trainer.center_energies().expect("centering");
    let test = trainer.evaluate(Part::Test).expect("test");
    println!(
        "FINAL test force {:.3} meV/Å (rmse {:.3}) energy {:.3} meV  {:.1} s",
        test.force_mae,
        test.force_rmse,
        test.energy_mae,
        start.elapsed().as_secs_f64()
    );
}

fn mean_neighbors(frames: &[Configuration], cutoff: f64) -> f64 {
    let (mut edges, mut atoms) = (0, 0);
    for frame in frames {
        let system = System::new(frame.elements.clone(), frame.positions.clone(), frame.cell).expect("system");
        edges += NeighborList::new(cutoff, 0.0).update(&system).expect("neighbors").edge_count();
        atoms += system.atom_count();
    }
    edges as f64 / atoms as f64
}
