//! The sum over wave vectors: derivatives of the potential at the sites of a block.
//!
//!   ∂…∂ φ(r) = Re Σ_k (i k)…(i k) W_k e^{i k·r},    Σ_n n^p W_n e^{i n x} = e^{i m x} Σ_n U cos n x + i V sin n x
//!
//! | symbol | here      | definition                                                                            |
//! |--------|-----------|---------------------------------------------------------------------------------------|
//! | W_k    |           | A S* of a wave vector                                                                 |
//! | U, V   | [`Pairs`] | sum and difference of n^p W_n at m + n and m − n, m being the center of the row       |
//! | p      |           | how often the third index is in a derivative                                          |

use super::phases::{Complex, LANES, Lanes, Phases, times};
use super::symmetric::{PLACES, SYMMETRIC};
use super::wave_rows::WaveRows;

/// Real and imaginary part of U and then of V by the power p and the distance n from the center. // [rows][D + 2][stride]
pub(crate) type Pairs = Vec<[f64; 4]>;

/// φ, its derivatives and the force of the sites of a block, with the sign of a gradient.
///
/// | field       | unit before `finish` | after  | shape           |
/// |-------------|----------------------|--------|-----------------|
/// | `potential` | Å²e                  | eV/e   | `[LANES]`       |
/// | `first`     | along the reciprocal vectors | eV/eÅ  | `[3][LANES]`  |
/// | `second`    | same                 | eV/eÅ² | `[6][LANES]` in the order of `SYMMETRIC` |
/// | `third`     | same                 | same as before | `[10][LANES]` in the order of `CUBES` |
/// | `gradient`  | 0                    | eV/Å   | `[3][LANES]`    |
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Derivatives {
    pub potential: Lanes,
    pub first: [Lanes; 3],
    pub second: [Lanes; 6],
    third: [Lanes; 10],
    pub gradient: [Lanes; 3],
}

/// By row of a symmetric tensor, the places of its columns in the order of `SYMMETRIC`.
const SQUARES: [[usize; 3]; 3] = [[0, 3, 4], [3, 1, 5], [4, 5, 2]];
/// By first index of a symmetric tensor of rank three with components xxx, yyy, zzz, xxy, xxz, xyy, yyz, xzz, yzz, xyz, the places
/// of the components with the other two in the order of `SYMMETRIC`.
const CUBES: [[usize; 6]; 3] = [[0, 5, 7, 3, 4, 9], [3, 1, 8, 5, 9, 6], [4, 6, 2, 9, 7, 8]];

impl Derivatives {
    /// At the sites of `block`, times `unit`, for multipoles up to degree D.
    pub(crate) fn of_block<const D: usize>(
        waves: &WaveRows,
        pairs: &Pairs,
        phases: &Phases,
        block: usize,
        unit: f64,
    ) -> Self {
        let mut sums = Self::default();
        let along = phases.along(block);
        let stride = waves.stride();
        for (row, pairs) in waves.rows.iter().zip(pairs.chunks_exact((D + 2) * stride)) {
            let center = phases.center(row, block);
            let mut moments = [[[0.0; LANES]; 2]; 4];
            for (moment, pairs) in moments.iter_mut().zip(pairs.chunks_exact(stride)) {
                *moment = times(&sum(&pairs[..=row.half], &along[..=row.half]), &center);
            }
            sums.add_row::<D>([row.center[0], row.center[1]], &moments);
        }
        sums.finish::<D>(&waves.reciprocal, phases, block, unit);
        sums
    }

