//! The fast inertial relaxation engine.

use super::landscape::Landscape;
use super::{Glide, Goal, Minimizer, Minimum};
use crate::dynamics::ForceEvaluator;
use cormorant_core::Result;
use cormorant_core::system::System;

/// FIRE: unit masses slide downhill; velocities are turned towards the force and stopped when they point uphill.
///
///   v ← v + F·h      v ← (1 − α)·v + α·|v|·F/|F|      x ← x + v·h
///
/// While F·v > 0 for five steps the step h grows and α shrinks; otherwise half a step is taken back, v = 0 and h is halved.
///
/// | symbol | here                        | unit |
/// |--------|-----------------------------|------|
/// | x      | coordinates                 | Å    |
/// | F      | minus the gradient          | eV/Å |
/// | h      | from 0.1, at most `largest_time` | t (masses of 1 u) |
///
/// Source: Guénolé et al. 2020, doi:10.1016/j.commatsci.2020.109584. Checked by `suite::minimize`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fire {
    /// Largest step in time.
    pub largest_time: f64,
    /// Farthest that an atom may move in a step, in Å.
    pub largest_step: f64,
}

impl Default for Fire {
    fn default() -> Self {
        Self { largest_time: 1.0, largest_step: 0.2 }
    }
}

impl Minimizer for Fire {
    fn minimize(
        &self,
        system: &mut System,
        field: &mut ForceEvaluator,
        goal: &Goal,
        watch: &mut dyn FnMut(&System, &ForceEvaluator, &Minimum) -> Result<()>,
    ) -> Result<Minimum> {
        let mut landscape = Landscape::new(system, field, goal)?;
        let mut place = landscape.coordinates();
        let mut forces = Vec::new();
        landscape.forces(&place, &mut forces)?;
        let first = landscape.reached()?;
        if let Some(minimum) = landscape.verdict(first) {
            return Ok(minimum);
        }
        let mut glide = Glide::new([self.largest_time, self.largest_step], place.len());
        loop {
            glide.advance(&mut place, &forces);
            landscape.go(&mut place, &mut forces)?;
            if let Some(minimum) = landscape.stepped(watch)? {
                return Ok(minimum);
            }
        }
    }
}
