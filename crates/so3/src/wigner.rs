//! Rotation matrices of every degree.

use nalgebra::{DMatrix, Matrix3};

use super::clebsch_gordan;

/// D^l for l = 0..=max_degree of the rotation `rotation` acting on column vectors (x, y, z).
///
/// D⁰ = 1, D¹ = R in the order (y, z, x), D^l_{mm'} = Σ C^{lm}_{(l−1)a,1b} C^{lm'}_{(l−1)a',1b'} D^{l−1}_{aa'} D¹_{bb'}.
/// Checked by: `suite::so3::{harmonics_rotate, representation}`.
#[must_use]
pub fn wigner(max_degree: usize, rotation: &Matrix3<f64>) -> Vec<DMatrix<f64>> {
    const ORDER: [usize; 3] = [1, 2, 0];
    let mut matrices = vec![DMatrix::from_element(1, 1, 1.0)];
    if max_degree == 0 {
        return matrices;
    }
    let first = DMatrix::from_fn(3, 3, |a, b| rotation[(ORDER[a], ORDER[b])]);
    matrices.push(first.clone());
    for l in 2..=max_degree {
        let coupling = coupling_matrix(l);
        let next = &coupling * matrices[l - 1].kronecker(&first) * coupling.transpose();
        matrices.push(next);
    }
    matrices
}

/// Derivatives of D^l at the identity, l = 0..=max_degree, along the infinitesimal rotation `generator` (antisymmetric).
///
/// By the product rule, A^l = C (A^{l−1} ⊗ 1 + 1 ⊗ A¹) Cᵀ. Checked by: `suite::so3::generators`.
#[must_use]
pub fn wigner_generator(max_degree: usize, generator: &Matrix3<f64>) -> Vec<DMatrix<f64>> {
    const ORDER: [usize; 3] = [1, 2, 0];
    let mut matrices = vec![DMatrix::zeros(1, 1)];
    if max_degree == 0 {
        return matrices;
    }
    let first = DMatrix::from_fn(3, 3, |a, b| generator[(ORDER[a], ORDER[b])]);
    matrices.push(first.clone());
    for l in 2..=max_degree {
        let coupling = coupling_matrix(l);
        let identity = DMatrix::identity(2 * l - 1, 2 * l - 1);
        let product = matrices[l - 1].kronecker(&DMatrix::identity(3, 3)) + identity.kronecker(&first);
        let next = &coupling * product * coupling.transpose();
        matrices.push(next);
    }
    matrices
}

/// C^{lm}_{(l−1)a,1b} as a matrix [2l+1, (2l−1)·3].
fn coupling_matrix(l: usize) -> DMatrix<f64> {
    DMatrix::from_fn(2 * l + 1, (2 * l - 1) * 3, |m, column| {
        let (a, b) = (column / 3, column % 3);
        clebsch_gordan(l - 1, a as isize - (l as isize - 1), 1, b as isize - 1, l, m as isize - l as isize)
    })
}

/// Rotation by `angle` (radian) about the x axis.
#[must_use]
pub fn rotation_about_x(angle: f64) -> Matrix3<f64> {
    let (s, c) = angle.sin_cos();
    Matrix3::new(1.0, 0.0, 0.0, 0.0, c, -s, 0.0, s, c)
}

/// Rotation by `angle` (radian) about the y axis.
#[must_use]
pub fn rotation_about_y(angle: f64) -> Matrix3<f64> {
    let (s, c) = angle.sin_cos();
    Matrix3::new(c, 0.0, s, 0.0, 1.0, 0.0, -s, 0.0, c)
}

/// Rotation by `angle` (radian) about the z axis.
#[must_use]
pub fn rotation_about_z(angle: f64) -> Matrix3<f64> {
    let (s, c) = angle.sin_cos();
    Matrix3::new(c, -s, 0.0, s, c, 0.0, 0.0, 0.0, 1.0)
}
