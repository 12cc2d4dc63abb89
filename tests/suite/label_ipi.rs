//! Labels from clients of i-PI's protocol: the client of the program itself is the peer.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use cormorant::ipi::{Address, Client, Ending, serve_all};
use cormorant::learn::ipi::wire::{read_count, read_reals, read_word, write_count, write_reals, write_word};
use cormorant::learn::label::{Answer, IpiSource, Label, LabelSource, Request, Theory, Yielded};
use cormorant::potential::{Evaluation, LennardJones, Potential, RequestedProperties, Truncation};
use cormorant::system::{Cell, Element, System};
use cormorant::units::BOHR;

use crate::cli::{cormorant, text};

const PATIENCE: Duration = Duration::from_secs(20);

fn element(symbol: &str) -> Element {
    Element::from_symbol(symbol).unwrap()
}

/// Four atoms in a skewed cell, other places for each `k`.
fn argon(k: usize) -> System {
    let shift = 0.05 * k as f64;
    let positions = vec![[0.0, 0.1 + shift, 0.0], [3.8, shift, 0.2], [0.3, 3.7, 0.4 - shift], [3.5, 3.9, -0.3]];
    let cell = Cell::new([[9.0, 0.0, 0.0], [1.0, 9.5, 0.0], [0.5, -0.7, 10.0 + shift]]).unwrap();
    System::new(vec![element("Ar"); 4], positions, Some(cell)).unwrap()
}

fn potential() -> Box<dyn Potential> {
    let argon = element("Ar");
    Box::new(LennardJones::new(8.0, Truncation::Shifted).unwrap().with(argon, argon, 0.01, 3.4).unwrap())
}

fn requests(count: usize) -> Vec<Request> {
    let theory = Theory::new("Lennard-Jones", &[]).unwrap();
    (0..count).map(|k| Request::new(argon(k), 0, 1, &theory, "test")).collect()
}

/// A source at a socket in `folder`, and its address.
fn source(folder: &Path) -> (IpiSource, Address) {
    let address = Address::Unix(folder.join("socket"));
    let mut source = IpiSource::new(address.clone());
    source.patience = PATIENCE;
    (source, address)
}

fn ask(source: &mut IpiSource, requests: &[Request]) -> cormorant::Result<Vec<Option<Answer>>> {
    let mut answers = vec![None; requests.len()];
    let yielded = source.label(requests, &|| false, &mut |place, answer| {
        assert!(answers[place].replace(answer).is_none(), "{place} is answered twice");
        Ok(())
    })?;
    assert_eq!(yielded, Yielded::All);
    Ok(answers)
}

fn check(answer: Option<&Answer>, system: &System) {
    let Some(Answer::Label(Label { energy, forces, virial })) = answer else { panic!("{answer:?}") };
    let mut expected = Evaluation::default();
    potential().evaluate(system, RequestedProperties { virial: true, atom_energies: false }, &mut expected).unwrap();
    assert!((energy / expected.energy - 1.0).abs() < 1e-12);
    let close = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12 + 1e-10 * b.abs());
    assert!(close(forces.as_flattened(), expected.forces.as_flattened()));
    assert!(close(virial.unwrap().as_flattened(), expected.virial.unwrap().as_flattened()));
}

/// Catches: wrong units, a cell in rows instead of columns, answers of one frame for another, clients that are not told of the end, or
/// that are lost between two batches.
#[test]
fn clients_answer_what_the_potential_says() {
    let folder = tempfile::tempdir().unwrap();
    let (mut source, address) = source(folder.path());
    let clients = thread::spawn(move || {
        let mut clients: Vec<Client> = (0..2).map(|_| Client::new(argon(0), potential()).unwrap()).collect();
        let ending = serve_all(&address, &mut clients, [PATIENCE, Duration::from_millis(200)]).unwrap();
        (ending, clients.iter().map(Client::evaluations).sum::<u64>())
    });
    let all = requests(9);
    for part in [&all[..1], &all[1..]] {
        let answers = ask(&mut source, part).unwrap();
        answers.iter().zip(part).for_each(|(answer, request)| check(answer.as_ref(), &request.system));
    }
    drop(source);
    assert_eq!(clients.join().unwrap(), (Ending::Finished, 9));
    assert!(!folder.path().join("socket").exists());
}

