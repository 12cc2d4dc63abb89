//! The periodic cell.

mod basis;
mod images;

use super::vector::{cross, dot, norm, times};
use crate::{Error, Result};

/// A cell, which repeats along each of its three vectors or does not; row k of the matrix H is lattice vector k, in Å.
///
///   position = fraction · B      fraction = position · B⁻¹      height_k = |det B| / |area of face k|
///
/// A direction along which nothing repeats is open: slabs have one, wires two. The vector that a file states along an open
/// direction has no meaning for energies and forces; it may be zero, shorter than the extent of the atoms, or oblique, and is
/// kept only to be written again. In its place the basis B has a unit vector (1 Å) at right angles to all others, so that the
/// fraction along an open direction is a coordinate in Å, and the distance of two images is one of the repeating vectors.
/// Where all three directions repeat, B is H.
///
/// | symbol | here        | unit | shape    |
/// |--------|-------------|------|----------|
/// | H      | `rows`      | Å    | `[3][3]` |
/// | B      | `basis`     | Å    | `[3][3]` |
/// | B⁻¹    | `inverse`   | 1/Å  | `[3][3]` |
/// | \|det B\| | `measure` | Å³ of a bulk, Å² of a slab, Å of a wire | scalar |
///
/// A [`System`](super::System) in which nothing repeats has no cell. Checked by: `suite::system`, `suite::periodicity`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    rows: [[f64; 3]; 3],
    basis: [[f64; 3]; 3],
    inverse: [[f64; 3]; 3],
    measure: f64,
    periodic: [bool; 3],
}

impl Cell {
    /// The cell with these lattice vectors in Å, which repeats in all three directions.
    ///
    /// # Errors
    /// When a number is not finite, a vector is shorter than 1e-3 Å or longer than 1e6 Å, or the vectors lie (nearly) in
    /// one plane.
    pub fn new(rows: [[f64; 3]; 3]) -> Result<Self> {
        Self::with_periodicity(rows, [true; 3])
    }

    /// The cell with these lattice vectors in Å, which repeats along those for which `periodic` is true.
    ///
    /// # Errors
    /// When a number is not finite, a repeating vector is shorter than 1e-3 Å, any is longer than 1e6 Å, or the repeating
    /// vectors lie (nearly) in one plane, or along one line if there are two.
    pub fn with_periodicity(rows: [[f64; 3]; 3], periodic: [bool; 3]) -> Result<Self> {
        let basis = basis::complete(&rows, periodic)?;
        let determinant = basis::determinant(&basis, periodic.iter().filter(|&&repeats| repeats).count())?;
        let across = [cross(basis[1], basis[2]), cross(basis[2], basis[0]), cross(basis[0], basis[1])];
        let mut inverse = [[0.0; 3]; 3];
        for (i, row) in inverse.iter_mut().enumerate() {
            for (k, entry) in row.iter_mut().enumerate() {
                *entry = across[k][i] / determinant;
            }
        }
        Ok(Self { rows, basis, inverse, measure: determinant.abs(), periodic })
    }

