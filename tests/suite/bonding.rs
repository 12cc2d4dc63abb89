//! Atoms that are bonded as no training frame has them.

use std::fs;
use std::path::Path;

use cormorant::model::SeenBonding;
use cormorant::system::{Cell, Element, System, find_bonds};

use crate::cli::{cormorant, text};
use crate::cli_model::{RUN, folder};
use crate::learned::ethanol;

fn elements(symbols: &str) -> Vec<Element> {
    symbols.split(' ').map(|symbol| Element::from_symbol(symbol).unwrap()).collect()
}

/// Ethanol without its atom `left_out`.
fn without(left_out: usize) -> System {
    let whole = ethanol();
    let kept = (0..whole.atom_count()).filter(|atom| *atom != left_out);
    let (elements, positions) = kept.map(|atom| (whole.elements[atom], whole.positions[atom])).unzip();
    System::new(elements, positions, None).unwrap()
}

/// Catches: a missing hydrogen that passes, an atom that is counted twice in a frame, a neighbor that is told of at the wrong atom.
#[test]
fn a_missing_hydrogen_is_unusual() {
    let mut seen = SeenBonding::default();
    (0..3).for_each(|_| seen.add(&ethanol()).unwrap());
    assert_eq!((seen.frames, seen.counts["C: C H H H"], seen.counts["H: C"], seen.counts["O: C H"]), (3, 3, 3, 3));
    assert_eq!(seen.unusual(&ethanol()).unwrap(), None);
    let hydrogen = ethanol().elements.iter().rposition(|element| element.symbol() == "H").unwrap();
    let found = seen.unusual(&without(hydrogen)).unwrap().unwrap();
    assert_eq!((found.seen, found.frames, found.others), (0, 3, 0));
    let said = found.to_string();
    assert!(said.contains("as in 0 of 3 training frames"), "{said}");
    let bonded = found.neighbors.len();
    let whole = if found.element.symbol() == "O" { 2 } else { 4 };
    assert_eq!(bonded + 1, whole, "{said}");
}

/// Catches: what was seen once in ten thousand frames that counts as known where there were many, and as unknown where there were few.
#[test]
fn hardly_ever_is_one_of_ten_thousand() {
    let counts = |frames: usize, seen: usize| {
        let counts = [("H: H".to_string(), seen)].into();
        let pair = System::new(elements("H H"), vec![[0.0; 3], [0.0, 0.0, 0.74]], None).unwrap();
        SeenBonding { frames, counts }.unusual(&pair).unwrap().is_none()
    };
    assert!(counts(100, 1) && !counts(100, 0));
    assert!(counts(50_000, 5) && !counts(50_000, 4));
}

/// Catches: bonds across the faces of a cell that are not seen, and atoms alone that are passed over.
#[test]
fn bonds_reach_across_faces_and_alone_is_a_kind() {
    let mut seen = SeenBonding::default();
    let cell = Some(Cell::cubic(6.0).unwrap());
    seen.add(&System::new(elements("H H"), vec![[0.1, 0.0, 0.0], [5.4, 0.0, 0.0]], cell).unwrap()).unwrap();
    assert_eq!(seen.counts.keys().collect::<Vec<_>>(), ["H: H"]);
    let apart = System::new(elements("H H"), vec![[0.0; 3], [3.0, 0.0, 0.0]], None).unwrap();
    let found = seen.unusual(&apart).unwrap().unwrap();
    assert_eq!(found.others, 1);
    assert!(found.to_string().contains("is bonded to nothing"), "{found}");
}

fn write(here: &Path, name: &str, system: &System) {
    let rows = system.elements.iter().zip(&system.positions);
    let rows: Vec<String> = rows.map(|(element, [x, y, z])| format!("{} {x} {y} {z}", element.symbol())).collect();
    let rows = rows.join("\n");
    fs::write(here.join(format!("{name}.xyz")), format!("{}\ncharge=0 multiplicity=1\n{rows}\n", system.atom_count()))
        .unwrap();
    fs::write(here.join(format!("{name}.toml")), RUN.replace("ethanol", name)).unwrap();
}

/// Catches: a record that is not written or not read, and a run, a minimization or a prediction that says nothing of a broken molecule, or
/// something of a whole one.
#[test]
fn programs_say_which_atom_is_unusual() {
    let here = folder();
    write(here, "whole", &ethanol());
    let hydrogen = ethanol().elements.iter().rposition(|element| element.symbol() == "H").unwrap();
    write(here, "broken", &without(hydrogen));
    let said = |arguments: &[&str]| {
        let output = cormorant(here, arguments);
        format!("{}{}", text(&output.stdout), text(&output.stderr))
    };
    for (name, unusual) in [("whole", false), ("broken", true)] {
        let structure = format!("{name}.xyz");
        let minima = format!("{name}-minimum.xyz");
        let run = said(&["run", &format!("{name}.toml")]);
        let minimized = said(&[
            "minimize",
            "--model",
            "tiny",
            "--structures",
            &structure,
            "--out",
            &minima,
            "--most-evaluations",
            "2",
        ]);
        let predicted =
            said(&["evaluate", "--model", "tiny", "--data", &structure, "--out", &format!("{name}-energy.xyz")]);
        for text in [run, minimized, predicted] {
            assert_eq!(text.contains("as in 0 of 30 training frames"), unusual, "{name}:\n{text}");
        }
    }
}

/// Catches: H2 at its own length that is no molecule, which a fifth more than the covalent radii just misses; hydrogens of one molecule that are
/// bonded to each other.
#[test]
fn hydrogen_is_a_molecule() {
    let of = |symbols: &[&str], positions: &[[f64; 3]]| {
        let elements = symbols.iter().map(|symbol| Element::from_symbol(symbol).unwrap()).collect();
        find_bonds(&System::new(elements, positions.to_vec(), None).unwrap()).unwrap().len()
    };
    assert_eq!(of(&["H", "H"], &[[0.0; 3], [0.8, 0.0, 0.0]]), 1);
    assert_eq!(of(&["H", "H"], &[[0.0; 3], [1.0, 0.0, 0.0]]), 0);
    assert_eq!(of(&["O", "H", "H"], &[[0.0; 3], [0.96, 0.0, 0.0], [-0.24, 0.93, 0.0]]), 2);
}
