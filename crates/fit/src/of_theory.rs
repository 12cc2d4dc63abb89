//! The frames of one theory among several.

use std::sync::Arc;

use super::configuration::Configuration;
use super::label_counts::LabelCounts;
use super::prepare::FitData;
use super::references::elements_of;
use super::variety::compositions;
use cormorant_network::TheoryRecord;

impl FitData {
    /// The frames of one of its theories, by number, with what is known of them.
    #[must_use]
    pub fn of_theory(&self, number: usize) -> Self {
        let (Some(theories), Some(theory)) = (&self.theories, self.of_theories.get(number)) else {
            return self.clone();
        };
        let is_of = |one: &Configuration| theories.number(one) == number;
        let some = |frames: &[Configuration]| -> Arc<Vec<Configuration>> {
            let mut some: Vec<Configuration> = theories.of_number(number, frames).cloned().collect();
            // All are of one group under it now, of which errors would tell nothing.
            for one in &mut some {
                one.groups.retain(|(key, _)| key != theories.key());
            }
            Arc::new(some)
        };
        let (train, validation, test) = (some(&self.train), some(&self.validation), some(&self.test));
        let mut split = self.split.clone();
        for (indices, frames) in
            [(&mut split.train, &self.train), (&mut split.validation, &self.validation), (&mut split.test, &self.test)]
        {
            // A part with a file of its own has no indices.
            let mut is_listed = frames.iter().map(is_of);
            indices.retain(|_| is_listed.next().unwrap_or(false));
        }
        Self {
            counts: LabelCounts::of(train.iter().chain(validation.iter()).chain(test.iter())),
            compositions: compositions(train.iter()),
            elements: elements_of(train.iter().map(|one| one.elements.as_slice())),
            references: theory.references.clone(),
            report: theory.report.clone(),
            split,
            train,
            validation,
            test,
            theory: Some(TheoryRecord { key: theories.key().into(), name: theory.name.clone() }),
            theories: None,
            of_theories: Vec::new(),
            ..self.clone()
        }
    }
}
