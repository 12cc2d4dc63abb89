//! Which wave vectors a cell has.

use super::damping::LARGEST;
use super::lattice::Lattice;
use super::law::Law;
use cormorant_core::system::vector::dot;

/// Half of the wave vectors of a cell that count, in rows.
#[derive(Debug, Clone, Default)]
pub(crate) struct WaveRows {
    /// The cell that the rest was made for.
    pub lattice: Lattice,
    /// The width of the Gaussians that it was made for, Å.
    smearing: f64,
    /// What the weights are of.
    law: Law,
    /// Reciprocal vectors as rows, 1/Å, with the factor 2π.
    pub reciprocal: [[f64; 3]; 3],
    /// Largest index of each reciprocal vector.
    pub largest: [usize; 3],
    pub rows: Vec<WaveRow>,
    /// Those of a row at center + n and center − n. // [rows][largest[2] + 1][2]
    pub waves: Vec<[Wave; 2]>,
}

/// Wave vectors that differ in the third index alone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WaveRow {
    /// First and second index, and the third at the center.
    pub center: [i32; 3],
    /// Largest distance of the third index from that at the center.
    pub half: usize,
}

/// A wave vector.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wave {
    /// k in 1/Å.
    pub vector: [f64; 3],
    /// W(k), zero where none is; A(k) in Å² for charges.
    pub weight: f64,
    /// dW/dk².
    pub slope: f64,
}

impl WaveRows {
    /// Those of the cell with vectors `cell` as rows (Å), for Gaussians of width `smearing` (Å).
    pub(crate) fn make(&mut self, cell: [[f64; 3]; 3], smearing: f64, law: Law) {
        if self.lattice.rows == cell && self.smearing == smearing && self.law == law {
            return;
        }
        (self.lattice, self.smearing, self.law) = (Lattice::new(cell), smearing, law);
        self.reciprocal = self.lattice.duals.map(|row| row.map(|x| x * std::f64::consts::TAU));
        let range = LARGEST / smearing;
        // n_i = k·a_i / 2π.
        self.largest = cell.map(|row| (range * dot(row, row).sqrt() / std::f64::consts::TAU) as usize);
        self.rows.clear();
        self.waves.clear();
        let [n1, n2, _] = self.largest.map(|n| n as i32);
        for i in 0..=n1 {
            for j in if i == 0 { 0 } else { -n2 }..=n2 {
                self.add_row(i, j);
            }
        }
    }

    fn add_row(&mut self, i: i32, j: i32) {
        let (smearing, law) = (self.smearing, self.law);
        let n3 = self.largest[2] as i32;
        let start = if i == 0 && j == 0 { 1 } else { -n3 };
        let vector = |k: i32| {
            let index = [i, j, k].map(f64::from);
            [0, 1, 2].map(|axis| (0..3).map(|m| index[m] * self.reciprocal[m][axis]).sum())
        };
        let counts = |k: &i32| {
            let vector: [f64; 3] = vector(*k);
            law.weight(dot(vector, vector), smearing).0 > 0.0
        };
        // Those that count are neighbors: a sphere is convex.
        let (Some(first), Some(last)) = ((start..=n3).find(counts), (start..=n3).rev().find(counts)) else {
            return;
        };
        let middle = first.midpoint(last);
        let half = (middle - first).max(last - middle);
        let wave = |k: i32| {
            if k < first || k > last {
                return Wave::default();
            }
            let vector = vector(k);
            let (weight, slope) = law.weight(dot(vector, vector), smearing);
            Wave { vector, weight, slope }
        };
        self.waves.extend((0..=n3).map(|n| match n {
            0 => [wave(middle), Wave::default()],
            _ => [wave(middle + n), wave(middle - n)],
        }));
        self.rows.push(WaveRow { center: [i, j, middle], half: half as usize });
    }

    /// Distances of the third index from that at the center for which a row has room.
    pub(crate) fn stride(&self) -> usize {
        self.largest[2] + 1
    }
}
