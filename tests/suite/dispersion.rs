//! Dispersion at any distance, in molecules, slabs and cells.

use cormorant::electrostatics::{COEFFICIENT, LongRange, LongRangeEnergy, Places};
use cormorant::noise::{Consumer, Noise};
use cormorant::system::vector::{dot, norm, plus};
use cormorant::system::{Cell, ElectronicState};

const SMEARING: f64 = 1.1;
const ROWS: [[f64; 3]; 3] = [[7.0, 0.4, 0.0], [1.5, 6.5, 0.3], [-0.8, 0.9, 8.0]];
const ALONE: LongRange = LongRange { multipoles: None, dispersion: true, smearing: SMEARING };

/// Atoms in a box of this edge in Å, and their numbers.
fn example(atoms: usize, edge: f64, settings: LongRange) -> (Vec<[f64; 3]>, Vec<f64>) {
    let mut random = Noise::new(4).stream(Consumer::Test, 0, 0);
    let positions = (0..atoms).map(|_| [0; 3].map(|_| edge * random.uniform())).collect();
    (positions, (0..atoms * settings.width()).map(|_| random.normal()).collect())
}

fn evaluate(settings: LongRange, cell: Option<&Cell>, positions: &[[f64; 3]], numbers: &[f64]) -> LongRangeEnergy {
    let mut found = LongRangeEnergy::new(settings, 1.0);
    found.evaluate(Places { positions, cell, state: ElectronicState::stated(0, 1) }, numbers, false).unwrap();
    found
}

/// Energy of two coefficients of 1 at a distance, by the integral ½ ∫₀¹ s² exp(−xs) ds / 8σ⁶.
fn pair(distance: f64) -> f64 {
    let x = 0.5 * (distance / SMEARING).powi(2);
    let steps = 4000;
    let at = |s: f64| 0.5 * s * s * (-x * s).exp();
    let h = 1.0 / f64::from(steps);
    let simpson: f64 =
        (0..steps).map(|k| f64::from(k) * h).map(|s| h / 6.0 * (at(s) + 4.0 * at(s + 0.5 * h) + at(s + h))).sum();
    -simpson / (8.0 * SMEARING.powi(6))
}

/// Catches: a wrong damping, a seam between its two forms, a tail that is not −C6/r⁶, coefficients that are not those of the numbers.
#[test]
fn a_pair_is_the_published_law() {
    let number = 0.3_f64;
    let coefficient = COEFFICIENT * number.exp().ln_1p();
    for distance in [0.0, 0.2, 1.0, 2.0, 4.3, 4.39, 4.41, 4.5, 7.0, 12.0] {
        let found = evaluate(ALONE, None, &[[0.0; 3], [0.0, 0.0, distance]], &[number; 2]);
        let expected = coefficient * coefficient * pair(distance);
        assert!((found.energy / expected - 1.0).abs() < 1e-9, "{} at {distance} Å: {expected}", found.energy);
        assert!((found.dispersion_coefficients()[0] - coefficient).abs() < 1e-12);
    }
    let far = evaluate(ALONE, None, &[[0.0; 3], [0.0, 0.0, 20.0]], &[number; 2]).energy;
    assert!((far * 20.0_f64.powi(6) / (coefficient * coefficient) + 1.0).abs() < 1e-12, "{far}");
}

/// Energy of atoms with these coefficients and the images of a cell at `shifts`, by pairs.
fn by_pairs(positions: &[[f64; 3]], coefficients: &[f64], shifts: &[[f64; 3]]) -> f64 {
    let mut energy = 0.0;
    for shift in shifts {
        for (first, own) in positions.iter().zip(coefficients) {
            for (second, other) in positions.iter().zip(coefficients) {
                let distance = norm(plus(plus(*second, 1.0, *shift), -1.0, *first));
                if distance > 0.0 {
                    let far = distance > 9.0; // the damping is below 1e-12 there
                    let of_one = if far { -1.0 / distance.powi(6) } else { pair(distance) };
                    energy += 0.5 * own * other * of_one;
                }
            }
        }
    }
    energy
}

