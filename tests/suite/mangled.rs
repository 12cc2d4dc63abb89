//! Readers of the fit on thousands of damaged files: an error or sensible data, never a crash or a hang.
//!
//! `CORMORANT_MANGLED` sets the number of files for each reader (2000 by default), for long runs.

use std::path::Path;

use cormorant::fit::{Array, Checkpoint, DataSet, Header, LabelUnits, State, Values};
use cormorant::noise::{Consumer, Noise, Stream};

use crate::archive::{floats, npy, zip};

fn count() -> u64 {
    std::env::var("CORMORANT_MANGLED").ok().and_then(|text| text.parse().ok()).unwrap_or(2000)
}

/// The bytes with one to four random changes.
fn mangle(bytes: &[u8], stream: &mut Stream) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=stream.below(4) {
        if bytes.is_empty() {
            break;
        }
        let place = stream.below(bytes.len() as u64) as usize;
        match stream.below(7) {
            0 => bytes[place] = stream.bits() as u8,
            1 => bytes[place] ^= 1 << stream.below(8),
            2 => bytes.truncate(place),
            3 => {
                let end = (place + 1 + stream.below(40) as usize).min(bytes.len());
                bytes.drain(place..end);
            }
            4 => {
                let end = (place + 1 + stream.below(40) as usize).min(bytes.len());
                let piece = bytes[place..end].to_vec();
                let target = stream.below(bytes.len() as u64) as usize;
                bytes.splice(target..target, piece);
            }
            5 => {
                let words: [&[u8]; 8] =
                    [b"-1", b"nan", b"inf", b"1e999", b"99999999999999999999", b"\"", b"\n", &[0xff, 0xff, 0xff, 0xff]];
                let word = words[stream.below(8) as usize];
                bytes.splice(place..place, word.iter().copied());
            }
            _ => {
                let end = (place + 4).min(bytes.len());
                bytes[place..end].fill(0xff);
            }
        }
    }
    bytes
}

/// Feeds mangled versions of `bytes` to `read`; how many were still read.
fn feed(name: &str, bytes: &[u8], read: impl Fn(&Path) -> bool) -> u64 {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    let noise = Noise::new(99);
    std::fs::write(&path, bytes).unwrap();
    assert!(read(&path), "the undamaged file is not read");
    (0..count())
        .filter(|&round| {
            std::fs::write(&path, mangle(bytes, &mut noise.stream(Consumer::Test, round, 0))).unwrap();
            read(&path)
        })
        .count() as u64
}

/// Whether `path` is read; what is read must be finite and of equal lengths.
fn data(path: &Path) -> bool {
    let Ok(data) = DataSet::read(path, Some(LabelUnits::EV_ANGSTROM)) else { return false };
    assert!(!data.configurations.is_empty());
    for one in &data.configurations {
        assert!(one.fault().is_none());
        assert_eq!((one.positions.len(), one.forces.len()), (one.elements.len(), one.elements.len()));
    }
    let _ = cormorant::fit::checks::check(&data.configurations);
    true
}

#[test]
fn archives() {
    // Catches an index, an allocation or an overflow that trusts the file.
    let numbers: Vec<f64> = (0..18).map(|x| 0.37 * f64::from(x)).collect();
    let bytes = zip(&[
        ("nuclear_charges.npy", npy("|u1", "(3,)", &[8, 1, 1])),
        ("coords.npy", floats("(2, 3, 3)", &numbers)),
        ("energies.npy", floats("(2, 1)", &[-10.0, -9.0])),
        ("forces.npy", floats("(2, 3, 3)", &numbers)),
    ]);
    let read = feed("data.npz", &bytes, data);
    assert!(read < count() / 2, "{read} damaged archives were read: the checksums of zip are not looked at");
}

#[test]
fn labelled_text() {
    // Catches a parser that panics on odd text, and a count of atoms that is believed.
    let bytes =
        b"2\nProperties=species:S:1:pos:R:3:forces:R:3 Lattice=\"4 0 0 0 5 0 0 0 6\" energy=-8.5 pbc=\"T T T\" \
        stress=\"0.01 0.001 0 0.001 0.02 0 0 0 0.03\"\nSi 0 0 0 0.1 0.2 0.3\nSi 2 2 2 -0.1 -0.2 -0.3\n\
        2\nProperties=species:S:1:pos:R:3:forces:R:3 energy=-31.5\nH 0 0 0 0.5 0 0\nH 0.8 0 0 -0.5 0 0\n";
    feed("data.xyz", bytes, data);
}

#[test]
fn checkpoints() {
    // Catches a fit that goes on from damaged parameters: every change must be noticed.
    let folder = tempfile::tempdir().unwrap();
    let array = Array { shape: vec![2, 2], values: Values::F32(vec![1.0, -2.0, 3.0, 4.5]) };
    let state = State::from([
        ("weights".to_string(), array),
        ("steps".to_string(), Array { shape: vec![], values: Values::U64(vec![7]) }),
    ]);
    let checkpoint = Checkpoint { header: Header::new("a = 1\n", "00"), learner: state.clone(), best: state };
    checkpoint.write(folder.path()).unwrap();
    let path = folder.path().join(cormorant::fit::CHECKPOINT);
    let bytes = std::fs::read(&path).unwrap();
    let expected = Checkpoint::read_file(&path).unwrap();
    let read = feed("checkpoint.safetensors", &bytes, |path| {
        let Ok(checkpoint) = Checkpoint::read_file(path) else { return false };
        assert_eq!(checkpoint, expected, "a damaged checkpoint was believed");
        true
    });
    assert!(read < count() / 4, "{read}");
}
