//! The learned potential on parts of a periodic system, as programs with domain decomposition ask for it.

use cormorant::model::CormorantConfig;
use cormorant::noise::{Consumer, Noise};
use cormorant::potential::{
    Evaluation, LearnedPotential, Part, PartialPotential, Potential, Precision, RequestedProperties, evaluate_batch,
};
use cormorant::system::{Cell, Element, System};

use crate::graphics;
use crate::learned::random_model;

const ALL: RequestedProperties = RequestedProperties { virial: true, atom_energies: true };
const EDGE: f64 = 8.4;

fn config(layers: usize) -> CormorantConfig {
    CormorantConfig {
        cutoff: 3.0,
        max_degree: 2,
        max_edge_degree: 4,
        layers,
        products: 1,
        ..CormorantConfig::default()
    }
}

/// Three elements on a shaken cubic lattice.
fn shaken_lattice(seed: u64) -> System {
    let symbols = ["H", "C", "O"].map(|symbol| Element::from_symbol(symbol).unwrap());
    let mut random = Noise::new(seed).stream(Consumer::Test, 0, 0);
    let (mut elements, mut positions) = (Vec::new(), Vec::new());
    for place in 0..64 {
        let site = [place % 4, place / 4 % 4, place / 16].map(|k| (f64::from(k) + 0.5) * EDGE / 4.0);
        positions.push(site.map(|x| x + 0.35 * random.normal().clamp(-1.5, 1.5)));
        elements.push(symbols[(random.bits() % 3) as usize]);
    }
    System::new(elements, positions, Some(Cell::cubic(EDGE).unwrap())).unwrap()
}

/// A slab of the cell with the images of atoms up to `halo` Å around it, as a rank of an MPI program holds it.
struct Rank {
    /// Atom of the whole system of each local atom.
    origins: Vec<usize>,
    owned: Vec<bool>,
    positions: Vec<[f64; 3]>,
    lists: Vec<Vec<i32>>,
}

impl Rank {
    fn new(system: &System, slab: std::ops::Range<f64>, halo: f64, list_cutoff: f64) -> Self {
        let cell = system.cell.unwrap();
        let inside: Vec<[f64; 3]> = system.positions.iter().map(|&p| cell.wrap(p)).collect();
        let is_owned = |p: &[f64; 3]| slab.contains(&p[0]);
        let mut rank = Self { origins: Vec::new(), owned: Vec::new(), positions: Vec::new(), lists: Vec::new() };
        for (atom, position) in inside.iter().enumerate().filter(|(_, p)| is_owned(p)) {
            rank.add(atom, true, *position);
        }
        for image in 0..343 {
            let shift = [image % 7, image / 7 % 7, image / 49].map(|k| f64::from(k - 3) * EDGE);
            for (atom, position) in inside.iter().enumerate() {
                if shift == [0.0; 3] && is_owned(position) {
                    continue;
                }
                let p = [position[0] + shift[0], position[1] + shift[1], position[2] + shift[2]];
                let bounds = [slab.clone(), 0.0..EDGE, 0.0..EDGE];
                if (0..3).all(|k| p[k] > bounds[k].start - halo && p[k] < bounds[k].end + halo) {
                    rank.add(atom, false, p);
                }
            }
        }
        let near = |a: [f64; 3], b: [f64; 3]| (0..3).map(|k| (a[k] - b[k]).powi(2)).sum::<f64>() < list_cutoff.powi(2);
        for (i, a) in rank.positions.iter().enumerate() {
            let others = rank.positions.iter().enumerate().filter(|(j, b)| *j != i && near(*a, **b));
            rank.lists.push(others.map(|(j, _)| j as i32).collect());
        }
        rank
    }

    fn add(&mut self, origin: usize, owned: bool, position: [f64; 3]) {
        self.origins.push(origin);
        self.owned.push(owned);
        self.positions.push(position);
    }
}

/// Energy, forces, virial and atom energies from two slabs of unequal thickness, and the largest share of local atoms
/// that the first layer computed.
fn in_two_parts(potential: &mut PartialPotential, system: &System, halo: f64) -> (Evaluation, f64) {
    in_parts(potential, system, halo, &[0.0..0.3 * EDGE, 0.3 * EDGE..EDGE])
}

