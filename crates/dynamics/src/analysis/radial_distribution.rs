//! How far atoms are from each other.

use std::f64::consts::PI;

use super::{Analysis, Blocks, Curve, Curves, Findings, Sample, StateReader};
use cormorant_core::system::vector::norm;
use cormorant_core::system::{Element, NeighborList, System};
use cormorant_core::{Error, Result};

/// More bins than this are refused.
const MOST_BINS: f64 = 100_000.0;

/// Radial distribution functions of every pair of elements; without a cell, distributions of distances.
///
///   with a cell   g_ab(r) = n_ab(r) / (N_a · ρ_b · 4π (r₊³ − r₋³) / 3)      ρ_b = (N_b − δ_ab) / V
///   without       p_ab(r) = n_ab(r) / (N_a · (N_b − δ_ab) · Δ)
///   slab or wire  n_ab(r) / (N_a · Δ)
///   all           N_b(r) about a = Σ_{r' < r} n_ab(r') / N_a
///
/// | symbol | meaning                                              | unit |
/// |--------|------------------------------------------------------|------|
/// | n_ab   | pairs of an atom a and an atom b with r₋ ≤ distance < r₊, every image counted | 1 |
/// | N_a    | number of atoms of element a                         | 1    |
/// | V      | volume of the cell in that frame                     | Å³   |
/// | Δ      | width r₊ − r₋ of a bin (`bin`)                       | Å    |
/// | g      | 1 for an ideal gas, at any number of atoms           | 1    |
/// | p      | its integral over all distances is 1                 | 1/Å  |
///
/// A slab or a wire has no volume and so no density to compare with: what is given is the number of atoms b per Å of distance about
/// an atom a. Each is averaged over frames. Where the reach is more than half of the least height of the cell, an atom meets its own
/// images, and ρ_b is N_b / V. Cells of any shape and size are right, because pairs come from [`NeighborList`].
/// Source: Allen and Tildesley, Computer Simulation of Liquids, 2nd edition, section 8.2.
/// Checked by `suite::analysis` (ideal gas, shells of fcc, two atoms).
pub struct RadialDistribution {
    bin: f64,
    bins: usize,
    elements: Vec<Element>, // distinct, sorted; empty before the first frame
    single: Vec<bool>,      // [elements], whether there is one atom of it alone
    dimensions: usize,      // directions that repeat
    frames: Blocks,         // a vector of g for a ≤ b, then of counts about each a of each b; [bins] each
    list: NeighborList,
}

impl RadialDistribution {
    /// Distances up to `reach`, in bins of width `bin`, both in Å; of which only whole ones are kept.
    ///
    /// # Errors
    /// When they are not valid.
    pub fn new(reach: f64, bin: f64) -> Result<Self> {
        let bins = (reach / bin + 1.0e-9).floor();
        if !(reach > 0.0 && bin > 0.0 && (1.0..=MOST_BINS).contains(&bins)) {
            return Err(Error::Invalid(format!(
                "a reach of {reach} Å in bins of {bin} Å is not possible: there must be 1 to {MOST_BINS} bins"
            )));
        }
        Ok(Self {
            bin,
            bins: bins as usize,
            elements: Vec::new(),
            single: Vec::new(),
            dimensions: 0,
            frames: Blocks::new(0),
            list: NeighborList::new(bins * bin, (0.1 * bins * bin).min(1.0)),
        })
    }

    /// The reach in Å that suits `system`: half of the least height of its cell, 10 Å at most.
    #[must_use]
    pub fn suitable_reach(system: &System) -> f64 {
        let half = |cell: &cormorant_core::system::Cell| 0.5 * cell.heights().into_iter().fold(f64::INFINITY, f64::min);
        system.cell.as_ref().map_or(10.0, half).min(10.0)
    }

