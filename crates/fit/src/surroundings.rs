//! What a model has seen, from its training frames.

use super::seen_bonds;
use crate::Configuration;
use cormorant_core::system::NeighborList;
use cormorant_core::{Error, Result};
use cormorant_network::{ElementEnvelope, Envelope, Example, Ranges, Scaling};
use cormorant_potential::extrapolation::{Descriptor, Shape};

/// Bumps of the descriptor.
const BUMPS: usize = 8;
/// Surroundings beyond this distance in Å are not looked at.
const REACH: f64 = 5.0;
/// More surroundings of one element than this are thinned out.
const MOST_POINTS: usize = 4000;
/// Parts into which the frames are divided to see how far unseen surroundings lie.
const FOLDS: usize = 5;
/// The example is chosen among frames of at most this many atoms, if there are any.
const EXAMPLE_ATOMS: usize = 400;

/// The surroundings of each element in `frames`, for a model of this cutoff in Å.
///
/// The frames are divided into five parts. `farthest` of an element is the largest distance that an atom of one part has to
/// the shape of the other four: what a frame like those of training, but not among them, may well have.
///
/// # Errors
/// When an element is not among those of `scaling`, or two atoms overlap.
pub fn envelope(frames: &[Configuration], scaling: &Scaling, cutoff: f64) -> Result<Envelope> {
    let mut envelope = Envelope { cutoff: cutoff.min(REACH), bumps: BUMPS, elements: Vec::new() };
    let mut descriptor = Descriptor::new(&envelope, &scaling.elements);
    let length = descriptor.length();
    let mut rows: Vec<Vec<(usize, Vec<f64>)>> = vec![Vec::new(); scaling.elements.len()];
    let mut loneliest = vec![0.0_f64; scaling.elements.len()];
    let mut thinning = Thinning::new(frames, scaling)?;
    for (number, frame) in frames.iter().enumerate() {
        let species = scaling.species(&frame.elements)?;
        let system = frame.system()?;
        let mut list = NeighborList::new(envelope.cutoff, 0.0);
        let neighbors = list.update(&system)?;
        for (atom, &kind) in species.iter().enumerate() {
            let nearest = neighbors.nearest(atom).unwrap_or(f64::INFINITY);
            loneliest[kind as usize] = loneliest[kind as usize].max(nearest);
            if !thinning.keeps(kind as usize) {
                continue;
            }
            let mut row = Vec::with_capacity(length);
            descriptor.append(&species, neighbors, atom, &mut row);
            rows[kind as usize].push((number * FOLDS / frames.len().max(1), row));
        }
    }
    let elements = rows.into_iter().zip(loneliest).map(|(rows, alone)| element(&rows, length, alone));
    envelope.elements = elements.collect();
    Ok(envelope)
}

/// Takes about the allowed number of surroundings of each element, evenly. The golden ratio shares no rhythm with the atoms of a molecule:
/// every n-th would leave out the same atoms of every frame.
struct Thinning {
    /// Share that is taken of each element.
    shares: Vec<f64>,
    /// Atoms of each element so far.
    atoms: Vec<usize>,
}

impl Thinning {
    fn new(frames: &[Configuration], scaling: &Scaling) -> Result<Self> {
        let mut counts = vec![0_usize; scaling.elements.len()];
        for frame in frames {
            for kind in scaling.species(&frame.elements)? {
                counts[kind as usize] += 1;
            }
        }
        let shares = counts.iter().map(|&count| MOST_POINTS as f64 / count.max(1) as f64).collect();
        Ok(Self { shares, atoms: vec![0; counts.len()] })
    }

    /// Whether the next atom of element `kind` is taken.
    fn keeps(&mut self, kind: usize) -> bool {
        let index = self.atoms[kind];
        self.atoms[kind] += 1;
        (index as f64 * 0.618_033_988_749_895).fract() < self.shares[kind]
    }
}

