//! Pressure: couplings that change the cell.

mod stochastic;

pub use stochastic::StochasticCellRescaling;

use super::ForceEvaluator;
use cormorant_core::noise::Noise;
use cormorant_core::system::System;
use cormorant_core::{Error, Result};

/// Which changes of the cell are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scaling {
    /// One factor for all repeating directions: the shape stays.
    #[default]
    Isotropic,
    /// A factor each along x, y and z, where the cell repeats along them.
    Anisotropic,
}

/// A coupling to a pressure bath that acts between the steps of an integrator.
pub trait Barostat: Send {
    /// Name for logs and restart files.
    fn name(&self) -> &'static str;

    /// Pressure of the bath in eV/Å³; in eV/Å² for a slab, eV/Å for a wire.
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
        field: &mut ForceEvaluator,
        correction: &[[f64; 3]; 3],
        interval: f64,
        noise: &Noise,
    ) -> Result<()>;

    /// Energy given away so far, in eV; kinetic + potential + bath + this is conserved.
    fn given_away(&self) -> f64;

    /// Everything that [`Barostat::restore`] needs to continue bit for bit.
    fn state(&self) -> Vec<f64>;

    /// Take up a state that [`Barostat::state`] gave.
    ///
    /// # Errors
    /// When the state has the wrong length.
    fn restore(&mut self, state: &[f64]) -> Result<()>;
}

/// What a barostat acts on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Extent {
    /// Volume of a bulk in Å³, area of a slab in Å², length of a wire in Å.
    pub measure: f64,
    /// Axes along which the cell repeats, and may be stretched.
    pub axes: [bool; 3],
    /// Number of them.
    pub dimensions: f64,
}

impl Extent {
    /// That of the cell of `system`.
    ///
    /// # Errors
    /// When there is no cell, to which a pressure means nothing, or it repeats along directions oblique to the axes.
    pub(super) fn of(system: &System) -> Result<Self> {
        let cell = system
            .cell
            .as_ref()
            .ok_or_else(|| Error::Invalid("a system without a cell has no pressure to keep: give it a cell".into()))?;
        let axes = cell.axes().ok_or_else(|| {
            Error::Invalid(format!(
                "a barostat stretches the cell along x, y and z, but this {} repeats along directions oblique to them; turn the \
                 structure so that its repeating directions lie along axes",
                cell.kind()
            ))
        })?;
        Ok(Self { measure: cell.measure(), axes, dimensions: cell.dimensions() as f64 })
    }

    /// `values` along axes that may be stretched, zero along the others.
    pub(super) fn along(&self, values: [f64; 3]) -> [f64; 3] {
        [0, 1, 2].map(|axis| if self.axes[axis] { values[axis] } else { 0.0 })
    }
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
