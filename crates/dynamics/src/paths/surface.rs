//! What an elastic band lies upon.

use cormorant_core::Result;
use cormorant_core::parallel::share;
use cormorant_core::system::System;
use cormorant_potential::{Evaluation, Potential, RequestedProperties};

/// Energies and forces of several images at once.
pub trait Surface {
    /// Evaluates the images between the ends, in their order, `[images][atoms][3]` in Å.
    ///
    /// # Errors
    /// When one of them cannot be evaluated.
    fn evaluate(&mut self, images: &[Vec<[f64; 3]>]) -> Result<Vec<Evaluation>>;
}

/// A potential, evaluated for several images side by side.
pub struct PotentialSurface<'a> {
    workers: Vec<(&'a mut dyn Potential, System)>,
}

impl<'a> PotentialSurface<'a> {
    /// For images of `system`, shared among `potentials`, which have to be alike. The same bits for any number of them.
    #[must_use]
    pub fn new(potentials: &'a mut [Box<dyn Potential>], system: &System) -> Self {
        let worker = |potential: &'a mut Box<dyn Potential>| (potential.as_mut() as &mut dyn Potential, system.clone());
        Self { workers: potentials.iter_mut().map(worker).collect() }
    }
}

impl Surface for PotentialSurface<'_> {
    fn evaluate(&mut self, images: &[Vec<[f64; 3]>]) -> Result<Vec<Evaluation>> {
        share(&mut self.workers, images.len(), |(potential, system), image| {
            system.positions.copy_from_slice(&images[image]);
            let mut found = Evaluation::default();
            potential.evaluate(system, RequestedProperties::default(), &mut found)?;
            Ok(found)
        })
        .map_err(|error| error.with_note("while an image of the path was evaluated"))
    }
}
