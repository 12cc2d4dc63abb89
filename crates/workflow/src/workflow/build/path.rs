//! A path from its input.

use super::Models;
use crate::settings::{InitialImages, PathInput};
use cormorant_core::Result;
use cormorant_core::system::{System, find_bonds};
use cormorant_dynamics::dynamics::ForceEvaluator;
use cormorant_dynamics::paths::{BandSettings, Ends, InitialPath};
use cormorant_potential::Potential;

impl PathInput {
    /// The two ends as they are in their files, and what there is to say of these.
    ///
    /// # Errors
    /// When a file cannot be read, or the ends do not belong together.
    pub fn ends(&self) -> Result<(Ends, Vec<String>)> {
        let (first, second) = (self.structure.load()?, self.final_structure.load()?);
        let mut notes = first.notes;
        notes.extend(second.notes.into_iter().filter(|note| !notes.contains(note)).collect::<Vec<_>>());
        let at_rest = |mut system: System| {
            system.momenta.fill([0.0; 3]);
            system
        };
        let ends = Ends::new(at_rest(first.system), at_rest(second.system));
        Ok((ends.map_err(|error| error.in_structure(&self.final_structure.file))?, notes))
    }

    /// The potential once for each thread, of which no more are taken than there are images.
    ///
    /// # Errors
    /// When a model cannot be read.
    pub fn potentials(&self, system: &System, threads: usize, networks: &Models) -> Result<Vec<Box<dyn Potential>>> {
        let threads = threads.clamp(1, self.path.images);
        (0..threads).map(|_| self.potential.build(system, networks)).collect()
    }

    /// Minimizes both ends; what a user should be warned of.
    ///
    /// # Errors
    /// When the potential cannot be evaluated.
    pub fn minimize_ends(&self, ends: &mut Ends, networks: &Models) -> Result<Vec<String>> {
        let mut warnings = Vec::new();
        for (name, system) in [("first", &mut ends.first), ("second", &mut ends.second)] {
            let mut field = ForceEvaluator::new(self.potential.build(system, networks)?, system)?;
            if !self.path.minimize_ends {
                continue;
            }
            let before = find_bonds(system)?;
            let minimum = self.minimize.descend(system, &mut field)?;
            if !minimum.converged {
                let missed = super::minimize::missed(&minimum, system, &self.minimize);
                warnings.push(format!("the {name} end is not at a minimum: {missed}"));
            }
            if find_bonds(system)? != before {
                warnings.push(format!("bonds changed while the {name} end was minimized: look at it in path.xyz"));
            }
        }
        Ok(warnings)
    }

    /// How the band is relaxed.
    #[must_use]
    pub fn band_settings(&self) -> BandSettings {
        BandSettings {
            spring: self.path.spring_constant.value(),
            climb: self.path.climb,
            force_tolerance: self.path.force_tolerance.value(),
            most_steps: self.path.most_steps,
        }
    }

    /// How its first images are found.
    #[must_use]
    pub fn initial_path(&self) -> InitialPath {
        match self.path.initial {
            InitialImages::Idpp => InitialPath::Idpp,
            InitialImages::Linear => InitialPath::Linear,
        }
    }
}
