//! Thermal displacements along the normal modes of a potential.

use super::redraw::{has_new_bonds, redraw};
use super::{Harmonic, ModelHessian, Redrawn, ThermalSettings};
use cormorant_core::Result;
use cormorant_core::noise::Noise;
use cormorant_core::system::{System, find_bonds};
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
    let bonds = find_bonds(minimum)?;
    let internal = ModelHessian::new(minimum)?;
    redraw(minimum, settings.shortest, count, *noise, &mut |_, stream| {
        let displacement = harmonic.draw(stream);
        let frame = internal.displaced(&displacement).map(|positions| System { positions, ..minimum.clone() });
        Ok(frame.filter(|frame| !has_new_bonds(frame, &bonds)))
    })
}
