//! Errors and correlations of values of atoms.

use std::collections::BTreeMap;

use super::regression::AtomSample;
use cormorant_core::system::Element;
use cormorant_network::{AtomErrors, AtomTarget, QuantityErrors};

/// Collects errors atom by atom.
///
/// The correlation is that of Pearson, by components, from sums about running means (Welford 1962, doi:10.1080/00401706.1962.10490022).
/// Checked by: `suite::atoms`.
#[derive(Debug, Clone, Default)]
pub(super) struct AtomMetrics {
    /// Names of the columns, and of all together.
    columns: Vec<String>,
    quantity: String,
    unit: String,
    all: Tally,
    /// By column and element; without an element, of all.
    tallies: BTreeMap<(usize, Option<Element>), Tally>,
}

impl AtomMetrics {
    /// Compares the values that are there with `prediction`, `[atoms][columns][width]`; a prediction that is not a number is none.
    pub(super) fn add(&mut self, target: &AtomTarget, label: &AtomSample, prediction: &[f64]) {
        if self.columns.is_empty() {
            self.columns.clone_from(&target.columns);
            self.quantity = target.quantity().to_string();
            self.unit.clone_from(&target.unit);
        }
        let (columns, width) = (target.columns.len(), target.shape.width());
        for (atom, column, value) in label.each(columns) {
            let found = &prediction[(atom * columns + column) * width..][..width];
            if found.iter().any(|x| x.is_nan()) {
                continue;
            }
            let element = label.configuration.elements[atom];
            self.all.add(value, found);
            self.tallies.entry((column, None)).or_default().add(value, found);
            self.tallies.entry((column, Some(element))).or_default().add(value, found);
        }
    }

    /// Errors of all columns together where there are several, and of each.
    pub(super) fn properties(&self) -> Vec<QuantityErrors> {
        let of = |name: &str, tally: Option<&Tally>| {
            let (mae, rmse) = tally.map_or((f64::NAN, f64::NAN), Tally::errors);
            QuantityErrors::new(name, &self.unit, mae, rmse)
        };
        let together = (self.columns.len() > 1).then(|| of(&self.quantity, Some(&self.all)));
        let each = self.columns.iter().enumerate().map(|(column, name)| of(name, self.tallies.get(&(column, None))));
        together.into_iter().chain(each).collect()
    }

    /// Errors of each column: on all elements, and on each.
    pub(super) fn errors(&self) -> Vec<AtomErrors> {
        let mut list = Vec::new();
        for (column, name) in self.columns.iter().enumerate() {
            let own = self.tallies.range((column, None)..(column + 1, None));
            let before = list.len();
            for ((_, element), tally) in own {
                let (mae, rmse) = tally.errors();
                list.push(AtomErrors {
                    column: name.clone(),
                    element: element.map(|element| element.symbol().to_string()),
                    labels: tally.labels,
                    mae,
                    rmse,
                    correlation: tally.correlation(),
                });
            }
            if list.len() == before {
                let nothing = f64::NAN;
                let (mae, rmse, correlation) = (nothing, nothing, nothing);
                list.push(AtomErrors { column: name.clone(), element: None, labels: 0, mae, rmse, correlation });
            }
        }
        list
    }
}

#[derive(Debug, Clone, Default)]
struct Tally {
    labels: usize,
    count: f64,
    absolute: f64,
    square: f64,
    /// Means of references and predictions.
    means: [f64; 2],
    /// Sums of their squares and of their product about the means.
    squares: [f64; 2],
    product: f64,
}

impl Tally {
    fn add(&mut self, labels: &[f64], found: &[f64]) {
        self.labels += 1;
        for (label, found) in labels.iter().zip(found) {
            self.count += 1.0;
            self.absolute += (found - label).abs();
            self.square += (found - label).powi(2);
            let before = [label - self.means[0], found - self.means[1]];
            self.means = [0, 1].map(|side| self.means[side] + before[side] / self.count);
            let after = [label - self.means[0], found - self.means[1]];
            self.squares = [0, 1].map(|side| self.squares[side] + before[side] * after[side]);
            self.product += before[0] * after[1];
        }
    }

    fn errors(&self) -> (f64, f64) {
        (self.absolute / self.count, (self.square / self.count).sqrt())
    }

    fn correlation(&self) -> f64 {
        let scale = (self.squares[0] * self.squares[1]).sqrt();
        if scale > 0.0 { self.product / scale } else { f64::NAN }
    }
}
