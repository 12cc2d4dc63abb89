//! Errors on blind frames.

use super::Learner;
use super::members::committee;
use cormorant_core::Result;
use cormorant_learn::ErrorInterval;
use cormorant_learn::spread::SpreadErrors;
use cormorant_network::Network;
use cormorant_potential::{Evaluation, RequestedProperties};

/// 1 eV in meV.
const MILLI: f64 = 1000.0;

/// How a committee does on frames that it was not fitted to.
#[derive(Debug, Clone)]
pub(super) struct Verdict {
    /// Root mean square error of the forces in meV/Å.
    pub force_rmse: ErrorInterval,
    /// Mean absolute error of the forces in meV/Å.
    pub force_mae: ErrorInterval,
    /// Mean absolute error of the energies less their mean error, in meV.
    pub energy_mae: f64,
    /// Rms error over rms spread of the forces.
    pub calibration: f64,
    /// Spread and error of energies (meV, less their mean error) and of forces (meV/Å); empty for a single member.
    pub spreads: [SpreadErrors; 2],
}

impl Learner<'_> {
    /// The errors of `members` on the blind frames of the last rounds; none where there are none.
    pub(super) fn judge(&self, members: &[Box<dyn Network>]) -> Result<Option<Verdict>> {
        let mut potential = committee(members)?;
        let mut found = Evaluation::default();
        let (mut squares, mut sizes, mut energies, mut spreads) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut of_spread = [SpreadErrors::of_numbers(), SpreadErrors::of_vectors()];
        let mut energy_spreads = Vec::new();
        for entry in self.blind_entries() {
            potential.evaluate(&entry.request.system, RequestedProperties::default(), &mut found)?;
            let pairs = found.forces.as_flattened().iter().zip(entry.label.forces.as_flattened());
            let errors: Vec<f64> = pairs.map(|(a, b)| MILLI * (a - b)).collect();
            let count = errors.len().max(1) as f64;
            squares.push(errors.iter().map(|error| error * error).sum::<f64>() / count);
            sizes.push(errors.iter().map(|error| error.abs()).sum::<f64>() / count);
            energies.push(MILLI * (found.energy - entry.label.energy));
            if let Some(spread) = &found.spread {
                energy_spreads.push(MILLI * spread.energy);
                for (spread, error) in spread.forces.iter().zip(errors.chunks_exact(3)) {
                    of_spread[1].add(MILLI * spread, error);
                }
            }
            let spread = found.spread.iter().flat_map(|spread| &spread.forces);
            spreads.push(spread.map(|spread| (MILLI * spread).powi(2)).sum::<f64>() / count);
        }
        if squares.is_empty() {
            return Ok(None);
        }
        let mean = energies.iter().sum::<f64>() / energies.len() as f64;
        // A constant of the labels is nothing that a spread could tell.
        for (spread, error) in energy_spreads.iter().zip(&energies) {
            of_spread[0].add(*spread, &[error - mean]);
        }
        let energy_mae = energies.iter().map(|error| (error - mean).abs()).sum::<f64>() / energies.len() as f64;
        Ok(Some(Verdict {
            force_rmse: ErrorInterval::of_squares(&squares),
            force_mae: ErrorInterval::of_mean(&sizes),
            energy_mae,
            calibration: (squares.iter().sum::<f64>() / spreads.iter().sum::<f64>()).sqrt(),
            spreads: of_spread,
        }))
    }
}
