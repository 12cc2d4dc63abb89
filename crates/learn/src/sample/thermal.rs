//! Thermal displacements from a model Hessian.

use super::redraw::{has_new_bonds, redraw};
use super::{Harmonic, ModelHessian, Redrawn};
use cormorant_core::noise::Noise;
use cormorant_core::system::{System, find_bonds};
use cormorant_core::units::BOLTZMANN;
use cormorant_core::{Error, Result};
use cormorant_dynamics::vibrations::{Hessian, NormalModes};

/// How thermal displacements are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ThermalSettings {
    /// Temperature in K.
    pub temperature: f64,
    /// Softer modes are taken for modes of this wavenumber, in cm⁻¹.
    pub lowest_wavenumber: f64,
    /// No two atoms come nearer than this times the sum of their covalent radii.
    pub shortest: f64,
}

impl ThermalSettings {
    /// At `temperature` (K), with modes of at least 50 cm⁻¹ and distances of at least 0.7.
    #[must_use]
    pub fn at(temperature: f64) -> Self {
        Self { temperature, lowest_wavenumber: 50.0, shortest: 0.7 }
    }
}

/// `count` thermal displacements of `system`, which should be near a minimum of the energy: amplitudes of the classical
/// [harmonic](Harmonic) modes of a [model Hessian](ModelHessian), carried out along internal coordinates. Frames in which
/// atoms come as near as bonded ones that are not bonded in `system` are drawn again, for a harmonic model knows nothing of them.
///
/// # Errors
/// When the system is one atom, two of its atoms are too close, or no frame can be drawn in which they are not.
pub fn thermal(system: &System, settings: &ThermalSettings, count: usize, noise: &Noise) -> Result<Redrawn> {
    ThermalModel::new(system, settings)?.draw(count, noise)
}

/// What [`thermal`] draws from.
#[derive(Debug, Clone)]
pub struct ThermalModel {
    system: System,
    settings: ThermalSettings,
    hessian: ModelHessian,
    harmonic: Harmonic,
}

impl ThermalModel {
    /// About `system`.
    ///
    /// # Errors
    /// When the system is one atom, or its atoms overlap.
    pub fn new(system: &System, settings: &ThermalSettings) -> Result<Self> {
        let hessian = ModelHessian::new(system)?;
        let modes = NormalModes::new(system, &Hessian::from_matrix(hessian.matrix().clone()))?;
        if modes.modes.is_empty() {
            return Err(Error::Structure("one atom has no vibrations: there is nothing to sample".into()));
        }
        let harmonic = Harmonic::new(modes, settings.temperature, settings.lowest_wavenumber)?;
        Ok(Self { system: system.clone(), settings: *settings, hessian, harmonic })
    }

    /// `count` frames.
    ///
    /// # Errors
    /// When two atoms of the system are too close, or no frame can be drawn in which they are not.
    pub fn draw(&self, count: usize, noise: &Noise) -> Result<Redrawn> {
        let bonds = find_bonds(&self.system)?;
        redraw(&self.system, self.settings.shortest, count, *noise, &mut |_, stream| {
            let displacement = self.harmonic.draw(stream);
            let frame =
                self.hessian.displaced(&displacement).map(|positions| System { positions, ..self.system.clone() });
            Ok(frame.filter(|frame| !has_new_bonds(frame, &bonds)))
        })
    }

    /// Energy in eV of a frame above the structure, in the model: V and what stiffened modes add.
    #[must_use]
    pub fn energy(&self, frame: &System) -> f64 {
        self.hessian.energy(&frame.positions) + self.harmonic.added_energy(&self.system, &frame.positions)
    }

    /// That energy over kT/2 for each mode: 1 on average.
    #[must_use]
    pub fn share(&self, frame: &System) -> f64 {
        self.energy(frame) / (0.5 * BOLTZMANN * self.settings.temperature * self.harmonic.count() as f64)
    }

    /// The modes.
    #[must_use]
    pub fn harmonic(&self) -> &Harmonic {
        &self.harmonic
    }
}
