//! Spreads with the errors that belong to them.

use super::{SpreadDecile, SpreadStatistics, rank_correlation};

/// Parts of the table from small to large spreads.
const PARTS: usize = 10;

/// Spreads of a committee, each with the error of its mean: of energies (one component) or of forces (three).
#[derive(Debug, Clone, PartialEq)]
pub struct SpreadErrors {
    components: usize,
    spreads: Vec<f64>,
    /// Components, one item after the other: `[items][components]`.
    errors: Vec<f64>,
}

impl SpreadErrors {
    /// None yet, of numbers such as energies.
    #[must_use]
    pub fn of_numbers() -> Self {
        Self { components: 1, spreads: Vec::new(), errors: Vec::new() }
    }

    /// None yet, of vectors such as forces; their spread is a length, as that of
    /// [`Committee`](cormorant_potential::Committee).
    #[must_use]
    pub fn of_vectors() -> Self {
        Self { components: 3, ..Self::of_numbers() }
    }

    /// One more: its spread, and the components of mean − label in the same unit. Nothing is added where one is not finite.
    pub fn add(&mut self, spread: f64, error: &[f64]) {
        if error.len() == self.components && spread.is_finite() && error.iter().all(|one| one.is_finite()) {
            self.spreads.push(spread);
            self.errors.extend(error);
        }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.spreads.len()
    }

    /// Spread and length of the error of each, `[items][2]`.
    #[must_use]
    pub fn pairs(&self) -> Vec<[f64; 2]> {
        let pairs = self.spreads.iter().zip(self.errors.chunks_exact(self.components));
        pairs.map(|(spread, error)| [*spread, length(error)]).collect()
    }

    /// What they show; none where there are none.
    #[must_use]
    pub fn statistics(&self) -> Option<SpreadStatistics> {
        if self.spreads.is_empty() {
            return None;
        }
        let (spreads, errors): (Vec<f64>, Vec<f64>) = self.pairs().into_iter().map(|[a, b]| (a, b)).unzip();
        let all: Vec<usize> = (0..spreads.len()).collect();
        let (rms_spread, rms_error) = (self.rms(&all, &spreads), self.rms(&all, &errors));
        let calibration = (rms_spread > 0.0).then(|| rms_error / rms_spread);
        let within = |times: f64| calibration.map(|factor| self.share_within(times * factor));
        Some(SpreadStatistics {
            count: spreads.len(),
            rank_correlation: rank_correlation(&spreads, &errors),
            rms_spread,
            rms_error,
            calibration,
            within_one: within(1.0),
            within_two: within(2.0),
            deciles: self.deciles(&spreads, &errors),
        })
    }

    /// Root mean square of a component of `lengths` over `some` of them.
    fn rms(&self, some: &[usize], lengths: &[f64]) -> f64 {
        let sum: f64 = some.iter().map(|index| lengths[*index].powi(2)).sum();
        (sum / (self.components * some.len().max(1)) as f64).sqrt()
    }

    /// Share of the components whose error is at most `factor` times the spread of a component.
    fn share_within(&self, factor: f64) -> f64 {
        let factor = factor / (self.components as f64).sqrt();
        let pairs = self.spreads.iter().zip(self.errors.chunks_exact(self.components));
        let within: usize =
            pairs.map(|(spread, error)| error.iter().filter(|one| one.abs() <= factor * spread).count()).sum();
        within as f64 / self.errors.len() as f64
    }

    /// Tenths of all by their spread, from small to large; fewer parts where there are fewer than that.
    fn deciles(&self, spreads: &[f64], errors: &[f64]) -> Vec<SpreadDecile> {
        let mut order: Vec<usize> = (0..spreads.len()).collect();
        order.sort_by(|a, b| spreads[*a].total_cmp(&spreads[*b]));
        let (count, parts) = (order.len(), PARTS.min(order.len()));
        (0..parts)
            .map(|part| {
                let some = &order[part * count / parts..(part + 1) * count / parts];
                SpreadDecile {
                    count: some.len(),
                    spreads: [spreads[some[0]], spreads[some[some.len() - 1]]],
                    rms_spread: self.rms(some, spreads),
                    rms_error: self.rms(some, errors),
                }
            })
            .collect()
    }
}

/// Length of a vector.
fn length(vector: &[f64]) -> f64 {
    vector.iter().map(|one| one * one).sum::<f64>().sqrt()
}