/// Sums of whole multiples of the vectors, up to this length.
fn shifts(rows: &[[f64; 3]], range: f64) -> Vec<[f64; 3]> {
    let most = 40;
    let mut found = vec![[0.0; 3]];
    for row in rows {
        let line = |start: &[f64; 3]| (-most..=most).map(|n| plus(*start, f64::from(n), *row)).collect::<Vec<_>>();
        found = found.iter().flat_map(line).filter(|shift| norm(*shift) < 3.0 * range).collect();
    }
    found.retain(|shift| norm(*shift) < range);
    found
}

/// Catches: a sum over waves without the mean attraction, with each atom's attraction to itself, or with a wrong weight: the sum over pairs,
/// whose rest beyond its range is that of a uniform density.
#[test]
fn a_cell_is_the_sum_over_its_images() {
    let cell = Cell::new(ROWS).unwrap();
    let (positions, numbers) = example(3, 6.0, ALONE);
    let found = evaluate(ALONE, Some(&cell), &positions, &numbers);
    let coefficients = found.dispersion_coefficients();
    let range = 45.0_f64;
    let sum: f64 = coefficients.iter().sum();
    let rest = -0.5 * sum * sum * 4.0 * std::f64::consts::PI / (3.0 * range.powi(3)) / cell.volume().unwrap();
    let expected = by_pairs(&positions, coefficients, &shifts(&ROWS, range)) + rest;
    assert!((found.energy / expected - 1.0).abs() < 2e-5, "{} is not {expected}", found.energy);
    assert!((rest / expected).abs() > 2e-4, "the rest is too small to see it: {rest} of {expected}");
}

/// Catches: a mesh that is not the sum over waves, or is not extensive: a cell and many copies of it.
#[test]
fn many_cells_are_many_times_one() {
    let (positions, numbers) = example(5, 6.0, ALONE);
    let one = evaluate(ALONE, Some(&Cell::new(ROWS).unwrap()), &positions, &numbers);
    let copies: Vec<[f64; 3]> = (0..64)
        .map(|n| [n / 16, n / 4 % 4, n % 4].map(f64::from))
        .map(|[a, b, c]| plus(plus(plus([0.0; 3], a, ROWS[0]), b, ROWS[1]), c, ROWS[2]))
        .collect();
    let many: Vec<[f64; 3]> = copies.iter().flat_map(|shift| positions.iter().map(|p| plus(*p, 1.0, *shift))).collect();
    let large = Cell::new(ROWS.map(|row| row.map(|x| 4.0 * x))).unwrap();
    let found = evaluate(ALONE, Some(&large), &many, &numbers.repeat(64));
    assert!((found.energy / (64.0 * one.energy) - 1.0).abs() < 1e-6, "{} {}", found.energy, one.energy);
}

/// Catches: layers of a slab that attract their images across the gap.
#[test]
fn a_slab_is_the_sum_over_its_images() {
    let rows = [[7.0, 0.4, 0.0], [1.5, 6.5, 0.0], [0.0, 0.0, 0.0]];
    let slab = Cell::with_periodicity(rows, [true, true, false]).unwrap();
    let (positions, numbers) = example(3, 6.0, ALONE);
    let found = evaluate(ALONE, Some(&slab), &positions, &numbers);
    let range = 70.0_f64;
    let sum: f64 = found.dispersion_coefficients().iter().sum();
    let rest = -0.25 * std::f64::consts::PI * sum * sum / range.powi(4) / slab.measure();
    let expected = by_pairs(&positions, found.dispersion_coefficients(), &shifts(&rows[..2], range)) + rest;
    let bulk = Cell::new([rows[0], rows[1], [0.0, 0.0, 28.0]]).unwrap();
    let images = evaluate(ALONE, Some(&bulk), &positions, &numbers).energy - expected;
    assert!((found.energy - expected).abs() < 3e-7, "{} is not {expected}", found.energy);
    assert!(images.abs() > 3e-6, "the images of a bulk with this gap are too weak to see them: {images}");
}

