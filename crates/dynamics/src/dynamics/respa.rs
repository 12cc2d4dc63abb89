//! Several short steps under a cheap potential for each step under the dear one.

use super::propagate::{drift, kick};
use super::{ForceEvaluator, Integrator, Thermostat, positive};
use cormorant_core::noise::Noise;
use cormorant_core::system::System;
use cormorant_core::system::observables::force_tensor;
use cormorant_core::{Error, Result};
use cormorant_potential::{Evaluation, Potential, RequestedProperties};

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
        self.inner.evaluate(system, RequestedProperties::default(), &mut self.evaluation)
    }

    /// Kick with what the inner potential leaves to the outer one.
    fn kick_outer(&mut self, system: &mut System, field: &ForceEvaluator, interval: f64) -> Result<()> {
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
            // The forces are needed before the first step by whoever asks for the pressure.
            None => self.inner.check_state(system).and_then(|_| self.refresh(system)),
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

    /// With s = F − f and h = Δt/n:  s⊗s Δt²/4 + (s⊗f + f⊗s) (Δt²/6 + h²/12) + f⊗f h²/4, over m.
    ///
    /// In a harmonic motion with −s = m ω_s² r and −f = m ω_f² r a step conserves p² − (C/B) r², where B and C are the off-diagonal
    /// entries of its matrix; so −⟨r F⟩ = −(B/C) ω² ⟨p²⟩ with ω² = ω_s² + ω_f², and the difference to ⟨p²⟩/m is this to the second
    /// order in the steps. It is that of velocity Verlet for n = 1. Checked by `suite::mid_step`.
    fn kinetic_tensor_correction(&self, system: &System, field: &ForceEvaluator) -> [[f64; 3]; 3] {
        let fast = &self.evaluation.forces;
        let pairs = field.last().forces.iter().zip(fast);
        let slow: Vec<[f64; 3]> = pairs.map(|(whole, fast)| [0, 1, 2].map(|axis| whole[axis] - fast[axis])).collect();
        let (long, short) = (self.time_step.powi(2), (self.time_step / f64::from(self.inner_steps)).powi(2));
        let parts = [
            (0.25 * long, force_tensor(system, &slow, &slow)),
            (long / 3.0 + short / 6.0, force_tensor(system, &slow, fast)),
            (0.25 * short, force_tensor(system, fast, fast)),
        ];
        let mut correction = [[0.0; 3]; 3];
        for (scale, part) in parts {
            for (row, entries) in correction.iter_mut().zip(part) {
                for (entry, more) in row.iter_mut().zip(entries) {
                    *entry += scale * more;
                }
            }
        }
        correction
    }

    fn step(
        &mut self,
        system: &mut System,
        field: &mut ForceEvaluator,
        bath: &mut dyn Thermostat,
        noise: &Noise,
    ) -> Result<()> {
        let half = 0.5 * self.time_step;
        let short = self.time_step / f64::from(self.inner_steps);
        bath.apply(system, half, noise)?;
        // Evaluated again rather than kept from the step before: a barostat may have moved the atoms, and nothing has to
        // be saved for a restart.
        self.refresh(system)?;
        self.kick_outer(system, field, half)?;
        for _ in 0..self.inner_steps {
            kick(system, &self.evaluation.forces, 0.5 * short)?;
            drift(system, short)?;
            self.refresh(system)?;
            kick(system, &self.evaluation.forces, 0.5 * short)?;
        }
        field.refresh_next(system)?;
        self.kick_outer(system, field, half)?;
        bath.apply(system, half, noise)?;
        system.step += 1;
        system.time += self.time_step;
        Ok(())
    }
}
