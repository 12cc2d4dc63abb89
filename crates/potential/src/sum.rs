//! Several potentials as one.

use super::{Evaluation, Potential, RequestedProperties};
use cormorant_core::Result;
use cormorant_core::system::{Element, System};

/// The sum of potentials: energies, forces and virials are added. Of one part with a spread it is the spread of the sum;
/// those of several are added as of independent errors. Charges are those of the one part that has some; where several
/// have, none are right, and the sum has none.
pub struct Sum {
    parts: Vec<Box<dyn Potential>>,
    part: Evaluation,
}

impl Sum {
    /// The sum of `parts`.
    #[must_use]
    pub fn new(parts: Vec<Box<dyn Potential>>) -> Self {
        Self { parts, part: Evaluation::default() }
    }

    /// What the first says that has something to say.
    fn remark(&self, of: impl Fn(&dyn Potential) -> Result<Option<String>>) -> Result<Option<String>> {
        let remarks = self.parts.iter().map(|part| of(part.as_ref())).collect::<Result<Vec<_>>>()?;
        Ok(remarks.into_iter().flatten().next())
    }
}

impl Potential for Sum {
    fn name(&self) -> String {
        let names: Vec<String> = self.parts.iter().map(|part| part.name()).collect();
        names.join(" + ")
    }

    fn instruction_set(&self) -> Option<&'static str> {
        self.parts.iter().find_map(|part| part.instruction_set())
    }

    fn device(&self) -> Option<&str> {
        self.parts.iter().find_map(|part| part.device())
    }

    /// The largest of the ranges; `None` as soon as one part couples every pair.
    fn cutoff(&self) -> Option<f64> {
        self.parts.iter().map(|part| part.cutoff()).try_fold(0.0_f64, |largest, cutoff| Some(largest.max(cutoff?)))
    }

    fn accepts(&self, element: Element) -> bool {
        self.parts.iter().all(|part| part.accepts(element))
    }

    /// The elements that every part knows, where parts name them.
    fn elements(&self) -> Vec<Element> {
        let mut lists = self.parts.iter().map(|part| part.elements()).filter(|list| !list.is_empty());
        let first = lists.next().unwrap_or_default();
        lists.fold(first, |known, list| known.into_iter().filter(|element| list.contains(element)).collect())
    }

    fn is_external(&self) -> bool {
        self.parts.iter().any(|part| part.is_external())
    }

    fn keeps_momentum(&self) -> bool {
        self.parts.iter().all(|part| part.keeps_momentum())
    }

    fn keeps_angular_momentum(&self) -> bool {
        self.parts.iter().all(|part| part.keeps_angular_momentum())
    }

    fn complete_step(&mut self) -> Result<()> {
        self.parts.iter_mut().try_for_each(|part| part.complete_step())
    }

    fn forget_step(&mut self) {
        self.parts.iter_mut().for_each(|part| part.forget_step());
    }

    fn check_state(&self, system: &System) -> Result<Option<String>> {
        self.remark(|part| part.check_state(system))
    }

    fn check_structure(&self, system: &System) -> Result<Option<String>> {
        self.remark(|part| part.check_structure(system))
    }

    fn evaluate(&mut self, system: &System, want: RequestedProperties, into: &mut Evaluation) -> Result<()> {
        into.reset(system.atom_count(), want);
        let mut charged = 0;
        for part in &mut self.parts {
            // A potential that knows of no charges leaves them as they are.
            self.part.forget_extras();
            part.evaluate(system, want, &mut self.part)?;
            into.energy += self.part.energy;
            add(into.forces.as_flattened_mut(), self.part.forces.as_flattened());
            add(&mut into.atom_energies, &self.part.atom_energies);
            if let Some(part) = self.part.spread.take() {
                into.spread = Some(into.spread.take().map_or_else(|| part.clone(), |other| other.and(&part)));
            }
            if !self.part.charges.is_empty() {
                charged += 1;
                into.charges.clone_from(&self.part.charges);
                into.dipoles.clone_from(&self.part.dipoles);
            }
            if let (Some(total), Some(part)) = (&mut into.virial, &self.part.virial) {
                add(total.as_flattened_mut(), part.as_flattened());
            }
        }
        if charged > 1 {
            into.charges.clear();
            into.dipoles.clear();
        }
        Ok(())
    }
}

fn add(total: &mut [f64], part: &[f64]) {
    for (sum, term) in total.iter_mut().zip(part) {
        *sum += term;
    }
}
