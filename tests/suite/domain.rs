//! What a model was trained on: descriptors, surroundings, distances.

use cormorant::fit::Configuration;
use cormorant::fit::surroundings::{envelope, example, ranges};
use cormorant::model::{CormorantConfig, Header, Model, Scaling};
use cormorant::noise::{Consumer, Noise};
use cormorant::potential::extrapolation::{Descriptor, Domain};
use cormorant::system::{Cell, Element, NeighborList, System};

fn elements() -> Vec<Element> {
    ["O", "H", "H"].map(|symbol| Element::from_symbol(symbol).unwrap()).to_vec()
}

fn scaling() -> Scaling {
    let elements = ["H", "O"].map(|symbol| Element::from_symbol(symbol).unwrap()).to_vec();
    Scaling { elements, references: vec![-1.0, -2.0], scale: 1.0 }
}

/// Water molecules whose atoms are displaced by `width` Å.
fn frames(count: u64, width: f64) -> Vec<Configuration> {
    let frame = |number| {
        let mut random = Noise::new(8).stream(Consumer::Test, number, 0);
        let rest = [[0.0, 0.0, 0.0], [0.96, 0.0, 0.0], [-0.24, 0.93, 0.0]];
        let positions = rest.map(|p| p.map(|x| x + width * random.normal())).to_vec();
        let forces = vec![[0.5, 0.0, 0.0], [-0.5, 0.0, 0.0], [0.0; 3]];
        Configuration {
            elements: elements(),
            positions,
            cell: None,
            energy: Some(-4.0 - 0.1 * number as f64),
            forces,
            ..Configuration::default()
        }
    };
    (0..count).map(frame).collect()
}

/// A model that learned its domain, not its weights, from `frames`.
fn model(frames: &[Configuration]) -> Model {
    let config =
        CormorantConfig { max_degree: 0, max_edge_degree: 0, layers: 1, products: 1, ..CormorantConfig::default() };
    let mut header = Header::new(config, &scaling(), 2.0, 0.04);
    header.envelope = Some(envelope(frames, &scaling(), 5.0).unwrap());
    header.ranges = Some(ranges(frames, &scaling()).unwrap());
    header.example = example(frames, &scaling()).unwrap();
    header.data.shortest_distances = [("H-O".to_string(), 0.9), ("H-H".to_string(), 1.4)].into();
    let count = cormorant::kernels::network::Layout::new(&header.shape()).len();
    Model { path: "a".into(), header, weights: vec![0.5; count] }
}

fn system(positions: [[f64; 3]; 3]) -> System {
    System::new(elements(), positions.to_vec(), None).unwrap()
}

fn rows(system: &System, envelope: &cormorant::model::Envelope) -> Vec<Vec<f64>> {
    let scaling = scaling();
    let mut descriptor = Descriptor::new(envelope, &scaling.elements);
    let species = scaling.species(&system.elements).unwrap();
    let mut list = NeighborList::new(envelope.cutoff, 0.0);
    let neighbors = list.update(system).unwrap();
    (0..species.len())
        .map(|atom| {
            let mut row = Vec::new();
            descriptor.append(&species, neighbors, atom, &mut row);
            assert_eq!(row.len(), descriptor.length());
            row
        })
        .collect()
}

/// Catches: a grade that changes when the molecule turns, moves or has its atoms renumbered, or jumps at the cutoff.
#[test]
fn descriptors_do_not_turn() {
    let envelope = envelope(&frames(20, 0.05), &scaling(), 5.0).unwrap();
    let place = [[0.1, 0.2, -0.1], [1.0, 0.1, 0.3], [-0.3, 0.9, 0.2]];
    let plain = rows(&system(place), &envelope);
    // A turn by a third about the diagonal, and a shift.
    let turned = rows(&system(place.map(|[x, y, z]| [z + 3.0, x - 1.0, y + 0.5])), &envelope);
    for (a, b) in plain.as_flattened_rows().zip(turned.as_flattened_rows()) {
        assert!((a - b).abs() < 1e-12, "{a} became {b}");
    }
    let mut swapped = system([place[0], place[2], place[1]]);
    swapped.elements = elements();
    let swapped = rows(&swapped, &envelope);
    for (a, b) in plain[1].iter().zip(&swapped[2]).chain(plain[0].iter().zip(&swapped[0])) {
        assert!((a - b).abs() < 1e-12, "{a} became {b}");
    }
    let far = |distance: f64| rows(&system([[0.0; 3], [distance, 0.0, 0.0], [0.0, 0.9, 0.0]]), &envelope)[0].clone();
    let (inside, outside) = (far(5.0 - 1e-4), far(5.0 + 1e-4));
    assert!(inside.iter().zip(&outside).all(|(a, b)| (a - b).abs() < 1e-6));
}

