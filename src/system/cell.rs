//! The periodic cell.

use super::vector::{cross, dot, norm, times};
use crate::{Error, Result};

/// A periodic cell; row k of the matrix H is lattice vector k, in Å.
///
///   position = fraction · H      fraction = position · H⁻¹      height_k = volume / |area of face k|
///
/// All three directions repeat; a system without any is one without a cell. Checked by: `suite::system`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    rows: [[f64; 3]; 3],
    inverse: [[f64; 3]; 3],
    volume: f64,
}

impl Cell {
    /// The cell with these lattice vectors in Å.
    ///
    /// # Errors
    /// When a number is not finite, a vector is shorter than 1e-3 Å or longer than 1e6 Å, or the vectors lie (nearly) in
    /// one plane.
    pub fn new(rows: [[f64; 3]; 3]) -> Result<Self> {
        if rows.iter().flatten().any(|x| !x.is_finite()) {
            return Err(Error::Invalid("a cell vector is not finite; write three vectors in Å".into()));
        }
        let lengths = rows.map(norm);
        if let Some(length) = lengths.iter().find(|length| !(1.0e-3..=1.0e6).contains(*length)) {
            return Err(Error::Invalid(format!(
                "a cell vector has a length of {length} Å; lengths from 0.001 to 1000000 Å are accepted"
            )));
        }
        let across = [cross(rows[1], rows[2]), cross(rows[2], rows[0]), cross(rows[0], rows[1])];
        let determinant = dot(rows[0], across[0]);
        if determinant.abs() < 1.0e-6 * lengths.iter().product::<f64>() {
            return Err(Error::Invalid(
                "the three cell vectors lie in one plane; write three that span a volume".into(),
            ));
        }
        let mut inverse = [[0.0; 3]; 3];
        for (i, row) in inverse.iter_mut().enumerate() {
            for (k, entry) in row.iter_mut().enumerate() {
                *entry = across[k][i] / determinant;
            }
        }
        Ok(Self { rows, inverse, volume: determinant.abs() })
    }

    /// The cell with these lengths in Å and angles (between b and c, a and c, a and b) in degrees; a lies along x and b
    /// in the xy plane.
    ///
    /// # Errors
    /// As for [`Cell::new`], and when no cell has such angles.
    pub fn from_lengths_and_angles(lengths: [f64; 3], angles: [f64; 3]) -> Result<Self> {
        let refuse = || {
            Error::Invalid(format!(
                "no cell has the angles {angles:?} degrees; write three between 0 and 180 that a box can have"
            ))
        };
        if !angles.iter().all(|angle| *angle > 0.0 && *angle < 180.0) {
            return Err(refuse());
        }
        // Exact zeros for right angles, which the cosine of a rounded π/2 would not give.
        let cosine = angles.map(|angle| if angle == 90.0 { 0.0 } else { angle.to_radians().cos() });
        let sine = (1.0 - cosine[2] * cosine[2]).sqrt();
        let along = (cosine[0] - cosine[1] * cosine[2]) / sine;
        let height_squared = 1.0 - cosine[1] * cosine[1] - along * along;
        if height_squared.is_nan() || height_squared <= 0.0 {
            return Err(refuse());
        }
        let [a, b, c] = lengths;
        Self::new([
            [a, 0.0, 0.0],
            [b * cosine[2], b * sine, 0.0],
            [c * cosine[1], c * along, c * height_squared.sqrt()],
        ])
    }

    /// A cube with this edge in Å.
    ///
    /// # Errors
    /// As for [`Cell::new`].
    pub fn cubic(edge: f64) -> Result<Self> {
        Self::new([[edge, 0.0, 0.0], [0.0, edge, 0.0], [0.0, 0.0, edge]])
    }

    /// The lattice vectors as rows, in Å.
    #[must_use]
    pub fn rows(&self) -> [[f64; 3]; 3] {
        self.rows
    }

    /// H⁻¹ in 1/Å, so that fraction = position · H⁻¹.
    #[must_use]
    pub fn inverse(&self) -> [[f64; 3]; 3] {
        self.inverse
    }

    /// Volume in Å³, positive also for left-handed vectors.
    #[must_use]
    pub fn volume(&self) -> f64 {
        self.volume
    }

    /// Lengths of the lattice vectors in Å.
    #[must_use]
    pub fn lengths(&self) -> [f64; 3] {
        self.rows.map(norm)
    }

    /// Angles between b and c, a and c, a and b, in degrees.
    #[must_use]
    pub fn angles(&self) -> [f64; 3] {
        [(1, 2), (0, 2), (0, 1)].map(|(j, k)| {
            let (first, second) = (self.rows[j], self.rows[k]);
            norm(cross(first, second)).atan2(dot(first, second)).to_degrees()
        })
    }

    /// Distances in Å between opposite faces; face k is spanned by the two other vectors.
    #[must_use]
    pub fn heights(&self) -> [f64; 3] {
        [0, 1, 2].map(|k| {
            let column = [self.inverse[0][k], self.inverse[1][k], self.inverse[2][k]];
            1.0 / norm(column)
        })
    }

    /// Fractional coordinates of a position.
    #[must_use]
    pub fn fractional(&self, position: [f64; 3]) -> [f64; 3] {
        times(position, &self.inverse)
    }

    /// Position in Å of fractional coordinates.
    #[must_use]
    pub fn cartesian(&self, fraction: [f64; 3]) -> [f64; 3] {
        times(fraction, &self.rows)
    }

    /// Which image of the cell a position lies in: position = wrapped position + image · H.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a position 2³¹ cells away saturates; nothing sensible is there"
    )]
    pub fn image(&self, position: [f64; 3]) -> [i32; 3] {
        self.fractional(position).map(|fraction| fraction.floor() as i32)
    }

    /// The same position moved into the cell.
    #[must_use]
    pub fn wrap(&self, position: [f64; 3]) -> [f64; 3] {
        let shift = self.cartesian(self.image(position).map(f64::from));
        [position[0] - shift[0], position[1] - shift[1], position[2] - shift[2]]
    }

    /// The shortest of all periodic images of `vector`, exact for cells of any shape.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "the ranges are a few cells wide")]
    pub fn nearest_image(&self, vector: [f64; 3]) -> [f64; 3] {
        let reduced = self.fractional(vector).map(|fraction| fraction - fraction.round());
        let mut best = self.cartesian(reduced);
        // A shorter vector has |fraction_k| ≤ length / height_k: that bounds the images worth trying.
        let reach = norm(best);
        let bounds = self.heights().map(|height| reach / height);
        let range = |k: usize| (reduced[k] - bounds[k]).ceil() as i32..=(reduced[k] + bounds[k]).floor() as i32;
        for i in range(0) {
            for j in range(1) {
                for k in range(2) {
                    let fraction = [reduced[0] - f64::from(i), reduced[1] - f64::from(j), reduced[2] - f64::from(k)];
                    let candidate = self.cartesian(fraction);
                    if dot(candidate, candidate) < dot(best, best) {
                        best = candidate;
                    }
                }
            }
        }
        best
    }

    /// The cell after a deformation: H → H · `gradient`; positions deform as position · `gradient`.
    ///
    /// # Errors
    /// As for [`Cell::new`].
    pub fn deformed(&self, gradient: &[[f64; 3]; 3]) -> Result<Self> {
        Self::new(self.rows.map(|row| times(row, gradient)))
    }
}
