//! The speed of a model on a structure.

use std::path::Path;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::batch::require_known;
use super::{Computing, Models, learned_together};
use crate::settings::Precision;
use cormorant_core::Result;
use cormorant_core::noise::Noise;
use cormorant_core::system::observables::Removed;
use cormorant_core::system::{NeighborList, System, velocities};
use cormorant_core::units::FEMTOSECOND;
use cormorant_potential::{Evaluation, Potential, RequestedProperties};

/// Time for warming up: caches, clock of the processor, first neighbor list.
const WARM_UP: Duration = Duration::from_millis(500);
/// Time for measuring.
const MEASURE: Duration = Duration::from_secs(3);
/// Time of one sample; the result is the median of the samples.
const SAMPLE: Duration = Duration::from_millis(30);
/// Steps after which the atoms turn back, so that the structure stays near the one that was asked for.
const TURN: u64 = 50;

/// The speed of a model on a structure.
#[derive(Debug, Serialize)]
pub struct Speed {
    /// Name of the model.
    #[serde(skip)]
    pub name: String,
    /// What a user should know of how total charge and spin are taken, if anything.
    #[serde(skip)]
    pub note: Option<String>,
    /// Median wall time of energy and forces.
    pub milliseconds_per_step: f64,
    /// Its inverse.
    pub steps_per_second: f64,
    /// Simulated time in a day, at steps of 0.5 fs.
    pub nanoseconds_per_day_at_half_femtosecond: f64,
    /// Atoms of the structure.
    pub atoms: usize,
    /// Pairs within the cutoff, each counted from both sides; none for a potential without a cutoff.
    pub edges: usize,
    /// Threads that shared each evaluation.
    pub threads: u16,
    /// Floating-point format of the network.
    pub precision: Precision,
    /// Adapter and driver of the graphics processor, where it computed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
}

/// Measure energy and forces of `model`, or of the committee in this folder, on `system`, while its atoms move as they would at 300 K; on one thread if none is said.
///
/// # Errors
/// When the model cannot be read, does not know an element or cannot be evaluated.
pub fn bench(model: &Path, system: &mut System, computing: Computing) -> Result<Speed> {
    let threads = computing.threads.unwrap_or(1);
    let networks = Models::default().all(&[model.to_path_buf()])?;
    let mut potential = learned_together(&networks, &computing.engine(), usize::from(threads))?;
    let note = require_known(potential.as_ref(), system)?;
    let edges = match potential.cutoff() {
        Some(cutoff) => NeighborList::new(cutoff, 0.0).update(system)?.edge_count(),
        None => 0,
    };
    velocities::draw(system, 300.0, Removed::default(), &Noise::new(1))?;
    let seconds = measure(system, potential.as_mut())?;
    Ok(Speed {
        name: potential.name(),
        note,
        milliseconds_per_step: seconds * 1.0e3,
        steps_per_second: 1.0 / seconds,
        nanoseconds_per_day_at_half_femtosecond: 0.5e-6 * 86_400.0 / seconds,
        atoms: system.atom_count(),
        edges,
        threads,
        precision: computing.precision,
        device: potential.device().map(str::to_string),
    })
}

/// Median seconds per evaluation.
fn measure(system: &mut System, potential: &mut dyn Potential) -> Result<f64> {
    let mut into = Evaluation::default();
    let mut steps = 0_u64;
    let mut evaluate = || {
        let forth = (steps / TURN).is_multiple_of(2);
        let time = if forth { 0.5 * FEMTOSECOND } else { -0.5 * FEMTOSECOND };
        for atom in 0..system.atom_count() {
            let velocity = system.velocity(atom);
            for (x, v) in system.positions[atom].iter_mut().zip(velocity) {
                *x += time * v;
            }
        }
        steps += 1;
        potential.evaluate(system, RequestedProperties::default(), &mut into)
    };
    let start = Instant::now();
    let mut warm = 0_u32;
    while warm < 2 || start.elapsed() < WARM_UP {
        evaluate()?;
        warm += 1;
    }
    let one = start.elapsed().as_secs_f64() / f64::from(warm);
    let batch = (SAMPLE.as_secs_f64() / one).ceil().clamp(1.0, 1.0e6) as u32;
    let mut samples = Vec::new();
    let start = Instant::now();
    while samples.len() < 5 || start.elapsed() < MEASURE {
        let sample = Instant::now();
        for _ in 0..batch {
            evaluate()?;
        }
        samples.push(sample.elapsed().as_secs_f64() / f64::from(batch));
    }
    samples.sort_by(f64::total_cmp);
    Ok(samples[samples.len() / 2])
}
