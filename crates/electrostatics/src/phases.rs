//! Phases and strengths of sites, block by block.

use super::sites::{Sites, zero};
use super::symmetric::SYMMETRIC;
use super::wave_rows::{WaveRow, WaveRows};
use cormorant_core::system::vector::dot;

/// Sites of a block: as many as a loop over them fills vector registers.
pub(crate) const LANES: usize = 8;

/// A number for each site of a block.
pub(crate) type Lanes = [f64; LANES];
/// Real and imaginary parts.
pub(crate) type Complex = [Lanes; 2];

/// e^{i n b·r} of the sites for each reciprocal vector b and n from 0 on, and multipoles along the reciprocal vectors.
#[derive(Debug, Clone, Default)]
pub(crate) struct Phases {
    /// Per reciprocal vector. // [blocks][largest + 1]
    powers: [Vec<Complex>; 3],
    /// Largest n of each.
    largest: [usize; 3],
    pub charges: Vec<Lanes>,
    /// Components along the reciprocal vectors, for each block; empty for none.
    pub dipoles: Vec<[Lanes; 3]>,
    /// The same of quadrupoles in the order of `SYMMETRIC`.
    pub quadrupoles: Vec<[Lanes; 6]>,
}

impl Phases {
    /// Those of `sites` for the wave vectors of `waves`.
    pub(crate) fn fill(&mut self, sites: &Sites<'_>, waves: &WaveRows) {
        let blocks = |sites: usize| sites.div_ceil(LANES);
        self.largest = waves.largest;
        for (m, powers) in self.powers.iter_mut().enumerate() {
            let count = self.largest[m] + 1;
            zero(powers, blocks(sites.positions.len()) * count, [[1.0; LANES], [0.0; LANES]]);
            for (block, positions) in powers.chunks_exact_mut(count).zip(sites.positions.chunks(LANES)) {
                raise(block, positions, waves.lattice.duals[m]);
            }
        }
        zero(&mut self.charges, blocks(sites.charges.len()), [0.0; LANES]);
        let with = |degree: usize| if sites.degree() < degree { 0 } else { blocks(sites.positions.len()) };
        zero(&mut self.dipoles, with(1), [[0.0; LANES]; 3]);
        zero(&mut self.quadrupoles, with(2), [[0.0; LANES]; 6]);
        self.turn(sites, &waves.reciprocal);
    }

    /// Multipoles along the reciprocal vectors. Lanes without a site have none.
    fn turn(&mut self, sites: &Sites<'_>, b: &[[f64; 3]; 3]) {
        for (site, &charge) in sites.charges.iter().enumerate() {
            self.charges[site / LANES][site % LANES] = charge;
        }
        for (site, dipole) in sites.dipoles.iter().enumerate() {
            for m in 0..3 {
                self.dipoles[site / LANES][m][site % LANES] = (0..3).map(|axis| b[m][axis] * dipole[axis]).sum();
            }
        }
        for (site, quadrupole) in sites.quadrupoles.iter().enumerate() {
            for (component, (m, n)) in SYMMETRIC.into_iter().enumerate() {
                let mut sum = 0.0;
                for (value, (x, y)) in quadrupole.iter().zip(SYMMETRIC) {
                    let both = if x == y { b[m][x] * b[n][x] } else { b[m][x] * b[n][y] + b[m][y] * b[n][x] };
                    sum += value * both;
                }
                self.quadrupoles[site / LANES][component][site % LANES] = sum;
            }
        }
    }

    /// Number of blocks.
    pub(crate) fn blocks(&self) -> usize {
        self.charges.len()
    }

    /// e^{i n b·r} of a block for the third reciprocal vector b and n from 0 on.
    pub(crate) fn along(&self, block: usize) -> &[Complex] {
        let count = self.largest[2] + 1;
        &self.powers[2][block * count..][..count]
    }

    /// The phases of a block at the center of a row.
    #[inline]
    pub(crate) fn center(&self, row: &WaveRow, block: usize) -> Complex {
        let [i, j, k] = row.center;
        let product = times(&self.power(0, i, block), &self.power(1, j, block));
        if k == 0 { product } else { times(&product, &self.power(2, k, block)) }
    }

    /// c₀, c₁ and c₂ of the strength q + i μ·k − k·Θ k = c₀ + c₁ n + c₂ n² along a row, where n is the distance of the third index from
    /// that at the center, each times the phases there. The last is zero for D below 2, the last two are for D = 0.
    #[inline]
    pub(crate) fn strengths<const D: usize>(&self, row: &WaveRow, block: usize) -> [Complex; 3] {
        let phases = self.center(row, block);
        let [i, j, k] = row.center.map(f64::from);
        let charges = &self.charges[block];
        let mut all = [[[0.0; LANES]; 2]; 3];
        if D == 0 {
            for lane in 0..LANES {
                all[0][0][lane] = charges[lane] * phases[0][lane];
                all[0][1][lane] = charges[lane] * phases[1][lane];
            }
            return all;
        }
        let m = &self.dipoles[block];
        let mut flat = [*charges, [0.0; LANES]];
        let mut slope = [[0.0; LANES], m[2]];
        for lane in 0..LANES {
            flat[1][lane] = i * m[0][lane] + j * m[1][lane] + k * m[2][lane];
        }
        if D > 1 {
            let q = &self.quadrupoles[block];
            for lane in 0..LANES {
                let along = i * q[4][lane] + j * q[5][lane] + k * q[2][lane];
                let across = i * i * q[0][lane] + j * j * q[1][lane] + 2.0 * i * j * q[3][lane];
                flat[0][lane] -= across + k * (2.0 * along - k * q[2][lane]);
                slope[0][lane] = -2.0 * along;
                all[2][0][lane] = -q[2][lane] * phases[0][lane];
                all[2][1][lane] = -q[2][lane] * phases[1][lane];
            }
        }
        all[0] = times(&flat, &phases);
        all[1] = times(&slope, &phases);
        all
    }

    #[inline]
    fn power(&self, m: usize, n: i32, block: usize) -> Complex {
        let mut power = self.powers[m][block * (self.largest[m] + 1) + n.unsigned_abs() as usize];
        if n < 0 {
            power[1] = power[1].map(|x| -x);
        }
        power
    }
}

/// e^{i n x} of the sites of a block for n from 1 on, where x = 2π · dual · position.
fn raise(powers: &mut [Complex], positions: &[[f64; 3]], dual: [f64; 3]) {
    let mut step = [[1.0; LANES], [0.0; LANES]];
    for (lane, position) in positions.iter().enumerate() {
        let fraction = dot(dual, *position);
        // Reduced first: an atom may be many cells away, and digits of the phase must not go with it.
        let (sine, cosine) = (std::f64::consts::TAU * (fraction - fraction.floor())).sin_cos();
        (step[0][lane], step[1][lane]) = (cosine, sine);
    }
    let mut last = [[1.0; LANES], [0.0; LANES]];
    for power in powers.iter_mut().skip(1) {
        last = times(&last, &step);
        *power = last;
    }
}

/// The product of complex numbers.
#[inline]
pub(crate) fn times(a: &Complex, b: &Complex) -> Complex {
    let mut product = [[0.0; LANES]; 2];
    for lane in 0..LANES {
        product[0][lane] = a[0][lane] * b[0][lane] - a[1][lane] * b[1][lane];
        product[1][lane] = a[0][lane] * b[1][lane] + a[1][lane] * b[0][lane];
    }
    product
}
