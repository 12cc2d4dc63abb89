//! Pressure: couplings that change the cell.

mod stochastic;

pub use stochastic::StochasticCellRescaling;

use super::Field;
use crate::noise::Noise;
use crate::system::System;
use crate::{Error, Result};

/// Which changes of the cell are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scaling {
    /// One factor for all directions: the shape stays.
    #[default]
    Isotropic,
    /// A factor each along x, y and z.
    Anisotropic,
}

/// A coupling to a pressure bath that acts between the steps of an integrator.
pub trait Barostat: Send {
    /// Name for logs and restart files.
    fn name(&self) -> &'static str;

    /// Pressure of the bath in eV/Å³.
    fn pressure(&self) -> f64;

    /// Set the pressure in eV/Å³ (for ramps).
    fn set_pressure(&mut self, pressure: f64);

    /// Set the temperature in K (for ramps, together with the thermostat's).
    fn set_temperature(&mut self, temperature: f64);

    /// Which changes of the cell it makes.
    fn scaling(&self) -> Scaling;

    /// Propagate the coupling for `interval` (t); on return `field` belongs to the new positions and cell. `correction` (eV) is
    /// [`super::Integrator::kinetic_tensor_correction`] of the integrator that moved the atoms.
    ///
    /// # Errors
    /// When there is no cell, the potential gives no virial, or the cell would change beyond reason.
    fn apply(
        &mut self,
        system: &mut System,
        field: &mut Field,
        correction: &[[f64; 3]; 3],
        interval: f64,
        noise: &Noise,
    ) -> Result<()>;

    /// Energy given away so far, in eV; kinetic + potential + bath + this is conserved.
    fn given_away(&self) -> f64;

    /// Everything that [`Barostat::restore`] needs to go on with the very bits.
    fn state(&self) -> Vec<f64>;

    /// Take up a state that [`Barostat::state`] gave.
    ///
    /// # Errors
    /// When the state has the wrong length.
    fn restore(&mut self, state: &[f64]) -> Result<()>;
}

/// The volume of the cell in Å³.
///
/// # Errors
/// When there is no cell, to which a pressure means nothing.
pub(super) fn volume(system: &System) -> Result<f64> {
    system
        .cell
        .as_ref()
        .map(crate::system::Cell::volume)
        .ok_or_else(|| Error::Invalid("a system without a cell has no pressure to keep: give it a cell".into()))
}

/// Stretch the cell along x, y and z by `factors`. Positions are left to the caller.
pub(super) fn stretch_cell(system: &mut System, factors: [f64; 3]) -> Result<()> {
    if let Some(cell) = &system.cell {
        let mut gradient = [[0.0; 3]; 3];
        for axis in 0..3 {
            gradient[axis][axis] = factors[axis];
        }
        system.cell = Some(cell.deformed(&gradient)?);
    }
    Ok(())
}
