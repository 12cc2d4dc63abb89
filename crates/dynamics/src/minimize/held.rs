//! A coordinate that is held while all else relaxes.

use crate::analysis::Coordinate;
use cormorant_core::{Error, Result};

/// What is left of a difference after the coordinate has been restored, in Å or rad.
const CLOSE: f64 = 1.0e-11;
/// Farthest that one round of restoring takes the coordinate, in Å or rad.
const FARTHEST: f64 = 0.1;
/// Rounds of restoring.
const ROUNDS: usize = 200;

/// An internal coordinate that keeps a value exactly while everything else is minimized.
///
/// Forces lose their part along the gradient g of the coordinate q, and after every step the atoms go back along it:
///
///   F ← F − g·(g·F)/(g·g)        r ← r − g·(q(r) − q₀)/(g·g), until q = q₀
///
/// | symbol | here         | unit      | shape        |
/// |--------|--------------|-----------|--------------|
/// | q₀     | `value`      | Å or rad  | scalar       |
/// | g      | ∂q/∂r        | 1 or rad/Å | `[atoms][3]` |
///
/// Source: the projection is that of gradient methods on a surface (Absil, Mahony and Sepulchre 2008, Optimization Algorithms on Matrix
/// Manifolds, chapter 4). Checked by `suite::scan`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Held {
    /// The coordinate.
    pub coordinate: Coordinate,
    /// Its value in Å or rad.
    pub value: f64,
}

impl Held {
    /// How far the coordinate is from its value, in Å or rad.
    #[must_use]
    pub fn distance(&self, positions: &[[f64; 3]]) -> f64 {
        self.coordinate.change(self.coordinate.evaluate(positions).0, self.value)
    }

    /// Moves the atoms of the coordinate along its gradient until it has its value.
    ///
    /// # Errors
    /// When it does not get there: where three of its atoms are in a line a dihedral angle has no value.
    pub fn restore(&self, positions: &mut [[f64; 3]]) -> Result<()> {
        for _ in 0..ROUNDS {
            let (value, gradient) = self.coordinate.evaluate(positions);
            let distance = self.coordinate.change(value, self.value);
            if distance.abs() <= CLOSE {
                return Ok(());
            }
            let steep: f64 = gradient.as_flattened().iter().map(|x| x * x).sum();
            if steep.is_nan() || steep <= 0.0 {
                break;
            }
            let factor = -distance.clamp(-FARTHEST, FARTHEST) / steep;
            for (site, part) in self.coordinate.sites().iter().zip(&gradient) {
                let position = &mut positions[site.atom];
                *position = [0, 1, 2].map(|axis| position[axis] + factor * part[axis]);
            }
        }
        let reason = "the scanned coordinate cannot be kept at its value: some of its atoms are in a line, or on top of each other; \
                      choose other atoms or a smaller range";
        Err(Error::Invalid(reason.into()))
    }

    /// Takes the part along the gradient of the coordinate at `positions` out of `vector`, `[3·atoms]`.
    pub fn project(&self, positions: &[[f64; 3]], vector: &mut [f64]) {
        let (_, gradient) = self.coordinate.evaluate(positions);
        let steep: f64 = gradient.as_flattened().iter().map(|x| x * x).sum();
        if steep.is_nan() || steep <= 0.0 {
            return;
        }
        let pairs = || self.coordinate.sites().iter().zip(&gradient);
        let along: f64 =
            pairs().map(|(site, part)| (0..3).map(|axis| part[axis] * vector[3 * site.atom + axis]).sum::<f64>()).sum();
        for (site, part) in pairs() {
            for axis in 0..3 {
                vector[3 * site.atom + axis] -= along / steep * part[axis];
            }
        }
    }
}
