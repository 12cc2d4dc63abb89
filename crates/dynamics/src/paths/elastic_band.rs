//! The nudged elastic band.

use super::band::Band;
use super::pull::Pull;
use super::{Ends, FreeMotion, Surface};
use crate::minimize::{Fire, Glide};
use cormorant_core::system::vector::{difference, norm};
use cormorant_core::{Error, Result};
use cormorant_potential::Evaluation;

/// The highest image begins to climb when no force across the path is larger than this, in eV/Å.
const CLIMB_BELOW: f64 = 0.1;

/// An atom that is farther than this (Å), and the distance between its ends, from both of them was thrown away.
const FAR: f64 = 20.0;

/// How a band is relaxed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BandSettings {
    /// Stiffness of the springs between images, in eV/Å².
    pub spring: f64,
    /// Whether the highest image climbs to the saddle point.
    pub climb: bool,
    /// Largest force on an atom across the path that may remain, in eV/Å; on the climbing image the largest force.
    pub force_tolerance: f64,
    /// Steps after which to give up.
    pub most_steps: u64,
}

/// A nudged elastic band: images that slide down to the minimum energy path, while springs keep them apart.
///
/// All images move together by FIRE. See [`super::Band`] for what they are, and the table in `pull.rs` for the forces.
#[derive(Debug, Clone, PartialEq)]
pub struct ElasticBand {
    band: Band,
    settings: BandSettings,
    free: FreeMotion,
    glide: Glide,
    climbs: bool,
    steps: u64,
    converged: bool,
    residuals: Vec<f64>,
}

impl ElasticBand {
    /// A band from one of `ends` to the other, whose energies and forces are `known`, over `images` (`[images][atoms][3]` in Å) on
    /// `surface`.
    ///
    /// # Errors
    /// When there are no images or they have another number of atoms, or one cannot be evaluated.
    pub fn new(
        ends: &Ends,
        known: [Evaluation; 2],
        images: Vec<Vec<[f64; 3]>>,
        settings: &BandSettings,
        free: FreeMotion,
        surface: &mut dyn Surface,
    ) -> Result<Self> {
        let atoms = ends.first.atom_count();
        if images.is_empty() || images.iter().any(|image| image.len() != atoms) {
            return Err(Error::Invalid("a path needs images with as many atoms as its ends".into()));
        }
        let found = surface.evaluate(&images)?;
        let fire = Fire::default();
        let glide = Glide::new([fire.largest_time, fire.largest_step], 3 * atoms * images.len());
        let [first, last] = known;
        let positions = [vec![ends.first.positions.clone()], images, vec![ends.second.positions.clone()]].concat();
        let evaluations = [vec![first], found, vec![last]].concat();
        let band = Band { positions, evaluations };
        let residuals = vec![f64::INFINITY; band.len()];
        Ok(Self { band, settings: *settings, free, glide, climbs: false, steps: 0, converged: false, residuals })
    }

    /// Relaxes the band on `surface`, as far as the settings allow. `watch` is called before every step.
    ///
    /// # Errors
    /// When an image cannot be evaluated or flies apart, a force is not finite, or `watch` fails.
    pub fn relax(&mut self, surface: &mut dyn Surface, watch: &mut dyn FnMut(&Self) -> Result<()>) -> Result<()> {
        loop {
            self.require_together()?;
            let mut pulls = self.pulls();
            let ready = |pulls: &[Pull], limit: f64| pulls.iter().all(|pull| pull.residual <= limit);
            if self.settings.climb && !self.climbs && ready(&pulls, CLIMB_BELOW.max(self.settings.force_tolerance)) {
                self.climbs = true;
                self.glide.rest();
                pulls = self.pulls();
            }
            self.residuals = vec![0.0; self.band.len()];
            for (image, pull) in pulls.iter().enumerate() {
                self.residuals[image + 1] = pull.residual;
                if !pull.residual.is_finite() {
                    let quantity = format!("the force on image {} of the path is", image + 1);
                    return Err(Error::Numerical { step: self.steps, quantity, value: pull.residual });
                }
            }
            let waits = self.settings.climb && !self.climbs;
            self.converged = !waits && ready(&pulls, self.settings.force_tolerance);
            watch(self)?;
            if self.converged || self.steps >= self.settings.most_steps {
                return Ok(());
            }
            self.advance(&pulls, surface)?;
        }
    }

