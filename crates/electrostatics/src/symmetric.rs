//! Symmetric tensors by their six independent components.

use cormorant_core::system::vector::dot;

/// Independent components of a symmetric tensor, in the order xx, yy, zz, xy, xz, yz.
pub const SYMMETRIC: [(usize, usize); 6] = [(0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2)];

/// How many of the nine places each of them stands for.
pub(crate) const PLACES: [f64; 6] = [1.0, 1.0, 1.0, 2.0, 2.0, 2.0];

/// All nine places.
#[inline]
pub(crate) fn full(t: &[f64; 6]) -> [[f64; 3]; 3] {
    [[t[0], t[3], t[4]], [t[3], t[1], t[5]], [t[4], t[5], t[2]]]
}

/// The product with a vector.
#[inline]
pub(crate) fn apply(t: &[f64; 6], v: [f64; 3]) -> [f64; 3] {
    full(t).map(|row| dot(row, v))
}

/// Σ_ab s_ab t_ab.
#[inline]
pub(crate) fn double_dot(s: &[f64; 6], t: &[f64; 6]) -> f64 {
    let terms = [0, 1, 2, 3, 4, 5].map(|component| s[component] * t[component]);
    terms[0] + terms[1] + terms[2] + 2.0 * (terms[3] + terms[4] + terms[5])
}
