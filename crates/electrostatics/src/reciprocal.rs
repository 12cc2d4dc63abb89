//! Multipoles in a cell: the sum over wave vectors.
//!
//!   E = (2π k_e/V) Σ_{k≠0} A(k) |S(k)|² − E_self,     S(k) = Σ_j (q_j + i μ_j·k − k·Θ_j k) e^{i k·r_j}
//!
//! | symbol     | here        | unit      |
//! |------------|-------------|-----------|
//! | k          | `WaveRow`   | 1/Å, integer multiples of the reciprocal vectors |
//! | A(k)       | [`damping`] | Å²        |
//! | S(k)       | `structure` | e         |
//! | φ, ∇φ, ∇∇φ, ∇∇∇φ | `Derivatives` | eV/e, per Å each |
//!
//! k = 0 is left out: a cell with a net charge has a uniform background of the opposite one. Half of the wave vectors are summed, the
//! others are their conjugates. Wave vectors with the same first two indices are a row, along which the phase of an atom advances by a
//! factor. A row, and in the second half a block of atoms, is the work of one thread, so that the bits do not depend on how many there are.
//! Source: Ewald 1921; Smith 1982 (CCP5 Newsletter 4, 13); Aguado and Madden 2003 (doi:10.1063/1.1605941).
//! Checked by: `suite::electrostatics::waves_are_the_published_sum`, and against differences.

use std::f64::consts::PI;

use rayon::prelude::*;

use super::derivatives::Derivatives;
use super::phases::{LANES, Lanes, Phases};
use super::self_energy::subtract_self_energy;
use super::sites::{Interaction, SYMMETRIC, Sites};
use super::wave_rows::{WaveRow, WaveRows};
use cormorant_core::units::COULOMB;

/// Energy of `sites` in the cell with vectors `rows` (Å), whose Gaussians have width `smearing` (Å), written over what `into` held. With
/// `parallel` on the threads of the current rayon pool.
pub fn waves(sites: &Sites<'_>, rows: [[f64; 3]; 3], smearing: f64, parallel: bool, into: &mut Interaction) {
    into.clear(sites);
    let waves = WaveRows::new(rows, smearing);
    let phases = Phases::new(sites, &waves);
    let structures: Vec<Vec<[f64; 2]>> = if parallel {
        waves.rows.par_iter().map(|row| structure(row, &phases)).collect()
    } else {
        waves.rows.iter().map(|row| structure(row, &phases)).collect()
    };
    // Twice: each wave vector stands for its conjugate too.
    let unit = 2.0 * 2.0 * PI * COULOMB / waves.volume;
    let mut by_square = [[0.0; 3]; 3];
    for (row, structures) in waves.rows.iter().zip(&structures) {
        for (wave, s) in row.waves.iter().zip(structures) {
            let power = s[0] * s[0] + s[1] * s[1];
            into.energy += unit * wave.weight * power;
            for a in 0..3 {
                for b in 0..3 {
                    by_square[a][b] -= 2.0 * unit * wave.slope * power * wave.vector[a] * wave.vector[b];
                }
            }
        }
    }
    let block = |block: usize| derivatives(&waves, &structures, &phases, block, 2.0 * unit);
    let found: Vec<Vec<Derivatives>> = if parallel {
        (0..phases.blocks()).into_par_iter().map(block).collect()
    } else {
        (0..phases.blocks()).map(block).collect()
    };
    for (site, derivatives) in found.iter().flatten().take(sites.positions.len()).enumerate() {
        derivatives.collect(sites, site, into);
    }
    for a in 0..3 {
        for b in 0..3 {
            into.by_strain[a][b] += by_square[a][b];
        }
        into.by_strain[a][a] -= into.energy;
    }
    subtract_self_energy(sites, smearing, into);
}

