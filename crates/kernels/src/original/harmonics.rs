//! Real solid harmonics up to degree 3 and their gradients, as polynomials.

use super::shape::HarmonicKind;

/// Rows of degrees 0 to 3.
pub(super) const ROWS: usize = 16;

/// r^l Y_lm(r̂) with Σ_m Y_lm² = 1 on the unit sphere, and the gradients, rows as in [`cormorant_so3`].
///
/// These are the original's complex harmonics r^l √(4π/(2l+1)) conj Y_lm in the real basis.
/// Checked by: `suite::original::harmonics_are_those_of_so3`.
#[must_use]
pub fn solid_harmonics([x, y, z]: [f64; 3]) -> ([f64; ROWS], [[f64; 3]; ROWS]) {
    let (x2, y2, z2) = (x * x, y * y, z * z);
    let root = f64::sqrt;
    let (a, b, c, d) = (root(3.0), root(3.0) / 2.0, root(5.0 / 8.0), root(15.0));
    let e = root(3.0 / 8.0);
    let values = [
        1.0,
        y,
        z,
        x,
        a * x * y,
        a * y * z,
        (2.0 * z2 - x2 - y2) / 2.0,
        a * x * z,
        b * (x2 - y2),
        c * y * (3.0 * x2 - y2),
        d * x * y * z,
        e * y * (4.0 * z2 - x2 - y2),
        z * (2.0 * z2 - 3.0 * x2 - 3.0 * y2) / 2.0,
        e * x * (4.0 * z2 - x2 - y2),
        d / 2.0 * z * (x2 - y2),
        c * x * (x2 - 3.0 * y2),
    ];
    let gradients = [
        [0.0; 3],
        [0.0, 1.0, 0.0],
        [0.0, 0.0, 1.0],
        [1.0, 0.0, 0.0],
        [a * y, a * x, 0.0],
        [0.0, a * z, a * y],
        [-x, -y, 2.0 * z],
        [a * z, 0.0, a * x],
        [2.0 * b * x, -2.0 * b * y, 0.0],
        [6.0 * c * x * y, 3.0 * c * (x2 - y2), 0.0],
        [d * y * z, d * x * z, d * x * y],
        [-2.0 * e * x * y, e * (4.0 * z2 - x2 - 3.0 * y2), 8.0 * e * y * z],
        [-3.0 * x * z, -3.0 * y * z, (6.0 * z2 - 3.0 * x2 - 3.0 * y2) / 2.0],
        [e * (4.0 * z2 - 3.0 * x2 - y2), -2.0 * e * x * y, 8.0 * e * x * z],
        [d * x * z, -d * y * z, d / 2.0 * (x2 - y2)],
        [3.0 * c * (x2 - y2), -6.0 * c * x * y, 0.0],
    ];
    (values, gradients)
}

/// The same in the length that `kind` asks for, at distance `r` > 0.
pub(super) fn edge_harmonics(kind: HarmonicKind, vector: [f64; 3], r: f64) -> ([f64; ROWS], [[f64; 3]; ROWS]) {
    let (mut values, mut gradients) = solid_harmonics(vector);
    if kind == HarmonicKind::Unit {
        for l in 1..4usize {
            let scale = r.powi(-(l as i32));
            for row in l * l..(l + 1) * (l + 1) {
                values[row] *= scale;
                for axis in 0..3 {
                    let along = l as f64 * values[row] * vector[axis] / (r * r);
                    gradients[row][axis] = gradients[row][axis] * scale - along;
                }
            }
        }
    }
    (values, gradients)
}
