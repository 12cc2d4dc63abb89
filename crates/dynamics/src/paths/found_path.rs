//! What came of a path.

use super::{Band, ElasticBand, FreeMotion, Profile};
use crate::vibrations::{Hessian, NormalModes};
use cormorant_core::Result;
use cormorant_core::system::System;
use cormorant_potential::Potential;

/// Wavenumbers in cm⁻¹ nearer to zero than this are within the error of a saddle point that is known to a tolerance.
const SOFT: f64 = 10.0;

/// A path between two structures, with its saddle point.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundPath {
    /// The first end, for elements, cell and state.
    pub first: System,
    /// The images.
    pub band: Band,
    /// Distances, energies and slopes along the path.
    pub profile: Profile,
    /// Largest force on an atom across the path in eV/Å of each image; of a climbing image the largest force.
    pub residuals: Vec<f64>,
    /// The image that climbed, if one did.
    pub climbing: Option<usize>,
    /// Whether the tolerance was reached.
    pub converged: bool,
    /// The tolerance in eV/Å.
    pub force_tolerance: f64,
    /// Steps done.
    pub steps: u64,
    /// Wavenumbers in cm⁻¹ at the saddle point in rising order, negative where imaginary, if they were asked for.
    pub wavenumbers: Option<Vec<f64>>,
}

impl FoundPath {
    /// What `band` between ends like `first` came to, with the tolerance that it had in eV/Å.
    #[must_use]
    pub fn new(first: System, band: ElasticBand, force_tolerance: f64) -> Self {
        Self {
            first,
            profile: band.profile(),
            residuals: band.residuals().to_vec(),
            climbing: band.climbing(),
            converged: band.converged(),
            force_tolerance,
            steps: band.steps(),
            wavenumbers: None,
            band: band.into_band(),
        }
    }

    /// The highest image, if it lies above both ends: the saddle point, exactly where it climbed and the path converged.
    #[must_use]
    pub fn saddle(&self) -> Option<usize> {
        self.band.highest()
    }

    /// Energy in eV of the highest point above the first end.
    #[must_use]
    pub fn forward(&self) -> f64 {
        self.top() - self.band.energy(0)
    }

    /// Energy in eV of the highest point above the second end.
    #[must_use]
    pub fn backward(&self) -> f64 {
        self.top() - self.band.energy(self.band.len() - 1)
    }

    /// Energy in eV of the second end above the first.
    #[must_use]
    pub fn reaction(&self) -> f64 {
        self.band.energy(self.band.len() - 1) - self.band.energy(0)
    }

    fn top(&self) -> f64 {
        (0..self.band.len()).map(|image| self.band.energy(image)).fold(f64::NEG_INFINITY, f64::max)
    }

    /// Structure of an image.
    #[must_use]
    pub fn system(&self, image: usize) -> System {
        System { positions: self.band.positions[image].clone(), ..self.first.clone() }
    }

    /// Finds the wavenumbers at the saddle point by differences of `displacement` Å, shared among `potentials`, which are alike; nothing
    /// where there is no saddle point.
    ///
    /// # Errors
    /// When the potential cannot be evaluated.
    pub fn check_saddle(&mut self, potentials: &mut [Box<dyn Potential>], displacement: f64) -> Result<()> {
        if let Some(image) = self.saddle() {
            let system = self.system(image);
            let hessian = Hessian::by_differences(potentials, &system, displacement)?;
            self.wavenumbers = Some(
                NormalModes::beside(FreeMotion::of(&system, potentials[0].as_ref()), &system, &hessian)?.wavenumbers(),
            );
        }
        Ok(())
    }

    /// Number of imaginary wavenumbers beyond 10i cm⁻¹ at the saddle point, if they are known: one at a saddle point of first order.
    #[must_use]
    pub fn imaginary(&self) -> Option<usize> {
        self.wavenumbers.as_ref().map(|all| all.iter().filter(|wavenumber| **wavenumber < -SOFT).count())
    }
}
