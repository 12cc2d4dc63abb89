//! Phases and strengths of sites, block by block.

use super::sites::Sites;
use super::wave_rows::{WaveRow, WaveRows};

/// Sites of a block: as many as a loop over them fills vector registers.
pub(crate) const LANES: usize = 8;

/// A number for each site of a block.
pub(crate) type Lanes = [f64; LANES];
/// Real and imaginary parts.
pub(crate) type Complex = [Lanes; 2];

/// e^{i n b·r} of the sites for each reciprocal vector b and n from 0 on, and multipoles along the reciprocal vectors.
pub(crate) struct Phases {
    /// Per reciprocal vector `[n][block]`; of the third also the step from one index to the next.
    powers: [Vec<Vec<Complex>>; 3],
    charges: Vec<Lanes>,
    /// Components along the reciprocal vectors, for each block; empty for none.
    dipoles: Vec<[Lanes; 3]>,
    /// The same in the order of `SYMMETRIC`.
    quadrupoles: Vec<[Lanes; 6]>,
    degree: usize,
}

impl Phases {
    /// Those of `sites` for the wave vectors of `waves`.
    pub(crate) fn new(sites: &Sites<'_>, waves: &WaveRows) -> Self {
        let count = sites.positions.len();
        let blocks = count.div_ceil(LANES);
        let powers = [0, 1, 2].map(|m| {
            let largest = waves.largest[m].max(1);
            let mut powers = vec![vec![[[1.0; LANES], [0.0; LANES]]; blocks]; largest + 1];
            for (site, position) in sites.positions.iter().enumerate() {
                let fraction: f64 = (0..3).map(|axis| position[axis] * waves.inverse[axis][m]).sum();
                // Reduced first: an atom may be many cells away, and digits of the phase must not go with it.
                let (sine, cosine) = (std::f64::consts::TAU * (fraction - fraction.floor())).sin_cos();
                let (block, lane) = (site / LANES, site % LANES);
                let (mut re, mut im) = (1.0, 0.0);
                for power in &mut powers[1..] {
                    (re, im) = (re * cosine - im * sine, re * sine + im * cosine);
                    power[block][0][lane] = re;
                    power[block][1][lane] = im;
                }
            }
            powers
        });
        let mut phases = Self {
            powers,
            charges: vec![[0.0; LANES]; blocks],
            dipoles: vec![[[0.0; LANES]; 3]; if sites.dipoles.is_empty() { 0 } else { blocks }],
            quadrupoles: vec![[[0.0; LANES]; 6]; if sites.quadrupoles.is_empty() { 0 } else { blocks }],
            degree: sites.degree(),
        };
        phases.fill(sites, &waves.reciprocal);
        phases
    }

    /// Multipoles along the reciprocal vectors. Lanes without a site have none.
    fn fill(&mut self, sites: &Sites<'_>, b: &[[f64; 3]; 3]) {
        for (site, &charge) in sites.charges.iter().enumerate() {
            self.charges[site / LANES][site % LANES] = charge;
        }
        for (site, dipole) in sites.dipoles.iter().enumerate() {
            for m in 0..3 {
                self.dipoles[site / LANES][m][site % LANES] = (0..3).map(|axis| b[m][axis] * dipole[axis]).sum();
            }
        }
        for (site, quadrupole) in sites.quadrupoles.iter().enumerate() {
            for (component, (m, n)) in super::SYMMETRIC.into_iter().enumerate() {
                let mut sum = 0.0;
                for (value, (x, y)) in quadrupole.iter().zip(super::SYMMETRIC) {
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

    /// Highest degree of the multipoles.
    pub(crate) fn degree(&self) -> usize {
        self.degree
    }

    /// The phases of a block at the first wave vector of a row.
    pub(crate) fn start(&self, row: &WaveRow, block: usize) -> Complex {
        let [i, j] = row.indices;
        let product = times(&self.power(0, i, block), &self.power(1, j, block));
        times(&product, &self.power(2, row.first, block))
    }

    /// The factor from one wave vector of a row to the next.
    pub(crate) fn step(&self, block: usize) -> &Complex {
        &self.powers[2][1][block]
    }

    /// c₀ (complex), c₁ (complex) and c₂ of the strength q + i μ·k − k·Θ k = c₀ + c₁ n + c₂ n² along a row, where n is the third index.
    pub(crate) fn strengths(&self, row: &WaveRow, block: usize) -> (Complex, Complex, Lanes) {
        let [i, j] = row.indices.map(f64::from);
        let mut flat = [self.charges[block], [0.0; LANES]];
        let mut slope = [[0.0; LANES]; 2];
        let mut curve = [0.0; LANES];
        if let Some(dipole) = self.dipoles.get(block) {
            for lane in 0..LANES {
                flat[1][lane] = i * dipole[0][lane] + j * dipole[1][lane];
                slope[1][lane] = dipole[2][lane];
            }
        }
        if let Some(q) = self.quadrupoles.get(block) {
            for lane in 0..LANES {
                flat[0][lane] -= i * i * q[0][lane] + j * j * q[1][lane] + 2.0 * i * j * q[3][lane];
                slope[0][lane] = -2.0 * (i * q[4][lane] + j * q[5][lane]);
                curve[lane] = -q[2][lane];
            }
        }
        (flat, slope, curve)
    }

    fn power(&self, m: usize, n: i32, block: usize) -> Complex {
        let mut power = self.powers[m][n.unsigned_abs() as usize][block];
        if n < 0 {
            power[1] = power[1].map(|x| -x);
        }
        power
    }
}

fn times(a: &Complex, b: &Complex) -> Complex {
    let mut product = [[0.0; LANES]; 2];
    for lane in 0..LANES {
        product[0][lane] = a[0][lane] * b[0][lane] - a[1][lane] * b[1][lane];
        product[1][lane] = a[0][lane] * b[1][lane] + a[1][lane] * b[0][lane];
    }
    product
}