/// The same from slabs of the cell, which is a cube with edge `EDGE`.
fn in_parts(
    potential: &mut PartialPotential,
    system: &System,
    halo: f64,
    slabs: &[std::ops::Range<f64>],
) -> (Evaluation, f64) {
    let mut all = Evaluation {
        energy: 0.0,
        forces: vec![[0.0; 3]; system.atom_count()],
        virial: Some([[0.0; 3]; 3]),
        atom_energies: vec![0.0; system.atom_count()],
        ..Evaluation::default()
    };
    let mut share: f64 = 0.0;
    for slab in slabs {
        let rank = Rank::new(system, slab.clone(), halo, potential.cutoff() + 0.3);
        let known = potential.elements().to_vec();
        let kind = |atom: &usize| known.iter().position(|element| *element == system.elements[*atom]).unwrap() as u32;
        let species: Vec<u32> = rank.origins.iter().map(kind).collect();
        let part = Part { species: &species, positions: &rank.positions, owned: &rank.owned };
        let mut result = Evaluation::default();
        potential.evaluate(part, &mut |atom| Ok(&rank.lists[atom]), &mut result).unwrap();
        all.energy += result.energy;
        for (local, &origin) in rank.origins.iter().enumerate() {
            all.atom_energies[origin] += result.atom_energies[local];
            for axis in 0..3 {
                all.forces[origin][axis] += result.forces[local][axis];
            }
        }
        let sums = all.virial.iter_mut().flatten().flatten().zip(result.virial.unwrap().into_iter().flatten());
        sums.for_each(|(sum, term)| *sum += term);
        share = share.max(potential.worked_on().0 as f64 / rank.origins.len() as f64);
    }
    (all, share)
}

fn whole(model: &cormorant::model::Model, system: &System) -> Evaluation {
    let mut result = Evaluation::default();
    LearnedPotential::new(model, Precision::F64, 1).unwrap().evaluate(system, ALL, &mut result).unwrap();
    result
}

fn largest_difference(a: &[[f64; 3]], b: &[[f64; 3]]) -> f64 {
    let scale = b.iter().flatten().fold(0.0f64, |max, x| max.max(x.abs()));
    a.iter().flatten().zip(b.iter().flatten()).fold(0.0f64, |max, (x, y)| max.max((x - y).abs())) / scale
}

/// Catches: a layer cut off too early, a gradient that does not come back from the halo, ghosts counted in the energy,
/// stale activations of atoms that the last evaluation computed and this one skips.
#[test]
fn parts_with_a_whole_halo_are_the_whole() {
    for layers in 1..=3 {
        let model = random_model(config(layers), 11);
        let mut potential = PartialPotential::new(&model, Precision::F64).unwrap();
        for seed in 0..2 {
            let system = shaken_lattice(seed);
            let expected = whole(&model, &system);
            let reach = potential.receptive_field();
            let (found, share) = in_two_parts(&mut potential, &system, reach);
            let learned = expected.atom_energies.len() as f64;
            assert!((found.energy - expected.energy).abs() < 1e-11 * learned * 1e3, "{layers} layers: energy");
            let difference = largest_difference(&found.forces, &expected.forces);
            assert!(difference < 1e-12, "{layers} layers: forces differ by {difference:e}");
            let difference = largest_difference(&found.virial.unwrap(), &expected.virial.unwrap());
            assert!(difference < 1e-12, "{layers} layers: the virial differs by {difference:e}");
            for (a, b) in found.atom_energies.iter().zip(&expected.atom_energies) {
                assert!((a - b).abs() < 1e-12 * b.abs(), "{layers} layers: energy {a} of an atom, not {b}");
            }
            assert!(share < 0.7, "{layers} layers: {share} of all local atoms were computed");
        }
    }
}

/// Catches: LAMMPS on a graphics processor, where an atom of the halo is computed in a layer that does not need it or gets nothing back.
#[test]
fn parts_on_a_device_are_the_whole() {
    if !graphics::is_there() {
        return;
    }
    for layers in 1..=3 {
        let model = random_model(config(layers), 11);
        let mut potential = PartialPotential::new(&model, graphics::options()).unwrap();
        for seed in 0..2 {
            let system = shaken_lattice(seed);
            let expected = whole(&model, &system);
            let reach = potential.receptive_field();
            let (found, _) = in_two_parts(&mut potential, &system, reach);
            let difference = largest_difference(&found.forces, &expected.forces);
            assert!(difference < 1e-5, "{layers} layers: forces differ by {difference:e}");
            let difference = largest_difference(&found.virial.unwrap(), &expected.virial.unwrap());
            assert!(difference < 1e-5, "{layers} layers: the virial differs by {difference:e}");
            assert!(
                (found.energy - expected.energy).abs() < 1e-4,
                "{layers} layers: {} {}",
                found.energy,
                expected.energy
            );
        }
    }
}

