//! Neighbor lists against brute force.

use cormorant::noise::{Consumer, Noise, Stream};
use cormorant::system::vector::{dot, norm, plus, times};
use cormorant::system::{Cell, Element, NeighborList, Neighbors, System};
use proptest::prelude::*;

type Edge = (usize, u32, [i32; 3]);

/// Every edge, found by trying all pairs and all shifts that could matter.
fn brute_force(system: &System, cutoff: f64) -> Vec<Edge> {
    let mut edges = Vec::new();
    for receiver in 0..system.atom_count() {
        for sender in 0..system.atom_count() {
            let direct = plus(system.positions[sender], -1.0, system.positions[receiver]);
            let Some(cell) = system.cell else {
                if sender != receiver && dot(direct, direct) < cutoff * cutoff {
                    edges.push((receiver, sender as u32, [0; 3]));
                }
                continue;
            };
            // The k-th fraction of a vector within the cutoff is at most cutoff / height_k.
            let fraction = cell.fractional(direct);
            let bounds = cell.heights().map(|height| cutoff / height);
            let range =
                |k: usize| (-fraction[k] - bounds[k]).ceil() as i32 - 1..=(-fraction[k] + bounds[k]).floor() as i32 + 1;
            for a in range(0) {
                for b in range(1) {
                    for c in range(2) {
                        let shift = [a, b, c];
                        let vector = plus(direct, 1.0, times(shift.map(f64::from), &cell.rows()));
                        if (sender != receiver || shift != [0; 3]) && dot(vector, vector) < cutoff * cutoff {
                            edges.push((receiver, sender as u32, shift));
                        }
                    }
                }
            }
        }
    }
    edges
}

/// The edges of a list, checked for order and vectors.
fn edges(system: &System, neighbors: &Neighbors) -> Vec<Edge> {
    assert_eq!(neighbors.offsets.len(), system.atom_count() + 1);
    let mut edges = Vec::new();
    for receiver in 0..system.atom_count() {
        for edge in neighbors.offsets[receiver]..neighbors.offsets[receiver + 1] {
            let (sender, shift) = (neighbors.senders[edge], neighbors.shifts[edge]);
            let away = system.cell.map_or([0.0; 3], |cell| cell.cartesian(shift.map(f64::from)));
            let direct = plus(system.positions[sender as usize], -1.0, system.positions[receiver]);
            assert_eq!(plus(direct, 1.0, away), neighbors.vectors[edge]);
            edges.push((receiver, sender, shift));
        }
    }
    assert!(edges.is_sorted(), "edges are not in order");
    assert_eq!(edges.len(), neighbors.edge_count());
    edges
}

/// Atoms at random, far outside the cell too, never on one spot.
fn random_system(stream: &mut Stream, atoms: usize, cell: Option<Cell>, spread: f64) -> System {
    let mut positions: Vec<[f64; 3]> = Vec::new();
    while positions.len() < atoms {
        let fraction = [stream.uniform(), stream.uniform(), stream.uniform()];
        let point = match cell {
            Some(cell) => cell.cartesian(fraction.map(|x| 7.0 * x - 3.0)),
            None => fraction.map(|x| spread * x - 0.3 * spread),
        };
        let apart = |other: &[f64; 3]| {
            let direct = plus(point, -1.0, *other);
            norm(cell.map_or(direct, |cell| cell.nearest_image(direct)))
        };
        if positions.iter().all(|other| apart(other) > 0.01) {
            positions.push(point);
        }
    }
    System::new(vec![Element::from_symbol("C").unwrap(); atoms], positions, cell).unwrap()
}

