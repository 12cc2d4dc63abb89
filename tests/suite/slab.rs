//! Charges, dipoles and quadrupoles in a slab, which repeats in two directions.

use cormorant::electrostatics::{Electrostatics, Interaction, Multipoles, Places, Sites, pairs, width};
use cormorant::noise::{Consumer, Noise};
use cormorant::system::vector::{cross, dot, norm, plus};
use cormorant::system::{Cell, ElectronicState};
use cormorant::units::COULOMB;

const SMEARING: f64 = 1.0;
/// Oblique, left-handed, with an open direction that is flat.
const ROWS: [[f64; 3]; 3] = [[0.0, 0.0, 0.0], [1.5, 6.5, 0.0], [7.0, 0.4, 0.0]];
/// Area of a cell, Å².
const AREA: f64 = 7.0 * 6.5 - 1.5 * 0.4;

fn slab(rows: [[f64; 3]; 3]) -> Cell {
    Cell::with_periodicity(rows, [false, true, true]).unwrap()
}

/// Numbers and places of `atoms`, within `thickness` Å.
fn example(atoms: usize, degree: usize, thickness: f64) -> (Vec<[f64; 3]>, Vec<f64>) {
    let mut random = Noise::new(8).stream(Consumer::Test, 0, 0);
    let positions = (0..atoms).map(|_| [0; 3].map(|_| thickness * (random.uniform() - 0.5))).collect();
    (positions, (0..atoms * width(degree)).map(|_| random.normal()).collect())
}

fn evaluate(cell: &Cell, degree: usize, positions: &[[f64; 3]], numbers: &[f64]) -> Electrostatics {
    let mut found = Electrostatics::new(Multipoles { degree, smearing: SMEARING }, 1.0);
    let places = Places { positions, cell: Some(cell), state: ElectronicState::stated(0, 1) };
    found.evaluate(places, numbers, false).unwrap();
    found
}

/// Energy of the multipoles alone, without that of holding charges.
fn of_multipoles(found: &Electrostatics) -> f64 {
    found.energy - found.charges.energy
}

/// 1 up to half of the way, 0 at its end, with two continuous derivatives.
fn fading(share: f64) -> f64 {
    let x = (2.0 * share - 1.0).clamp(0.0, 1.0);
    1.0 - x * x * x * (10.0 - 15.0 * x + 6.0 * x * x)
}

/// Catches: layers that feel the images of themselves across the gap, a sum whose moment across counts with the wrong factor or sign, a gap
/// that is too narrow: the sum over images of the pairs, which knows nothing of waves. What lies beyond its range are dipoles.
#[test]
fn a_slab_is_the_sum_over_its_images() {
    for degree in 0..=1 {
        let (mut positions, mut numbers) = example(4, degree, 5.0);
        (positions[0][2], numbers[0]) = (2.5, 4.0); // for a moment across
        let found = evaluate(&slab(ROWS), degree, &positions, &numbers);
        let charges = found.charges.charges.repeat(2);
        let dipoles = found.dipoles.repeat(2);
        let energy = |places: &[[f64; 3]]| {
            let atoms = places.len();
            let dipoles = if degree > 0 { &dipoles[..atoms] } else { &[][..] };
            let sites = Sites { positions: places, charges: &charges[..atoms], dipoles, quadrupoles: &[] };
            let mut of_pairs = Interaction::default();
            pairs(&sites, SMEARING, &mut of_pairs);
            of_pairs.energy
        };
        let own = energy(&positions);
        let range = 160.0;
        let mut expected = own;
        for (m, n) in (-30..=30).flat_map(|m| (-30..=30).map(move |n| (m, n))).filter(|sum| *sum != (0, 0)) {
            let shift = plus(ROWS[1].map(|x| f64::from(m) * x), f64::from(n), ROWS[2]);
            let weight = fading(norm(shift) / range);
            if weight > 0.0 {
                let images = positions.iter().map(|place| plus(*place, 1.0, shift));
                let both: Vec<[f64; 3]> = positions.iter().copied().chain(images).collect();
                expected += 0.5 * weight * (energy(&both) - 2.0 * own);
            }
        }
        let moment = found.dipole(&positions);
        let (across, along) = (moment[2] * moment[2], moment[0] * moment[0] + moment[1] * moment[1]);
        // ½ · 2π/A ∫ (1 − w) dR/R², beyond the range 1/R.
        let steps = 2000;
        let step = 0.5 * range / f64::from(steps);
        let missing: f64 = (0..steps)
            .map(|k| 0.5 * range + (f64::from(k) + 0.5) * step)
            .map(|r| step * (1.0 - fading(r / range)) / (r * r))
            .sum();
        expected += COULOMB * std::f64::consts::PI / AREA * (missing + 1.0 / range) * (across - 0.5 * along);
        let (found, scale) = (of_multipoles(&found), COULOMB * across / AREA);
        assert!((found - expected).abs() < 2e-5, "degree {degree}: {found} is not {expected}");
        assert!(scale > 0.05, "the moment across is too small to see it: {scale}");
    }
}

