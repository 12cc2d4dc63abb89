//! Errors of energies whose constants mean nothing.

/// Errors of all groups of more than one, each less the mean of its group.
pub(super) fn about_means<'e>(groups: impl Iterator<Item = &'e Vec<f64>>) -> impl Iterator<Item = f64> {
    groups.filter(|errors| errors.len() > 1).flat_map(|errors| {
        let mean = errors.iter().sum::<f64>() / errors.len() as f64;
        errors.iter().map(move |error| error - mean)
    })
}
