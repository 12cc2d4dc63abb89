//! The cell itself, and lists of neighbors in it.

use cormorant::noise::{Consumer, Noise, Stream};
use cormorant::system::vector::{difference, dot, norm, plus, times};
use cormorant::system::{Cell, NeighborList, Neighbors, System};

use super::{SLAB, UNIT, WIRE, element};

const PERIODIC: [[bool; 3]; 6] =
    [SLAB, WIRE, [true, false, false], [false, false, true], [false, true, true], [true, false, true]];

/// Random vectors, those of open directions also zero or short.
fn random_rows(stream: &mut Stream, periodic: [bool; 3], size: f64) -> [[f64; 3]; 3] {
    [0, 1, 2].map(|k| {
        let kind = stream.uniform();
        let factor = if periodic[k] || kind > 0.6 {
            size
        } else if kind > 0.3 {
            0.1
        } else {
            0.0
        };
        stream.normal_vector().map(|x| x * factor)
    })
}

/// Cells that are not too flat along what repeats.
fn random_cell(stream: &mut Stream, periodic: [bool; 3], size: f64) -> Cell {
    loop {
        let found = Cell::with_periodicity(random_rows(stream, periodic, size), periodic);
        if let Ok(cell) = found
            && cell.heights().iter().all(|&height| height > 0.3 * size)
        {
            return cell;
        }
    }
}

// Catches: a volume of a slab, heights or fractions that depend on the vector of an open direction, a nearest image along it, one
// that is not the nearest along the others, a projector onto the wrong space.
#[test]
fn open_directions_have_no_part_in_the_cell() {
    let mut stream = Noise::new(61).stream(Consumer::Test, 0, 0);
    for case in 0..600 {
        let periodic = PERIODIC[case % PERIODIC.len()];
        let cell = random_cell(&mut stream, periodic, 4.0);
        assert_eq!((cell.volume(), cell.periodic()), (None, periodic));
        let vectors: Vec<[f64; 3]> = (0..3).filter(|&k| periodic[k]).map(|k| cell.rows()[k]).collect();
        let measure = match vectors[..] {
            [a] => norm(a),
            [a, b] => norm(cormorant::system::vector::cross(a, b)),
            _ => panic!("{} vectors", vectors.len()),
        };
        assert!((cell.measure() / measure - 1.0).abs() < 1.0e-12);
        let vector = stream.normal_vector().map(|x| 9.0 * x);
        let found = cell.nearest_image(vector);
        let apart = cell.fractional(difference(found, vector));
        for k in 0..3 {
            assert!((apart[k] - if periodic[k] { apart[k].round() } else { 0.0 }).abs() < 1.0e-9, "{cell:?}");
            assert_eq!(cell.heights()[k].is_infinite(), !periodic[k]);
        }
        let home = cell.fractional(vector).map(f64::round);
        let range = |k: usize| if periodic[k] { -9..=9 } else { 0..=0 };
        let mut best = f64::INFINITY;
        for (i, j, k) in range(0).flat_map(|i| range(1).flat_map(move |j| range(2).map(move |k| (i, j, k)))) {
            let tried = [i, j, k].map(f64::from);
            let cells = [0, 1, 2].map(|k| if periodic[k] { tried[k] - home[k] } else { 0.0 });
            best = best.min(norm(plus(vector, 1.0, cell.cartesian(cells))));
        }
        assert!((norm(found) - best).abs() < 1.0e-9, "{} for {best} in {cell:?}", norm(found));
        let projector = cell.projector();
        for vector in &vectors {
            assert!(norm(difference(times(*vector, &projector), *vector)) < 1.0e-9);
        }
        assert!((projector[0][0] + projector[1][1] + projector[2][2] - vectors.len() as f64).abs() < 1.0e-12);
        // Components in axes of the space keep the size of what lies in it.
        let tensor = [0, 1, 2].map(|_| stream.normal_vector());
        let inside = cell.along_repeating(&tensor);
        let square = |entries: &[f64]| entries.iter().map(|x| x * x).sum::<f64>();
        let components = cell.repeating_components(&tensor);
        assert_eq!(components.len(), vectors.len() * vectors.len());
        assert!((square(&components) - square(inside.as_flattened())).abs() < 1.0e-9);
    }
}

