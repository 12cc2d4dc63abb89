//! A cell, its wave vectors and the places of sites in it.

use cormorant_core::system::vector::{cross, dot};

type Vector = [f64; 3];

/// Cell vectors, their inverse and volume.
///
/// | field     | unit | shape    | definition                                                     |
/// |-----------|------|----------|----------------------------------------------------------------|
/// | `rows`    | Å    | `[3][3]` | cell vectors                                                   |
/// | `duals`   | 1/Å  | `[3][3]` | row a is the gradient of fraction a: duals_a · rows_b = δ_ab    |
/// | `volume`  | Å³   | scalar   |                                                                |
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Lattice {
    pub rows: [Vector; 3],
    pub duals: [Vector; 3],
    pub volume: f64,
}

impl Lattice {
    pub fn new(rows: [Vector; 3]) -> Self {
        let normals = [cross(rows[1], rows[2]), cross(rows[2], rows[0]), cross(rows[0], rows[1])];
        let determinant = dot(rows[0], normals[0]);
        Self { rows, duals: normals.map(|normal| normal.map(|x| x / determinant)), volume: determinant.abs() }
    }

    /// Where a position, near or far, is in the cell: fractions from 0 to below 1.
    pub fn fractions(&self, position: Vector) -> Vector {
        self.duals.map(|dual| {
            let fraction = dot(dual, position);
            let inside = fraction - fraction.floor();
            if inside < 1.0 { inside } else { 0.0 } // a hair below a whole number is rounded up to it
        })
    }
}
