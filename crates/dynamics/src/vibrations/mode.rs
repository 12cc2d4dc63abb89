//! One normal mode.

use cormorant_core::system::System;
use cormorant_core::system::vector::{norm, plus};
use cormorant_io::TrajectoryFrame;

/// A normal mode of vibration.
#[derive(Debug, Clone, PartialEq)]
pub struct Mode {
    /// Wavenumber ω/2πc in cm⁻¹. A negative number stands for an imaginary one: the energy falls along the mode.
    pub wavenumber: f64,
    /// Reduced mass in u: that of the displacements when they are scaled to unit length.
    pub reduced_mass: f64,
    /// Intensity of its infrared absorption in km/mol; none where the potential has no charges.
    pub intensity: Option<f64>,
    /// Direction of the displacements in space, of unit length over all atoms, `[atoms][3]`.
    pub displacements: Vec<[f64; 3]>,
}

impl Mode {
    /// One period of the motion about `system` in `frames` frames; the atom that moves most goes `amplitude` Å to each side.
    ///
    /// The phase begins at rest in the middle, so that the frames repeated one after the other make a smooth animation.
    #[must_use]
    pub fn animation(&self, system: &System, amplitude: f64, frames: usize) -> Vec<TrajectoryFrame> {
        let farthest = self.displacements.iter().map(|vector| norm(*vector)).fold(f64::MIN_POSITIVE, f64::max);
        let frame = |number: usize| {
            let phase = std::f64::consts::TAU * number as f64 / frames as f64;
            let mut frame = TrajectoryFrame::new(system);
            for (position, displacement) in frame.positions.iter_mut().zip(&self.displacements) {
                *position = plus(*position, amplitude / farthest * phase.sin(), *displacement);
            }
            frame.step = number as u64;
            frame
        };
        (0..frames).map(frame).collect()
    }
}