/// Catches: images credited to another atom, translations that go stale when the cell or the atoms move or the atoms change
/// their numbers, gradients of images that are lost, images that are computed all the same.
#[test]
fn images_of_owned_atoms_are_not_computed() {
    for layers in 2..=3 {
        let model = random_model(config(layers), 11);
        let mut potential = PartialPotential::new(&model, Precision::F64).unwrap().of_the_whole();
        let mut system = shaken_lattice(3);
        for step in 0..6 {
            match step {
                2 => system.positions.iter_mut().flatten().enumerate().for_each(|(k, x)| *x += 1e-3 * (k as f64).sin()),
                3 => system.positions.reverse(),
                4 => system.elements.reverse(),
                5 => system.positions.iter_mut().for_each(|x| x[0] += 0.7),
                _ => {}
            }
            let expected = whole(&model, &system);
            let (found, share) = in_parts(&mut potential, &system, 3.0 * layers as f64, &[0.0..EDGE]);
            agree(&found, &expected);
            let atoms = potential.worked_on();
            assert_eq!(atoms, (64, 64), "{layers} layers, step {step}: {share} of all local atoms were computed");
        }
    }
}

/// Catches: originals that are guessed where several atoms look alike to one cutoff, but not beyond.
#[test]
fn images_in_a_crystal_with_a_flaw_are_computed() {
    let model = random_model(config(2), 11);
    let mut potential = PartialPotential::new(&model, Precision::F64).unwrap().of_the_whole();
    let mut system = shaken_lattice(0);
    let carbon = Element::from_symbol("C").unwrap();
    for (place, (element, position)) in system.elements.iter_mut().zip(&mut system.positions).enumerate() {
        *element = carbon;
        *position = [place % 4, place / 4 % 4, place / 16].map(|k| (k as f64 + 0.5) * EDGE / 4.0);
    }
    system.positions[21][0] += 0.3;
    let expected = whole(&model, &system);
    let (found, _) = in_parts(&mut potential, &system, 6.0, &[0.0..EDGE]);
    agree(&found, &expected);
    assert!(potential.worked_on().0 > 64);
}

/// Energy, forces, virial and atom energies to rounding.
fn agree(found: &Evaluation, expected: &Evaluation) {
    assert!((found.energy - expected.energy).abs() < 1e-12 * expected.energy.abs());
    let difference = largest_difference(&found.forces, &expected.forces);
    assert!(difference < 1e-12, "forces differ by {difference:e}");
    let difference = largest_difference(&found.virial.unwrap(), &expected.virial.unwrap());
    assert!(difference < 1e-12, "the virial differs by {difference:e}");
    for (a, b) in found.atom_energies.iter().zip(&expected.atom_energies) {
        assert!((a - b).abs() < 1e-12 * b.abs(), "energy {a} of an atom, not {b}");
    }
}

/// Catches: a test that would not notice a halo of one cutoff, the classic mistake with message passing.
#[test]
fn a_halo_of_one_cutoff_is_wrong() {
    let model = random_model(config(2), 11);
    let mut potential = PartialPotential::new(&model, Precision::F64).unwrap();
    let system = shaken_lattice(0);
    let cutoff = potential.cutoff();
    let (found, _) = in_two_parts(&mut potential, &system, cutoff);
    let difference = largest_difference(&found.forces, &whole(&model, &system).forces);
    assert!(difference > 1e-4, "forces differ by {difference:e} only");
}

/// Catches: indices from outside that are believed, and results that are not numbers.
#[test]
fn what_makes_no_sense_is_refused() {
    let mut potential = PartialPotential::new(&random_model(config(2), 11), Precision::F32).unwrap();
    let positions = [[0.0; 3], [1.0, 0.0, 0.0]];
    let mut ask = |species: &[u32; 2], positions: &[[f64; 3]; 2], list: &'static [i32]| {
        let part = Part { species, positions, owned: &[true, false] };
        potential.evaluate(part, &mut |_| Ok(list), &mut Evaluation::default()).map_err(|error| error.to_string())
    };
    assert_eq!(ask(&[0, 3], &positions, &[]).unwrap_err(), "species 3 is not one of the 3 known");
    assert_eq!(ask(&[0, 1], &positions, &[2]).unwrap_err(), "neighbor 2 of atom 0 is not an atom");
    assert_eq!(ask(&[0, 1], &positions, &[-1]).unwrap_err(), "neighbor -1 of atom 0 is not an atom");
    assert!(ask(&[0, 1], &[[0.0; 3]; 2], &[1]).unwrap_err().contains("overlap"));
}

/// Catches: twins that share what they must not, and a batch whose order or bits depend on the threads.
#[test]
fn a_batch_gives_the_bits_of_single_calls() {
    let model = random_model(config(2), 12);
    let systems: Vec<System> = (0..7).map(shaken_lattice).collect();
    let potential = LearnedPotential::new(&model, Precision::F32, 1).unwrap();
    let mut single = potential.twin();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    let batch = pool.install(|| evaluate_batch(&potential, &systems, ALL)).unwrap();
    for (system, together) in systems.iter().zip(batch) {
        let mut alone = Evaluation::default();
        single.evaluate(system, ALL, &mut alone).unwrap();
        assert_eq!(together, alone);
    }
}