// Catches: a flat cell that is refused although the flat direction is open, or accepted although it repeats; a message that does not
// say which vector, or what to write.
#[test]
fn only_repeating_vectors_are_judged() {
    let flat = [[10.0, 0.0, 0.0], [0.0, 10.0, 0.0], [0.0; 3]];
    for periodic in [SLAB, WIRE, [false; 3], [true, false, false]] {
        let cell = Cell::with_periodicity(flat, periodic).unwrap();
        assert_eq!(cell.rows(), flat);
        let system = System::new(vec![element("Ar")], vec![[0.0; 3]], Some(cell)).unwrap();
        assert_eq!(system.cell.is_some(), periodic != [false; 3], "a system in which nothing repeats has no cell");
    }
    let message = |rows, periodic| Cell::with_periodicity(rows, periodic).unwrap_err().to_string();
    let zero = message(flat, [true; 3]);
    assert!(zero.contains("the third cell vector is zero") && zero.contains("pbc=\"T T F\""), "{zero}");
    let line = [[10.0, 0.0, 0.0], [-5.0, 0.0, 0.0], [0.0, 0.0, 9.0]];
    assert!(message(line, SLAB).contains("along one line"));
    assert!(Cell::with_periodicity(line, [true, false, true]).is_ok());
    let unknown = [[10.0, 0.0, 0.0], [0.0, 10.0, 0.0], [0.0, f64::NAN, 0.0]];
    assert!(message(unknown, SLAB).contains("not finite"));
    assert_eq!(Cell::with_periodicity(flat, SLAB).unwrap().axes(), Some(SLAB));
    let oblique = [[10.0, 0.0, 1.0], [0.0, 10.0, 0.0], [0.0; 3]];
    assert_eq!(Cell::with_periodicity(oblique, SLAB).unwrap().axes(), None);
}

type Edge = (usize, u32, [i32; 3]);

fn edges(neighbors: &Neighbors) -> Vec<Edge> {
    let of = |receiver: usize| neighbors.offsets[receiver]..neighbors.offsets[receiver + 1];
    let receivers = 0..neighbors.offsets.len() - 1;
    receivers
        .flat_map(|receiver| of(receiver).map(move |edge| (receiver, edge)))
        .map(|(receiver, edge)| (receiver, neighbors.senders[edge], neighbors.shifts[edge]))
        .collect()
}

/// Every edge, found by trying all pairs and all shifts that could matter.
fn brute_force(system: &System, cutoff: f64) -> Vec<Edge> {
    let cell = system.cell.unwrap();
    let mut found = Vec::new();
    for receiver in 0..system.atom_count() {
        for sender in 0..system.atom_count() {
            let direct = difference(system.positions[sender], system.positions[receiver]);
            let (fraction, heights) = (cell.fractional(direct), cell.heights());
            let range = |k: usize| {
                let bound = cutoff / heights[k];
                if bound == 0.0 {
                    return 0..=0;
                }
                (-fraction[k] - bound).ceil() as i32 - 1..=(-fraction[k] + bound).floor() as i32 + 1
            };
            for (i, j, k) in range(0).flat_map(|i| range(1).flat_map(move |j| range(2).map(move |k| (i, j, k)))) {
                let vector = plus(direct, 1.0, cell.cartesian([i, j, k].map(f64::from)));
                if dot(vector, vector) < cutoff * cutoff && (sender != receiver || [i, j, k] != [0; 3]) {
                    found.push((receiver, sender as u32, [i, j, k]));
                }
            }
        }
    }
    found
}

// Catches: pairs lost or doubled in slabs and wires thinner than the cutoff, in cells smaller than it, or after atoms and cell have
// moved; a search that is not repeated when a direction opens.
#[test]
fn lists_equal_brute_force() {
    let mut stream = Noise::new(62).stream(Consumer::Test, 0, 0);
    for case in 0..240 {
        let periodic = PERIODIC[case % PERIODIC.len()];
        let cell = random_cell(&mut stream, periodic, [2.5, 5.0, 12.0][case % 3]);
        let atoms = 1 + case % 9;
        let positions = (0..atoms).map(|_| stream.normal_vector().map(|x| 6.0 * x)).collect();
        let mut system = System::new(vec![element("Ar"); atoms], positions, Some(cell)).unwrap();
        let mut list = NeighborList::new(4.0, 0.8);
        for step in 0..6 {
            assert_eq!(edges(list.update(&system).unwrap()), brute_force(&system, 4.0), "{periodic:?}, step {step}");
            let mut gradient = UNIT;
            gradient.as_flattened_mut().iter_mut().for_each(|entry| *entry += 0.004 * stream.normal());
            system.cell = system.cell.map(|cell| cell.deformed(&gradient).unwrap());
            for position in &mut system.positions {
                *position = plus(times(*position, &gradient), 0.05, stream.normal_vector());
            }
            if step == 4 {
                let rows = system.cell.unwrap().basis().map(|row| row.map(|x| x * 3.0));
                system.cell = Some(Cell::with_periodicity(rows, PERIODIC[(case + 1) % PERIODIC.len()]).unwrap());
            }
        }
    }
}
