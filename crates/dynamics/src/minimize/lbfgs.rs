//! Limited-memory BFGS.

use std::collections::VecDeque;

use super::landscape::Landscape;
use super::{Goal, Minimizer, Minimum, dot, shorten};
use crate::dynamics::ForceEvaluator;
use cormorant_core::Result;
use cormorant_core::system::System;

/// L-BFGS: Newton steps with a Hessian put together from the last changes of place s and of gradient y.
///
/// Each step is d = −H·g by the two-loop recursion, shortened so that no atom moves far, and halved until the energy falls
/// (Armijo, c = 10⁻⁴) or, where rounding hides that, until the slope along d has fallen. Pairs with s·y ≤ 0 are left out.
///
/// | symbol | here             | unit  |
/// |--------|------------------|-------|
/// | g      | gradient         | eV/Å  |
/// | s, y   | `pairs`          | Å, eV/Å |
/// | H      | inverse Hessian, at first 1/`stiffness` | Å²/eV |
///
/// Source: Liu and Nocedal 1989, doi:10.1007/BF01589116. Checked by `suite::minimize`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LimitedMemory {
    /// Number of pairs kept.
    pub memory: usize,
    /// First guess of the curvature in eV/Å².
    pub stiffness: f64,
    /// Farthest that an atom may move in a step, in Å.
    pub largest_step: f64,
}

impl Default for LimitedMemory {
    fn default() -> Self {
        Self { memory: 25, stiffness: 50.0, largest_step: 0.2 }
    }
}

/// Halvings of a step before the memory is taken to be wrong.
const HALVINGS: u32 = 12;

/// Changes s and y, and 1/(s·y).
struct Pair {
    place: Vec<f64>,
    gradient: Vec<f64>,
    inverse: f64,
}

impl LimitedMemory {
    /// d = H·F by the two-loop recursion.
    fn direction(&self, forces: &[f64], pairs: &VecDeque<Pair>) -> Vec<f64> {
        let mut direction = forces.to_vec();
        let mut weights = Vec::with_capacity(pairs.len());
        for pair in pairs.iter().rev() {
            let weight = pair.inverse * dot(&pair.place, &direction);
            add(&mut direction, -weight, &pair.gradient);
            weights.push(weight);
        }
        let first = pairs
            .back()
            .map_or(1.0 / self.stiffness, |pair| 1.0 / (pair.inverse * dot(&pair.gradient, &pair.gradient)));
        for component in &mut direction {
            *component *= first;
        }
        for (pair, weight) in pairs.iter().zip(weights.iter().rev()) {
            let other = pair.inverse * dot(&pair.gradient, &direction);
            add(&mut direction, weight - other, &pair.place);
        }
        direction
    }
}

fn add(into: &mut [f64], factor: f64, what: &[f64]) {
    into.iter_mut().zip(what).for_each(|(sum, term)| *sum += factor * term);
}

impl Minimizer for LimitedMemory {
    fn minimize(
        &self,
        system: &mut System,
        field: &mut ForceEvaluator,
        goal: &Goal,
        watch: &mut dyn FnMut(&System, &ForceEvaluator, &Minimum) -> Result<()>,
    ) -> Result<Minimum> {
        let mut landscape = Landscape::new(system, field, goal)?;
        let mut place = landscape.coordinates();
        let (mut forces, mut next_forces) = (Vec::new(), Vec::new());
        let mut energy = landscape.forces(&place, &mut forces)?;
        let first = landscape.reached()?;
        if let Some(minimum) = landscape.verdict(first) {
            return Ok(minimum);
        }
        let mut pairs: VecDeque<Pair> = VecDeque::with_capacity(self.memory + 1);
        loop {
            let mut step = self.direction(&forces, &pairs);
            landscape.project(&place, &mut step);
            shorten(&mut step, self.largest_step);
            let slope = dot(&forces, &step);
            let mut factor = 1.0;
            let mut accepted = None;
            for _ in 0..HALVINGS {
                let mut next = place.clone();
                add(&mut next, factor, &step);
                let next_energy = landscape.go(&mut next, &mut next_forces)?;
                let falls = next_energy <= energy - 1.0e-4 * factor * slope;
                // Near the minimum the energy changes by less than its rounding; the slope still tells.
                let rounding = 1.0e-10 * (1.0 + energy.abs());
                let flat =
                    (next_energy - energy).abs() <= rounding && dot(&next_forces, &step).abs() <= 0.9 * slope.abs();
                if slope > 0.0 && (falls || flat) {
                    accepted = Some((next, next_energy));
                    break;
                }
                factor *= 0.5;
            }
            let Some((next, next_energy)) = accepted else {
                landscape.go(&mut place, &mut forces)?;
                if pairs.is_empty() {
                    // Straight downhill does not go down any more: this is all that the numbers give.
                    return landscape.reached();
                }
                pairs.clear();
                continue;
            };
            let change: Vec<f64> = next.iter().zip(&place).map(|(new, old)| new - old).collect();
            let bend: Vec<f64> = forces.iter().zip(&next_forces).map(|(old, new)| old - new).collect();
            let curvature = dot(&change, &bend);
            if curvature > 1.0e-12 * dot(&bend, &bend) {
                pairs.push_back(Pair { place: change, gradient: bend, inverse: 1.0 / curvature });
                if pairs.len() > self.memory {
                    pairs.pop_front();
                }
            }
            (place, energy) = (next, next_energy);
            std::mem::swap(&mut forces, &mut next_forces);
            if let Some(minimum) = landscape.stepped(watch)? {
                return Ok(minimum);
            }
        }
    }
}
