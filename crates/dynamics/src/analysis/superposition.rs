//! Laying one set of points upon another.

use nalgebra::{Matrix3, Vector3};

/// The rotation and the two centers that bring `points` nearest to `reference` in the sense of least squares.
#[derive(Debug, Clone, PartialEq)]
pub struct Superposition {
    rotation: Matrix3<f64>,
    center: Vector3<f64>,
    reference_center: Vector3<f64>,
}

impl Superposition {
    /// The best superposition of as many points as there are in both, `[points][3]`.
    ///
    ///   H = Σ_i p_i q_iᵀ = U S Vᵀ        R = V diag(1, 1, det V Uᵀ) Uᵀ
    ///
    /// | symbol | meaning                                              |
    /// |--------|------------------------------------------------------|
    /// | p, q   | points and reference, each less its centroid, in Å   |
    /// | R      | rotation, never a reflection: q ≈ R p                |
    ///
    /// Source: Kabsch 1976, doi:10.1107/S0567739476001873, and 1978, doi:10.1107/S0567739478001680.
    /// Checked by `suite::analysis::shapes`.
    #[must_use]
    pub fn new(points: &[[f64; 3]], reference: &[[f64; 3]]) -> Self {
        let (center, reference_center) = (centroid(points), centroid(reference));
        let mut covariance = Matrix3::zeros();
        for (point, other) in points.iter().zip(reference) {
            covariance += (Vector3::from(*point) - center) * (Vector3::from(*other) - reference_center).transpose();
        }
        let decomposed = covariance.svd(true, true);
        // Both were asked for, so both are there.
        let u = decomposed.u.unwrap_or_else(Matrix3::identity);
        let v = decomposed.v_t.unwrap_or_else(Matrix3::identity).transpose();
        // The smallest singular value, which is the last one, bears the change of sign.
        let sign = (v * u.transpose()).determinant().signum();
        let rotation = v * Matrix3::from_diagonal(&Vector3::new(1.0, 1.0, sign)) * u.transpose();
        Self { rotation, center, reference_center }
    }

    /// A point carried along.
    #[must_use]
    pub fn apply(&self, point: [f64; 3]) -> [f64; 3] {
        (self.rotation * (Vector3::from(point) - self.center) + self.reference_center).into()
    }

    /// Root mean square distance in Å of `points`, carried along, from `reference`.
    #[must_use]
    pub fn deviation(&self, points: &[[f64; 3]], reference: &[[f64; 3]]) -> f64 {
        let square = |(point, other): (&[f64; 3], &[f64; 3])| {
            (Vector3::from(self.apply(*point)) - Vector3::from(*other)).norm_squared()
        };
        let sum: f64 = points.iter().zip(reference).map(square).sum();
        (sum / points.len().max(1) as f64).sqrt()
    }
}

fn centroid(points: &[[f64; 3]]) -> Vector3<f64> {
    let sum: Vector3<f64> = points.iter().map(|point| Vector3::from(*point)).sum();
    sum / points.len().max(1) as f64
}