trait Flat {
    fn as_flattened_rows(&self) -> impl Iterator<Item = f64>;
}

impl Flat for Vec<Vec<f64>> {
    fn as_flattened_rows(&self) -> impl Iterator<Item = f64> {
        self.iter().flatten().copied()
    }
}

/// Catches: a grade that does not grow with the distance from the data, or that calls unseen frames of the same kind foreign.
#[test]
fn grades_tell_near_from_far() {
    let model = model(&frames(300, 0.05));
    let mut domain = Domain::of(&model).unwrap().unwrap();
    let mut grade = |frame: &Configuration| {
        let system = System::new(frame.elements.clone(), frame.positions.clone(), None).unwrap();
        domain.look(&system).unwrap().grade.unwrap().value
    };
    let worst = |frames: &[Configuration], grade: &mut dyn FnMut(&Configuration) -> f64| {
        frames.iter().map(grade).fold(0.0, f64::max)
    };
    let alike = worst(&frames(600, 0.05)[300..], &mut grade);
    assert!((0.3..1.7).contains(&alike), "frames of the same kind have grades up to {alike}");
    let hotter = frames(100, 0.15);
    let median = |frames: &[Configuration], grade: &mut dyn FnMut(&Configuration) -> f64| {
        let mut grades: Vec<f64> = frames.iter().map(grade).collect();
        grades.sort_by(f64::total_cmp);
        grades[grades.len() / 2]
    };
    let ratio = median(&hotter, &mut grade) / median(&frames(600, 0.05)[300..], &mut grade);
    assert!((2.0..8.0).contains(&ratio), "frames three times as far from rest have grades {ratio} times as high");
    let broken =
        Configuration { positions: vec![[0.0; 3], [2.5, 0.0, 0.0], [-0.24, 0.93, 0.0]], ..frames(1, 0.0).remove(0) };
    assert!(grade(&broken) > 2.0, "a broken bond has grade {}", grade(&broken));
}

/// Catches: an atom that leaves the others unnoticed, since the surroundings of one that is far from all fade away.
#[test]
fn an_atom_that_leaves_is_noticed() {
    // Frames so wide that little is unlike them.
    let known = model(&frames(300, 0.25));
    let mut blind = known.clone();
    for element in &mut blind.header.envelope.as_mut().unwrap().elements {
        element.loneliest = None;
    }
    let grade = |model: &Model, distance: f64| {
        let leaving = [-0.25 * distance, 0.968 * distance, 0.0];
        let look = Domain::of(model).unwrap().unwrap().look(&system([[0.0; 3], [0.96, 0.0, 0.0], leaving]));
        look.unwrap().grade.unwrap()
    };
    for distance in [4.0, 6.0] {
        let (seen, unseen) = (grade(&known, distance), grade(&blind, distance));
        assert!(seen.atom == 2 && seen.value > 5.0, "at {distance} Å: {seen:?}");
        assert!(seen.value > 1.2 * unseen.value, "at {distance} Å: {seen:?}, by its surroundings alone {unseen:?}");
    }
    assert!(grade(&known, 0.96).value < 1.0, "{:?}", grade(&known, 0.96));
}

/// Catches: contacts measured between the wrong pair, or pairs that were never seen taken for known.
#[test]
fn contacts_are_measured_by_what_was_seen() {
    let mut domain = Domain::of(&model(&frames(20, 0.05))).unwrap().unwrap();
    let near = domain.look(&system([[0.0; 3], [0.7, 0.0, 0.0], [-0.24, 1.6, 0.0]])).unwrap().contact.unwrap();
    assert_eq!((near.atoms, near.seen), ([0, 1], Some(0.9)));
    assert!((near.share - 0.7 / 0.9).abs() < 1e-12 && near.distance == 0.7);
    let oxygen = vec![Element::from_symbol("O").unwrap(); 2];
    let pair = System::new(oxygen, vec![[0.0; 3], [4.0, 0.0, 0.0]], None).unwrap();
    let unseen = domain.look(&pair).unwrap().contact.unwrap();
    assert_eq!((unseen.seen, unseen.share), (None, 0.8));
}

