//! Whether two sets of atoms have the same shape, whatever the numbers of their atoms.

use nalgebra::{Matrix3, SymmetricEigen, Vector3};

use super::Superposition;
use cormorant_core::system::Element;

/// Rounds of matching and superposition, which settle after two or three.
const ROUNDS: usize = 8;

/// Least root mean square distance in Å that was found between `points` and `reference`, `[atoms][3]` both, when the points are moved
/// and turned (never reflected) and atoms of one element and mass (u) may stand for each other.
///
/// Nuclei of one element and mass are identical: a turned methyl group or phenyl ring is the same structure, and so are atoms in another
/// order. A mirror image is another structure. The points are laid upon the reference by their numbers, by those of the atoms
/// that are not hydrogen, and by the axes of both sets; then nearest atoms of one element are paired and superposed in turn. The
/// result is never more than the distance without exchange. It is an upper bound of the least: where the structures differ by more
/// than an Å, another pairing may do better. Checked by `suite::rank`.
#[must_use]
pub fn matched_deviation((elements, masses): (&[Element], &[f64]), points: &[[f64; 3]], reference: &[[f64; 3]]) -> f64 {
    let kinds: Vec<(Element, u64)> = elements.iter().copied().zip(masses.iter().map(|mass| mass.to_bits())).collect();
    let by_numbers = Superposition::new(points, reference);
    let mut starts = vec![carried(&by_numbers, points)];
    let heavy: Vec<usize> = (0..elements.len()).filter(|atom| elements[*atom].symbol() != "H").collect();
    if heavy.len() > 2 && heavy.len() < elements.len() {
        let of = |all: &[[f64; 3]]| heavy.iter().map(|atom| all[*atom]).collect::<Vec<_>>();
        starts.push(carried(&Superposition::new(&of(points), &of(reference)), points));
    }
    starts.extend(along_axes(points, reference));
    let plain = by_numbers.deviation(points, reference);
    starts.into_iter().map(|start| settle(&kinds, points, reference, start)).fold(plain, f64::min)
}

/// Pair and superpose in turn, from where the points are carried at first.
fn settle(kinds: &[(Element, u64)], points: &[[f64; 3]], reference: &[[f64; 3]], mut placed: Vec<[f64; 3]>) -> f64 {
    let mut least = f64::INFINITY;
    for _ in 0..ROUNDS {
        let partners = pairs(kinds, &placed, reference);
        let paired: Vec<[f64; 3]> = partners.iter().map(|atom| points[*atom]).collect();
        let best = Superposition::new(&paired, reference);
        let deviation = best.deviation(&paired, reference);
        if deviation >= least {
            break;
        }
        least = deviation;
        placed = carried(&best, points);
    }
    least
}

/// For each atom of the reference the point that stands for it: nearest pairs of one kind first.
fn pairs(kinds: &[(Element, u64)], placed: &[[f64; 3]], reference: &[[f64; 3]]) -> Vec<usize> {
    let count = kinds.len();
    let mut close: Vec<(f64, usize, usize)> = Vec::new();
    for (target, place) in reference.iter().enumerate() {
        for (point, other) in placed.iter().enumerate().filter(|(point, _)| kinds[*point] == kinds[target]) {
            close.push(((Vector3::from(*place) - Vector3::from(*other)).norm_squared(), target, point));
        }
    }
    close.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut partners = vec![usize::MAX; count];
    let mut taken = vec![false; count];
    for (_, target, point) in close {
        if partners[target] == usize::MAX && !taken[point] {
            partners[target] = point;
            taken[point] = true;
        }
    }
    partners
}

fn carried(superposition: &Superposition, points: &[[f64; 3]]) -> Vec<[f64; 3]> {
    points.iter().map(|point| superposition.apply(*point)).collect()
}

/// The points with their axes along those of the reference, in the four ways that are rotations.
fn along_axes(points: &[[f64; 3]], reference: &[[f64; 3]]) -> Vec<Vec<[f64; 3]>> {
    let ((center, axes), (target, goal)) = (axes(points), axes(reference));
    let turned = |signs: [f64; 3]| {
        let rotation = goal * Matrix3::from_diagonal(&Vector3::from(signs)) * axes.transpose();
        points.iter().map(|point| (rotation * (Vector3::from(*point) - center) + target).into()).collect()
    };
    [[1.0, 1.0, 1.0], [1.0, -1.0, -1.0], [-1.0, 1.0, -1.0], [-1.0, -1.0, 1.0]].map(turned).into()
}

/// Centroid and principal axes as columns, by growing extent, right-handed.
fn axes(points: &[[f64; 3]]) -> (Vector3<f64>, Matrix3<f64>) {
    let center = points.iter().map(|point| Vector3::from(*point)).sum::<Vector3<f64>>() / points.len().max(1) as f64;
    let spread = |point: &[f64; 3]| {
        let from = Vector3::from(*point) - center;
        from * from.transpose()
    };
    let found = SymmetricEigen::new(points.iter().map(spread).sum::<Matrix3<f64>>());
    let mut order = [0, 1, 2];
    order.sort_by(|a, b| found.eigenvalues[*a].total_cmp(&found.eigenvalues[*b]));
    let [first, second] = [order[0], order[1]].map(|axis| found.eigenvectors.column(axis).into_owned());
    (center, Matrix3::from_columns(&[first, second, first.cross(&second)]))
}
