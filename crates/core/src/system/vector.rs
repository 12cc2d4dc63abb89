//! The few operations on three-vectors that the rest needs.

/// Row vector times matrix.
#[must_use]
pub fn times(vector: [f64; 3], matrix: &[[f64; 3]; 3]) -> [f64; 3] {
    [0, 1, 2].map(|k| vector[0] * matrix[0][k] + vector[1] * matrix[1][k] + vector[2] * matrix[2][k])
}

/// Scalar product.
#[must_use]
#[inline]
pub fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// Vector product.
#[must_use]
#[inline]
pub fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// Length of a vector.
#[must_use]
#[inline]
pub fn norm(a: [f64; 3]) -> f64 {
    dot(a, a).sqrt()
}

/// a − b.
#[must_use]
#[inline]
pub fn difference(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

/// a + factor · b.
#[must_use]
#[inline]
pub fn plus(a: [f64; 3], factor: f64, b: [f64; 3]) -> [f64; 3] {
    [a[0] + factor * b[0], a[1] + factor * b[1], a[2] + factor * b[2]]
}

/// Vectors from the geometric center of `positions`.
pub fn from_center(positions: &[[f64; 3]]) -> impl Iterator<Item = [f64; 3]> + '_ {
    let center = [0, 1, 2].map(|axis| positions.iter().map(|x| x[axis]).sum::<f64>() / positions.len() as f64);
    positions.iter().map(move |x| difference(*x, center))
}
