//! Normal modes of a free ring polymer.

use std::f64::consts::PI;

use cormorant_core::units::{BOLTZMANN, REDUCED_PLANCK};
use cormorant_core::{Error, Result};

/// The orthogonal transformation between beads and normal modes, and the frequencies.
///
///   C_{j0} = √(1/P),   C_{jk} = √(2/P) cos(2πjk/P) for k < P/2,   √(1/P) (−1)^j for k = P/2,
///   √(2/P) sin(2πjk/P) for k > P/2;   ω_k = 2 ω_P sin(kπ/P),   ω_P = P·k·T / ħ
///
/// j counts beads and k modes, from 0. Source: Ceriotti et al. 2010, doi:10.1063/1.3489925, eqs. 17 to 20 (with ω_P for
/// their 1/β_Pħ). Checked by `suite::path_integrals::modes_diagonalise_the_springs`.
#[derive(Debug, Clone, PartialEq)]
pub struct NormalModes {
    beads: usize,
    /// `[beads][modes]`
    matrix: Vec<f64>,
    frequencies: Vec<f64>,
    chain: f64,
}

impl NormalModes {
    /// Modes of `beads` copies whose springs belong to `temperature` (K).
    ///
    /// # Errors
    /// When there is no bead, or the temperature is not positive.
    pub fn new(beads: usize, temperature: f64) -> Result<Self> {
        if beads == 0 {
            return Err(Error::Invalid("a ring polymer needs at least one bead".into()));
        }
        let temperature = crate::dynamics::positive("the temperature of the springs", temperature)?;
        let count = beads as f64;
        let chain = count * BOLTZMANN * temperature / REDUCED_PLANCK;
        let mut matrix = Vec::with_capacity(beads * beads);
        for j in 0..beads {
            for k in 0..beads {
                let angle = 2.0 * PI * ((j * k) % beads) as f64 / count;
                matrix.push(if k == 0 {
                    (1.0 / count).sqrt()
                } else if 2 * k < beads {
                    (2.0 / count).sqrt() * angle.cos()
                } else if 2 * k == beads {
                    (1.0 / count).sqrt() * if j % 2 == 0 { 1.0 } else { -1.0 }
                } else {
                    (2.0 / count).sqrt() * angle.sin()
                });
            }
        }
        let frequencies = (0..beads).map(|k| 2.0 * chain * (k as f64 * PI / count).sin()).collect();
        Ok(Self { beads, matrix, frequencies, chain })
    }

    /// Number of copies, and of modes.
    #[must_use]
    pub fn beads(&self) -> usize {
        self.beads
    }

    /// ω_k in 1/t for every mode; the first, of the centroid, is 0.
    #[must_use]
    pub fn frequencies(&self) -> &[f64] {
        &self.frequencies
    }

    /// ω_P in 1/t.
    #[must_use]
    pub fn chain_frequency(&self) -> f64 {
        self.chain
    }

    /// Replace what beads have, bead by bead, by what modes have.
    pub fn to_modes(&self, values: &mut [[f64; 3]], room: &mut Vec<[f64; 3]>) {
        self.transform(values, room, |bead, mode| bead * self.beads + mode);
    }

    /// The way back.
    pub fn to_beads(&self, values: &mut [[f64; 3]], room: &mut Vec<[f64; 3]>) {
        self.transform(values, room, |mode, bead| bead * self.beads + mode);
    }

    /// out_b = Σ_a M_{ab} in_a for every atom.
    fn transform(&self, values: &mut [[f64; 3]], room: &mut Vec<[f64; 3]>, entry: impl Fn(usize, usize) -> usize) {
        let atoms = values.len() / self.beads;
        room.clear();
        room.resize(values.len(), [0.0; 3]);
        for b in 0..self.beads {
            for a in 0..self.beads {
                let factor = self.matrix[entry(a, b)];
                let source = &values[a * atoms..(a + 1) * atoms];
                for (out, value) in room[b * atoms..(b + 1) * atoms].iter_mut().zip(source) {
                    for axis in 0..3 {
                        out[axis] += factor * value[axis];
                    }
                }
            }
        }
        values.copy_from_slice(room);
    }
}
