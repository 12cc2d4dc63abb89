//! Soft normal modes of a molecule.

use super::Slice;
use super::committee_energy::CommitteeEnergy;
use crate::sample::ModelHessian;
use cormorant_core::system::System;
use cormorant_core::system::vector::norm;
use cormorant_core::units::{BOLTZMANN, INVERSE_CENTIMETER, REDUCED_PLANCK};
use cormorant_core::{Error, Result};
use cormorant_dynamics::vibrations::{Hessian, Mode, NormalModes};
use cormorant_potential::Potential;

/// Larger molecules have no normal modes here, since the Hessian would take long.
const MOST_ATOMS: usize = 100;
/// Displacement for the Hessian in Å.
const DISPLACEMENT: f64 = 0.01;
/// Points on each side of the minimum, and where they end: standard deviations, and Å of the atom that moves most.
const POINTS: i32 = 10;
const DEVIATIONS: f64 = 3.0;
const FARTHEST: f64 = 0.8;
/// Softer modes are taken for modes of this wavenumber, in cm⁻¹.
const LOWEST: f64 = 50.0;

/// A normal mode to follow.
pub(super) struct SoftMode {
    pub(super) name: String,
    mode: Mode,
}

/// The `count` modes of lowest wavenumber of `mean`.
pub(super) fn softest(minimum: &System, mean: Box<dyn Potential>, count: usize) -> Result<Vec<SoftMode>> {
    if minimum.atom_count() > MOST_ATOMS {
        return Err(Error::Invalid(format!("left out for more than {MOST_ATOMS} atoms")));
    }
    let hessian = Hessian::by_differences(&mut [mean], minimum, DISPLACEMENT)?;
    let modes = NormalModes::new(minimum, &hessian)?.modes;
    let named = modes.into_iter().take(count).enumerate().map(|(number, mode)| {
        let imaginary = if mode.wavenumber < 0.0 { "i" } else { "" };
        let name = format!("soft mode {} ({:.0}{imaginary} cm⁻¹)", number + 1, mode.wavenumber.abs());
        SoftMode { name, mode }
    });
    Ok(named.collect())
}

impl SoftMode {
    /// The energy to three standard deviations at `temperature` (K) to each side.
    pub(super) fn slice(&self, minimum: &System, temperature: f64, energy: &mut CommitteeEnergy) -> Result<Slice> {
        let internal = ModelHessian::new(minimum)?;
        let farthest = self.mode.displacements.iter().map(|vector| norm(*vector)).fold(f64::MIN_POSITIVE, f64::max);
        let frequency = self.mode.wavenumber.max(LOWEST) * INVERSE_CENTIMETER / REDUCED_PLANCK;
        let deviation = (BOLTZMANN * temperature / self.mode.reduced_mass).sqrt() / frequency * farthest;
        let end = (DEVIATIONS * deviation).min(FARTHEST);
        let mut points = Vec::new();
        for number in -POINTS..=POINTS {
            let length = end * f64::from(number) / f64::from(POINTS);
            let displacement: Vec<[f64; 3]> =
                self.mode.displacements.iter().map(|vector| vector.map(|x| x * length / farthest)).collect();
            // Where the internal coordinates cannot follow, there is no point.
            if let Some(positions) = internal.displaced(&displacement) {
                points.push(energy.point(length, &System { positions, ..minimum.clone() })?);
            }
        }
        let axis = "displacement of the atom that moves most / Å".into();
        Ok(Slice { name: self.name.clone(), axis, points, labeled: Vec::new(), period: None })
    }
}
