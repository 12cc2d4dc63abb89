//! How long the time step is for the fastest vibration.

use crate::dynamics::Integrator;
use cormorant_core::system::System;
use cormorant_core::system::vector::{difference, dot};
use cormorant_core::units::{FEMTOSECOND, INVERSE_CENTIMETER, REDUCED_PLANCK};

/// Steps at the start of a stage that are looked at.
const WINDOW: u64 = 100;
/// Fewest steps that say anything.
const FEWEST: u64 = 40;
/// ω·Δt beyond which the user is warned: fewer than 13 steps in a period.
const LONG: f64 = 0.5;
/// ω·Δt whose bias, (ω·Δt)²/4, is 2 %.
const SHORT: f64 = 0.28;
/// By how much at most the second estimate is believed to be nearer than the first, see [`Stiffness`].
const SHARPER: f64 = 1.15;

/// Estimates ω·Δt of the stiffest vibration from the forces on each atom in successive steps; costs no evaluation.
///
///   (ωΔt)² ≈ Σ_n |F_{n+1} − 2F_n + F_{n−1}|² / Σ_n |F_{n+1} − F_n|²
///
/// In a harmonic motion that velocity Verlet or BAOAB steps through, F_n ∝ cos(n·ω′Δt) with 4 sin²(ω′Δt/2) = (ωΔt)², so that each
/// difference multiplies the sum of squares by exactly (ωΔt)². Of several motions in one atom each counts with ω⁴, so the
/// stiffest prevails. Noise of a bath adds to the second difference; Σ|F_{n+1} − F_n|²/Σ|F_n|², which it hardly touches but which
/// leans to softer motions, bounds the estimate. The largest over all atoms counts.
///
/// | symbol | here                              | unit | shape        |
/// |--------|-----------------------------------|------|--------------|
/// | F      | forces after each step            | eV/Å | `[atoms][3]` |
/// | ω      | angular frequency                 | 1/t  | scalar       |
/// | Δt     | time step of the stage            | t    | scalar       |
///
/// Source: the recurrence of Verlet 1967, doi:10.1103/PhysRev.159.98, for a harmonic force. Checked by
/// `suite::mid_step::a_long_step_is_warned_of`.
#[derive(Debug, Clone, Default)]
pub(super) struct Stiffness {
    steps: u64,
    force: Vec<[f64; 3]>,
    change: Vec<[f64; 3]>,
    /// Σ|F|², Σ|first difference|², Σ|second difference|² of each atom.
    squares: Vec<[f64; 3]>,
}

impl Stiffness {
    /// Take the forces after one more step of `stage_step` steps done in the stage, `stage_steps` in all. A warning comes back once, if the
    /// step is long.
    pub(super) fn look(
        &mut self,
        system: &System,
        forces: &[[f64; 3]],
        integrator: &dyn Integrator,
        [stage_step, stage_steps]: [u64; 2],
    ) -> Option<String> {
        // The short steps of r-RESPA are not seen from outside.
        if stage_step > WINDOW || integrator.name() == "respa" {
            return None;
        }
        self.add(forces);
        if stage_step < WINDOW.min(stage_steps) || self.steps < FEWEST {
            return None;
        }
        let found = self.largest(system);
        *self = Self::default();
        let (atom, phase) = found.filter(|(_, phase)| *phase > LONG)?;
        Some(warning(system, atom, phase, integrator))
    }

    fn add(&mut self, forces: &[[f64; 3]]) {
        self.squares.resize(forces.len(), [0.0; 3]);
        for (atom, now) in forces.iter().enumerate() {
            let squares = &mut self.squares[atom];
            if self.steps > 0 {
                let change = difference(*now, self.force[atom]);
                squares[0] += dot(*now, *now);
                squares[1] += dot(change, change);
                if self.steps > 1 {
                    let second = difference(change, self.change[atom]);
                    squares[2] += dot(second, second);
                    self.change[atom] = change;
                } else {
                    self.change.push(change);
                }
            }
        }
        self.force.clear();
        self.force.extend_from_slice(forces);
        self.steps += 1;
    }

    /// The atom of the stiffest motion, and its ω·Δt.
    fn largest(&self, system: &System) -> Option<(usize, f64)> {
        let phase = |squares: &[f64; 3]| {
            let [force, change, second] = *squares;
            let sharp = (second / change).sqrt();
            sharp.min(SHARPER * (change / force).sqrt())
        };
        let mobile = self.squares.iter().enumerate().filter(|(atom, _)| !system.constraints.is_fixed(*atom));
        let phases = mobile.map(|(atom, squares)| (atom, phase(squares))).filter(|(_, phase)| phase.is_finite());
        phases.max_by(|(_, a), (_, b)| a.total_cmp(b))
    }
}

fn warning(system: &System, atom: usize, phase: f64, integrator: &dyn Integrator) -> String {
    let time_step = integrator.time_step();
    let wavenumber = phase / time_step * REDUCED_PLANCK / INVERSE_CENTIMETER;
    let percent = 25.0 * phase * phase;
    let bias = if integrator.kinetic_energy().is_some() {
        format!(
            "momenta at full steps, as written to trajectories, are too small there by {percent:.0} % in their square"
        )
    } else {
        format!("its mean squared amplitude and its mean potential energy are too large by about {percent:.0} %")
    };
    let better = (10.0 * SHORT * time_step / phase / FEMTOSECOND).floor() / 10.0;
    let remedy =
        if better > 0.0 { format!("a step of {better} fs brings this below 2 %") } else { "shorten it".into() };
    format!(
        "the time step of {} fs is long for the stiffest vibration, that of atom {} ({}) at about {:.0} cm^-1: ωΔt = {phase:.2}, {:.0} \
         steps in a period; {bias}; {remedy}, or hold bonds to hydrogen fixed in [constraints]",
        (time_step / FEMTOSECOND * 1.0e6).round() / 1.0e6,
        atom + 1,
        system.elements[atom].symbol(),
        (wavenumber / 10.0).round() * 10.0,
        std::f64::consts::TAU / phase,
    )
}
