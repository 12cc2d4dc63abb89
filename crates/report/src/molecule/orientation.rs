//! From which side to look.

use nalgebra::{Matrix3, SymmetricEigen, Vector3};

use super::Scene;

/// Turn around the vertical and then the horizontal axis, in radians, so that depth is seen.
const TURN: [f64; 2] = [0.42, 0.30];

/// The rotation that puts the longest extent of a molecule across the picture and the shortest towards the viewer; a cell is
/// looked at from its own axes. Both are then turned a little.
pub(super) fn orientation(scene: &Scene) -> Matrix3<f64> {
    let axes = if scene.cell.is_some() { Matrix3::identity() } else { principal(&scene.positions) };
    let (sine, cosine) = TURN[0].sin_cos();
    let vertical = Matrix3::new(cosine, 0.0, sine, 0.0, 1.0, 0.0, -sine, 0.0, cosine);
    let (sine, cosine) = TURN[1].sin_cos();
    let horizontal = Matrix3::new(1.0, 0.0, 0.0, 0.0, cosine, -sine, 0.0, sine, cosine);
    horizontal * vertical * axes
}

/// Rows: the axes of the largest, second and third variance of the positions, right-handed.
fn principal(positions: &[[f64; 3]]) -> Matrix3<f64> {
    let points = || positions.iter().map(|&[x, y, z]| Vector3::new(x, y, z));
    let center = points().sum::<Vector3<f64>>() / positions.len().max(1) as f64;
    let spread: Matrix3<f64> = points().map(|point| (point - center) * (point - center).transpose()).sum();
    let eigen = SymmetricEigen::new(spread);
    let mut order = [0, 1, 2];
    order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
    let [first, second] = [order[0], order[1]].map(|column| eigen.eigenvectors.column(column).into_owned());
    Matrix3::from_rows(&[first.transpose(), second.transpose(), first.cross(&second).transpose()])
}