/// S(k) of the wave vectors of a row.
fn structure(row: &WaveRow, phases: &Phases) -> Vec<[f64; 2]> {
    let mut sums = vec![[[0.0; LANES]; 2]; row.waves.len()];
    for block in 0..phases.blocks() {
        let [mut re, mut im] = phases.start(row, block);
        let [step_re, step_im] = *phases.step(block);
        let (flat, slope, curve) = phases.strengths(row, block);
        for (index, sum) in sums.iter_mut().enumerate() {
            let n = (row.first + index as i32) as f64;
            for lane in 0..LANES {
                // The strength is c₀ + c₁ n + c₂ n², with c₁ and c₀ complex.
                let strength =
                    [flat[0][lane] + n * (slope[0][lane] + n * curve[lane]), flat[1][lane] + n * slope[1][lane]];
                sum[0][lane] += strength[0] * re[lane] - strength[1] * im[lane];
                sum[1][lane] += strength[0] * im[lane] + strength[1] * re[lane];
            }
            advance(&mut re, &mut im, &step_re, &step_im);
        }
    }
    sums.iter().map(|sum| sum.map(|lanes| lanes.iter().sum())).collect()
}

/// Derivatives of the potential at the sites of a block, times `unit`.
fn derivatives(
    waves: &WaveRows,
    structures: &[Vec<[f64; 2]>],
    phases: &Phases,
    block: usize,
    unit: f64,
) -> Vec<Derivatives> {
    let mut sums = vec![Derivatives::default(); LANES];
    let degree = phases.degree();
    let [step_re, step_im] = *phases.step(block);
    for (row, structures) in waves.rows.iter().zip(structures) {
        let [mut re, mut im] = phases.start(row, block);
        // Σ over the row of n^p Re or Im of A S* e: even derivatives take the real, odd ones the imaginary part.
        let mut moments = [[0.0; LANES]; 7];
        for (index, (wave, s)) in row.waves.iter().zip(structures).enumerate() {
            let n = (row.first + index as i32) as f64;
            let (s_re, s_im) = (wave.weight * s[0], wave.weight * s[1]);
            for lane in 0..LANES {
                let real = s_re * re[lane] + s_im * im[lane];
                let imaginary = s_re * im[lane] - s_im * re[lane];
                moments[0][lane] += real;
                moments[3][lane] += imaginary;
                moments[4][lane] += n * imaginary;
                if degree > 0 {
                    moments[1][lane] += n * real;
                    moments[2][lane] += n * n * real;
                }
                if degree > 1 {
                    moments[5][lane] += n * n * imaginary;
                    moments[6][lane] += n * n * n * imaginary;
                }
            }
            advance(&mut re, &mut im, &step_re, &step_im);
        }
        for (lane, sum) in sums.iter_mut().enumerate() {
            sum.add_row(row.indices, moments.map(|moment| unit * moment[lane]), degree);
        }
    }
    for sum in &mut sums {
        sum.turn(&waves.reciprocal, degree);
    }
    sums
}

/// To the next wave vector of a row.
fn advance(re: &mut Lanes, im: &mut Lanes, step_re: &Lanes, step_im: &Lanes) {
    for lane in 0..LANES {
        let next = re[lane] * step_re[lane] - im[lane] * step_im[lane];
        im[lane] = re[lane] * step_im[lane] + im[lane] * step_re[lane];
        re[lane] = next;
    }
}

impl Derivatives {
    /// Adds what the derivatives at `site` say of its energy.
    fn collect(&self, sites: &Sites<'_>, site: usize, into: &mut Interaction) {
        let charge = sites.charges[site];
        into.by_charge[site] = self.potential;
        into.gradient[site] = self.first.map(|x| charge * x);
        if let Some(dipole) = sites.dipoles.get(site) {
            into.by_dipole[site] = self.first;
            for (component, (a, b)) in SYMMETRIC.into_iter().enumerate() {
                into.gradient[site][a] += self.second[component] * dipole[b];
                if a != b {
                    into.gradient[site][b] += self.second[component] * dipole[a];
                }
            }
            for a in 0..3 {
                for b in 0..3 {
                    into.by_strain[a][b] -= self.first[a] * dipole[b];
                }
            }
        }
        if let Some(quadrupole) = sites.quadrupoles.get(site) {
            into.by_quadrupole[site] = self.second;
            for a in 0..3 {
                into.gradient[site][a] += self.third_with(a, quadrupole);
                let row = Self::row(&self.second, a);
                for b in 0..3 {
                    let column = Self::row(quadrupole, b);
                    let sum: f64 = row.iter().zip(column).map(|(x, y)| x * y).sum();
                    into.by_strain[a][b] -= 2.0 * sum;
                }
            }
        }
    }
}
