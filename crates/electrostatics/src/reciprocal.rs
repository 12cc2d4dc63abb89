//! Multipoles in a cell: the sum over wave vectors.
//!
//!   E = (2π k_e/V) Σ_{k≠0} A(k) |S(k)|² − E_self,     S(k) = Σ_j (q_j + i μ_j·k − k·Θ_j k) e^{i k·r_j}
//!
//! | symbol     | here        | unit      |
//! |------------|-------------|-----------|
//! | k          | `WaveRow`   | 1/Å, integer multiples of the reciprocal vectors |
//! | A(k)       | [`damping`] | Å²        |
//! | S(k)       | `structure` | e         |
//! | φ, ∇φ, ∇∇φ | `Derivatives` | eV/e, per Å each |
//!
//! k = 0 is left out: a cell with a net charge has a uniform background of the opposite one. Half of the wave vectors are summed, the
//! others are their conjugates. Wave vectors with the same first two indices are a row; those at equal distance from its center share
//! sines and cosines. A row, and in the second half a block of atoms, is the work of one thread, so that the bits do not depend on how
//! many there are.
//! Source: Ewald 1921; Smith 1982 (CCP5 Newsletter 4, 13); Aguado and Madden 2003 (doi:10.1063/1.1605941).
//! Checked by: `suite::electrostatics::waves_are_the_published_sum`, and against differences.

use super::derivatives::{Derivatives, Pairs};
use super::law::Law;
use super::phases::{LANES, Phases};
use super::pieces::pieces;
use super::sites::{Interaction, Sites};
use super::structure::structure;
use super::symmetric::SYMMETRIC;
use super::wave_rows::WaveRows;

/// What the sum keeps between calls: the wave vectors of the present cell, and memory. The results do not depend on it.
#[derive(Debug, Clone, Default)]
pub struct Waves {
    law: Law,
    rows: WaveRows,
    phases: Phases,
    structures: Vec<[f64; 4]>, // [rows][stride]
    pairs: Pairs,
    found: Vec<Derivatives>, // [blocks]
}

/// [`Waves::evaluate`] for a single call.
pub fn waves(sites: &Sites<'_>, rows: [[f64; 3]; 3], smearing: f64, parallel: bool, into: &mut Interaction) {
    Waves::default().evaluate(sites, rows, smearing, parallel, into);
}

impl Waves {
    /// For sums of that.
    pub(crate) fn of(law: Law) -> Self {
        Self { law, ..Self::default() }
    }

    /// Energy of `sites` in the cell with vectors `rows` (Å), whose Gaussians have width `smearing` (Å), written over what `into` held.
    /// With `parallel` on the threads of the current rayon pool.
    pub fn evaluate(
        &mut self,
        sites: &Sites<'_>,
        rows: [[f64; 3]; 3],
        smearing: f64,
        parallel: bool,
        into: &mut Interaction,
    ) {
        into.clear(sites);
        self.rows.make(rows, smearing, self.law);
        self.phases.fill(sites, &self.rows);
        match sites.degree() {
            0 => self.run::<0>(parallel, into),
            1 => self.run::<1>(parallel, into),
            _ => self.run::<2>(parallel, into),
        }
        for site in 0..sites.positions.len() {
            collect(&self.found[site / LANES], site % LANES, site, into);
        }
        into.leave_moments(sites);
        self.law.complete(sites, &self.rows.lattice, smearing, into);
    }

    /// Energy and strain as if multipoles moved with the cell, and derivatives of the potential, for multipoles up to degree D.
    fn run<const D: usize>(&mut self, parallel: bool, into: &mut Interaction) {
        let Self { law, rows: waves, phases, structures, pairs, found } = self;
        let stride = waves.stride();
        structures.resize(waves.rows.len() * stride, [0.0; 4]);
        pieces(parallel, structures, stride, || (), |(), row, into| structure::<D>(&waves.rows[row], phases, into));
        // Twice: each wave vector stands for its conjugate too.
        let unit = 2.0 * law.unit() / waves.lattice.volume;
        weigh::<D>(waves, structures, unit, pairs, into);
        found.resize(phases.blocks(), Derivatives::default());
        let of_block = |block| Derivatives::of_block::<D>(waves, pairs, phases, block, 2.0 * unit);
        pieces(parallel, found, 1, || (), |(), block, into| into.fill(of_block(block)));
    }
}

/// Energy and strain from structure factors, and what of them acts on the sites.
fn weigh<const D: usize>(
    waves: &WaveRows,
    structures: &[[f64; 4]],
    unit: f64,
    pairs: &mut Pairs,
    into: &mut Interaction,
) {
    let stride = waves.stride();
    pairs.resize((D + 2) * waves.waves.len(), [0.0; 4]);
    let of_rows = waves.waves.chunks_exact(stride).zip(structures.chunks_exact(stride));
    let mut by_square = [0.0; 6];
    for ((row, (waves, structures)), pairs) in
        waves.rows.iter().zip(of_rows).zip(pairs.chunks_exact_mut((D + 2) * stride))
    {
        for n in 0..=row.half {
            let [x_re, x_im, y_re, y_im] = structures[n];
            let mut weighted = [[0.0; 2]; 2];
            for ((wave, s), weighted) in
                waves[n].iter().zip([[x_re + y_re, x_im + y_im], [x_re - y_re, x_im - y_im]]).zip(&mut weighted)
            {
                let power = unit * (s[0] * s[0] + s[1] * s[1]);
                into.energy += wave.weight * power;
                for (sum, (a, b)) in by_square.iter_mut().zip(SYMMETRIC) {
                    *sum -= 2.0 * wave.slope * power * wave.vector[a] * wave.vector[b];
                }
                *weighted = [wave.weight * s[0], -wave.weight * s[1]];
            }
            let [mut more, mut less] = weighted;
            for power in 0..D + 2 {
                pairs[power * stride + n] =
                    [more[0] + less[0], more[1] + less[1], more[0] - less[0], more[1] - less[1]];
                more = more.map(|x| f64::from(row.center[2] + n as i32) * x);
                less = less.map(|x| f64::from(row.center[2] - n as i32) * x);
            }
        }
    }
    for (sum, (a, b)) in by_square.into_iter().zip(SYMMETRIC) {
        (into.by_strain[a][b], into.by_strain[b][a]) = (sum, sum);
    }
    for a in 0..3 {
        into.by_strain[a][a] -= into.energy;
    }
}

/// What the derivatives at `site`, in a lane of its block, say of its energy.
fn collect(found: &Derivatives, lane: usize, site: usize, into: &mut Interaction) {
    into.by_charge[site] = found.potential[lane];
    into.gradient[site] = found.gradient.map(|lanes| lanes[lane]);
    if let Some(by) = into.by_dipole.get_mut(site) {
        *by = found.first.map(|lanes| lanes[lane]);
    }
    if let Some(by) = into.by_quadrupole.get_mut(site) {
        *by = found.second.map(|lanes| lanes[lane]);
    }
}
