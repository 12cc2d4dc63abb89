//! What a model file records beside the network.

use std::collections::BTreeMap;

use crate::{Certificate, DataRecord, Envelope, ErrorRecord, Example, FitRecord, Ranges};

/// What a network was fitted to, how well, and what it can be trusted with; the same for every kind.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// Version of the format.
    pub version: u64,
    /// Version of the program that wrote the file.
    pub program: &'a str,
    /// What it was fitted to.
    pub data: &'a DataRecord,
    /// How it was fitted.
    pub fit: &'a FitRecord,
    /// Errors on each part of the split.
    pub errors: &'a BTreeMap<String, ErrorRecord>,
    /// Between which values the training frames lie, if that was recorded.
    pub ranges: Option<&'a Ranges>,
    /// The surroundings of atoms in the training frames, if they were recorded.
    pub envelope: Option<&'a Envelope>,
    /// A training frame for trials of the model, if there is one.
    pub example: Option<&'a Example>,
    /// What the model can be trusted with, if it was tried.
    pub certificate: Option<&'a Certificate>,
}

impl<'a> Record<'a> {
    /// That of a kind that keeps nothing of its training frames, by version of format and program.
    #[must_use]
    pub fn of_fit(
        (version, program): (u64, &'a str),
        data: &'a DataRecord,
        fit: &'a FitRecord,
        errors: &'a BTreeMap<String, ErrorRecord>,
    ) -> Self {
        let (ranges, envelope, example, certificate) = (None, None, None, None);
        Self { version, program, data, fit, errors, ranges, envelope, example, certificate }
    }
}

impl Record<'_> {
    /// Number of frames of `part` (`train`, `validation` or `test`), in whichever file they are.
    #[must_use]
    pub fn frames(&self, part: &str) -> usize {
        self.errors.get(part).map_or(0, |errors| errors.frames)
    }
}

/// The places of what is recorded after a fit.
#[derive(Debug)]
pub struct RecordMut<'a> {
    /// As in [`Record`].
    pub data: &'a mut DataRecord,
    /// As in [`Record`].
    pub fit: &'a mut FitRecord,
    /// As in [`Record`].
    pub errors: &'a mut BTreeMap<String, ErrorRecord>,
    /// What the errors are those of, in words; none where the kind does not say.
    pub errors_of: Option<&'a mut Option<String>>,
    /// Part of an atom of each element in the quantity, as in [`super::Facts::references`].
    pub references: &'a mut Vec<f64>,
    /// What the training frames hold; none where the kind keeps nothing of them.
    pub domain: Option<DomainMut<'a>>,
}

/// The places of what the training frames hold, and of what was tried with the model.
#[derive(Debug)]
pub struct DomainMut<'a> {
    /// As in [`Record`].
    pub ranges: &'a mut Option<Ranges>,
    /// As in [`Record`]; none where the kind keeps no surroundings.
    pub envelope: Option<&'a mut Option<Envelope>>,
    /// As in [`Record`].
    pub example: &'a mut Option<Example>,
    /// As in [`Record`].
    pub certificate: &'a mut Option<Certificate>,
}

impl RecordMut<'_> {
    /// Forgets everything but the references.
    pub fn clear(self) {
        *self.data = DataRecord::default();
        *self.fit = FitRecord::default();
        self.errors.clear();
        if let Some(errors_of) = self.errors_of {
            *errors_of = None;
        }
        if let Some(DomainMut { ranges, envelope, example, certificate }) = self.domain {
            (*ranges, *example, *certificate) = (None, None, None);
            if let Some(envelope) = envelope {
                *envelope = None;
            }
        }
    }
}
