//! What is kept between calls.

use std::ffi::{c_double, c_int};
use std::path::Path;
use std::sync::Mutex;

use cormorant_network::{Backend, EngineOptions, Precision, graphics_processors, load};
use cormorant_potential::{Evaluation, PartialPotential};

use crate::alone;

/// Name of the settings beside the weights.
const SETTINGS: &str = "kim.json";

/// What the KIM API keeps for the model. The numbers have to stay where they are, so it lives in a box.
pub struct Buffer {
    pub state: Mutex<State>,
    pub influence: c_double,
    pub cutoff: [c_double; 1],
    /// 0: the neighbors of atoms that do not contribute are asked for too.
    pub without_ghosts: [c_int; 1],
}

/// What an evaluation needs and leaves for the next.
pub struct State {
    pub potential: PartialPotential,
    pub result: Evaluation,
    pub species: Vec<u32>,
    pub owned: Vec<bool>,
    /// Whether images of owned atoms are not computed again.
    pub whole: bool,
}

/// Settings of an exported model.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// `f32` or `f64`.
    precision: String,
    /// Width of the halo in cutoffs. Fewer than the layers of the model give wrong forces without any sign of it; this is
    /// here so that a test can show it.
    halo: u32,
    /// Whether atoms of the halo are images of owned atoms, all of them, so that they need not be computed again.
    #[serde(default)]
    images: Images,
    /// Where it computes: `cpu`, a graphics processor, or `gpu:rank` for one for each process of a machine.
    #[serde(default = "processor")]
    device: String,
}

fn processor() -> String {
    Backend::PROCESSOR.into()
}

/// Variables in which launchers of parallel programs say the number of a process among those of its machine.
const LOCAL_RANKS: [&str; 5] = [
    "OMPI_COMM_WORLD_LOCAL_RANK",
    "MPI_LOCALRANKID",
    "MV2_COMM_WORLD_LOCAL_RANK",
    "PALS_LOCAL_RANKID",
    "SLURM_LOCALID",
];

/// The device that `name` means in this process.
fn device(name: &str) -> Result<Backend, String> {
    if name != "gpu:rank" {
        return Ok(Backend::named(name));
    }
    let rank = LOCAL_RANKS.iter().find_map(|variable| std::env::var(variable).ok()?.trim().parse::<usize>().ok());
    let count = graphics_processors().map_err(|error| error.to_string())?.len().max(1);
    Ok(Backend::Graphics(format!("gpu:{}", rank.unwrap_or(0) % count)))
}

/// What the halo holds.
#[derive(serde::Deserialize, Default)]
#[serde(rename_all = "lowercase")]
enum Images {
    /// Images alone where LAMMPS runs as one process.
    #[default]
    Auto,
    /// Images alone, whatever runs here.
    Always,
    /// Perhaps other atoms.
    Never,
}

impl Buffer {
    /// The model in `folder`.
    pub fn load(folder: &Path) -> Result<Self, String> {
        let path = folder.join(SETTINGS);
        let text = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let settings: Settings =
            serde_json::from_slice(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        let precision = match settings.precision.as_str() {
            "f32" => Precision::F32,
            "f64" => Precision::F64,
            other => return Err(format!("{}: precision {other:?} is neither f32 nor f64", path.display())),
        };
        let network = load(folder).map_err(|error| error.to_string())?;
        let how = EngineOptions { precision, backend: device(&settings.device)? };
        let mut potential = PartialPotential::new(network.as_ref(), how).map_err(|error| error.to_string())?;
        let whole = match settings.images {
            Images::Auto => alone::lammps_alone(),
            Images::Always => true,
            Images::Never => false,
        };
        if whole {
            potential = potential.of_the_whole();
        }
        let (cutoff, result) = (potential.cutoff(), Evaluation::default());
        let state = State { potential, result, species: Vec::new(), owned: Vec::new(), whole };
        Ok(Self {
            state: Mutex::new(state),
            influence: cutoff * f64::from(settings.halo),
            cutoff: [cutoff],
            without_ghosts: [0],
        })
    }
}