/// Catches: a frame that is lost with its client, or that is asked for ever.
#[test]
fn a_client_that_dies_takes_no_frame_along() {
    let folder = tempfile::tempdir().unwrap();
    let (mut source, address) = source(folder.path());
    let path = folder.path().join("socket");
    let die = move || {
        let start = Instant::now();
        let mut stream = loop {
            match UnixStream::connect(&path) {
                Ok(stream) => break stream,
                Err(_) if start.elapsed() < PATIENCE => thread::sleep(Duration::from_millis(10)),
                Err(error) => panic!("{error}"),
            }
        };
        let mut word = [0; 12];
        stream.read_exact(&mut word).unwrap();
        stream.write_all(b"READY       ").unwrap();
        // It takes the word of the positions and goes.
        stream.read_exact(&mut word).unwrap();
        assert_eq!(&word, b"POSDATA     ");
    };
    let dying = die.clone();
    let clients = thread::spawn(move || {
        dying();
        let mut clients = [Client::new(argon(0), potential()).unwrap()];
        serve_all(&address, &mut clients, [PATIENCE, Duration::from_millis(200)]).unwrap()
    });
    let all = requests(3);
    let answers = ask(&mut source, &all).unwrap();
    answers.iter().zip(&all).for_each(|(answer, request)| check(answer.as_ref(), &request.system));
    drop(source);
    assert_eq!(clients.join().unwrap(), Ending::Finished);
    let (mut source, _) = self::source(folder.path());
    let clients = thread::spawn(move || (die(), die()));
    let answers = ask(&mut source, &all[..1]).unwrap();
    assert!(matches!(&answers[0], Some(Answer::Failed(reason)) if reason.contains("closed")), "{answers:?}");
    clients.join().unwrap();
}

/// Catches: an endless wait for nobody, structures that the client cannot know, and forces of other atoms that are taken for labels.
#[test]
fn what_cannot_be_asked_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (mut source, address) = source(folder.path());
    source.patience = Duration::from_millis(300);
    let nobody = ask(&mut source, &requests(1)).unwrap_err().to_string();
    assert!(nobody.contains("no client of i-PI's protocol"), "{nobody}");
    let mut other = requests(2);
    other[1].system = System::new(vec![element("Ne"); 4], other[1].system.positions.clone(), None).unwrap();
    assert!(ask(&mut source, &other).unwrap_err().to_string().contains("other atoms"));
    source.patience = PATIENCE;
    let small = System::new(vec![element("Ar"); 2], vec![[0.0; 3], [3.8, 0.0, 0.0]], argon(0).cell).unwrap();
    let client = thread::spawn(move || {
        let mut clients = [Client::new(small, potential()).unwrap()];
        serve_all(&address, &mut clients, [PATIENCE, Duration::from_millis(200)]).map_err(|error| error.to_string())
    });
    // The client goes when it sees that the atoms are others.
    let answers = ask(&mut source, &requests(1));
    let refused = match &answers {
        Ok(answers) => matches!(&answers[0], Some(Answer::Failed(_))),
        Err(_) => true,
    };
    assert!(refused, "{answers:?}");
    assert!(client.join().unwrap().unwrap_err().contains("sends 4 atoms"));
}

/// Catches: a command line that does not reach the source; energies of a molecule that change with the box that is made up for it.
#[test]
fn the_program_labels_with_its_own_client() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let ethanol = root.join("inputs/structures/ethanol.xyz");
    let sampled = cormorant(here, &["sample", ethanol.to_str().unwrap(), "--number", "6", "--out", "frames.xyz"]);
    assert!(sampled.status.success(), "{}", text(&sampled.stderr));
    let socket = here.join("socket");
    let model = root.join("models/ethanol");
    let mut client = Command::new(env!("CARGO_BIN_EXE_cormorant"))
        .args(["ipi", "--model", model.to_str().unwrap(), "--structure", ethanol.to_str().unwrap()])
        .args(["--unix", socket.to_str().unwrap(), "--connections", "2"])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let label = ["label", "frames.xyz", "--out", "labels", "--ipi", socket.to_str().unwrap()];
    let unnamed = cormorant(here, &label);
    assert!(text(&unnamed.stderr).contains("need the name of their theory"), "{}", text(&unnamed.stderr));
    let labeled = cormorant(here, &[&label[..], &["--theory", "rMD17", "--patience", "30 s"]].concat());
    assert!(labeled.status.success(), "{}", text(&labeled.stderr));
    assert!(client.wait().unwrap().success());
    assert_eq!(fs::read_to_string(here.join("labels/labels.xyz")).unwrap().matches("energy=").count(), 6);
    let found =
        cormorant(here, &["evaluate", "--model", model.to_str().unwrap(), "--data", "labels/labels.xyz", "--json"]);
    let found: serde_json::Value = serde_json::from_str(&text(&found.stdout)).unwrap();
    for key in ["energy_mae", "force_mae"] {
        // In meV: single precision, whose bits depend on nothing.
        assert!(found[key].as_f64().unwrap() < 1e-3, "{found}");
    }
}

