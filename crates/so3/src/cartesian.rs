//! Vectors and symmetric traceless tensors in x, y and z.

use std::sync::LazyLock;

use super::clebsch_gordan;

/// x, y, z as the components (y, z, x) of degree 1 stand: component k is along axis `AXES[k]`.
const AXES: [usize; 3] = [1, 2, 0];

/// The vector (x, y, z) of the components of degree 1.
#[must_use]
pub fn vector(components: [f64; 3]) -> [f64; 3] {
    let mut vector = [0.0; 3];
    for (axis, component) in AXES.into_iter().zip(components) {
        vector[axis] = component;
    }
    vector
}

/// The components of degree 1 of the vector (x, y, z).
#[must_use]
pub fn vector_components(vector: [f64; 3]) -> [f64; 3] {
    AXES.map(|axis| vector[axis])
}

/// E^m_ab = C^{2m}_{1a,1b} for m = −2..2 and axes a, b in the order x, y, z: symmetric, traceless and orthonormal,
/// Σ_ab E^m_ab E^n_ab = δ_mn, so that Σ_m Q_m E^m turns like a tensor, R T Rᵀ, when Q turns like degree 2.
///
/// Checked by: `suite::so3::cartesian_tensors`.
#[must_use]
pub fn quadrupole_basis() -> &'static [[[f64; 3]; 3]; 5] {
    static BASIS: LazyLock<[[[f64; 3]; 3]; 5]> = LazyLock::new(|| {
        let mut basis = [[[0.0; 3]; 3]; 5];
        for (m, matrix) in basis.iter_mut().enumerate() {
            for (a, &row) in AXES.iter().enumerate() {
                for (b, &column) in AXES.iter().enumerate() {
                    let shifted = [a as isize - 1, b as isize - 1, m as isize - 2];
                    matrix[row][column] = clebsch_gordan(1, shifted[0], 1, shifted[1], 2, shifted[2]);
                }
            }
        }
        basis
    });
    &BASIS
}
