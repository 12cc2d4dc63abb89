//! Several short steps under a cheap potential for each step under the dear one.

use super::propagate::{drift, kick};
use super::{Field, Integrator, Thermostat, positive};
use crate::noise::Noise;
use crate::potential::{Evaluation, Potential, Want};
use crate::system::System;
use crate::{Error, Result};

/// Reversible reference-system propagation (r-RESPA): bath ½, outer kick ½, n short velocity-Verlet steps under the inner
/// potential, outer kick ½, bath ½.
///
///   p ← p + (F − f)·Δt/2   [p ← p + f·h/2   r ← r + p·h/m   p ← p + f·h/2]ⁿ   p ← p + (F − f)·Δt/2   h = Δt/n
///
/// | symbol | here                        | unit | shape        |
/// |--------|-----------------------------|------|--------------|
/// | F      | field.last().forces, of the whole potential | eV/Å | `[atoms][3]` |
/// | f      | forces of `inner`, a cheap potential with the fast motions | eV/Å | `[atoms][3]` |
/// | Δt     | `time_step`                 | t    | scalar       |
/// | n      | `inner_steps`               | 1    | scalar       |
///
/// What is sampled and conserved is the whole potential, however rough the inner one is. Symplectic, time-reversible,
/// second order. Source: Tuckerman, Berne and Martyna 1992, doi:10.1063/1.463137.
/// Checked by `suite::dynamics::{respa_is_second_order, respa_allows_longer_steps}`.
pub struct Respa {
    time_step: f64,
    inner: Box<dyn Potential>,
    inner_steps: u32,
    evaluation: Evaluation,
    outer: Vec<[f64; 3]>,
}

impl Respa {
    /// With the outer time step (t), and `inner_steps` steps under `inner` within each.
    ///
    /// # Errors
    /// When the time step is not positive or there are no inner steps.
    pub fn new(time_step: f64, inner: Box<dyn Potential>, inner_steps: u32) -> Result<Self> {
        if inner_steps == 0 {
            return Err(Error::Invalid("RESPA needs at least one inner step".into()));
        }
        let time_step = positive("the time step", time_step)?;
        Ok(Self { time_step, inner, inner_steps, evaluation: Evaluation::default(), outer: Vec::new() })
    }

    /// Evaluate the inner potential where the atoms are.
    fn refresh(&mut self, system: &System) -> Result<()> {
        self.inner.evaluate(system, Want::default(), &mut self.evaluation)
    }

    /// Kick with what the inner potential leaves to the outer one.
    fn kick_outer(&mut self, system: &mut System, field: &Field, interval: f64) -> Result<()> {
        self.outer.clear();
        let pairs = field.last().forces.iter().zip(&self.evaluation.forces);
        self.outer.extend(pairs.map(|(whole, inner)| [0, 1, 2].map(|axis| whole[axis] - inner[axis])));
        kick(system, &self.outer, interval)
    }
}

impl Integrator for Respa {
    fn name(&self) -> &'static str {
        "respa"
    }

    fn time_step(&self) -> f64 {
        self.time_step
    }

    fn prepare(&mut self, system: &System, _degrees_of_freedom: usize) -> Result<()> {
        match system.elements.iter().find(|element| !self.inner.accepts(**element)) {
            None => Ok(()),
            Some(element) => Err(Error::Element {
                symbol: element.symbol().to_string(),
                known: self.inner.elements().iter().map(|known| known.symbol().to_string()).collect(),
            }),
        }
    }

    /// The forces of the two potentials act at different places, so that each has to conserve momentum.
    fn keeps_momentum(&self) -> bool {
        self.inner.keeps_momentum() && self.inner.keeps_angular_momentum()
    }

    fn step(&mut self, system: &mut System, field: &mut Field, bath: &mut dyn Thermostat, noise: &Noise) -> Result<()> {
        let half = 0.5 * self.time_step;
        let short = self.time_step / f64::from(self.inner_steps);
        bath.apply(system, half, noise)?;
        // Evaluated anew rather than kept from the step before: a barostat may have moved the atoms, and nothing has to
        // be saved for a restart.
        self.refresh(system)?;
        self.kick_outer(system, field, half)?;
        for _ in 0..self.inner_steps {
            kick(system, &self.evaluation.forces, 0.5 * short)?;
            drift(system, short)?;
            self.refresh(system)?;
            kick(system, &self.evaluation.forces, 0.5 * short)?;
        }
        field.refresh(system)?;
        self.kick_outer(system, field, half)?;
        bath.apply(system, half, noise)?;
        system.step += 1;
        system.time += self.time_step;
        Ok(())
    }
}