/// Catches: a slab whose field does not end outside of it: two layers with moments across, of which one is lifted.
#[test]
fn the_field_of_a_layer_ends_outside() {
    let (low, numbers) = example(8, 2, 4.0);
    let at = |lift: f64| {
        let mut places = low.clone();
        places[4..].iter_mut().for_each(|place| place[2] += lift);
        // Each layer is neutral, or there would be a capacitor.
        let mut numbers = numbers.clone();
        for layer in 0..2 {
            let of = |atom: usize| atom * width(2);
            let sum: f64 = (0..4).map(|atom| numbers[of(4 * layer + atom)]).sum();
            (0..4).for_each(|atom| numbers[of(4 * layer + atom)] -= 0.25 * sum);
        }
        let found = evaluate(&slab(ROWS), 2, &places, &numbers);
        let layers: Vec<f64> = found.charges.charges.chunks_exact(4).map(|layer| layer.iter().sum()).collect();
        assert!(layers.iter().all(|charge| charge.abs() < 1e-12), "{layers:?}");
        of_multipoles(&found)
    };
    let change = at(25.0) - at(40.0);
    assert!(change.abs() < 1e-7, "{change}");
}

/// Catches: a field between charged layers that is not 4π k_e σ: each charge is pulled by half of that.
#[test]
fn charged_layers_pull_each_other_at_any_distance() {
    let edge = 4.0;
    let cell = slab([[0.0; 3], [0.0, edge, 0.0], [edge, 0.0, 0.0]]);
    let mut numbers = vec![0.0; 2 * width(0)];
    (numbers[0], numbers[width(0)]) = (1.0, -1.0);
    for distance in [20.0, 47.0] {
        let found = evaluate(&cell, 0, &[[0.0; 3], [1.0, 0.3, distance]], &numbers);
        let charge = found.charges.charges[0];
        let mut forces = vec![[0.0; 3]; 2];
        found.collect(1.0, &mut forces, None);
        let expected = 2.0 * std::f64::consts::PI * COULOMB * charge * charge / (edge * edge);
        assert!((forces[0][2] / expected - 1.0).abs() < 1e-6, "{} at {distance}: {expected}", forces[0][2]);
        assert!(forces[0][0].abs() < 1e-7 * expected, "{forces:?}");
    }
}

