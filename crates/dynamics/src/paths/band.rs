//! Images between two ends.

use cormorant_core::system::vector::{difference, dot};
use cormorant_potential::Evaluation;

/// A chain of images, both ends included.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    /// Positions in Å, never wrapped, `[images][atoms][3]`.
    pub positions: Vec<Vec<[f64; 3]>>,
    /// Energies and forces, one for each image.
    pub evaluations: Vec<Evaluation>,
}

impl Band {
    /// Number of images, the ends included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.positions.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.positions.is_empty()
    }

    /// Energy of an image in eV.
    #[must_use]
    pub fn energy(&self, image: usize) -> f64 {
        self.evaluations[image].energy
    }

    /// The image between the ends that lies highest, if it lies above both of them.
    #[must_use]
    pub fn highest(&self) -> Option<usize> {
        let last = self.len().checked_sub(1)?;
        let highest =
            (1..last).reduce(|best, image| if self.energy(image) > self.energy(best) { image } else { best })?;
        (self.energy(highest) > self.energy(0).max(self.energy(last))).then_some(highest)
    }

    /// Images between the ends that lie below both of their neighbors by more than `margin` eV: places where the path rests.
    #[must_use]
    pub fn rests(&self, margin: f64) -> Vec<usize> {
        let below = |image: &usize| {
            let lower = |other: usize| self.energy(*image) + margin < self.energy(other);
            lower(image - 1) && lower(image + 1)
        };
        (1..self.len().saturating_sub(1)).filter(below).collect()
    }

    /// From image `from` to image `to`: displacements of all atoms in Å, `[atoms][3]`.
    pub(super) fn step(&self, from: usize, to: usize) -> Vec<[f64; 3]> {
        self.positions[to].iter().zip(&self.positions[from]).map(|(to, from)| difference(*to, *from)).collect()
    }

    /// Distances of the images along the path in Å, over all atoms; the first is 0.
    #[must_use]
    pub fn distances(&self) -> Vec<f64> {
        let mut sum = 0.0;
        let mut distances = vec![0.0];
        for image in 1..self.len() {
            sum += length(&self.step(image - 1, image));
            distances.push(sum);
        }
        distances
    }
}

/// Scalar product over all atoms.
pub(super) fn product(one: &[[f64; 3]], other: &[[f64; 3]]) -> f64 {
    one.iter().zip(other).map(|(a, b)| dot(*a, *b)).sum()
}

/// Length over all atoms.
pub(super) fn length(vector: &[[f64; 3]]) -> f64 {
    product(vector, vector).sqrt()
}
