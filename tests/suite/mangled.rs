//! Every reader on thousands of damaged files: an error or sensible data, never a crash, a hang or all memory.
//!
//! `CORMORANT_MANGLED` sets the number of files for each reader (2000 by default), for long runs, and
//! `CORMORANT_MANGLED_SECONDS` ends them earlier; `fuzz/` has the targets of a fuzzer that is guided by coverage.

use std::path::Path;

use cormorant::fit::{Array, Checkpoint, DataSet, Header, LabelUnits, SplitList, State, Values};
use cormorant::io::{TrajectoryReader, read_structure};
use cormorant::model::Model;
use cormorant::noise::{Consumer, Noise, Stream};
use cormorant::settings::Input;
use cormorant::simulation::Restart;

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
    let limit =
        std::env::var("CORMORANT_MANGLED_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(f64::INFINITY);
    let (start, mut rounds, mut good, mut slowest) = (std::time::Instant::now(), 0, 0, 0.0_f64);
    while rounds < count() && start.elapsed().as_secs_f64() < limit {
        std::fs::write(&path, mangle(bytes, &mut noise.stream(Consumer::Test, rounds, 0))).unwrap();
        let begun = std::time::Instant::now();
        good += u64::from(read(&path));
        slowest = slowest.max(begun.elapsed().as_secs_f64());
        rounds += 1;
    }
    eprintln!(
        "{name}: {rounds} files in {:.0} s, {good} still read, the slowest took {slowest:.3} s",
        start.elapsed().as_secs_f64()
    );
    good
}

/// Whether `path` is read; what is read must be finite and of equal lengths.
fn data(path: &Path) -> bool {
    let Ok(data) = DataSet::read(path, Some(LabelUnits::EV_ANGSTROM)) else { return false };
    assert!(!data.configurations.is_empty());
    for one in &data.configurations {
        assert!(one.fault().is_none());
        assert_eq!(one.positions.len(), one.elements.len());
        assert!(!one.has_forces() || one.forces.len() == one.elements.len(), "{} forces", one.forces.len());
    }
    let _ = cormorant::fit::checks::check(&data.configurations);
    true
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/version-1").join(name)).unwrap()
}

/// The bytes of an input that uses many keys.
fn full_input(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/inputs/good").join(name)).unwrap()
}

#[test]
fn inputs() {
    // Catches a crash on odd TOML, and an input that is printed as something else than it was read.
    for name in ["thermostats.toml", "fit-full.toml", "lennard-jones.toml", "harmonic.toml"] {
        let read = feed("case.toml", &full_input(name), |path| {
            let Ok(input) = Input::read(path) else { return false };
            let text = input.to_toml(None).unwrap();
            std::fs::write(path, &text).unwrap();
            assert!(Input::read(path).unwrap() == input, "{text}");
            true
        });
        assert!(read < count(), "every damaged {name} was read");
    }
}

#[test]
fn structures() {
    // Catches a reader that trusts the number of atoms, the columns or the cell.
    let bytes = b"3\nLattice=\"4 0 0 0 5 0 0 0 6\" Properties=species:S:1:pos:R:3:velo:R:3:id:I:1:fixed:L:1 \
        units=\"A ps eV\" time=0.5 step=7 pbc=\"T F T\" note=[1,2,3]\nO 0 0 0 0.1 0 0 1 T\nH 0.9 0 0 0 0 0 2 F\n\
        H 0 0.9 0 0 0 0 3 F\n2\n\nC 0 0 0\n8 0 0 1.2\n";
    feed("case.xyz", bytes, |path| {
        let _ = read_structure(path, None);
        let Ok(mut reader) = TrajectoryReader::open(path) else { return false };
        let mut frames = 0;
        while let Ok(Some(frame)) = reader.next_frame() {
            assert_eq!(frame.positions.len(), frame.elements.len());
            frames += 1;
        }
        frames == 2
    });
}

#[test]
fn models() {
    // Catches an allocation or an index that trusts the header of a model.
    feed("model.safetensors", &fixture("model/model.safetensors"), |path| {
        let Ok(model) = Model::load(path) else { return false };
        assert!(model.weights.iter().all(|weight| weight.is_finite()));
        let _ = cormorant::model::readme(&model.header);
        true
    });
}

#[test]
fn restart_files() {
    // Catches a run that goes on from a damaged state: every change must be noticed.
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/version-1/run/restart.safetensors");
    let expected = Restart::read(&path).unwrap();
    let read = feed("restart.safetensors", &fixture("run/restart.safetensors"), |path| {
        let Ok(restart) = Restart::read(path) else { return false };
        assert_eq!(restart, expected, "a damaged restart file was believed");
        true
    });
    assert!(read < count() / 4, "{read}");
}

#[test]
fn lists_of_frames() {
    // Catches a list that asks for frames which are not there, and nesting without end.
    feed("split.json", &fixture("split.json"), |path| {
        SplitList::read(path).is_ok_and(|list| match list.split(24, None) {
            Ok(split) => split.train.iter().chain(&split.validation).chain(&split.test).all(|&frame| frame < 24),
            Err(_) => true,
        })
    });
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
fn labeled_text() {
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
