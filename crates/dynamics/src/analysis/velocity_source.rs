//! Velocities of frames.

/// Where velocities come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VelocitySource {
    /// From the momenta of each frame.
    Momenta,
    /// Differences of positions between successive frames over the time between them: velocities in the middle. A motion
    /// of frequency ν is weakened by sinc²(πνΔ) in correlations, which the density of states corrects.
    Positions,
}
