//! Thermodynamic functions of an ideal gas, or of the vibrations of a periodic system.

use std::f64::consts::PI;

use super::normal_modes::principal_axes;
use crate::dynamics::positive;
use crate::free_motion::FreeMotion;
use cormorant_core::system::System;
use cormorant_core::system::observables::total_mass;
use cormorant_core::units::{BOLTZMANN, INVERSE_CENTIMETER, REDUCED_PLANCK};
use cormorant_core::{Error, Result};

/// What the thermodynamic functions depend on besides the molecule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Conditions {
    /// Temperature in K.
    pub temperature: f64,
    /// Pressure in eV/Å³.
    pub pressure: f64,
    /// Number of rotations that bring the molecule to itself, e.g. 2 for water, 12 for methane.
    pub symmetry_number: u32,
    /// Number of electronic ground states, 2·spin + 1 for most molecules.
    pub multiplicity: u32,
}

/// Energy and entropy of one kind of motion.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Contribution {
    /// Internal energy in eV.
    pub energy: f64,
    /// Entropy in eV/K.
    pub entropy: f64,
}

/// Thermodynamic functions: ideal gas, rigid rotor, harmonic oscillators.
///
///   translation  U = 3/2·kT        S = k·[5/2 + ln((mkT/2πħ²)^(3/2)·kT/p)]
///   rotation     U = 3/2·kT        S = k·[3/2 + ln(√π/σ·Π (2·I·kT/ħ²)^½)]      linear: U = kT, S = k·[1 + ln(2·I·kT/σħ²)]
///   vibration    U = Σ ħω·(½ + 1/(e^x − 1))      S = k·Σ [x/(e^x − 1) − ln(1 − e^−x)],  x = ħω/kT
///   electrons    S = k·ln g        H = U + kT      G = H − T·S
///
/// | symbol | here                | unit     |
/// |--------|---------------------|----------|
/// | T, p   | `temperature`, `pressure` | K, eV/Å³ |
/// | m      | total mass          | u        |
/// | I      | moments of inertia  | u·Å²     |
/// | σ, g   | `symmetry_number`, `multiplicity` | 1 |
/// | ħω     | quanta of the modes | eV       |
///
/// For a periodic system, and for one that is held from outside, only vibrations count, and H = U. Slow internal rotations are taken for oscillators, which is
/// their largest error. Source: McQuarrie, Statistical Mechanics (1976), chapters 5, 6 and 8.
/// Checked by `suite::vibrations` against published entropies and enthalpies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thermochemistry {
    /// For which conditions.
    pub conditions: Conditions,
    /// Energy of the potential at the minimum, in eV.
    pub potential: f64,
    /// Energy of the vibrations at 0 K, in eV; it is part of that of the vibrations.
    pub zero_point: f64,
    /// Motion of the center of mass.
    pub translation: Contribution,
    /// Overall rotation.
    pub rotation: Contribution,
    /// Vibrations.
    pub vibration: Contribution,
    /// Electronic ground states.
    pub electrons: Contribution,
    /// p·V = kT of the gas in eV; 0 for a periodic system.
    pub expansion: f64,
}

impl Thermochemistry {
    /// The functions of `system`, on which nothing acts from outside, with modes of these wavenumbers (cm⁻¹) and this potential
    /// energy (eV).
    ///
    /// # Errors
    /// When a wavenumber is not positive (it is not a minimum, and the formulas have no value), or a condition is not valid.
    pub fn new(system: &System, wavenumbers: &[f64], potential: f64, conditions: Conditions) -> Result<Self> {
        Self::of(FreeMotion::isolated(system), system, wavenumbers, potential, conditions)
    }