    /// The cell with these lengths in Å and angles (between b and c, a and c, a and b) in degrees; a lies along x and b
    /// in the xy plane. It repeats in all three directions.
    ///
    /// # Errors
    /// As for [`Cell::new`], and when no cell has such angles.
    pub fn from_lengths_and_angles(lengths: [f64; 3], angles: [f64; 3]) -> Result<Self> {
        let refuse = || {
            Error::Structure(format!(
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

    /// The same periodicity with other lattice vectors, in Å.
    ///
    /// # Errors
    /// As for [`Cell::with_periodicity`].
    pub fn with_rows(&self, rows: [[f64; 3]; 3]) -> Result<Self> {
        Self::with_periodicity(rows, self.periodic)
    }

    /// The cell after a deformation: H → H · `gradient`; positions deform as position · `gradient`.
    ///
    /// # Errors
    /// As for [`Cell::with_periodicity`].
    pub fn deformed(&self, gradient: &[[f64; 3]; 3]) -> Result<Self> {
        self.with_rows(self.rows.map(|row| times(row, gradient)))
    }

    /// The cell that repeats in all directions, with a vector of `vacuum` Å at right angles to all others in place of each
    /// open one; for programs and formats that know no open directions.
    ///
    /// # Errors
    /// When `vacuum` is not a possible length.
    pub fn closed(&self, vacuum: f64) -> Result<Self> {
        let scaled = |k: usize| if self.periodic[k] { self.basis[k] } else { self.basis[k].map(|x| x * vacuum) };
        Self::new([0, 1, 2].map(scaled))
    }

    /// Along which of its vectors the cell repeats.
    #[must_use]
    pub fn periodic(&self) -> [bool; 3] {
        self.periodic
    }

    /// Number of repeating directions: 3 for a bulk, 2 for a slab, 1 for a wire.
    #[must_use]
    pub fn dimensions(&self) -> usize {
        self.periodic.iter().filter(|&&repeats| repeats).count()
    }

    /// The lattice vectors as rows, in Å, as they were stated; those of open directions have no meaning.
    #[must_use]
    pub fn rows(&self) -> [[f64; 3]; 3] {
        self.rows
    }

    /// B in Å: the lattice vectors along repeating directions, unit vectors at right angles to all others along open ones.
    #[must_use]
    pub fn basis(&self) -> [[f64; 3]; 3] {
        self.basis
    }

    /// B⁻¹ in 1/Å, so that fraction = position · B⁻¹.
    #[must_use]
    pub fn inverse(&self) -> [[f64; 3]; 3] {
        self.inverse
    }

    /// Volume in Å³, positive also for left-handed vectors; `None` where a direction is open, because then there is none.
    #[must_use]
    pub fn volume(&self) -> Option<f64> {
        (self.dimensions() == 3).then_some(self.measure)
    }

    /// Content of what repeats: the volume of a bulk in Å³, the area of a slab in Å², the length of a wire in Å.
    #[must_use]
    pub fn measure(&self) -> f64 {
        self.measure
    }

    /// Volume in Å³ of the vectors as they were stated, those of open directions included; 0 if they span none.
    ///
    /// Only to read a stress that another program divided by it.
    #[must_use]
    pub fn stated_volume(&self) -> f64 {
        dot(self.rows[0], cross(self.rows[1], self.rows[2])).abs()
    }

    /// The projector on the space that the repeating vectors span; the unit matrix where all three repeat.
    #[must_use]
    pub fn projector(&self) -> [[f64; 3]; 3] {
        let mut projector = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
        for k in (0..3).filter(|&k| !self.periodic[k]) {
            for (i, row) in projector.iter_mut().enumerate() {
                for (j, entry) in row.iter_mut().enumerate() {
                    *entry -= self.basis[k][i] * self.basis[k][j];
                }
            }
        }
        projector
    }

    /// What of a tensor is within the space of the repeating directions: P · tensor · P, the tensor itself in a bulk.
    #[must_use]
    pub fn along_repeating(&self, tensor: &[[f64; 3]; 3]) -> [[f64; 3]; 3] {
        if self.dimensions() == 3 {
            return *tensor;
        }
        let projector = self.projector();
        let right = tensor.map(|row| times(row, &projector));
        projector.map(|row| times(row, &right))
    }

    /// The components of a tensor along repeating directions, in orthonormal axes of their space: 9 for a bulk (the Cartesian
    /// ones), 4 for a slab, 1 for a wire.
    #[must_use]
    pub fn repeating_components(&self, tensor: &[[f64; 3]; 3]) -> Vec<f64> {
        let unit = |vector: [f64; 3]| vector.map(|x| x / norm(vector));
        let axes: Vec<[f64; 3]> = match (0..3).filter(|&k| self.periodic[k]).collect::<Vec<_>>()[..] {
            [only] => vec![unit(self.basis[only])],
            [first, second] => {
                let along = unit(self.basis[first]);
                vec![along, cross(self.basis[3 - first - second], along)]
            }
            _ => return tensor.as_flattened().to_vec(),
        };
        axes.iter().flat_map(|a| axes.iter().map(|b| dot(times(*a, tensor), *b))).collect()
    }

    /// The lattice vectors as rows, in Å, with zeros for open directions: what can be drawn.
    #[must_use]
    pub fn repeating_rows(&self) -> [[f64; 3]; 3] {
        [0, 1, 2].map(|k| if self.periodic[k] { self.rows[k] } else { [0.0; 3] })
    }

    /// What repeats, in a word: "bulk", "slab" or "wire", and "no cell" where nothing does.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        ["no cell", "wire", "slab", "bulk"][self.dimensions()]
    }

    /// The unit vector along which a wire repeats; `None` for everything else.
    #[must_use]
    pub fn wire_axis(&self) -> Option<[f64; 3]> {
        let only = (0..3).find(|&k| self.periodic[k]).filter(|_| self.dimensions() == 1)?;
        Some(self.basis[only].map(|x| x / self.measure))
    }

    /// The Cartesian axes along which the cell repeats, if its repeating vectors span whole axes; `None` if they are oblique.
    #[must_use]
    pub fn axes(&self) -> Option<[bool; 3]> {
        let projector = self.projector();
        let whole = |x: f64| x.abs() < 1.0e-9 || (x - 1.0).abs() < 1.0e-9;
        let diagonal = [0, 1, 2].map(|k| projector[k][k]);
        diagonal.iter().all(|&x| whole(x)).then(|| diagonal.map(|x| x > 0.5))
    }

    /// Lengths of the lattice vectors in Å, as they were stated.
    #[must_use]
    pub fn lengths(&self) -> [f64; 3] {
        self.rows.map(norm)
    }

    /// Angles between b and c, a and c, a and b, in degrees, as they were stated; 0 beside a vector that is zero.
    #[must_use]
    pub fn angles(&self) -> [f64; 3] {
        [(1, 2), (0, 2), (0, 1)].map(|(j, k)| {
            let (first, second) = (self.rows[j], self.rows[k]);
            norm(cross(first, second)).atan2(dot(first, second)).to_degrees()
        })
    }

    /// Distances in Å between opposite faces; face k is spanned by the two other vectors of B. Infinite along open directions.
    #[must_use]
    pub fn heights(&self) -> [f64; 3] {
        [0, 1, 2].map(|k| {
            let column = [self.inverse[0][k], self.inverse[1][k], self.inverse[2][k]];
            if self.periodic[k] { 1.0 / norm(column) } else { f64::INFINITY }
        })
    }

    /// Fractional coordinates of a position; in Å along open directions.
    #[must_use]
    pub fn fractional(&self, position: [f64; 3]) -> [f64; 3] {
        times(position, &self.inverse)
    }

    /// Position in Å of fractional coordinates.
    #[must_use]
    pub fn cartesian(&self, fraction: [f64; 3]) -> [f64; 3] {
        times(fraction, &self.basis)
    }
}
