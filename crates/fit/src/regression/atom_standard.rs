//! Standardized values of atoms.

use super::{AtomColumns, AtomSample};
use cormorant_core::system::Element;
use cormorant_network::{AtomShape, AtomTarget};

/// Of what a mean or a deviation is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Together {
    /// The atoms of each element by themselves.
    Element,
    /// All atoms.
    All,
    /// Nothing: no mean is taken off.
    None,
}

/// How values of atoms are standardized.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AtomStandard {
    /// Over what the means are taken that are subtracted, of what does not turn.
    pub shift: Together,
    /// Over what the deviations are taken; all of a column unless it is the element.
    pub scale: Together,
}

/// Sums over labels.
#[derive(Clone, Copy, Default)]
struct Sum {
    count: usize,
    sum: f64,
}

impl Sum {
    fn add(&mut self, number: f64) {
        self.count += 1;
        self.sum += number;
    }

    fn mean(self) -> f64 {
        if self.count > 0 { self.sum / self.count as f64 } else { 0.0 }
    }
}

impl AtomStandard {
    /// What turns the `columns` of `shape` in `unit` into numbers of order one, from the training frames `samples`, whose elements are
    /// `elements`.
    #[must_use]
    pub fn target(
        self,
        columns: &AtomColumns,
        (shape, unit): (AtomShape, &str),
        samples: &[AtomSample],
        elements: &[Element],
    ) -> AtomTarget {
        let (count, kinds) = (columns.names.len(), elements.len());
        let place = |element: Element| elements.binary_search(&element).unwrap_or_default();
        let mut labeled = vec![false; kinds];
        let (mut of_kind, mut of_all) = (vec![vec![Sum::default(); kinds]; count], vec![Sum::default(); count]);
        each(samples, count, place, |kind, column, value| {
            labeled[kind] = true;
            of_kind[column][kind].add(shape.invariant(value));
            of_all[column].add(shape.invariant(value));
        });
        let choose = |how: Together, of_kind: &[Vec<Sum>], of_all: &[Sum]| -> Vec<Vec<f64>> {
            let row = |(kinds, all): (&Vec<Sum>, &Sum)| match how {
                Together::Element => kinds.iter().map(|sum| sum.mean()).collect(),
                Together::All => vec![all.mean(); kinds.len()],
                Together::None => vec![0.0; kinds.len()],
            };
            of_kind.iter().zip(of_all).map(row).collect()
        };
        let shifts = choose(self.shift, &of_kind, &of_all);
        let (mut of_kind, mut of_all) = (vec![vec![Sum::default(); kinds]; count], vec![Sum::default(); count]);
        each(samples, count, place, |kind, column, value| {
            let square = square(shape, value, shifts[column][kind]);
            of_kind[column][kind].add(square);
            of_all[column].add(square);
        });
        let mut scales =
            choose(if self.scale == Together::Element { self.scale } else { Together::All }, &of_kind, &of_all);
        // What does not vary has no scale of its own.
        scales.iter_mut().flatten().for_each(|scale| *scale = if *scale > 0.0 { scale.sqrt() } else { 1.0 });
        AtomTarget {
            columns: columns.names.clone(),
            shape,
            unit: unit.into(),
            mask: columns.mask.clone(),
            voigt: columns.voigt,
            labeled,
            shifts,
            scales,
        }
    }
}

/// Root mean square of each column of `target` after its shifts, over all labels of `samples`.
#[must_use]
pub fn spreads(target: &AtomTarget, samples: &[AtomSample], elements: &[Element]) -> Vec<f64> {
    let mut sums = vec![Sum::default(); target.columns.len()];
    let place = |element: Element| elements.binary_search(&element).unwrap_or_default();
    each(samples, target.columns.len(), place, |kind, column, value| {
        sums[column].add(square(target.shape, value, target.shifts[column][kind]));
    });
    sums.into_iter().map(|sum| if sum.mean() > 0.0 { sum.mean().sqrt() } else { 1.0 }).collect()
}

/// Mean square of the components of a value after a shift.
fn square(shape: AtomShape, value: &[f64], shift: f64) -> f64 {
    let mut own = [0.0; 9];
    let own = &mut own[..value.len()];
    own.copy_from_slice(value);
    shape.shift(own, -shift);
    own.iter().map(|x| x * x).sum::<f64>() / own.len() as f64
}

/// Element, column and value of every label.
fn each(
    samples: &[AtomSample],
    columns: usize,
    place: impl Fn(Element) -> usize,
    mut visit: impl FnMut(usize, usize, &[f64]),
) {
    for sample in samples {
        for (atom, column, value) in sample.each(columns) {
            visit(place(sample.configuration.elements[atom]), column, value);
        }
    }
}