    /// The same where this motion of the whole is `free`: only what moves and turns freely is a gas.
    ///
    /// # Errors
    /// As for [`Self::new`].
    pub fn of(
        free: FreeMotion,
        system: &System,
        wavenumbers: &[f64],
        potential: f64,
        conditions: Conditions,
    ) -> Result<Self> {
        let temperature = positive("the temperature", conditions.temperature)?;
        positive("the pressure", conditions.pressure)?;
        if conditions.symmetry_number == 0 || conditions.multiplicity == 0 {
            return Err(Error::Invalid("symmetry number and multiplicity are at least 1".into()));
        }
        if let Some(imaginary) = wavenumbers.iter().find(|wavenumber| !(**wavenumber > 0.0 && wavenumber.is_finite())) {
            return Err(Error::Invalid(format!(
                "thermochemistry is not defined with a wavenumber of {imaginary} cm⁻¹"
            )));
        }
        let thermal = BOLTZMANN * temperature;
        let quanta = || wavenumbers.iter().map(|wavenumber| wavenumber * INVERSE_CENTIMETER);
        let gas = free == FreeMotion::All;
        let electrons = BOLTZMANN * f64::from(conditions.multiplicity).ln();
        Ok(Self {
            conditions,
            potential,
            zero_point: quanta().sum::<f64>() * 0.5,
            translation: if gas { translation(total_mass(system), &conditions) } else { Contribution::default() },
            rotation: if gas { rotation(system, &conditions) } else { Contribution::default() },
            vibration: vibration(quanta(), thermal),
            electrons: Contribution { energy: 0.0, entropy: electrons },
            expansion: if gas { thermal } else { 0.0 },
        })
    }

    /// The parts with their names.
    #[must_use]
    pub fn contributions(&self) -> [(&'static str, Contribution); 4] {
        [
            ("translation", self.translation),
            ("rotation", self.rotation),
            ("vibration", self.vibration),
            ("electrons", self.electrons),
        ]
    }

    /// Internal energy U in eV, the energy of the potential included.
    #[must_use]
    pub fn internal_energy(&self) -> f64 {
        self.potential + self.contributions().iter().map(|(_, part)| part.energy).sum::<f64>()
    }

    /// Enthalpy H = U + pV in eV.
    #[must_use]
    pub fn enthalpy(&self) -> f64 {
        self.internal_energy() + self.expansion
    }

    /// Entropy S in eV/K.
    #[must_use]
    pub fn entropy(&self) -> f64 {
        self.contributions().iter().map(|(_, part)| part.entropy).sum()
    }

    /// Free enthalpy G = H − TS in eV (for a periodic system the free energy U − TS).
    #[must_use]
    pub fn free_enthalpy(&self) -> f64 {
        self.enthalpy() - self.conditions.temperature * self.entropy()
    }
}

fn translation(mass: f64, conditions: &Conditions) -> Contribution {
    let thermal = BOLTZMANN * conditions.temperature;
    let density = (mass * thermal / (2.0 * PI * REDUCED_PLANCK * REDUCED_PLANCK)).powf(1.5);
    let states = density * thermal / conditions.pressure;
    Contribution { energy: 1.5 * thermal, entropy: BOLTZMANN * (2.5 + states.ln()) }
}

fn rotation(system: &System, conditions: &Conditions) -> Contribution {
    let thermal = BOLTZMANN * conditions.temperature;
    let symmetry = f64::from(conditions.symmetry_number);
    let ratios: Vec<f64> = principal_axes(system)
        .iter()
        .map(|(moment, _)| 2.0 * moment * thermal / (REDUCED_PLANCK * REDUCED_PLANCK))
        .collect();
    let (energy, states) = match ratios.as_slice() {
        [a, b, c] => (1.5, (PI * a * b * c).sqrt() / symmetry),
        [a, b] => (1.0, (a * b).sqrt() / symmetry),
        _ => return Contribution::default(),
    };
    Contribution { energy: energy * thermal, entropy: BOLTZMANN * (energy + states.ln()) }
}

fn vibration(quanta: impl Iterator<Item = f64>, thermal: f64) -> Contribution {
    quanta.fold(Contribution::default(), |sum, quantum| {
        let x = quantum / thermal;
        let excited = 1.0 / x.exp_m1();
        Contribution {
            energy: sum.energy + quantum * (0.5 + excited),
            entropy: sum.entropy + BOLTZMANN * (x * excited - (-(-x).exp()).ln_1p()),
        }
    })
}