fn skewed(numbers: [f64; 9]) -> Option<Cell> {
    let rows = [0, 1, 2].map(|k| [numbers[3 * k], numbers[3 * k + 1], numbers[3 * k + 2]]);
    Cell::new(rows)
        .ok()
        .filter(|cell| cell.measure() > 0.1 * cell.lengths().iter().product::<f64>() && cell.measure() > 3.0)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lists_equal_brute_force_in_any_cell(
        cell in prop::array::uniform9(-7.0..7.0_f64).prop_filter_map("flat", skewed),
        atoms in 1..12_usize, cutoff in 0.5..7.0_f64, skin in 0.0..2.0_f64, seed in 0..u64::MAX,
    ) {
        // Catches images left out or doubled in skewed cells and in cells smaller than twice the cutoff, and pairs lost
        // because atoms are not wrapped.
        let mut stream = Noise::new(seed).stream(Consumer::Test, 0, 0);
        let system = random_system(&mut stream, atoms, Some(cell), 0.0);
        let mut list = NeighborList::new(cutoff, skin);
        let found = edges(&system, list.update(&system).unwrap());
        prop_assert_eq!(found, brute_force(&system, cutoff));
    }

    #[test]
    fn lists_equal_brute_force_without_a_cell(
        atoms in 1..60_usize, spread in 0.5..40.0_f64, cutoff in 0.5..7.0_f64, seed in 0..u64::MAX,
    ) {
        // Catches boxes at the edge of the extent that are not searched.
        let mut stream = Noise::new(seed).stream(Consumer::Test, 0, 0);
        let system = random_system(&mut stream, atoms, None, spread);
        let mut list = NeighborList::new(cutoff, 0.3);
        let found = edges(&system, list.update(&system).unwrap());
        prop_assert_eq!(found, brute_force(&system, cutoff));
    }

    #[test]
    fn lists_stay_right_while_atoms_and_cell_move(
        cell in prop::array::uniform9(-9.0..9.0_f64).prop_filter_map("flat", skewed),
        periodic in any::<bool>(), breathing in any::<bool>(), seed in 0..u64::MAX,
    ) {
        // Catches a list that is not searched again in time, also when only the cell changes, and an order or bits that
        // depend on when it was searched.
        let mut stream = Noise::new(seed).stream(Consumer::Test, 0, 0);
        let cell = periodic.then_some(cell);
        let mut system = random_system(&mut stream, 8, cell, 9.0);
        let mut list = NeighborList::new(3.0, 1.0);
        for _ in 0..12 {
            let found = edges(&system, list.update(&system).unwrap());
            prop_assert_eq!(found, brute_force(&system, 3.0));
            let fresh = NeighborList::new(3.0, 0.1).update(&system).unwrap().clone();
            prop_assert_eq!(&fresh, list.last());
            for position in &mut system.positions {
                *position = plus(*position, 0.05, stream.normal_vector());
            }
            if breathing && let Some(cell) = system.cell {
                let mut gradient = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
                for entry in gradient.as_flattened_mut() {
                    *entry += 0.003 * stream.normal();
                }
                system.cell = Some(cell.deformed(&gradient).unwrap());
                for position in &mut system.positions {
                    *position = times(*position, &gradient);
                }
            }
        }
    }
}

#[test]
fn large_systems_equal_brute_force() {
    // Catches errors that appear only when there are many boxes.
    let mut stream = Noise::new(1).stream(Consumer::Test, 0, 0);
    let cell = Cell::new([[24.0, 0.0, 0.0], [7.0, 21.0, 0.0], [-5.0, 4.0, 27.0]]).unwrap();
    for cell in [Some(cell), None] {
        let system = random_system(&mut stream, 600, cell, 25.0);
        let mut list = NeighborList::new(4.0, 0.5);
        assert_eq!(edges(&system, list.update(&system).unwrap()), brute_force(&system, 4.0));
    }
}

#[test]
fn searches_are_rare() {
    // Catches a list that is searched at every step, for moving atoms and for a cell that breathes.
    let mut stream = Noise::new(1).stream(Consumer::Test, 0, 0);
    let mut system = random_system(&mut stream, 100, Some(Cell::cubic(15.0).unwrap()), 0.0);
    let mut list = NeighborList::new(4.0, 1.0);
    for step in 0..100 {
        list.update(&system).unwrap();
        for position in &mut system.positions {
            position[0] += 0.012; // each atom has moved half a skin after 42 steps
        }
        if step % 2 == 0 {
            let factor = 1.0 + 1.0e-4 * f64::from(step % 5 - 2);
            let gradient = [[factor, 0.0, 0.0], [0.0, factor, 0.0], [0.0, 0.0, factor]];
            system.cell = system.cell.map(|cell| cell.deformed(&gradient).unwrap());
            for position in &mut system.positions {
                *position = position.map(|x| x * factor);
            }
        }
    }
    assert!((3..=8).contains(&list.rebuilds()), "{} searches", list.rebuilds());
}

#[test]
fn nonsense_is_refused() {
    // Catches panics and endless loops: two atoms on one spot, positions and cutoffs that are no numbers, tiny cells.
    let carbon = Element::from_symbol("C").unwrap();
    let pair = |x: f64, cell| System::new(vec![carbon; 2], vec![[0.0; 3], [x, 0.0, 0.0]], cell).unwrap();
    let message = |cutoff: f64, system: &System| {
        NeighborList::new(cutoff, 0.5).update(system).map(|_| ()).unwrap_err().to_string()
    };
    assert!(message(5.0, &pair(0.0, None)).contains("atoms 1 (C) and 2 (C) overlap"));
    assert!(message(5.0, &pair(6.0, Some(Cell::cubic(6.0).unwrap()))).contains("overlap"));
    for cutoff in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(message(cutoff, &pair(1.0, None)).contains("cutoff"), "{cutoff}");
    }
    let mut broken = pair(1.0, None);
    broken.positions[1][2] = f64::NAN;
    assert!(message(5.0, &broken).contains("position of atom 2 (C) is NaN"));
    assert!(message(5.0, &pair(0.005, Some(Cell::cubic(0.01).unwrap()))).contains("check the cell"));
    assert!(message(5.0, &pair(1.0e30, Some(Cell::cubic(10.0).unwrap()))).contains("cells away"));
    // Far apart is not nonsense.
    assert_eq!(NeighborList::new(5.0, 0.5).update(&pair(1.0e30, None)).unwrap().edge_count(), 0);
    assert_eq!(NeighborList::new(5.0, 0.5).update(&pair(4.0, None)).unwrap().edge_count(), 2);
}
