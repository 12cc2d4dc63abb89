//! A potential together with its latest result.

use std::time::{Duration, Instant};

use cormorant_core::system::System;
use cormorant_core::{Error, Result};
use cormorant_potential::{Evaluation, Potential, RequestedProperties};

/// A potential and its latest evaluation. Creating one evaluates it, so that forces are never stale or zero.
pub struct ForceEvaluator {
    potential: Box<dyn Potential>,
    last: Evaluation,
    want: RequestedProperties,
    evaluations: u64,
    elapsed: Duration,
}

impl ForceEvaluator {
    /// Evaluate `potential` for `system` and keep both.
    ///
    /// # Errors
    /// When the potential does not know an element of the system, or its total charge and spin, or cannot be evaluated.
    pub fn new(potential: Box<dyn Potential>, system: &System) -> Result<Self> {
        if let Some(element) = system.elements.iter().find(|element| !potential.accepts(**element)) {
            return Err(Error::Element {
                symbol: element.symbol().to_string(),
                known: potential.elements().iter().map(|known| known.symbol().to_string()).collect(),
            });
        }
        potential.check_state(system)?;
        let mut field = Self {
            potential,
            last: Evaluation::default(),
            want: RequestedProperties::default(),
            evaluations: 0,
            elapsed: Duration::ZERO,
        };
        field.refresh(system)?;
        Ok(field)
    }

    /// Ask that the evaluations to come carry more than energy and forces.
    pub fn set_want(&mut self, want: RequestedProperties) {
        self.want = want;
    }

    /// Evaluate at the present positions.
    ///
    /// # Errors
    /// When the potential cannot be evaluated.
    pub fn refresh(&mut self, system: &System) -> Result<()> {
        let start = Instant::now();
        self.potential.evaluate(system, self.want, &mut self.last)?;
        self.elapsed += start.elapsed();
        self.evaluations += 1;
        Ok(())
    }

    /// Evaluate at the present positions, which belong to the step that is being made: potentials that count steps get its number.
    ///
    /// # Errors
    /// When the potential cannot be evaluated.
    pub fn refresh_next(&mut self, system: &mut System) -> Result<()> {
        system.step += 1;
        let refreshed = self.refresh(system);
        system.step -= 1;
        refreshed
    }

    /// See [`Potential::complete_step`].
    ///
    /// # Errors
    /// When the potential cannot keep its history.
    pub fn complete_step(&mut self) -> Result<()> {
        self.potential.complete_step()
    }

    /// See [`Potential::forget_step`].
    pub fn forget_step(&mut self) {
        self.potential.forget_step();
    }

    /// What the evaluations to come carry.
    #[must_use]
    pub fn want(&self) -> RequestedProperties {
        self.want
    }

    /// The virial −∂E/∂strain in eV at the present positions; evaluates again if the latest evaluation lacks it.
    ///
    /// # Errors
    /// When the potential cannot be evaluated or gives no virial.
    pub fn virial(&mut self, system: &System) -> Result<[[f64; 3]; 3]> {
        if self.last.virial.is_none() {
            let want = self.want;
            self.want.virial = true;
            let refreshed = self.refresh(system);
            self.want = want;
            refreshed?;
        }
        self.last.virial.ok_or_else(|| {
            Error::Invalid(format!("the potential {} gives no virial, which pressure needs", self.potential.name()))
        })
    }

    /// The latest evaluation.
    #[must_use]
    pub fn last(&self) -> &Evaluation {
        &self.last
    }

    /// The potential.
    #[must_use]
    pub fn potential(&self) -> &dyn Potential {
        self.potential.as_ref()
    }

    /// The potential, given back.
    #[must_use]
    pub fn into_potential(self) -> Box<dyn Potential> {
        self.potential
    }

    /// How often the potential was evaluated.
    #[must_use]
    pub fn evaluations(&self) -> u64 {
        self.evaluations
    }

    /// Time spent evaluating the potential.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }
}
