//! Frames that are as far as possible from each other and from what is known.

use super::Surroundings;

/// A column whose values differ less than this share of the column that differs most counts as if they differed so much.
const LEAST: f64 = 0.01;

/// A frame that was chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chosen {
    /// Its number in the pool.
    pub frame: usize,
    /// Distance of its farthest atom from those of known frames and of frames chosen before; none for the first where nothing is
    /// known.
    pub distance: Option<f64>,
}

/// `number` frames of `pool`, one after the other: each is that with the atom whose surroundings are farthest from those of every atom of
/// the same element in `known` and in the frames chosen before. An element that was not there before is farther than all. The first
/// frame begins where nothing is known, and the first of equal ones is taken.
///
///   d(f) = max_(i in f) min_(j known) |(x_i − x_j) / s|
///
/// | symbol | meaning | unit | shape |
/// |--------|---------|------|-------|
/// | x_i | row of atom i, compared with atoms j of its element | 1 | `[length]` |
/// | s | standard deviation of each column over the atoms of the element in the pool, at least a hundredth of the largest | 1 | `[length]` |
/// | d(f) | [`Chosen::distance`] | 1 | scalar |
///
/// Source: farthest-point sampling, Gonzalez 1985, doi:10.1016/0304-3975(85)90224-5. Checked by `suite::select`.
#[must_use]
pub fn farthest(pool: &Surroundings, known: &Surroundings, number: usize) -> Vec<Chosen> {
    let scales = scales(pool);
    let mut away: Vec<Vec<f64>> = pool.kinds.iter().map(|atoms| vec![f64::INFINITY; atoms.len()]).collect();
    for frame in 0..known.kinds.len() {
        approach(&mut away, pool, known, frame, &scales);
    }
    let mut open = vec![true; away.len()];
    let mut chosen = Vec::with_capacity(number.min(away.len()));
    for turn in 0..number.min(away.len()) {
        let novelty = |frame: usize| away[frame].iter().copied().fold(0.0, f64::max);
        let left = (0..away.len()).filter(|frame| open[*frame]).map(|frame| (frame, novelty(frame)));
        let Some((frame, distance)) = left.reduce(|best, one| if one.1 > best.1 { one } else { best }) else { break };
        let nothing_known = turn == 0 && known.kinds.is_empty();
        chosen.push(Chosen { frame, distance: (!nothing_known).then_some(distance) });
        open[frame] = false;
        approach(&mut away, pool, pool, frame, &scales);
    }
    chosen
}

/// Lets the distances of all atoms of `pool` fall to those from the atoms of frame `frame` of `from`.
fn approach(away: &mut [Vec<f64>], pool: &Surroundings, from: &Surroundings, frame: usize, scales: &[Vec<f64>]) {
    for (one, distances) in away.iter_mut().enumerate() {
        for ((kind, row), distance) in pool.atoms(one).zip(distances) {
            for (other, near) in from.atoms(frame) {
                // What is equal already can come no nearer.
                if other == kind && *distance > 0.0 {
                    *distance = distance.min(apart(row, near, &scales[kind]));
                }
            }
        }
    }
}

/// Distance of two rows in units of `scales`.
fn apart(one: &[f32], other: &[f32], scales: &[f64]) -> f64 {
    let terms =
        one.iter().zip(other).zip(scales).map(|((a, b), scale)| ((f64::from(*a) - f64::from(*b)) * scale).powi(2));
    terms.sum::<f64>().sqrt()
}

/// What the columns of each element are multiplied by: 1/s.
fn scales(pool: &Surroundings) -> Vec<Vec<f64>> {
    let kinds = pool.kinds.iter().flatten().max().map_or(0, |last| last + 1);
    let mut count = vec![0.0_f64; kinds];
    let mut sums = vec![vec![[0.0_f64; 2]; pool.length]; kinds];
    for (kind, row) in (0..pool.kinds.len()).flat_map(|frame| pool.atoms(frame)) {
        count[kind] += 1.0;
        for (sum, value) in sums[kind].iter_mut().zip(row.iter().map(|value| f64::from(*value))) {
            sum[0] += value;
            sum[1] += value * value;
        }
    }
    let of = |(sums, count): (Vec<[f64; 2]>, f64)| -> Vec<f64> {
        let count = count.max(1.0);
        let deviation = |[sum, square]: [f64; 2]| (square / count - (sum / count).powi(2)).max(0.0).sqrt();
        let deviations: Vec<f64> = sums.into_iter().map(deviation).collect();
        let largest = deviations.iter().copied().fold(0.0, f64::max);
        let least = if largest > 0.0 { LEAST * largest } else { 1.0 };
        deviations.into_iter().map(|one| 1.0 / one.max(least)).collect()
    };
    sums.into_iter().zip(count).map(of).collect()
}
