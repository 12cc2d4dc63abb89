//! Which wave vectors a cell has.

use super::damping::{LARGEST, damping};

/// Half of the wave vectors of a cell that count, in rows.
pub(crate) struct WaveRows {
    /// Reciprocal vectors as rows, 1/Å, with the factor 2π.
    pub reciprocal: [[f64; 3]; 3],
    /// Inverse of the cell: fractions are positions times it.
    pub inverse: [[f64; 3]; 3],
    /// Volume in Å³.
    pub volume: f64,
    /// Largest index of each reciprocal vector.
    pub largest: [usize; 3],
    pub rows: Vec<WaveRow>,
}

/// Wave vectors that differ in the third index alone.
pub(crate) struct WaveRow {
    /// First and second index.
    pub indices: [i32; 2],
    /// The third index of the first.
    pub first: i32,
    pub waves: Vec<Wave>,
}

/// A wave vector.
pub(crate) struct Wave {
    /// k in 1/Å.
    pub vector: [f64; 3],
    /// A(k) in Å².
    pub weight: f64,
    /// dA/dk² in Å⁴.
    pub slope: f64,
}

impl WaveRows {
    /// Those of the cell with vectors `cell` as rows (Å), for Gaussians of width `smearing` (Å).
    pub(crate) fn new(cell: [[f64; 3]; 3], smearing: f64) -> Self {
        let cross = |a: [f64; 3], b: [f64; 3]| {
            [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
        };
        let dot = |a: [f64; 3], b: [f64; 3]| a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
        let signed = dot(cell[0], cross(cell[1], cell[2]));
        let dual = [cross(cell[1], cell[2]), cross(cell[2], cell[0]), cross(cell[0], cell[1])];
        let dual = dual.map(|row| row.map(|x| x / signed));
        let reciprocal = dual.map(|row| row.map(|x| x * std::f64::consts::TAU));
        let range = LARGEST / smearing;
        // n_i = k·a_i / 2π.
        let largest = cell.map(|row| (range * dot(row, row).sqrt() / std::f64::consts::TAU) as usize);
        let [n1, n2, n3] = largest.map(|n| n as i32);
        let mut rows = Vec::new();
        for i in 0..=n1 {
            for j in if i == 0 { 0 } else { -n2 }..=n2 {
                let start = if i == 0 && j == 0 { 1 } else { -n3 };
                let wave = |k: i32| {
                    let index = [i, j, k].map(f64::from);
                    let vector = [0, 1, 2].map(|axis| (0..3).map(|m| index[m] * reciprocal[m][axis]).sum());
                    let (weight, slope) = damping(dot(vector, vector), smearing);
                    (weight > 0.0).then_some((k, Wave { vector, weight, slope }))
                };
                // Those within the range are neighbors: a sphere is convex.
                let (indices, waves): (Vec<i32>, Vec<Wave>) = (start..=n3).filter_map(wave).unzip();
                if let Some(&first) = indices.first() {
                    rows.push(WaveRow { indices: [i, j], first, waves });
                }
            }
        }
        let inverse = [0, 1, 2].map(|axis| [0, 1, 2].map(|m| dual[m][axis]));
        Self { reciprocal, inverse, volume: signed.abs(), largest, rows }
    }
}