    fn begin(&mut self, system: &System) {
        self.elements.clone_from(&system.elements);
        self.elements.sort_unstable();
        self.elements.dedup();
        let count = |element: &Element| system.elements.iter().filter(|other| *other == element).count();
        self.single = self.elements.iter().map(|element| count(element) == 1).collect();
        self.dimensions = dimensions(system);
        self.frames = Blocks::new(self.width());
    }

    fn width(&self) -> usize {
        let kinds = self.elements.len();
        (kinds * (kinds + 1) / 2 + kinds * kinds) * self.bins
    }

    /// Directed pairs in every bin; `[elements × elements × bins]`, the receiver's element first.
    fn count(&mut self, system: &System, kinds: &[usize]) -> Result<Vec<f64>> {
        let mut counts = vec![0.0; self.elements.len() * self.elements.len() * self.bins];
        let neighbors = self.list.update(system)?;
        for receiver in 0..system.atom_count() {
            for edge in neighbors.offsets[receiver]..neighbors.offsets[receiver + 1] {
                let pair = kinds[receiver] * self.elements.len() + kinds[neighbors.senders[edge] as usize];
                let bin = (norm(neighbors.vectors[edge]) / self.bin) as usize;
                // Rounding can put a distance just below the end beyond the last bin.
                counts[pair * self.bins + bin.min(self.bins - 1)] += 1.0;
            }
        }
        Ok(counts)
    }

    /// The index of each atom's element.
    fn kinds(&self, sample: &Sample<'_>) -> Result<Vec<usize>> {
        let find = |element: &Element| {
            self.elements.iter().position(|known| known == element).ok_or_else(|| {
                Error::Structure(format!("it holds {element}, which the first frame did not")).at_frame(sample.frame)
            })
        };
        sample.system.elements.iter().map(find).collect()
    }

    /// Expected number of directed pairs in each bin for atoms that know nothing of each other, up to a factor: what a
    /// count has to be divided by.
    fn expected(&self, system: &System, receivers: f64, senders: f64, same: bool, bin: usize) -> f64 {
        let own = f64::from(u8::from(same));
        let Some(cell) = &system.cell else { return receivers * (senders - own) * self.bin };
        let Some(volume) = cell.volume() else { return receivers * self.bin };
        let least = cell.heights().into_iter().fold(f64::INFINITY, f64::min);
        let meets_itself = self.bins as f64 * self.bin > 0.5 * least * (1.0 + 1.0e-9);
        let partners = if meets_itself { senders } else { senders - own };
        let radius = |edge: usize| (edge as f64 * self.bin).powi(3);
        let shell = 4.0 * PI / 3.0 * (radius(bin + 1) - radius(bin));
        receivers * partners / volume * shell
    }

    /// The pairs a ≤ b in order.
    fn pairs(&self) -> impl Iterator<Item = (usize, usize)> {
        let kinds = self.elements.len();
        (0..kinds).flat_map(move |a| (a..kinds).map(move |b| (a, b)))
    }
}

