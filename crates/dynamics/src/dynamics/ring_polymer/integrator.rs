//! The integrator of ring polymers.

use super::NormalModes;
use crate::dynamics::propagate::kick;
use crate::dynamics::{ForceEvaluator, Integrator, Thermostat, positive, take_state};
use cormorant_core::noise::Noise;
use cormorant_core::system::System;
use cormorant_core::system::observables::{kinetic_energy, kinetic_tensor};
use cormorant_core::system::vector::plus;
use cormorant_core::{Error, Result};

/// BAOAB for a ring polymer, whose drift is the exact motion of the free ring.
///
///   p ← p + F Δt/2   ring(Δt/2)   bath(Δt)   ring(Δt/2)   F ← −∇U(q)   p ← p + F Δt/2
///
/// ring(h), in each normal mode k:   p ← p cos ω_k h − m′ ω_k q sin ω_k h,   q ← q cos ω_k h + p / (m′ ω_k) sin ω_k h
///
/// so that the springs do not limit the time step. With [`Pile`](super::Pile) it samples the quantum ensemble; without a bath
/// it is ring polymer molecular dynamics. Source: Liu, Li and Liu 2016, doi:10.1063/1.4954990; Ceriotti et al. 2010,
/// doi:10.1063/1.3489925, eqs. 21 to 24. Checked by `suite::path_integrals`.
#[derive(Debug, Clone, PartialEq)]
pub struct RingPolymer {
    time_step: f64,
    modes: NormalModes,
    springs: f64,
    kinetic: Option<f64>,
    momenta: Vec<[f64; 3]>,
    room: Vec<[f64; 3]>,
}

impl RingPolymer {
    /// With the time step Δt, in t = Å·√(u/eV).
    ///
    /// # Errors
    /// When the time step is not positive.
    pub fn new(time_step: f64, modes: NormalModes) -> Result<Self> {
        let time_step = positive("the time step", time_step)?;
        Ok(Self { time_step, modes, springs: 0.0, kinetic: None, momenta: Vec::new(), room: Vec::new() })
    }

    /// The exact motion of the free ring for `interval`.
    fn ring(&mut self, system: &mut System, interval: f64) {
        let (modes, room) = (&self.modes, &mut self.room);
        modes.to_modes(&mut system.positions, room);
        modes.to_modes(&mut system.momenta, room);
        let atoms = system.positions.len() / modes.beads();
        for (k, &frequency) in modes.frequencies().iter().enumerate() {
            let (sine, cosine) = (frequency * interval).sin_cos();
            for atom in k * atoms..(k + 1) * atoms {
                let mass = system.masses[atom];
                let (position, momentum) = (&mut system.positions[atom], &mut system.momenta[atom]);
                for axis in 0..3 {
                    let (q, p) = (position[axis], momentum[axis]);
                    if k == 0 {
                        position[axis] = q + p / mass * interval;
                    } else {
                        position[axis] = q * cosine + p / (mass * frequency) * sine;
                        momentum[axis] = p * cosine - mass * frequency * q * sine;
                    }
                }
            }
        }
        modes.to_beads(&mut system.positions, room);
        modes.to_beads(&mut system.momenta, room);
    }

    /// Energy of the springs, Σ_k Σ_i ½ m′_i ω_P² |q_ik − q_{i,k+1}|², in eV.
    fn spring_energy(&self, system: &System) -> f64 {
        let atoms = system.positions.len() / self.modes.beads();
        let stiffness = 0.5 * self.modes.chain_frequency().powi(2);
        let count = system.positions.len();
        let square = |a: [f64; 3], b: [f64; 3]| (0..3).map(|axis| (a[axis] - b[axis]).powi(2)).sum::<f64>();
        (0..count)
            .map(|atom| {
                let next = (atom + atoms) % count;
                stiffness * system.masses[atom] * square(system.positions[atom], system.positions[next])
            })
            .sum()
    }
}

impl Integrator for RingPolymer {
    fn name(&self) -> &'static str {
        "ring-polymer"
    }

    fn time_step(&self) -> f64 {
        self.time_step
    }

    fn prepare(&mut self, system: &System, _: usize) -> Result<()> {
        if !system.constraints.is_empty() {
            return Err(Error::Invalid("ring polymers cannot be combined with fixed atoms or distances".into()));
        }
        if !system.atom_count().is_multiple_of(self.modes.beads()) {
            let (atoms, beads) = (system.atom_count(), self.modes.beads());
            return Err(Error::Invalid(format!("{atoms} atoms are not {beads} copies of a system")));
        }
        self.springs = self.spring_energy(system);
        Ok(())
    }

    /// As the bath leaves it in the middle of the step, see [`Baoab`](crate::dynamics::Baoab).
    fn kinetic_energy(&self) -> Option<f64> {
        self.kinetic
    }

    fn bath_momenta(&self) -> Option<&[[f64; 3]]> {
        self.kinetic.map(|_| self.momenta.as_slice())
    }

    /// Makes the pressure that of the centroid virial: the momenta of whole rings count, and of the forces what acts on their centers.
    ///
    ///   Σ_i [P_i⊗P_i + F_i⊗F_i Δt²/4] / m_i − Σ_ik p_ik⊗p_ik / m′_i − Σ_ik (q_ik − q̄_i)⊗F_ik, made symmetric
    ///
    /// with P_i and F_i the sums over the beads k of atom i, q̄_i their mean position and m_i = P m′_i. Source: Martyna, Hughes and Tuckerman
    /// 1999, doi:10.1063/1.478193. Checked by `suite::mid_step::rings_have_the_pressure_of_their_centers`.
    fn kinetic_tensor_correction(&self, system: &System, field: &ForceEvaluator) -> [[f64; 3]; 3] {
        let (beads, forces) = (self.modes.beads(), &field.last().forces);
        let atoms = system.atom_count() / beads;
        let count = beads as f64;
        let mut correction = kinetic_tensor(system).map(|row| row.map(|entry| -entry));
        for atom in 0..atoms {
            let sum = |of: &[[f64; 3]]| (0..beads).fold([0.0; 3], |sum, bead| plus(sum, 1.0, of[bead * atoms + atom]));
            let (momentum, force) = (sum(&system.momenta), sum(forces));
            let center = sum(&system.positions).map(|x| x / count);
            let mass = count * system.masses[atom];
            let half = 0.5 * self.time_step;
            for i in 0..3 {
                for j in 0..3 {
                    correction[i][j] += (momentum[i] * momentum[j] + half * half * force[i] * force[j]) / mass;
                    for copy in (0..beads).map(|bead| bead * atoms + atom) {
                        let away = |axis: usize| system.positions[copy][axis] - center[axis];
                        correction[i][j] -= 0.5 * (away(i) * forces[copy][j] + away(j) * forces[copy][i]);
                    }
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
        kick(system, &field.last().forces, half)?;
        self.ring(system, half);
        bath.apply(system, self.time_step, noise)?;
        self.kinetic = bath.temperature().map(|_| kinetic_energy(system));
        self.momenta.clone_from(&system.momenta);
        self.ring(system, half);
        field.refresh_next(system)?;
        kick(system, &field.last().forces, half)?;
        self.springs = self.spring_energy(system);
        system.step += 1;
        system.time += self.time_step;
        Ok(())
    }

    /// Energy of the springs.
    fn reservoir_energy(&self) -> f64 {
        self.springs
    }

    fn state(&self) -> Vec<f64> {
        vec![self.springs]
    }

    fn restore(&mut self, state: &[f64]) -> Result<()> {
        [self.springs] = take_state(self.name(), state)?;
        Ok(())
    }
}
