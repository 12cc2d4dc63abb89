//! Sizes of the network.

use crate::LANES;

/// Length of the harmonics of an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HarmonicKind {
    /// Σ_m Y_lm² = 1, as in the paper.
    Unit,
    /// Σ_m Y_lm² = r^{2l}, as in the released code.
    Solid,
}

/// How elements become activations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputKind {
    /// A linear map of the features of the atom alone (MD-17).
    Linear,
    /// So many rounds of messages between close atoms, each with a small perceptron (QM9).
    Messages(usize),
}

/// How activations become a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputKind {
    /// A linear map of the sum over atoms (MD-17).
    Linear,
    /// A perceptron for each atom, and one for the sum over atoms (QM9).
    Perceptron,
}

/// Sizes of the network of 2019.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// Atomic numbers of the species, ascending.
    pub numbers: Vec<u8>,
    /// Complex channels C of every activation.
    pub channels: usize,
    /// Highest degree L of the activations of atoms, at most 3.
    pub max_degree: usize,
    /// Highest degree of the harmonics, at most 3.
    pub max_edge_degree: usize,
    /// Clebsch-Gordan levels T.
    pub levels: usize,
    /// Highest power of Z / Z_max in the features of an atom.
    pub charge_power: usize,
    /// Length of the harmonics.
    pub harmonics: HarmonicKind,
    /// How elements become activations.
    pub input: InputKind,
    /// How activations become a number.
    pub output: OutputKind,
}

/// Real radial functions of a level: 8 waves times 4 inverse powers of r.
pub(super) const RADIAL: usize = 32;
/// Complex channels that they make.
pub(super) const COMPLEX_RADIAL: usize = RADIAL / 2;
/// Waves of a level.
pub(super) const WAVES: usize = 8;

impl Shape {
    /// Real features of an atom: (Z/Z_max)^p at the place of its species.
    #[must_use]
    pub fn features(&self) -> usize {
        self.numbers.len() * (self.charge_power + 1)
    }

    /// Channels with padding.
    #[must_use]
    pub fn padded(&self) -> usize {
        self.channels.next_multiple_of(LANES)
    }

    /// Highest degree of the activations that enter `level`; `levels` stands for those that leave the last.
    #[must_use]
    pub fn degree(&self, level: usize) -> usize {
        (0..level).fold(0, |degree, _| self.max_degree.min((degree + self.max_edge_degree).max(2 * degree)))
    }

    /// Products of an edge (l1) with a sender's activation (l2) that make degree `l` at `level`, in the original's order.
    #[must_use]
    pub fn aggregate_paths(&self, level: usize, l: usize) -> Vec<(usize, usize)> {
        paths(self.max_edge_degree, self.degree(level), l)
    }

    /// Products of an atom's activation with itself that make degree `l` at `level`; both orders, as in the original.
    #[must_use]
    pub fn square_paths(&self, level: usize, l: usize) -> Vec<(usize, usize)> {
        paths(self.degree(level), self.degree(level), l)
    }

    /// Complex inputs of the linear map that makes degree `l` of the atoms at `level`, in units of C channels.
    #[must_use]
    pub fn atom_slots(&self, level: usize, l: usize) -> usize {
        let own = usize::from(l <= self.degree(level));
        self.aggregate_paths(level, l).len() + own + self.square_paths(level, l).len()
    }

    /// Complex inputs of the linear map that makes the edge activations of degree `l` at `level`.
    #[must_use]
    pub fn edge_inputs(&self, level: usize, l: usize) -> usize {
        let before = if level > 0 { self.channels } else { 0 };
        before + self.edge_dots(level, l) * self.channels + COMPLEX_RADIAL
    }

    /// Degrees whose dot products the edges of degree `l` see at `level`.
    pub(super) fn edge_dots(&self, level: usize, l: usize) -> usize {
        let degree = self.degree(level);
        if l <= degree { degree + 1 } else { 0 }
    }

    /// Real invariants of an atom that the readout sees.
    #[must_use]
    pub fn scalars(&self) -> usize {
        (1..=self.levels).map(|level| 2 * self.channels * (1 + self.degree(level) + 1)).sum()
    }
}

fn paths(max_left: usize, max_right: usize, l: usize) -> Vec<(usize, usize)> {
    let all = (0..=max_left).flat_map(|left| (0..=max_right).map(move |right| (left, right)));
    all.filter(|&(left, right)| l >= left.abs_diff(right) && l <= left + right).collect()
}
