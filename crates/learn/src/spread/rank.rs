//! Whether two lists rise together.

/// Spearman's rank correlation of two lists of the same length: the linear correlation of their ranks, with the mean rank for equal
/// values. None where there are fewer than two, or one list is constant.
///
/// Source: Kendall and Gibbons, Rank Correlation Methods, 5th edition (1990), chapter 3. Checked by
/// `suite::spread::ranks_of_known_lists`.
#[must_use]
pub fn rank_correlation(one: &[f64], other: &[f64]) -> Option<f64> {
    let count = one.len().min(other.len());
    let (one, other) = (ranks(&one[..count]), ranks(&other[..count]));
    let mean = (count as f64 - 1.0) / 2.0;
    let sum = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - mean) * (b - mean)).sum::<f64>();
    let scale = (sum(&one, &one) * sum(&other, &other)).sqrt();
    (scale > 0.0).then(|| sum(&one, &other) / scale)
}

/// The place of each value in their order, from 0, the mean place for equal ones.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    for equal in order.chunk_by(|a, b| values[*a].total_cmp(&values[*b]).is_eq()) {
        for index in equal {
            ranks[*index] = start as f64 + (equal.len() as f64 - 1.0) / 2.0;
        }
        start += equal.len();
    }
    ranks
}