/// Answers `count` frames at `path` with forces of zero; the cell and the positions of each, in Å.
fn listen_in(path: &Path, count: usize) -> Vec<([f64; 9], Vec<f64>)> {
    let start = Instant::now();
    let mut stream = loop {
        match UnixStream::connect(path) {
            Ok(stream) => break stream,
            Err(_) if start.elapsed() < PATIENCE => thread::sleep(Duration::from_millis(10)),
            Err(error) => panic!("{error}"),
        }
    };
    let mut told: Vec<([f64; 9], Vec<f64>)> = Vec::new();
    let mut has_data = false;
    while told.len() < count || has_data {
        match read_word(&mut stream).unwrap().as_str() {
            "STATUS" => write_word(&mut stream, if has_data { "HAVEDATA" } else { "READY" }).unwrap(),
            "POSDATA" => {
                let cell: [f64; 9] = read_reals(&mut stream, 9).unwrap().try_into().unwrap();
                read_reals(&mut stream, 9).unwrap();
                let atoms = read_count(&mut stream).unwrap();
                let positions = read_reals(&mut stream, 3 * atoms).unwrap();
                told.push((cell.map(|x| x * BOHR), positions.iter().map(|x| x * BOHR).collect()));
                has_data = true;
            }
            "GETFORCE" => {
                write_word(&mut stream, "FORCEREADY").unwrap();
                write_reals(&mut stream, [0.0]).unwrap();
                let atoms = told.last().unwrap().1.len() / 3;
                write_count(&mut stream, atoms).unwrap();
                write_reals(&mut stream, vec![0.0; 3 * atoms + 9]).unwrap();
                write_count(&mut stream, 0).unwrap();
                has_data = false;
            }
            other => panic!("{other}"),
        }
    }
    told
}

/// Catches: molecules that get another box in each frame, so that the energies of programs with grids or plane waves jump; molecules
/// across the border of their box, which programs for open boundaries do not fold; vacuum of 1 Å beside slabs; molecules that do not fit.
#[test]
fn molecules_stand_in_the_middle_of_one_box() {
    let theory = Theory::new("none", &[]).unwrap();
    let pair = |length: f64, cell| {
        let positions = vec![[0.0; 3], [0.0, length, 0.1]];
        let system = System::new(vec![element("Ar"); 2], positions, cell).unwrap();
        Request::new(system, 0, 1, &theory, "test")
    };
    let lengths = [3.0, 3.4, 7.0, 30.0];
    for (box_edge, edge, most) in [(None, 25.0, 3), (Some(11.5), 11.5, 3), (Some(8.0), 8.0, 2)] {
        let folder = tempfile::tempdir().unwrap();
        let (mut source, _) = source(folder.path());
        source.box_edge = box_edge;
        let path = folder.path().join("socket");
        let client = thread::spawn(move || listen_in(&path, most));
        let all: Vec<Request> = lengths.iter().map(|length| pair(*length, None)).collect();
        let mut answers = ask(&mut source, &all[..1]).unwrap();
        answers.extend(ask(&mut source, &all[1..]).unwrap());
        for (place, answer) in answers.iter().enumerate() {
            match answer {
                Some(Answer::Label(_)) => assert!(place < most),
                Some(Answer::Failed(reason)) => assert!(place >= most && reason.contains("`box_edge`"), "{reason}"),
                None => panic!("{place} has no answer"),
            }
        }
        for ((cell, positions), length) in client.join().unwrap().into_iter().zip(lengths) {
            let expected = [edge, 0.0, 0.0, 0.0, edge, 0.0, 0.0, 0.0, edge];
            assert!(cell.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9), "{cell:?}");
            let middle = [0, 1, 2].map(|axis| 0.5 * (positions[axis] + positions[3 + axis]));
            assert!(middle.iter().all(|x| (x - 0.5 * edge).abs() < 1e-9), "{middle:?}");
            assert!((positions[4] - positions[1] - length).abs() < 1e-9);
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let (mut source, _) = source(folder.path());
    let path = folder.path().join("socket");
    let client = thread::spawn(move || listen_in(&path, 1));
    let rows = [[5.0, 0.0, 0.0], [0.0, 6.0, 0.0], [0.0, 0.0, 1.0]];
    let slab = Cell::with_periodicity(rows, [true, true, false]).unwrap();
    ask(&mut source, &[pair(3.0, Some(slab))]).unwrap();
    let (cell, _) = client.join().unwrap().remove(0);
    assert!([(0, 5.0), (4, 6.0), (8, 25.0)].iter().all(|(k, edge)| (cell[*k] - edge).abs() < 1e-9), "{cell:?}");
}