/// `alone` is the farthest that a nearest neighbor was, infinite where an atom had none.
fn element(rows: &[(usize, Vec<f64>)], length: usize, alone: f64) -> ElementEnvelope {
    let all: Vec<&[f64]> = rows.iter().map(|(_, row)| row.as_slice()).collect();
    if all.is_empty() {
        return ElementEnvelope::default();
    }
    let mut farthest: f64 = 0.0;
    for fold in 0..FOLDS {
        let others: Vec<&[f64]> = rows.iter().filter(|(own, _)| *own != fold).map(|(_, row)| row.as_slice()).collect();
        if others.is_empty() {
            continue;
        }
        let shape = Shape::of(&others, length);
        let own = rows.iter().filter(|(own, _)| *own == fold);
        farthest = own.map(|(_, row)| shape.distance(row)).fold(farthest, f64::max);
    }
    let shape = Shape::of(&all, length);
    let inside = all.iter().map(|row| shape.distance(row)).fold(0.0, f64::max);
    // The file holds single precision; what is compared later is what is stored.
    let rounded = |numbers: Vec<f64>| numbers.into_iter().map(|x| f64::from(x as f32)).collect::<Vec<f64>>();
    ElementEnvelope {
        environments: all.len(),
        center_count: shape.centers.len() / length,
        farthest: farthest.max(inside).max(1.0),
        loneliest: Some(alone).filter(|distance| distance.is_finite()),
        projection: rounded(shape.projection),
        centers: rounded(shape.centers),
    }
}

/// The frame of lowest energy per atom, measured from the reference energies, for later trials of the model.
///
/// # Errors
/// When two of its atoms overlap.
pub fn example(frames: &[Configuration], scaling: &Scaling) -> Result<Option<Example>> {
    // Where no frame has an energy, the one whose largest force is smallest.
    let has_energies = frames.iter().any(|frame| frame.energy.is_some());
    let height = |frame: &Configuration| {
        if !has_energies {
            return frame.forces.iter().map(|force| cormorant_core::system::vector::norm(*force)).fold(0.0, f64::max);
        }
        let Some(energy) = frame.energy else { return f64::INFINITY };
        let species = scaling.species(&frame.elements).unwrap_or_default();
        (energy - scaling.reference_energy(&species)) / frame.atom_count().max(1) as f64
    };
    let small = frames.iter().filter(|frame| (2..=EXAMPLE_ATOMS).contains(&frame.atom_count()));
    let lowest = |frames: &mut dyn Iterator<Item = &Configuration>| {
        frames.min_by(|a, b| height(a).total_cmp(&height(b))).cloned()
    };
    let Some(frame) = lowest(&mut small.into_iter()).or_else(|| lowest(&mut frames.iter())) else { return Ok(None) };
    let bonds = seen_bonds::seen(&frame.system()?, frames)?;
    Ok(Some(Example {
        elements: frame.elements.iter().map(|element| element.symbol().to_string()).collect(),
        positions: frame.positions,
        cell: frame.cell.map(|cell| cell.rows()),
        periodic: frame.cell.filter(|cell| cell.dimensions() < 3).map(|cell| cell.periodic()),
        bonds,
        state: frame.state,
    }))
}

/// Between which values the training frames lie.
///
/// # Errors
/// When there are no frames, or an element is not among those of `scaling`.
pub fn ranges(frames: &[Configuration], scaling: &Scaling) -> Result<Ranges> {
    let mut ranges = Ranges {
        atoms: [usize::MAX, 0],
        energy: [f64::INFINITY, f64::NEG_INFINITY],
        force: 0.0,
        volume: None,
        dimensions: Vec::new(),
    };
    let mut dimensions = std::collections::BTreeSet::new();
    for frame in frames {
        let atoms = frame.atom_count();
        ranges.atoms = [ranges.atoms[0].min(atoms), ranges.atoms[1].max(atoms)];
        let reference = scaling.reference_energy(&scaling.species(&frame.elements)?);
        if let Some(energy) = frame.energy.map(|energy| (energy - reference) / atoms.max(1) as f64) {
            ranges.energy = [ranges.energy[0].min(energy), ranges.energy[1].max(energy)];
        }
        let forces = frame.forces.iter().map(|force| cormorant_core::system::vector::norm(*force));
        ranges.force = forces.fold(ranges.force, f64::max);
        dimensions.insert(frame.cell.map_or(0, |cell| cell.dimensions()));
        if let Some(volume) = frame.cell.and_then(|cell| cell.volume()) {
            let volume = volume / atoms.max(1) as f64;
            let [low, high] = ranges.volume.unwrap_or([volume; 2]);
            ranges.volume = Some([low.min(volume), high.max(volume)]);
        }
    }
    if !ranges.energy[0].is_finite() {
        ranges.energy = [0.0; 2]; // no frame has an energy
    }
    if dimensions.contains(&1) || dimensions.contains(&2) {
        ranges.dimensions = dimensions.into_iter().collect();
    }
    if frames.is_empty() { Err(Error::Invalid("there are no frames to learn ranges from".into())) } else { Ok(ranges) }
}
