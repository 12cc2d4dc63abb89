//! Derivatives of the potential at one site.

use super::sites::SYMMETRIC;

/// Components of a symmetric tensor of rank three.
const THIRDS: [(usize, usize, usize); 10] =
    [(0, 0, 0), (1, 1, 1), (2, 2, 2), (0, 0, 1), (0, 0, 2), (0, 1, 1), (1, 1, 2), (0, 2, 2), (1, 2, 2), (0, 1, 2)];

/// φ with its first, second and third derivatives: along the reciprocal vectors while rows are added, along x, y and z after a turn.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Derivatives {
    pub potential: f64,
    pub first: [f64; 3],
    /// In the order of `SYMMETRIC`.
    pub second: [f64; 6],
    /// In the order of `THIRDS`.
    third: [f64; 10],
}

impl Derivatives {
    /// Adds a row of wave vectors with these first two indices: the moments Σ n^p Re for p = 0, 1, 2, and Σ n^p Im for p = 0 to 3, of
    /// A S* e^{ik·r}. The derivatives of e^{ik·r} are i k, −k k and −i k k k times it.
    pub(crate) fn add_row(&mut self, indices: [i32; 2], moments: [f64; 7], degree: usize) {
        let [first, second] = indices.map(f64::from);
        let [re, im] = [&moments[..3], &moments[3..]];
        // The product of indices n₁ and n₂ of a derivative, and how often n₃ is in it.
        let factor = |axes: &[usize]| {
            axes.iter().fold((1.0, 0), |(product, power), axis| match axis {
                0 => (product * first, power),
                1 => (product * second, power),
                _ => (product, power + 1),
            })
        };
        self.potential += re[0];
        for (axis, sum) in self.first.iter_mut().enumerate() {
            let (product, power) = factor(&[axis]);
            *sum -= product * im[power];
        }
        if degree > 0 {
            for ((a, b), sum) in SYMMETRIC.into_iter().zip(&mut self.second) {
                let (product, power) = factor(&[a, b]);
                *sum -= product * re[power];
            }
        }
        if degree > 1 {
            for ((a, b, c), sum) in THIRDS.into_iter().zip(&mut self.third) {
                let (product, power) = factor(&[a, b, c]);
                *sum += product * im[power];
            }
        }
    }

    /// From the components along the reciprocal vectors (`reciprocal` as rows, 1/Å) to those along x, y and z.
    pub(crate) fn turn(&mut self, reciprocal: &[[f64; 3]; 3], degree: usize) {
        let b = reciprocal;
        self.first = [0, 1, 2].map(|x| (0..3).map(|i| self.first[i] * b[i][x]).sum());
        if degree > 0 {
            let old = self.second;
            let full = |i: usize| Self::row(&old, i);
            self.second = SYMMETRIC.map(|(x, y)| {
                (0..3).map(|i| b[i][x] * full(i).iter().zip(b).map(|(value, b)| value * b[y]).sum::<f64>()).sum()
            });
        }
        if degree > 1 {
            let old = self.third;
            self.third = THIRDS.map(|(x, y, z)| {
                let mut sum = 0.0;
                for i in 0..3 {
                    for j in 0..3 {
                        for k in 0..3 {
                            sum += old[place(i, j, k)] * b[i][x] * b[j][y] * b[k][z];
                        }
                    }
                }
                sum
            });
        }
    }

    /// Row `a` of a symmetric tensor in the order of `SYMMETRIC`.
    pub(crate) fn row(tensor: &[f64; 6], a: usize) -> [f64; 3] {
        match a {
            0 => [tensor[0], tensor[3], tensor[4]],
            1 => [tensor[3], tensor[1], tensor[5]],
            _ => [tensor[4], tensor[5], tensor[2]],
        }
    }

    /// Σ_bc of the third derivative along `a`, b and c times a tensor.
    pub(crate) fn third_with(&self, a: usize, tensor: &[f64; 6]) -> f64 {
        let along = |(b, c): (usize, usize)| self.third[place(a, b, c)] * if b == c { 1.0 } else { 2.0 };
        SYMMETRIC.into_iter().zip(tensor).map(|(axes, value)| along(axes) * value).sum()
    }
}

/// The place of a component among `THIRDS`.
fn place(i: usize, j: usize, k: usize) -> usize {
    let mut axes = [i, j, k];
    axes.sort_unstable();
    match axes {
        [0, 0, 0] => 0,
        [1, 1, 1] => 1,
        [2, 2, 2] => 2,
        [0, 0, 1] => 3,
        [0, 0, 2] => 4,
        [0, 1, 1] => 5,
        [1, 1, 2] => 6,
        [0, 2, 2] => 7,
        [1, 2, 2] => 8,
        _ => 9,
    }
}
