//! Thermal amplitudes of normal modes.

use cormorant_core::Result;
use cormorant_core::noise::Stream;
use cormorant_core::system::System;
use cormorant_core::system::vector::{difference, dot, norm, plus};
use cormorant_core::units::{BOLTZMANN, INVERSE_CENTIMETER, REDUCED_PLANCK};
use cormorant_dynamics::dynamics::positive;
use cormorant_dynamics::vibrations::{Mode, NormalModes};

/// Standard deviation in Å that no mode exceeds for the atom that it moves most.
const WIDEST: f64 = 0.5;

/// The classical distribution of normal modes at a temperature:
///
///   r − r₀ = Σ_m Q_m d_m/√μ_m,   Q_m ~ N(0, kT/ω_m²)
///
/// | symbol | here                       | unit    | shape        |
/// |--------|----------------------------|---------|--------------|
/// | Q      | amplitude                  | √u·Å    | scalar       |
/// | d, μ   | direction of unit length and reduced mass of a [`Mode`] | 1, u | `[atoms][3]`, scalar |
/// | ω      | angular frequency, that of `lowest` where it is less, imaginary or zero | 1/t | scalar |
///
/// Modes that would move an atom with a standard deviation above 0.5 Å are stiffened to that. Source: the equipartition theorem.
/// Checked by `suite::sample`.
#[derive(Debug, Clone)]
pub struct Harmonic {
    modes: Vec<Mode>,
    /// ω² as drawn, and what of it was added, in 1/t².
    stiffness: Vec<[f64; 2]>,
    temperature: f64,
}

impl Harmonic {
    /// Of `modes` at `temperature` (K), with wavenumbers of at least `lowest` (cm⁻¹).
    ///
    /// # Errors
    /// When the temperature or the wavenumber is not positive.
    pub fn new(modes: NormalModes, temperature: f64, lowest: f64) -> Result<Self> {
        positive("the temperature", temperature)?;
        positive("the lowest wavenumber", lowest)?;
        let squared = |wavenumber: f64| (wavenumber * INVERSE_CENTIMETER / REDUCED_PLANCK).powi(2);
        let stiffness = |mode: &Mode| {
            let own = squared(mode.wavenumber).copysign(mode.wavenumber);
            let farthest = mode.displacements.iter().map(|vector| norm(*vector)).fold(0.0, f64::max);
            let narrow = BOLTZMANN * temperature / mode.reduced_mass * (farthest / WIDEST).powi(2);
            let used = own.max(squared(lowest)).max(narrow);
            [used, used - own]
        };
        let stiffness = modes.modes.iter().map(stiffness).collect();
        Ok(Self { modes: modes.modes, stiffness, temperature })
    }

    /// Number of modes.
    #[must_use]
    pub fn count(&self) -> usize {
        self.modes.len()
    }

    /// Number of modes that were stiffened.
    #[must_use]
    pub fn stiffened(&self) -> usize {
        self.stiffness.iter().filter(|[_, added]| *added > 0.0).count()
    }

    /// A displacement in Å, `[atoms][3]`.
    #[must_use]
    pub fn draw(&self, stream: &mut Stream) -> Vec<[f64; 3]> {
        let atoms = self.modes.first().map_or(0, |mode| mode.displacements.len());
        let mut sum = vec![[0.0; 3]; atoms];
        for (mode, [squared, _]) in self.modes.iter().zip(&self.stiffness) {
            let amplitude = stream.normal() * (BOLTZMANN * self.temperature / squared).sqrt();
            for (total, direction) in sum.iter_mut().zip(&mode.displacements) {
                *total = plus(*total, amplitude / mode.reduced_mass.sqrt(), *direction);
            }
        }
        sum
    }

    /// Energy in eV that the stiffening adds at `positions` about `rest`.
    #[must_use]
    pub fn added_energy(&self, rest: &System, positions: &[[f64; 3]]) -> f64 {
        let energy = |(mode, [_, added]): (&Mode, &[f64; 2])| {
            if *added <= 0.0 {
                return 0.0;
            }
            let moved = (0..positions.len()).map(|atom| {
                rest.masses[atom] * dot(mode.displacements[atom], difference(positions[atom], rest.positions[atom]))
            });
            0.5 * added * moved.sum::<f64>().powi(2) / mode.reduced_mass
        };
        self.modes.iter().zip(&self.stiffness).map(energy).sum()
    }
}