/// Catches: a force, a strain within the layer or a derivative by a number of the network that is not one of the energy, for few atoms and for
/// those that a mesh sums; energies of atoms that do not add up.
#[test]
fn derivatives_are_differences() {
    let step = 1e-4;
    for (atoms, thickness, tolerance) in [(5, 5.0, 1e-6), (260, 14.0, 1e-5)] {
        let rows = if atoms > 5 { ROWS.map(|row| row.map(|x| 2.0 * x)) } else { ROWS };
        let (positions, numbers) = example(atoms, 2, thickness);
        let found = evaluate(&slab(rows), 2, &positions, &numbers);
        let (mut forces, mut virial) = (vec![[0.0; 3]; atoms], [[0.0; 3]; 3]);
        found.collect(1.0, &mut forces, Some(&mut virial));
        let close = |what: &str, found: f64, [more, less]: [f64; 2]| {
            let expected = (more - less) / (2.0 * step);
            assert!((found - expected).abs() < tolerance * expected.abs().max(1.0), "{what}: {found}, not {expected}");
        };
        for axis in 0..3 {
            let at = |step: f64| {
                let mut moved = positions.clone();
                moved[2][axis] += step;
                evaluate(&slab(rows), 2, &moved, &numbers).energy
            };
            close("force", -forces[2][axis], [at(step), at(-step)]);
        }
        for number in 0..width(2) {
            let at = |step: f64| {
                let mut numbers = numbers.clone();
                numbers[width(2) + number] += step;
                evaluate(&slab(rows), 2, &positions, &numbers).energy
            };
            close("number", found.by_number[width(2) + number], [at(step), at(-step)]);
        }
        for (a, b) in [(0, 0), (1, 1), (0, 1), (1, 0)] {
            let strained = |vector: &[f64; 3], step: f64| {
                let mut strained = *vector;
                strained[a] += step * vector[b];
                strained
            };
            let at = |step: f64| {
                let places: Vec<[f64; 3]> = positions.iter().map(|place| strained(place, step)).collect();
                evaluate(&slab(rows.map(|row| strained(&row, step))), 2, &places, &numbers).energy
            };
            // A virial has the place first.
            close("strain", -virial[b][a], [at(step), at(-step)]);
        }
        let sum: f64 = found.atom_energies(&numbers).sum();
        assert!((sum - found.energy).abs() < 1e-8 * found.energy.abs().max(1.0), "{sum} is not {}", found.energy);
    }
}

/// Catches: an energy that depends on how thick the file says the open direction is, on the place of the slab in space, or on how it is turned.
#[test]
fn neither_place_nor_direction_matter() {
    let (positions, numbers) = example(5, 0, 5.0);
    let plain = evaluate(&slab(ROWS), 0, &positions, &numbers);
    let mut thick = ROWS;
    thick[0] = [1.0, 2.0, 3.0];
    let found = evaluate(&slab(thick), 0, &positions, &numbers);
    assert_eq!(found.energy, plain.energy);
    let axes = {
        let first = [2.0 / 3.0, 1.0 / 3.0, 2.0 / 3.0];
        let second = [-2.0 / 3.0, 2.0 / 3.0, 1.0 / 3.0];
        [first, second, cross(first, second)]
    };
    let turned = |vector: [f64; 3]| axes.map(|axis| dot(axis, vector));
    let places: Vec<[f64; 3]> = positions.iter().map(|place| plus(turned(*place), 1.0, [80.0, -3.0, 50.0])).collect();
    let found = evaluate(&slab(ROWS.map(turned)), 0, &places, &numbers);
    assert!((found.energy - plain.energy).abs() < 1e-9, "{} is not {}", found.energy, plain.energy);
    for (one, other) in found.atom_energies(&numbers).zip(plain.atom_energies(&numbers)) {
        assert!((one - other).abs() < 1e-9, "{one} is not {other}");
    }
}

/// Catches: a total charge of a slab, a wire, or a field along a slab that is taken; a field across that is not.
#[test]
fn what_has_no_meaning_is_refused() {
    let (positions, numbers) = example(4, 0, 5.0);
    let refused = |cell: Cell, charge: i32, field: [f64; 3]| {
        let mut found = Electrostatics::new(Multipoles { degree: 0, smearing: SMEARING }, 1.0).in_field(field);
        let state = ElectronicState::stated(charge, 1);
        let places = Places { positions: &positions, cell: Some(&cell), state };
        found.evaluate(places, &numbers, false).err().map(|error| error.to_string())
    };
    assert_eq!(refused(slab(ROWS), 0, [0.0; 3]), None);
    assert_eq!(refused(slab(ROWS), 0, [0.0, 0.0, 0.2]), None);
    let charged = refused(slab(ROWS), 1, [0.0; 3]).unwrap();
    assert!(charged.contains("total charge of the slab is 1") && charged.contains("vacuum"), "{charged}");
    let along = refused(slab(ROWS), 0, [0.0, 0.1, 0.2]).unwrap();
    assert!(along.contains("straight across"), "{along}");
    let wire = Cell::with_periodicity([[0.0; 3], [0.0; 3], [5.0, 0.0, 0.0]], [false, false, true]).unwrap();
    let wire = refused(wire, 0, [0.0; 3]).unwrap();
    assert!(wire.contains("repeats in 1") && wire.contains("vacuum"), "{wire}");
}
