//! Pairs of atoms, their distances and harmonics.

use super::harmonics::edge_harmonics;
use super::shape::Shape;
use crate::real::Real;
use cormorant_so3::rows;

/// All pairs of a molecule. Pairs i < j come first, pairs i = i after them.
#[derive(Debug, Clone, Default)]
pub(super) struct Geometry<T> {
    pub atoms: usize,
    pub pairs: Vec<[u32; 2]>,
    /// Pairs of two different atoms.
    pub distinct: usize,
    /// Index of the pair of each receiver and sender `[atoms][atoms]`.
    pub pair_of: Vec<u32>,
    /// x_i − x_j in Å of each distinct pair.
    pub vectors: Vec<[f64; 3]>,
    /// Lengths of `vectors` in Å.
    pub distances: Vec<f64>,
    /// Y(r_ij) `[receivers][senders][rows]`; at i = i, 1 and zeros.
    pub harmonics: Vec<T>,
}

impl<T: Real> Geometry<T> {
    /// The pairs of `n` atoms; `between` gives x_i − x_j.
    pub(super) fn update(&mut self, shape: &Shape, n: usize, between: impl Fn(usize, usize) -> [f64; 3]) {
        if n != self.atoms {
            self.atoms = n;
            self.pairs = (0..n as u32).flat_map(|i| (i + 1..n as u32).map(move |j| [i, j])).collect();
            self.distinct = self.pairs.len();
            self.pairs.extend((0..n as u32).map(|i| [i, i]));
            self.pair_of = vec![0; n * n];
            for (pair, &[i, j]) in self.pairs.iter().enumerate() {
                self.pair_of[i as usize * n + j as usize] = pair as u32;
                self.pair_of[j as usize * n + i as usize] = pair as u32;
            }
        }
        let count = rows(shape.max_edge_degree);
        self.harmonics.clear();
        self.harmonics.resize(n * n * count, T::ZERO);
        self.vectors.clear();
        self.distances.clear();
        for &[i, j] in &self.pairs[..self.distinct] {
            let (i, j) = (i as usize, j as usize);
            let vector = between(i, j);
            let distance = vector.iter().map(|x| x * x).sum::<f64>().sqrt();
            let (values, _) = edge_harmonics(shape.harmonics, vector, distance);
            for l in 0..=shape.max_edge_degree {
                let sign = if l % 2 == 0 { 1.0 } else { -1.0 };
                for row in l * l..(l + 1) * (l + 1) {
                    self.harmonics[(i * n + j) * count + row] = T::from_f64(values[row]);
                    self.harmonics[(j * n + i) * count + row] = T::from_f64(sign * values[row]);
                }
            }
            self.vectors.push(vector);
            self.distances.push(distance);
        }
        for i in 0..n {
            self.harmonics[(i * n + i) * count] = T::ONE;
        }
    }

    /// Gives ∂E/∂(x_i − x_j) of each distinct pair, as it comes through harmonics (`[receivers][senders][rows]`) and distances
    /// (`[distinct]`), to `add`.
    pub(super) fn backward(
        &self,
        shape: &Shape,
        by_harmonic: &[T],
        by_distance: &[f64],
        add: &mut dyn FnMut(usize, usize, [f64; 3]),
    ) {
        let (n, count) = (self.atoms, rows(shape.max_edge_degree));
        for (pair, &[i, j]) in self.pairs[..self.distinct].iter().enumerate() {
            let (i, j) = (i as usize, j as usize);
            let (vector, distance) = (self.vectors[pair], self.distances[pair]);
            let (_, slopes) = edge_harmonics(shape.harmonics, vector, distance);
            let mut total = vector.map(|x| x / distance * by_distance[pair]);
            for l in 0..=shape.max_edge_degree {
                let sign = if l % 2 == 0 { 1.0 } else { -1.0 };
                for row in l * l..(l + 1) * (l + 1) {
                    let there = by_harmonic[(i * n + j) * count + row].to_f64();
                    let back = by_harmonic[(j * n + i) * count + row].to_f64();
                    for axis in 0..3 {
                        total[axis] += (there + sign * back) * slopes[row][axis];
                    }
                }
            }
            add(i, j, total);
        }
    }
}