/// Catches: a derivative by a place, a strain or a number that is not one of the energy; numbers of dispersion that are taken for those of
/// charges or moments; energies of atoms that do not add up.
#[test]
fn derivatives_are_differences() {
    let both = LongRange { multipoles: Some(2), ..ALONE };
    let slab = Cell::with_periodicity([[7.0, 0.4, 0.0], [1.5, 6.5, 0.0], [0.0; 3]], [true, true, false]).unwrap();
    let step = 1e-4;
    for settings in [ALONE, both] {
        for cell in [None, Some(Cell::new(ROWS).unwrap()), Some(slab)] {
            let (positions, numbers) = example(4, 6.0, settings);
            let found = evaluate(settings, cell.as_ref(), &positions, &numbers);
            let (mut forces, mut virial) = ([[0.0; 3]; 4], [[0.0; 3]; 3]);
            found.collect(1.0, &mut forces, Some(&mut virial));
            let close = |what: &str, found: f64, at: &dyn Fn(f64) -> f64| {
                let expected = (at(step) - at(-step)) / (2.0 * step);
                assert!((found - expected).abs() < 2e-6 * expected.abs().max(1.0), "{what}: {found}, not {expected}");
            };
            for axis in 0..3 {
                close("force", -forces[1][axis], &|step| {
                    let mut moved = positions.clone();
                    moved[1][axis] += step;
                    evaluate(settings, cell.as_ref(), &moved, &numbers).energy
                });
            }
            for number in 0..settings.width() {
                close("number", found.by_number[2 * settings.width() + number], &|step| {
                    let mut changed = numbers.clone();
                    changed[2 * settings.width() + number] += step;
                    evaluate(settings, cell.as_ref(), &positions, &changed).energy
                });
            }
            for (a, b) in [(0, 0), (1, 1), (0, 1), (1, 0)] {
                close("strain", -virial[b][a], &|step| {
                    let strained = |vector: [f64; 3]| {
                        let mut strained = vector;
                        strained[a] += step * vector[b];
                        strained
                    };
                    let places: Vec<[f64; 3]> = positions.iter().map(|place| strained(*place)).collect();
                    let cell = cell.map(|cell| cell.with_rows(cell.rows().map(strained)).unwrap());
                    evaluate(settings, cell.as_ref(), &places, &numbers).energy
                });
            }
            let mut parts = vec![0.0; 4];
            found.add_atom_energies(&mut parts);
            assert!((parts.iter().sum::<f64>() - found.energy).abs() < 1e-9 * found.energy.abs().max(1.0));
        }
    }
}

/// Catches: dispersion that changes what charges do, or counts twice: together they are the sum of both.
#[test]
fn charges_and_dispersion_add_up() {
    let both = LongRange { multipoles: Some(1), ..ALONE };
    let charges = LongRange { dispersion: false, ..both };
    let (positions, numbers) = example(4, 6.0, both);
    let cell = Cell::new(ROWS).unwrap();
    let of = |keep: &dyn Fn(usize) -> bool| -> Vec<f64> {
        let kept = |(place, _): &(usize, &f64)| keep(place % both.width());
        numbers.iter().enumerate().filter(kept).map(|(_, x)| *x).collect()
    };
    let (own, rest) = (of(&|place| place == 7), of(&|place| place != 7));
    let found = evaluate(both, Some(&cell), &positions, &numbers);
    let sum = evaluate(ALONE, Some(&cell), &positions, &own).energy
        + evaluate(charges, Some(&cell), &positions, &rest).energy;
    assert!((found.energy - sum).abs() < 1e-12 * sum.abs(), "{} is not {sum}", found.energy);
    assert!(dot(found.dipoles()[0], found.dipoles()[0]) > 0.0);
}
