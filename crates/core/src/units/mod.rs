//! Internal units and conversion of quantities written with units.
//!
//! Length Å, mass u, energy eV, temperature K; the unit of time follows, t = Å·√(u/eV) = 10.1805057 fs, so that no factor
//! appears in any equation of motion. Numbers of record: SI 2019 (exact) and CODATA 2022 (u).

/// Elementary charge in C, exact (SI 2019).
pub const ELEMENTARY_CHARGE: f64 = 1.602_176_634e-19;
/// Boltzmann constant in eV/K: 1.380649e-23 J/K over the elementary charge, both exact.
pub const BOLTZMANN: f64 = 1.380_649e-23 / ELEMENTARY_CHARGE;
/// Reduced Planck constant ħ in eV·t: 6.62607015e-34 J s/2π, exact, in the unit of time t = 10.18 fs.
pub const REDUCED_PLANCK: f64 = 6.626_070_15e-34 / std::f64::consts::TAU / ELEMENTARY_CHARGE * 1.0e15 * FEMTOSECOND;
/// h·c·1 cm⁻¹ in eV, exact (SI 2019): the quantum of a vibration with a wavenumber of 1 cm⁻¹.
pub const INVERSE_CENTIMETER: f64 = 6.626_070_15e-34 * 29_979_245_800.0 / ELEMENTARY_CHARGE;
/// Atomic mass constant in kg (CODATA 2022).
pub const ATOMIC_MASS: f64 = 1.660_539_068_92e-27;
/// 1 kcal/mol (thermochemical, 4184 J) in eV.
pub const KILOCALORIE_PER_MOLE: f64 = 4184.0 / 6.022_140_76e23 / ELEMENTARY_CHARGE;
/// 1 kJ/mol in eV.
pub const KILOJOULE_PER_MOLE: f64 = 1000.0 / 6.022_140_76e23 / ELEMENTARY_CHARGE;
/// 1 Hartree in eV (CODATA 2022).
pub const HARTREE: f64 = 27.211_386_245_981;
/// 1 Bohr radius in Å (CODATA 2022).
pub const BOHR: f64 = 0.529_177_210_544;
/// e²/4πε₀ in eV·Å: the energy of two elementary charges 1 Å apart, which is Hartree times Bohr radius.
pub const COULOMB: f64 = HARTREE * BOHR;
/// 1 D in e·Å: 1e-21 C m²/s over the speed of light in m/s, exact, and the elementary charge.
pub const DEBYE: f64 = 1.0e-21 / 299_792_458.0 / ELEMENTARY_CHARGE * 1.0e10;
/// Speed of light in Å/t, exact: 299792458 m/s.
pub const SPEED_OF_LIGHT: f64 = 2_997.924_58 / FEMTOSECOND;
/// 1 cm in Å.
pub const CENTIMETER: f64 = 1.0e8;
/// 1 km/mol, the unit of intensities of infrared spectra, as a length for each molecule in Å: 10¹³ Å over the exact Avogadro
/// constant. An absorption cross section in Å², integrated over wavenumbers in 1/Å, has this unit.
pub const KILOMETER_PER_MOLE: f64 = 1.0e13 / 6.022_140_76e23;
/// 1 fs in internal units of time.
pub const FEMTOSECOND: f64 = 1.0 / 10.180_505_717_871_194;
/// 1 ps in internal units of time.
pub const PICOSECOND: f64 = 1000.0 * FEMTOSECOND;
/// 1 GPa in eV/Å³.
pub const GIGAPASCAL: f64 = 1.0e9 * 1.0e-30 / ELEMENTARY_CHARGE;

/// 1 N/m in eV/Å²: the unit in which pressures of slabs, which are forces per length, are reported.
pub const NEWTON_PER_METER: f64 = 1.0e-20 / ELEMENTARY_CHARGE;
/// 1 nN in eV/Å: the unit in which pressures of wires, which are forces, are reported.
pub const NANONEWTON: f64 = 1.0e-9 * 1.0e-10 / ELEMENTARY_CHARGE;

/// 1 Å³ is the volume unit; 1 bar in eV/Å³.
pub const BAR: f64 = 1.0e5 * 1.0e-30 / ELEMENTARY_CHARGE;
/// 1 Å/ps in internal units of velocity (Å/t); the unit of velocities in our files.
pub const ANGSTROM_PER_PICOSECOND: f64 = 1.0 / PICOSECOND;

/// Name and size in internal units of the unit in which the pressure of a system is reported that repeats in `dimensions`
/// directions: GPa for a bulk (eV/Å³ inside), N/m for a slab (eV/Å²), nN for a wire (eV/Å).
#[must_use]
pub fn pressure_unit(dimensions: usize) -> (&'static str, f64) {
    match dimensions {
        1 => ("nN", NANONEWTON),
        2 => ("N/m", NEWTON_PER_METER),
        _ => ("GPa", GIGAPASCAL),
    }
}

mod dimension;
mod label;
mod parse;

pub use dimension::Dimension;
pub use label::{LABEL_UNITS, require_label_unit};
pub use parse::{conversion, format, parse};
