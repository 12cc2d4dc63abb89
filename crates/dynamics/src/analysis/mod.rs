//! What trajectories say: structure, motion and shape of molecules, frame by frame.
//!
//! Every analysis is an accumulator ([`Analysis`]): it is fed samples, keeps a bounded amount of memory, and can be asked at
//! any time what it found ([`Findings`]). The same accumulators watch a run, where their state goes into the restart file,
//! and read trajectories ([`FrameStream`]).

mod blocking;
mod blocks;
mod coordinate;
mod correlate;
mod cosine_transform;
mod curves;
mod dielectric_constant;
mod dihedral_map;
mod equilibrium;
mod findings;
mod frame_stream;
mod groups;
mod infrared_spectrum;
mod internal;
mod internal_distribution;
mod kinetic_distribution;
mod line_fit;
mod map;
mod matching;
mod mean_squared_displacement;
mod number;
mod radial_distribution;
mod root_mean_square_deviation;
mod sample;
mod segments;
mod side;
mod spacing;
mod spectrum;
mod state;
mod superposition;
mod topology;
mod velocity_correlation;
mod velocity_source;

pub use blocking::Blocking;
pub use blocks::{Blocks, standard_error};
pub use coordinate::{Coordinate, Site};
pub use curves::{Curve, Curves};
pub use dielectric_constant::DielectricConstant;
pub use dihedral_map::DihedralMap;
pub use equilibrium::{Equilibrium, running_mean};
pub use findings::Findings;
pub use frame_stream::{FrameSelection, FrameStream};
pub use infrared_spectrum::InfraredSpectrum;
pub use internal::Internal;
pub use internal_distribution::InternalDistribution;
pub use kinetic_distribution::KineticDistribution;
pub use line_fit::LineFit;
pub use map::Map;
pub use matching::matched_deviation;
pub use mean_squared_displacement::MeanSquaredDisplacement;
pub use number::Number;
pub use radial_distribution::RadialDistribution;
pub use root_mean_square_deviation::RootMeanSquareDeviation;
pub use sample::Sample;
pub use side::Side;
pub use state::StateReader;
pub use superposition::Superposition;
pub use topology::{InternalKind, find_internals};
pub use velocity_correlation::{CorrelationResult, VelocityCorrelation};
pub use velocity_source::VelocitySource;

use cormorant_core::Result;

/// An accumulator that is fed frame by frame.
pub trait Analysis: Send {
    /// What is analyzed, in words for titles, e.g. `radial distribution function`.
    fn title(&self) -> &'static str;

    /// Take one more frame.
    ///
    /// # Errors
    /// When the frame does not belong to the frames before it, or lacks what the analysis needs.
    fn add(&mut self, sample: &Sample<'_>) -> Result<()>;

    /// What was found so far.
    ///
    /// # Errors
    /// [`Error::TooFewFrames`](cormorant_core::Error::TooFewFrames) when there were too few frames to say anything; anything else is another fault.
    fn findings(&self) -> Result<Findings>;

    /// All that was gathered, for a restart.
    fn state(&self) -> Vec<f64>;

    /// Continue from what [`Analysis::state`] gave; the continuation has the same bits.
    ///
    /// # Errors
    /// When the numbers do not belong to such an analysis.
    fn restore(&mut self, state: &[f64]) -> Result<()>;
}
