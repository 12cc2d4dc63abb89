//! The reader of extended XYZ: what others write, what is damaged, what is hostile.

use std::path::Path;

use cormorant::io::{Column, ExtendedXyzReader, Frame, Value};
use cormorant::noise::{Consumer, Noise};

fn read_text(text: &str) -> cormorant::Result<Vec<Frame>> {
    let source = std::io::Cursor::new(text.as_bytes().to_vec());
    ExtendedXyzReader::new(Path::new("text.xyz"), source).collect()
}

#[test]
fn foreign_extended_xyz_is_understood() {
    // Catches a parser that knows only what our own writer writes.
    let text = "2\n\
        Lattice=\"5 0 0 0 5.5 0 0 0 6\" Properties=species:S:1:pos:R:3:forces:R:3:tag:I:1:moved:L:1 energy=-1.5 \
        stress=\"1 2 3 4 5 6\" config_type='bulk solid' pbc=[T, T, T] virial={1 2 3 4 5 6 7 8 9} flag title=\"a \\\"b\\\" c\"\n\
        Si 0 0 0 0.1 0.2 0.3 7 T\n\
        Si 1.5D+00 1 1 -1e-3 0 0 8 F\r\n\n\
        3\n\nO 0 0 0\nH1 0 0 1 0.5\n1 0 1 0 0.5\n\n";
    let frames = read_text(text).unwrap();
    assert_eq!(frames.len(), 2);
    let first = &frames[0];
    assert_eq!(first.positions[1], [1.5, 1.0, 1.0]);
    assert_eq!(first.vectors("forces").unwrap()[1], [-1.0e-3, 0.0, 0.0]);
    assert_eq!(first.tensor("stress").unwrap()[1], [6.0, 2.0, 4.0]);
    assert_eq!(first.tensor("virial").unwrap()[1], [4.0, 5.0, 6.0]);
    assert_eq!(first.property("config_type"), Some(&Value::Text("bulk solid".into())));
    assert_eq!(first.property("flag"), Some(&Value::Logicals(vec![true])));
    assert_eq!(first.property("title"), Some(&Value::Text("a \"b\" c".into())));
    assert_eq!(first.columns[1], ("tag".into(), 1, Column::Integers(vec![7, 8])));
    assert_eq!(first.cell.unwrap().periodic(), [true; 3]);
    assert_eq!(frames[1].elements.iter().map(|e| e.number()).collect::<Vec<_>>(), [8, 1, 1]);
    assert!(frames[1].cell.is_none());
}

#[test]
fn damaged_files_are_refused_with_the_line() {
    // Catches panics, endless memory and silent guesses on damaged or hostile files.
    let cases = [
        ("", "empty"),
        ("\n\n", "empty"),
        ("two\n\nH 0 0 0\n", "line 1: expected the number of atoms"),
        ("0\n\n", "line 1: the frame has 0 atoms"),
        ("99999999999\n\n", "line 1: 99999999999 atoms are more"),
        ("100000000\n\nH 0 0 0\n", "1 of 100000000 atoms"),
        ("-1\n\n", "line 1"),
        ("1", "ends within frame 1"),
        ("2\n\nH 0 0 0\n", "line 3: the file ends within frame 1: 1 of 2 atoms"),
        ("1\n\nH 0 0\n", "line 3: expected 4 columns, found 3"),
        ("1\n\nH 0 0 x\n", "line 3: pos: \"x\" is not a number"),
        ("1\n\nH 0 0 nan\n", "line 3: the position is nan"),
        ("1\n\nQq 0 0 0\n", "line 3: \"Qq\" is not a chemical element"),
        ("1\nProperties=species:S:1:pos:R\nH 0 0 0\n", "line 2: Properties=species:S:1:pos:R is not"),
        ("1\nProperties=species:S:1:pos:R:3:f:X:1\nH 0 0 0 1\n", "line 2: the type X of f"),
        ("1\nProperties=species:S:1:pos:R:3:f:R:100000000000\nH 0 0 0 1\n", "line 2: the width"),
        ("1\nProperties=species:S:1:pos:R:3:pos:R:3\nH 0 0 0 1\n", "names pos twice"),
        ("1\nProperties=species:S:1:pos:R:3\nH 0 0 0 1\n", "line 3: expected 4 columns, found 5"),
        ("1\nProperties=pos:R:3\n0 0 0\n", "neither species:S:1 nor Z:I:1"),
        ("1\nProperties=species:S:1\nH\n", "no pos:R:3"),
        (
            "1\nProperties=species:S:1:pos:R:3 title=\"open\nH 0 0 0\n",
            "line 2: a value that begins with \" does not end",
        ),
        ("1\nLattice=\"1 2 3 4\"\nH 0 0 0\n", "line 2: Lattice=\"1 2 3 4\" is not nine numbers"),
        ("1\nLattice=\"1 0 0 2 0 0 0 0 1\"\nH 0 0 0\n", "line 2: the three cell vectors lie in one plane"),
        ("1\nLattice=\"1 0 0 0 1 0 0 0 inf\"\nH 0 0 0\n", "line 2: a cell vector is not finite"),
        ("1\nProperties=species:S:1:pos:R:3 pbc=\"T T T\"\nH 0 0 0\n", "no Lattice"),
        ("1\nLattice=\"9 0 0 0 9 0 0 0 9\" pbc=\"7 T\"\nH 0 0 0\n", "pbc=\"7 T\" is not"),
    ];
    for (text, expected) in cases {
        let message = read_text(text).unwrap_err().to_string();
        assert!(message.contains(expected), "{text:?} gave {message:?}, not {expected:?}");
    }
    let long = format!("1\n{}\nH 0 0 0\n", "x".repeat(2 << 20));
    assert!(read_text(&long).unwrap_err().to_string().contains("longer than a mebibyte"));
    let binary = std::io::Cursor::new(vec![0xff_u8, 0xfe, 0x00]);
    let mut reader = ExtendedXyzReader::new(Path::new("x.xyz"), binary);
    assert!(reader.next_frame().unwrap_err().to_string().contains("not text"));
}

#[test]
fn random_bytes_never_panic() {
    // Catches a slice out of range or a huge allocation somewhere in the readers.
    let good = "2\nProperties=species:S:1:pos:R:3:forces:R:3 Lattice=\"5 0 0 0 5 0 0 0 5\" energy=-1.5 pbc=\"T T T\"\n\
        Si 0.0 0.1 0.2 1 2 3\nO 1.0 1.1 1.2 -1e-3 4 5\n";
    let mut stream = Noise::new(5).stream(Consumer::Test, 0, 0);
    for _ in 0..20_000 {
        let mut bytes = good.as_bytes().to_vec();
        for _ in 0..=stream.below(6) {
            let at = stream.below(bytes.len() as u64) as usize;
            match stream.below(3) {
                0 => bytes[at] = stream.below(256) as u8,
                1 => bytes.truncate(at.max(1)),
                _ => bytes.insert(at, b"0123456789 \n\"=:.eT"[stream.below(18) as usize]),
            }
        }
        let source = std::io::Cursor::new(bytes);
        let _: Result<Vec<_>, _> = ExtendedXyzReader::new(Path::new("x.xyz"), source).collect();
    }
}
