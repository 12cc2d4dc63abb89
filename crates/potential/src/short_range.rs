//! What keeps atoms apart where a learned potential has seen nothing.

use std::ops::Range;

use super::Truncation;
use super::zbl::ScreenedRepulsion;
use cormorant_core::system::Element;
use cormorant_core::system::vector::{dot, norm};
use cormorant_network::Facts;

/// Height of the wall in eV.
const HEIGHT: f64 = 20.0;
/// Where the wall begins, as a share of the shortest distance in the training frames: as far as thermal motion reaches
/// beyond them, the network is trusted.
pub const START: f64 = 0.95;
/// How far below that the network is asked, as a share of it.
const MARGIN: f64 = 0.08;
/// Where training has no distance of a pair, the wall begins at least here, in Å.
const LEAST_START: f64 = 1.0;

/// The wall at short distances under a learned potential.
///
/// A network knows nothing below the shortest distance of a pair of elements in its training frames, and what it says
/// there is soon millions of eV, of either sign. Somewhat below it, from s on, two things therefore happen to a pair at
/// distance r. The network is shown the distance r′ instead, which never falls below 0.92 s, and a repulsion is added:
///
///   r′ = s − d/(1 + (d/w)³)^⅓,  d = s − r        u(r) = D (s/r − 1)³ + ZBL(r) S(2r/s − 1)
///
/// | symbol | here                          | unit |
/// |--------|-------------------------------|------|
/// | s      | `start`: `START` times the shortest distance in the header of the model; without one the larger of 1 Å and the sum of the covalent radii | Å |
/// | w      | `MARGIN` · s                  | Å    |
/// | D      | `HEIGHT`                      | eV   |
/// | ZBL    | [`super::Zbl`]                | eV   |
/// | S      | switch of [`Truncation::Switched`] | |
///
/// Above s nothing changes, not even a bit; at s the energy has two continuous derivatives. That a pair which is pushed
/// together from 1.0 to 0.3 Å gains energy is checked by `suite::short_range` for every pair of `models/ethanol`; for any
/// other model it is very likely, not certain.
#[derive(Debug, Clone)]
pub(super) struct ShortRange {
    pairs: Vec<Pair>, // [elements × elements]
    elements: usize,
}

#[derive(Debug, Clone, Copy)]
struct Pair {
    start: f64,
    repulsion: ScreenedRepulsion,
}

/// An edge that is shorter than the network knows.
#[derive(Debug, Clone, Copy)]
pub(super) struct ShortEdge {
    /// Its number.
    pub(super) edge: usize,
    /// The atom that it belongs to.
    pub(super) receiver: usize,
    /// Its vector, and the one that the network is shown, in Å.
    pub(super) vector: [f64; 3],
    pub(super) shown: [f64; 3],
    /// u/2 in eV: the edge back has the other half.
    pub(super) energy: f64,
    slope: f64,     // (du/dr)/2 in eV/Å
    unit: [f64; 3], // r̂
    turn: f64,      // r′/r
    stretch: f64,   // dr′/dr
}

impl ShortRange {
    /// The wall for the elements of a network, in the order of its species.
    pub(super) fn new(facts: &Facts) -> Self {
        let elements = &facts.elements;
        let pair = |first: &Element, second: &Element| {
            let unseen = (first.covalent_radius() + second.covalent_radius()).max(LEAST_START);
            let start = facts.shortest_distance(*first, *second).map_or(unseen, |shortest| START * shortest);
            Pair { start, repulsion: ScreenedRepulsion::between(*first, *second) }
        };
        let row = |first| elements.iter().map(move |second| pair(first, second));
        Self { pairs: elements.iter().flat_map(row).collect(), elements: elements.len() }
    }

    /// The squares of the distances below which the wall acts, for each pair of species, a little above them.
    pub(super) fn limits(&self) -> Vec<f32> {
        self.pairs.iter().map(|pair| (1.00001 * pair.start * pair.start) as f32).collect()
    }

    /// Find every edge that is too short, receiver by receiver with its `runs` of edges; `kind` gives the species of an atom.
    pub(super) fn find(
        &self,
        runs: impl Iterator<Item = (usize, Range<usize>)>,
        senders: &[u32],
        vectors: &[[f64; 3]],
        kind: impl Fn(usize) -> usize,
        found: &mut Vec<ShortEdge>,
    ) {
        let farthest = self.pairs.iter().map(|pair| pair.start).fold(0.0, f64::max).powi(2);
        for (receiver, run) in runs {
            for edge in run {
                let vector = vectors[edge];
                let square = dot(vector, vector);
                if square >= farthest {
                    continue;
                }
                let pair = &self.pairs[kind(receiver) * self.elements + kind(senders[edge] as usize)];
                if square < pair.start * pair.start {
                    found.push(pair.edge(edge, receiver, vector));
                }
            }
        }
    }
}

impl Pair {
    /// The edge with this vector.
    fn edge(&self, edge: usize, receiver: usize, vector: [f64; 3]) -> ShortEdge {
        let length = norm(vector);
        let unit = vector.map(|x| x / length);
        let (seen, stretch) = self.shown(length);
        let (energy, slope) = self.half_wall(length);
        ShortEdge {
            edge,
            receiver,
            vector,
            shown: unit.map(|x| x * seen),
            energy,
            slope,
            unit,
            turn: seen / length,
            stretch,
        }
    }

    /// r′ and dr′/dr.
    fn shown(&self, length: f64) -> (f64, f64) {
        let missing = self.start - length;
        let growth = 1.0 + (missing / (MARGIN * self.start)).powi(3);
        (self.start - missing / growth.cbrt(), growth.powf(-4.0 / 3.0))
    }

    /// u/2 and (du/dr)/2.
    fn half_wall(&self, length: f64) -> (f64, f64) {
        let excess = self.start / length - 1.0;
        let steep = HEIGHT * excess * excess * excess;
        let steep_slope = -3.0 * HEIGHT * excess * excess * self.start / (length * length);
        let truncation = Truncation::Switched { from: 0.5 * self.start };
        let square = length * length;
        let (repulsion, slope) = truncation.apply(self.repulsion.at(square), (0.0, 0.0), square, self.start);
        (0.5 * (steep + repulsion), 0.5 * (steep_slope + slope * length))
    }
}

impl ShortEdge {
    /// The same where the network's gradients are in units of `scale` eV/Å.
    pub(super) fn in_units_of(self, scale: f64) -> Self {
        Self { slope: self.slope / scale, ..self }
    }

    /// The same without the wall: its half belongs to another process, which owns the atom.
    pub(super) fn of_another(self) -> Self {
        Self { energy: 0.0, slope: 0.0, ..self }
    }

    /// ∂E/∂r from ∂E/∂r′ (eV/Å), with the wall: along r̂ the change of length counts, across it the change of direction.
    pub(super) fn gradient(&self, seen: [f64; 3]) -> [f64; 3] {
        let radial = dot(seen, self.unit) * (self.stretch - self.turn) + self.slope;
        [0, 1, 2].map(|axis| self.turn * seen[axis] + radial * self.unit[axis])
    }
}