    /// Adds a row of wave vectors with these first two indices, by Σ n^p W_n e^{i k·r}. // [p]
    #[inline]
    fn add_row<const D: usize>(&mut self, indices: [i32; 2], moments: &[Complex; 4]) {
        let [x, y] = indices.map(f64::from);
        let [re, im] = [0, 1];
        add(&mut self.potential, 1.0, &moments[0][re]);
        for (sum, (factor, power)) in self.first.iter_mut().zip([(x, 0), (y, 0), (1.0, 1)]) {
            add(sum, -factor, &moments[power][im]);
        }
        if D > 0 {
            let terms = [(x * x, 0), (y * y, 0), (1.0, 2), (x * y, 0), (x, 1), (y, 1)];
            for (sum, (factor, power)) in self.second.iter_mut().zip(terms) {
                add(sum, -factor, &moments[power][re]);
            }
        }
        if D > 1 {
            let [cubes, squares] =
                [[(x * x * x, 0), (y * y * y, 0), (1.0, 3)], [(x * x * y, 0), (x * x, 1), (x * y * y, 0)]];
            let rest = [(y * y, 1), (x, 2), (y, 2), (x * y, 1)];
            let terms = cubes.into_iter().chain(squares).chain(rest);
            for (sum, (factor, power)) in self.third.iter_mut().zip(terms) {
                add(sum, factor, &moments[power][im]);
            }
        }
    }

    /// From components along the reciprocal vectors (`b` as rows, 1/Å) to those along x, y and z, times `unit`; and the gradient of the
    /// energy by the positions, Σ_i b_i (q φ_i + Σ_j μ_j φ_ij + Σ_jk Θ_jk φ_ijk).
    fn finish<const D: usize>(&mut self, b: &[[f64; 3]; 3], phases: &Phases, block: usize, unit: f64) {
        let b = b.map(|row| row.map(|x| unit * x));
        let mut gradient = [[0.0; LANES]; 3];
        for (i, sum) in gradient.iter_mut().enumerate() {
            plus_product(sum, 1.0, &self.first[i], &phases.charges[block]);
            if D > 0 {
                for (place, dipole) in SQUARES[i].into_iter().zip(&phases.dipoles[block]) {
                    plus_product(sum, 1.0, &self.second[place], dipole);
                }
            }
            if D > 1 {
                let quadrupoles = phases.quadrupoles[block].iter().zip(PLACES);
                for (place, (quadrupole, places)) in CUBES[i].into_iter().zip(quadrupoles) {
                    plus_product(sum, places, &self.third[place], quadrupole);
                }
            }
        }
        if D > 1 {
            let old = self.second;
            for (component, (x, y)) in SYMMETRIC.into_iter().enumerate() {
                self.second[component] = [0.0; LANES];
                for (old, (i, j)) in old.iter().zip(SYMMETRIC) {
                    let both = if i == j { b[i][x] * b[i][y] } else { b[i][x] * b[j][y] + b[j][x] * b[i][y] };
                    plus(&mut self.second[component], both / unit, old);
                }
            }
        }
        self.potential = self.potential.map(|x| unit * x);
        let turn = |old: [Lanes; 3]| {
            let mut turned = [[0.0; LANES]; 3];
            for (axis, turned) in turned.iter_mut().enumerate() {
                for i in 0..3 {
                    plus(turned, b[i][axis], &old[i]);
                }
            }
            turned
        };
        self.first = turn(self.first);
        self.gradient = turn(gradient);
    }
}

/// Σ_n U cos n x + i V sin n x.
#[inline]
fn sum(pairs: &[[f64; 4]], along: &[Complex]) -> Complex {
    let mut sum = [[0.0; LANES]; 2];
    for ([u_re, u_im, v_re, v_im], [cosine, sine]) in pairs.iter().zip(along) {
        for lane in 0..LANES {
            sum[0][lane] += u_re * cosine[lane] - v_im * sine[lane];
            sum[1][lane] += u_im * cosine[lane] + v_re * sine[lane];
        }
    }
    sum
}

/// Adds products. Not copied to where it is called, as the next: a compiler that does takes minutes.
#[inline(never)]
fn plus_product(sum: &mut Lanes, factor: f64, a: &Lanes, b: &Lanes) {
    for lane in 0..LANES {
        sum[lane] += factor * a[lane] * b[lane];
    }
}

/// [`add`] where its speed does not count.
#[inline(never)]
fn plus(sum: &mut Lanes, factor: f64, values: &Lanes) {
    add(sum, factor, values);
}

#[inline]
fn add(sum: &mut Lanes, factor: f64, values: &Lanes) {
    for lane in 0..LANES {
        sum[lane] += factor * values[lane];
    }
}
