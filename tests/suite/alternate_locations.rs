//! Occupancies and alternate locations of PDB.

use std::fs;

use cormorant::io::{Frame, ReadOptions, read_frame};

fn read(atoms: &[&str]) -> Frame {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pdb");
    fs::write(&path, atoms.join("\n") + "\nEND\n").unwrap();
    read_frame(&path, None, &ReadOptions::default()).unwrap()
}

/// A record: name, letter, residue with its number, x, occupancy, element.
fn atom(name: &str, letter: char, residue: &str, x: f64, occupancy: f64, element: &str) -> String {
    format!(
        "ATOM      1  {name:<3}{letter}{residue:<3} A   1    {x:8.3}   0.000   0.000{occupancy:6.2}  0.00          {element:>2}"
    )
}

fn of(atoms: &[(&str, char, &str, f64, f64)]) -> Frame {
    let lines: Vec<String> = atoms
        .iter()
        .map(|(name, letter, residue, x, share)| atom(name, *letter, residue, *x, *share, &name[..1]))
        .collect();
    read(&lines.iter().map(String::as_str).collect::<Vec<_>>())
}

fn places(frame: &Frame) -> Vec<f64> {
    frame.positions.iter().map(|position| position[0]).collect()
}

// Catches: the rarer of two locations taken because it comes first; atoms of two conformers mixed; an atom lost that has one letter alone.
#[test]
fn the_location_of_most_is_read() {
    let frame = of(&[
        ("N", ' ', "SER", 0.0, 1.0),
        ("CB", 'A', "SER", 1.0, 0.3),
        ("CB", 'B', "SER", 2.0, 0.7),
        ("OG", 'A', "SER", 3.0, 0.3),
        ("OG", 'B', "SER", 4.0, 0.7),
        ("C", 'A', "SER", 6.0, 0.3),
    ]);
    assert_eq!(places(&frame), [0.0, 2.0, 4.0, 6.0]);
    let expected = "highest occupancy are read (A, B, occupancy 0.30 to 0.70); 2 others are skipped";
    assert!(frame.notes.iter().any(|note| note.contains(expected)), "{:?}", frame.notes);
    // Equal shares: the first.
    assert_eq!(places(&of(&[("N", 'A', "GLY", 1.0, 0.5), ("N", 'B', "GLY", 2.0, 0.5)])), [1.0]);
    // Two residues at one place: none of the other one.
    let mixed = of(&[("OG", 'A', "SER", 1.0, 0.4), ("OG1", 'B', "THR", 2.0, 0.6), ("CG2", 'B', "THR", 4.0, 0.6)]);
    assert_eq!(places(&mixed), [2.0, 4.0]);
}

// Catches: atoms that nobody observed read as atoms without a word; a note on files that leave the column at zero.
#[test]
fn empty_sites_are_named() {
    let note = |shares: [f64; 3]| {
        let frame = of(&[
            ("N", ' ', "GLY", 0.0, shares[0]),
            ("CA", ' ', "GLY", 1.5, shares[1]),
            ("C", ' ', "GLY", 3.0, shares[2]),
        ]);
        frame.notes.into_iter().find(|note| note.contains("occupancy")).unwrap_or_default()
    };
    let found = note([1.0, 0.5, 0.0]);
    assert!(found.contains("2 atoms have an occupancy below 1 (1 of them 0.00"), "{found}");
    assert!(note([0.0; 3]).is_empty() && note([1.0; 3]).is_empty());
}
