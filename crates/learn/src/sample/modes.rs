//! Thermal displacements along the normal modes of a potential.

use super::redraw::redraw;
use super::{Harmonic, ModelHessian, Redrawn, ThermalSettings};
use cormorant_core::Result;
use cormorant_core::noise::Noise;
use cormorant_core::system::System;
use cormorant_dynamics::vibrations::NormalModes;

/// `count` thermal displacements of `minimum` along its `modes`, carried out along internal coordinates as those of
/// [`thermal`](super::thermal) are.
///
/// # Errors
/// When two atoms of the system are too close, or no frame can be drawn in which they are not.
pub fn modes(
    minimum: &System,
    modes: NormalModes,
    settings: &ThermalSettings,
    count: usize,
    noise: &Noise,
) -> Result<Redrawn> {
    let harmonic = Harmonic::new(modes, settings.temperature, settings.lowest_wavenumber)?;
    let internal = ModelHessian::new(minimum)?;
    redraw(minimum, settings.shortest, count, noise, &mut |_, stream| {
        let displacement = harmonic.draw(stream);
        Ok(internal.displaced(&displacement).map(|positions| System { positions, ..minimum.clone() }))
    })
}
