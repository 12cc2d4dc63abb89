//! Do forces and energies belong together?

use std::collections::BTreeMap;

use nalgebra::Matrix3;

use crate::Configuration;
use cormorant_core::system::Element;

/// Frames of one kind that are compared with each other, at most.
const SAMPLE: usize = 400;
/// Pairs of consecutive frames that are looked at, at most.
const CONSECUTIVE: usize = 2000;
/// Fewer pairs than this say nothing.
const FEWEST: usize = 10;
/// Pairs further apart than this (root mean square displacement per atom, Å) are not used.
const FARTHEST: f64 = 0.5;

/// Slope of energy differences against the work of the forces, between similar frames.
///
///   E_b − E_a = s · w_ab,    w_ab = −½ Σ_i (F_i,a + F_i,b) · (x_i,b − x_i,a)
///
/// | symbol     | meaning                                             | unit |
/// |------------|-----------------------------------------------------|------|
/// | E_a        | energy of frame a                                   | eV   |
/// | F_i,a      | force on atom i in frame a                          | eV/Å |
/// | x_i,a      | position of atom i, frame b laid rigidly on frame a | Å    |
/// | s          | 1 where forces are −∂E/∂x in the same units         |      |
///
/// The trapezoid is exact on a harmonic surface. s is fitted by least squares through the origin over the nearest pairs.
/// Repulsion makes s too small where the frames are far apart, and then scatters the pairs as well: this error does not
/// become smaller with more pairs.
/// Checked by: `suite::checks`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slope {
    /// The slope s.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
    /// Root mean square of E_b − E_a − s w_ab over that of w_ab.
    pub scatter: f64,
    /// Number of pairs.
    pub pairs: usize,
    /// Median root mean square displacement of the pairs in Å.
    pub distance: f64,
}

/// One pair of frames.
struct Pair {
    distance: f64,
    work: f64,
    energy: f64,
}

/// The slope over `configurations`; `None` if there are too few similar frames.
pub(super) fn slope(configurations: &[Configuration]) -> Option<Slope> {
    let mut pairs = consecutive(configurations);
    let mut kinds: BTreeMap<&[Element], Vec<&Configuration>> = BTreeMap::new();
    for one in configurations {
        kinds.entry(&one.elements).or_default().push(one);
    }
    let largest = kinds.into_values().max_by_key(Vec::len)?;
    pairs.extend(nearest(&largest));
    pairs.retain(|pair| pair.distance > 1.0e-6 && pair.distance < FARTHEST);
    pairs.sort_by(|a, b| a.distance.total_cmp(&b.distance));
    pairs.truncate((pairs.len() / 4).max(FEWEST));
    fit(&pairs)
}

fn fit(pairs: &[Pair]) -> Option<Slope> {
    if pairs.len() < FEWEST {
        return None;
    }
    let squares: f64 = pairs.iter().map(|pair| pair.work * pair.work).sum();
    let value = pairs.iter().map(|pair| pair.work * pair.energy).sum::<f64>() / squares;
    let rest: f64 = pairs.iter().map(|pair| (pair.energy - value * pair.work).powi(2)).sum();
    let scatter = (rest / squares).sqrt();
    let error = scatter / ((pairs.len() - 1) as f64).sqrt();
    let distance = pairs[pairs.len() / 2].distance;
    value.is_finite().then_some(Slope { value, error, scatter, pairs: pairs.len(), distance })
}

/// Each frame with the one after it, spread over the file.
fn consecutive(configurations: &[Configuration]) -> Vec<Pair> {
    let stride = (configurations.len() / CONSECUTIVE).max(1);
    configurations.windows(2).step_by(stride).filter_map(|two| pair(&two[0], &two[1])).collect()
}

/// Each frame of a sample with the nearest other one of the sample.
fn nearest(frames: &[&Configuration]) -> Vec<Pair> {
    let stride = (frames.len() / SAMPLE).max(1);
    let sample: Vec<_> = frames.iter().step_by(stride).take(SAMPLE).collect();
    let nearest_to = |(place, one): (usize, &&&Configuration)| {
        // Only later frames, so that no pair counts twice.
        let others = sample[place + 1..].iter().filter_map(|other| pair(one, other));
        others.min_by(|a, b| a.distance.total_cmp(&b.distance))
    };
    sample.iter().enumerate().filter_map(nearest_to).collect()
}

/// Work and energy between two frames of the same atoms, and of the same cell if there is one.
fn pair(a: &Configuration, b: &Configuration) -> Option<Pair> {
    if a.elements != b.elements || a.atom_count() < 2 || !a.has_forces() || !b.has_forces() {
        return None;
    }
    let energy = b.energy? - a.energy?;
    let (displacements, forces) = match (&a.cell, &b.cell) {
        (None, None) => superposed(a, b),
        (Some(cell), Some(other)) if cell == other => {
            let shift = |(x, y): (&[f64; 3], &[f64; 3])| cell.nearest_image([y[0] - x[0], y[1] - x[1], y[2] - x[2]]);
            (a.positions.iter().zip(&b.positions).map(shift).collect(), b.forces.clone())
        }
        _ => return None,
    };
    let (mut work, mut square) = (0.0, 0.0);
    for ((displacement, first), second) in displacements.iter().zip(&a.forces).zip(&forces) {
        for axis in 0..3 {
            work -= 0.5 * (first[axis] + second[axis]) * displacement[axis];
            square += displacement[axis] * displacement[axis];
        }
    }
    Some(Pair { distance: (square / a.atom_count() as f64).sqrt(), work, energy })
}

/// Displacements from a to b, and the forces of b, after b is moved and turned onto a.
///
/// Source: W. Kabsch 1976, doi:10.1107/S0567739476001873.
fn superposed(a: &Configuration, b: &Configuration) -> (Vec<[f64; 3]>, Vec<[f64; 3]>) {
    let (center_of_a, center_of_b) = (centroid(&a.positions), centroid(&b.positions));
    let mut correlation = Matrix3::<f64>::zeros();
    for (x, y) in a.positions.iter().zip(&b.positions) {
        for i in 0..3 {
            for j in 0..3 {
                correlation[(i, j)] += (x[i] - center_of_a[i]) * (y[j] - center_of_b[j]);
            }
        }
    }
    let svd = correlation.svd(true, true);
    let rotation = match (svd.u, svd.v_t) {
        (Some(u), Some(v_t)) => {
            let mut proper = Matrix3::identity();
            // Singular values come in descending order: a reflection is undone along the least important axis.
            proper[(2, 2)] = (u * v_t).determinant().signum();
            u * proper * v_t
        }
        _ => Matrix3::identity(),
    };
    let turn = |v: [f64; 3]| {
        let mut turned = [0.0; 3];
        for i in 0..3 {
            turned[i] = (0..3).map(|j| rotation[(i, j)] * v[j]).sum();
        }
        turned
    };
    let displacement = |(x, y): (&[f64; 3], &[f64; 3])| {
        let moved = turn([y[0] - center_of_b[0], y[1] - center_of_b[1], y[2] - center_of_b[2]]);
        [0, 1, 2].map(|axis: usize| moved[axis] - (x[axis] - center_of_a[axis]))
    };
    let displacements = a.positions.iter().zip(&b.positions).map(displacement).collect();
    (displacements, b.forces.iter().map(|&force| turn(force)).collect())
}

/// Mean of the positions in Å.
pub(super) fn centroid(positions: &[[f64; 3]]) -> [f64; 3] {
    [0, 1, 2].map(|axis: usize| positions.iter().map(|x| x[axis]).sum::<f64>() / positions.len() as f64)
}