impl Analysis for RadialDistribution {
    fn title(&self) -> &'static str {
        match self.dimensions {
            0 => "distribution of distances",
            3 => "radial distribution function",
            _ => "neighbors by distance",
        }
    }

    fn add(&mut self, sample: &Sample<'_>) -> Result<()> {
        let system = sample.system;
        if self.elements.is_empty() {
            self.begin(system);
        }
        if dimensions(system) != self.dimensions {
            let reason = format!(
                "frame {} differs from the first one in having a cell or none, or in its periodicity",
                sample.frame
            );
            return Err(Error::Invalid(reason));
        }
        let kinds = self.kinds(sample)?;
        let counts = self.count(system, &kinds)?;
        let mut atoms = vec![0.0; self.elements.len()];
        for kind in kinds {
            atoms[kind] += 1.0;
        }
        let mut vector = Vec::with_capacity(self.width());
        let row = |a: usize, b: usize| &counts[(a * atoms.len() + b) * self.bins..][..self.bins];
        for (a, b) in self.pairs() {
            for (bin, count) in row(a, b).iter().enumerate() {
                let expected = self.expected(system, atoms[a], atoms[b], a == b, bin);
                vector.push(if *count > 0.0 && expected > 0.0 { count / expected } else { 0.0 });
            }
        }
        for a in 0..atoms.len() {
            for b in 0..atoms.len() {
                vector.extend(row(a, b).iter().map(|count| count / atoms[a].max(1.0)));
            }
        }
        self.frames.add(&vector);
        Ok(())
    }

    fn findings(&self) -> Result<Findings> {
        if self.frames.count() == 0 {
            return Err(Error::TooFewFrames("there are no frames to take distances from".into()));
        }
        let (mean, error) = (self.frames.mean(), self.frames.error());
        let bins = self.bins;
        let middle = (0..bins).map(|bin| (bin as f64 + 0.5) * self.bin).collect();
        let upper = (1..=bins).map(|edge| edge as f64 * self.bin).collect();
        let alone = |a: usize, b: usize| a == b && self.single[a] && self.dimensions == 0;
        let mut distribution = Curves {
            title: self.title().into(),
            axis: "r".into(),
            axis_unit: "Å",
            points: middle,
            symbol: ["p", "n", "n", "g"][self.dimensions].into(),
            unit: if self.dimensions == 3 { "" } else { "1/Å" },
            ..Curves::default()
        };
        for (at, (a, b)) in self.pairs().enumerate().filter(|(_, (a, b))| !alone(*a, *b)) {
            distribution.curves.push(Curve {
                label: format!("{}-{}", self.elements[a], self.elements[b]),
                values: mean[at * bins..][..bins].to_vec(),
                errors: error.as_ref().map(|error| error[at * bins..][..bins].to_vec()),
            });
        }
        let mut coordination = Curves {
            name: "coordination".into(),
            title: "atoms within a distance".into(),
            axis: "r".into(),
            axis_unit: "Å",
            points: upper,
            symbol: "N".into(),
            ..Curves::default()
        };
        let start = self.pairs().count();
        for a in 0..self.elements.len() {
            for b in (0..self.elements.len()).filter(|b| !alone(a, *b)) {
                let counts = &mean[(start + a * self.elements.len() + b) * bins..][..bins];
                let running = counts.iter().scan(0.0, |sum, count| {
                    *sum += count;
                    Some(*sum)
                });
                let label = format!("{} about {}", self.elements[b], self.elements[a]);
                coordination.curves.push(Curve { label, values: running.collect(), errors: None });
            }
        }
        Ok(Findings { curves: vec![distribution, coordination], ..Findings::default() })
    }

    fn state(&self) -> Vec<f64> {
        let mut state = vec![self.elements.len() as f64, state_of(self.dimensions)];
        state.extend(self.elements.iter().map(|element| f64::from(element.number())));
        state.extend(self.single.iter().map(|single| f64::from(u8::from(*single))));
        state.extend(self.frames.state());
        state
    }

    fn restore(&mut self, state: &[f64]) -> Result<()> {
        let mut state = StateReader::new(state);
        let kinds = state.count()? as usize;
        self.dimensions = dimensions_of(state.count()?);
        self.elements = state.elements(kinds)?;
        self.single = state.numbers(kinds)?.iter().map(|single| *single != 0.0).collect();
        self.frames = Blocks::read(&mut state)?;
        state.end()
    }
}

/// Number of directions that `system` repeats in.
fn dimensions(system: &System) -> usize {
    system.cell.map_or(0, |cell| cell.dimensions())
}

/// As it is in the state, where 1 is a bulk and 0 a system without a cell, as before there were slabs (2) and wires (3).
fn state_of(dimensions: usize) -> f64 {
    [0.0, 3.0, 2.0, 1.0][dimensions]
}

fn dimensions_of(state: u64) -> usize {
    [0, 3, 2, 1].get(state as usize).copied().unwrap_or(3)
}
