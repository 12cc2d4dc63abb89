//! A scan from its input.

use super::Models;
use crate::settings::{ScanInput, from_zero};
use cormorant_core::Result;
use cormorant_core::system::System;
use cormorant_dynamics::analysis::Internal;
use cormorant_dynamics::dynamics::ForceEvaluator;
use cormorant_dynamics::paths::{Scan, ScanPoint, relaxed_scan, rigid_scan};
use cormorant_potential::Potential;

impl ScanInput {
    /// The coordinate and its values for `system`.
    ///
    /// # Errors
    /// When an atom is not there, or the coordinate cannot have a value.
    pub fn scan_of(&self, system: &System) -> Result<Scan> {
        let internal = Internal::of(&from_zero(&self.scan.atoms))?;
        let to = self.scan.to.value();
        let from = match &self.scan.from {
            Some(from) => from.value(),
            None => Scan::even(internal.clone(), [to, to], 1).start(system)?,
        };
        let scan = Scan { backward: self.scan.backward, ..Scan::even(internal, [from, to], self.scan.points) };
        scan.start(system)?;
        Ok(scan)
    }

    /// Every point of `scan`, a rigid one on `threads` threads; `watch` is told each point of a relaxed one and
    /// says whether it goes on.
    ///
    /// # Errors
    /// When a model cannot be read, or a structure cannot be evaluated.
    pub fn compute(
        &self,
        mut system: System,
        scan: &Scan,
        threads: usize,
        networks: &Models,
        watch: &mut dyn FnMut(&ScanPoint) -> bool,
    ) -> Result<Vec<ScanPoint>> {
        system.momenta.fill([0.0; 3]);
        let build = || self.potential.build(&system, networks);
        let mut field = ForceEvaluator::new(build()?, &system)?;
        if self.scan.relax {
            let (minimizer, goal) = (self.minimize.minimizer(), self.minimize.goal(system.cell.as_ref())?);
            return relaxed_scan(&system, scan, &mut field, (minimizer.as_ref(), &goal), watch);
        }
        let threads = threads.clamp(1, scan.values.len().max(1));
        let mut potentials: Vec<Box<dyn Potential>> = (0..threads).map(|_| build()).collect::<Result<_>>()?;
        rigid_scan(&system, scan, &mut potentials)
    }
}
