//! Atoms that files of other programs hold fixed.

use std::fs;

use cormorant::io::{ReadOptions, read_frame};

fn notes(name: &str, content: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    read_frame(&path, None, &ReadOptions::default()).unwrap().notes
}

fn poscar(flags: [&str; 3]) -> String {
    let [a, b, c] = flags;
    format!(
        "slab\n1.0\n4 0 0\n0 4 0\n0 0 9\nSi\n3\nSelective dynamics\nDirect\n0 0 0 {a}\n0.5 0.5 0.2 {b}\n0 0 0.4 {c}\n"
    )
}

// Catches: a slab whose bottom is to be held and moves without a word; a note on a file that holds nothing.
#[test]
fn selective_dynamics_is_named() {
    let found = notes("POSCAR", &poscar(["F F F", "T T F", "T T T"]));
    let expected = "selective dynamics holds 2 of 3 atoms";
    assert!(
        found.iter().any(|note| note.contains(expected) && note.contains("fixed_atoms = [1, 2] in [constraints]")),
        "{found:?}"
    );
    assert!(notes("POSCAR", &poscar(["T T T"; 3])).is_empty());
    // A symbol behind the flags is none of them.
    assert!(notes("POSCAR", &poscar(["T T T F"; 3])).is_empty());
}

// Catches: constraints of ASE in extended XYZ that are passed over.
#[test]
fn masks_of_ase_are_named() {
    let file = |kind: &str, flags: [&str; 2]| {
        format!("2\nProperties=species:S:1:pos:R:3:move_mask:{kind}\nAr 0 0 0 {}\nAr 0 0 4 {}\n", flags[0], flags[1])
    };
    for (kind, flags) in [("L:1", ["T", "F"]), ("L:3", ["T T T", "T F T"]), ("I:1", ["1", "0"])] {
        let found = notes("a.xyz", &file(kind, flags));
        assert!(
            found.iter().any(|note| note.contains("holds 1 of 2 atoms") && note.contains("[2]")),
            "{kind}: {found:?}"
        );
    }
    assert!(notes("a.xyz", &file("L:1", ["T", "T"])).is_empty());
}