    fn advance(&mut self, pulls: &[Pull], surface: &mut dyn Surface) -> Result<()> {
        let last = self.band.len() - 1;
        let forces: Vec<f64> = pulls.iter().flat_map(|pull| pull.force.as_flattened()).copied().collect();
        let mut place: Vec<f64> =
            self.band.positions[1..last].iter().flat_map(|image| image.as_flattened()).copied().collect();
        self.glide.advance(&mut place, &forces);
        let atoms = self.band.positions[0].len();
        let (positions, _) = place.as_chunks::<3>();
        for (image, moved) in self.band.positions[1..last].iter_mut().zip(positions.chunks(atoms)) {
            image.copy_from_slice(moved);
        }
        let found = surface.evaluate(&self.band.positions[1..last])?;
        for (evaluation, found) in self.band.evaluations[1..last].iter_mut().zip(found) {
            *evaluation = found;
        }
        self.steps += 1;
        Ok(())
    }

    /// Refuses images with an atom far from where both ends have it: it was thrown there, and does not come back.
    fn require_together(&self) -> Result<()> {
        let (first, last) = (&self.band.positions[0], &self.band.positions[self.band.len() - 1]);
        for (image, positions) in self.band.positions.iter().enumerate() {
            for (atom, ((place, from), to)) in positions.iter().zip(first).zip(last).enumerate() {
                let away = norm(difference(*place, *from)).min(norm(difference(*place, *to)));
                if away > FAR + norm(difference(*to, *from)) {
                    return Err(Error::Structure(format!(
                        "image {image} of the path flew apart: atom {} is {away:.0} Å from where the ends have it. Atoms were too close on the \
                         first path; use initial = \"idpp\", another number of images, or ends between which they pass each other",
                        atom + 1
                    )));
                }
            }
        }
        Ok(())
    }

    fn pulls(&self) -> Vec<Pull> {
        let highest = self.climbing();
        let pull = |image| Pull::of(&self.band, image, self.settings.spring, highest == Some(image), self.free);
        (1..self.band.len() - 1).map(pull).collect()
    }

    /// The image that climbs, if one does.
    #[must_use]
    pub fn climbing(&self) -> Option<usize> {
        if self.climbs { self.band.highest() } else { None }
    }

    /// The images.
    #[must_use]
    pub fn band(&self) -> &Band {
        &self.band
    }

    /// The images alone.
    #[must_use]
    pub fn into_band(self) -> Band {
        self.band
    }

    /// Steps done.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Whether no force across the path is larger than the tolerance, and the highest image is at the saddle point if it climbs.
    #[must_use]
    pub fn converged(&self) -> bool {
        self.converged
    }

    /// Largest force on an atom across the path in eV/Å for each image (of the climbing image the largest force); 0 at the ends.
    #[must_use]
    pub fn residuals(&self) -> &[f64] {
        &self.residuals
    }

    /// Energy, slope and distance along the path.
    #[must_use]
    pub fn profile(&self) -> super::Profile {
        super::Profile::of(&self.band, self.free)
    }

    /// All that influences the steps to come beside the ends and the settings.
    #[must_use]
    pub fn state(&self) -> Vec<f64> {
        let mut state = vec![self.steps as f64, f64::from(u8::from(self.climbs))];
        let last = self.band.len() - 1;
        state.extend(self.band.positions[1..last].iter().flat_map(|image| image.as_flattened()));
        state.extend(self.glide.state());
        state
    }

    /// Continue from what [`ElasticBand::state`] gave, with the same bits as if nothing had happened.
    ///
    /// # Errors
    /// When it belongs to another number of images or atoms, or an image cannot be evaluated.
    pub fn restore(&mut self, state: &[f64], surface: &mut dyn Surface) -> Result<()> {
        let (last, atoms) = (self.band.len() - 1, self.band.positions[0].len());
        let coordinates = 3 * atoms * (last - 1);
        let refuse = || Error::Restart("the state of the path has another number of images or atoms".into());
        let [steps, climbs, rest @ ..] = state else { return Err(refuse()) };
        let (place, glide) = rest.split_at_checked(coordinates).ok_or_else(refuse)?;
        self.glide.restore(glide)?;
        (self.steps, self.climbs) = (*steps as u64, *climbs > 0.0);
        let (positions, _) = place.as_chunks::<3>();
        for (image, stored) in self.band.positions[1..last].iter_mut().zip(positions.chunks(atoms)) {
            image.copy_from_slice(stored);
        }
        let found = surface.evaluate(&self.band.positions[1..last])?;
        for (evaluation, found) in self.band.evaluations[1..last].iter_mut().zip(found) {
            *evaluation = found;
        }
        Ok(())
    }
}