/// Catches: a record that is lost, rounded or mixed up on the way through a file, and one that is believed although damaged.
#[test]
fn the_record_survives_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut model = model(&frames(50, 0.05));
    model.save(folder.path()).unwrap();
    let read = Model::load(folder.path()).unwrap();
    model.path = folder.path().into();
    assert_eq!(read, model);
    assert!(model.header.envelope.as_ref().unwrap().elements.iter().all(|one| one.farthest > 0.0));
    let file = folder.path().join("model.safetensors");
    let bytes = std::fs::read(&file).unwrap();
    let damage = |from: &str, to: &str| {
        assert_eq!(from.len(), to.len());
        let at = bytes.windows(from.len()).position(|window| window == from.as_bytes()).expect("the text");
        let mut bad = bytes.clone();
        bad[at..at + to.len()].copy_from_slice(to.as_bytes());
        std::fs::write(&file, bad).unwrap();
        Model::load(folder.path()).unwrap_err().to_string()
    };
    assert!(damage("envelope.H.centres", "envelope.H.center_").contains("lacks the tensor \"envelope.H.centres\""));
    assert!(damage("\\\"bumps\\\":8", "\\\"bumps\\\":0").contains("envelope"));
    assert!(damage("\\\"bumps\\\":8", "\\\"bumps\\\":7").contains("has shape"));
}

/// Catches: an example that is not a training frame, and ranges that miss one.
#[test]
fn ranges_and_example_come_from_the_frames() {
    let frames = frames(5, 0.05);
    let found = ranges(&frames, &scaling()).unwrap();
    assert_eq!((found.atoms, found.volume, found.force), ([3, 3], None, 0.5));
    // Energies are −4.0 … −4.4 eV, references −4.0 eV, for three atoms.
    assert!((found.energy[0] + 0.4 / 3.0).abs() < 1e-12 && found.energy[1].abs() < 1e-12, "{found:?}");
    let lowest = example(&frames, &scaling()).unwrap().unwrap();
    assert_eq!((lowest.positions, lowest.elements.join(" ")), (frames[4].positions.clone(), "O H H".into()));
    assert!(ranges(&[], &scaling()).is_err() && example(&[], &scaling()).unwrap().is_none());
}

/// Catches: one shortest distance for all bonds of two elements, of the example alone, or across a face of the cell missed; a
/// record of bonds where the same numbers stand for other atoms.
#[test]
fn the_shortest_of_each_bond_is_recorded() {
    let water = |first: f64, second: f64| Configuration {
        positions: vec![[0.1, 0.0, 0.0], [0.1 + first, 0.0, 0.0], [0.1, second, 0.0]],
        ..frames(1, 0.0).remove(0)
    };
    // The last has the lowest energy and so is the example.
    let mut set = vec![water(0.90, 1.10), water(1.05, 0.94), Configuration { energy: Some(-9.0), ..water(1.0, 1.0) }];
    let bonds = |set: &[Configuration]| example(set, &scaling()).unwrap().unwrap().bonds;
    let found = |set: &[Configuration]| bonds(set).iter().map(|bond| (bond.atoms, bond.shortest)).collect::<Vec<_>>();
    let close = |found: Vec<([usize; 2], f64)>, expected: [f64; 2]| {
        assert_eq!(found.iter().map(|bond| bond.0).collect::<Vec<_>>(), [[0, 1], [0, 2]]);
        assert!(found.iter().zip(expected).all(|(bond, length)| (bond.1 - length).abs() < 1e-12), "{found:?}");
    };
    close(found(&set), [0.90, 0.94]);
    // The same molecules through the faces of a cell.
    for frame in &mut set {
        frame.cell = Some(Cell::cubic(8.0).unwrap());
        frame.positions[1][0] += 8.0;
        frame.positions[2][1] -= 16.0;
    }
    close(found(&set), [0.90, 0.94]);
    set[0].elements.swap(0, 1);
    assert_eq!(found(&set), []);
}
