//! Initial velocities.

use super::observables::{self, Removed};
use super::rattle::{constrain_momenta, remove_translation};
use super::{Rotations, System};
use crate::noise::{Consumer, Noise};
use crate::units::BOLTZMANN;
use crate::{Error, Result};

/// Draw momenta from the Maxwell-Boltzmann distribution, take out overall motion, and scale to `temperature` exactly.
///
///   p = √(m kB T) ξ      with ξ standard normal, one stream per atom
///
/// | symbol | here             | unit    |
/// |--------|------------------|---------|
/// | p      | `system.momenta` | √(u·eV) |
/// | m      | `system.masses`  | u       |
/// | T      | `temperature`    | K       |
///
/// Afterwards [`observables::temperature`] with the degrees of freedom left by `removed` gives `temperature`. Checked by:
/// `suite::system::velocities`.
///
/// # Errors
/// When the temperature is negative or not finite, or motion is to be removed that is not conserved.
pub fn draw(system: &mut System, temperature: f64, removed: Removed, noise: &Noise) -> Result<()> {
    if !temperature.is_finite() || temperature < 0.0 {
        return Err(Error::Invalid(format!("a temperature of {temperature} K is not possible")));
    }
    let step = system.step;
    for (atom, (momentum, mass)) in system.momenta.iter_mut().zip(&system.masses).enumerate() {
        let width = (mass * BOLTZMANN * temperature).sqrt();
        let mut stream = noise.stream(Consumer::Velocities, step, atom as u64);
        *momentum = stream.normal_vector().map(|number| width * number);
    }
    constrain_momenta(system)?;
    remove(system, removed)?;
    rescale(system, temperature, removed);
    Ok(())
}

/// Take out the overall motion named in `removed`; temperature changes a little.
///
/// # Errors
/// When rotation is to be removed from a periodic system, or translation where atoms are fixed: neither is conserved.
pub fn remove(system: &mut System, removed: Removed) -> Result<()> {
    if removed.rotation && system.cell.is_some_and(|cell| cell.wire_axis().is_none()) {
        return Err(Error::Invalid(
            "rotation cannot be removed from a periodic system; remove only the translation".into(),
        ));
    }
    if removed.translation && !system.constraints.fixed().is_empty() {
        return Err(Error::Invalid("overall motion cannot be removed where atoms are fixed: remove nothing".into()));
    }
    // Twice: the second pass takes out what rounding left of the first.
    for _ in 0..2 {
        if removed.translation {
            remove_translation(system);
        }
        if removed.rotation {
            Rotations::of(system).remove_from(system);
        }
    }
    Ok(())
}

/// Multiply all momenta by one factor so that the temperature is exactly `temperature`; nothing if all are at rest.
pub fn rescale(system: &mut System, temperature: f64, removed: Removed) {
    let freedom = observables::degrees_of_freedom(system, removed);
    let present = observables::temperature(system, freedom);
    if freedom == 0 || present <= 0.0 {
        // Nothing may move (a single atom at rest): what rounding left is not motion.
        if freedom == 0 {
            system.momenta.fill([0.0; 3]);
        }
        return;
    }
    let factor = (temperature / present).sqrt();
    for momentum in &mut system.momenta {
        *momentum = momentum.map(|x| x * factor);
    }
}
