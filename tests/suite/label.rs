//! Labels from other programs: each made once, kept, and checked. The program of most tests is `cormorant stream` itself.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use cormorant::io::ExtendedXyzReader;
use cormorant::learn::label::{Label, LabelLimits, Request, Theory, nearby, work_check};
use cormorant::noise::Noise;
use cormorant::system::{Element, System};

use crate::cli::{cormorant, text};

const BINARY: &str = env!("CARGO_BIN_EXE_cormorant");

/// Water with its second hydrogen at `x` Å.
fn water(x: f64) -> System {
    let elements = ["O", "H", "H"].map(|symbol| Element::from_symbol(symbol).unwrap());
    System::new(elements.to_vec(), vec![[0.0; 3], [0.96, 0.0, 0.0], [x, 0.93, 0.0]], None).unwrap()
}

fn theory() -> Theory {
    Theory { name: "test".into(), files: Vec::new() }
}

/// So many different frames of water.
fn frames(folder: &Path, name: &str, count: usize) {
    let frame = |index: usize| format!("3\n\nO 0 0 0\nH 0.96 0 0\nH -0.{} 0.93 0\n", 200 + 5 * index);
    fs::write(folder.join(name), (0..count).map(frame).collect::<String>()).unwrap();
}

/// A program in the folder, made of lines of the shell.
fn script(folder: &Path, name: &str, lines: &str) {
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{lines}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// The program that answers with a model of the program.
fn answer() -> String {
    format!("'{BINARY}' stream --model organic")
}

fn labels(folder: &Path) -> Vec<cormorant::io::Frame> {
    let path = folder.join("labels.xyz");
    let mut found = Vec::new();
    if fs::metadata(&path).unwrap().len() == 0 {
        return found;
    }
    let mut reader = ExtendedXyzReader::open(&path).unwrap();
    while let Some(frame) = reader.next_frame().unwrap() {
        found.push(frame);
    }
    found
}

fn label(folder: &Path, more: &[&str]) -> std::process::Output {
    let mut arguments = vec!["label", "frames.xyz", "--out", "labels"];
    arguments.extend(more);
    cormorant(folder, &arguments)
}

/// Catches: a ledger that asks again for what it knows; one that loses the order; energies that do not come back with the same bits.
#[test]
fn a_label_is_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    frames(place, "frames.xyz", 5);
    script(place, "label.sh", &format!("tee -a seen.xyz | {}", answer()));
    assert!(label(place, &["--command", "./label.sh", "--frames-per-call", "2"]).status.success());
    frames(place, "frames.xyz", 8);
    let again = label(place, &["--command", "./label.sh", "--frames-per-call", "2", "--calls-at-once", "3"]);
    assert!(text(&again.stdout).contains("3 structures labeled, 5 known before"), "{}", text(&again.stdout));
    let asked = fs::read_to_string(place.join("seen.xyz")).unwrap().matches("label_key").count();
    assert_eq!(asked, 8);
    let found = labels(&place.join("labels"));
    let x: Vec<f64> = found.iter().map(|frame| frame.positions[2][0]).collect();
    assert!(x.windows(2).all(|pair| pair[1] < pair[0]) && x.len() == 8, "{x:?}");
    let direct = cormorant(place, &["evaluate", "--model", "organic", "--data", "frames.xyz", "--out", "direct.xyz"]);
    assert!(direct.status.success());
    let mut reader = ExtendedXyzReader::open(&place.join("direct.xyz")).unwrap();
    for frame in &found {
        let direct = reader.next_frame().unwrap().unwrap();
        assert_eq!(frame.number("energy").unwrap().to_bits(), direct.number("energy").unwrap().to_bits());
    }
}

/// Catches: a ledger in which labels of two theories meet; a theory that does not notice another input of the program.
#[test]
fn another_theory_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    frames(place, "frames.xyz", 1);
    fs::write(place.join("orca.inp"), "PBE").unwrap();
    let arguments = ["--command", &answer(), "--theory", "PBE", "--depends-on", "orca.inp"];
    assert!(label(place, &arguments).status.success());
    let before = fs::read(place.join("labels/labels.xyz")).unwrap();
    fs::write(place.join("orca.inp"), "BLYP").unwrap();
    let refused = label(place, &arguments);
    assert!(!refused.status.success() && text(&refused.stderr).contains("another theory"), "{}", text(&refused.stderr));
    assert_eq!(fs::read(place.join("labels/labels.xyz")).unwrap(), before);
}

/// Catches: a call that ends with an error and is taken; an empty or wrong answer that is taken; a hang that stops everything; one bad
/// frame that takes the others of its call along.
#[test]
fn a_program_that_fails_spoils_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    frames(place, "frames.xyz", 12);
    // What happens depends on the position of the last atom, so that it does not matter in which call the frame is.
    let lines = format!(
        "cat > $CORMORANT_SCRATCH/in.xyz\n\
         if grep -q 'H  -0.215 ' $CORMORANT_SCRATCH/in.xyz; then echo 'SCF not converged' >&2; {0} < $CORMORANT_SCRATCH/in.xyz; exit 1; fi\n\
         if grep -q 'H  -0.225 ' $CORMORANT_SCRATCH/in.xyz; then echo garbage; exit 0; fi\n\
         if grep -q 'H  -0.235 ' $CORMORANT_SCRATCH/in.xyz; then sleep 60; fi\n\
         if grep -q 'H  -0.24 ' $CORMORANT_SCRATCH/in.xyz; then exit 0; fi\n\
         {0} < $CORMORANT_SCRATCH/in.xyz",
        answer()
    );
    script(place, "label.sh", &lines);
    let run = ["--command", "./label.sh", "--frames-per-call", "4", "--time-limit", "2 s", "--most-failed", "0.5"];
    let out = label(place, &run);
    assert!(out.status.success(), "{}", text(&out.stderr));
    assert!(text(&out.stdout).contains("8 structures labeled, 0 known before, 4 without"), "{}", text(&out.stdout));
    let said = fs::read_to_string(place.join("labels/failures.jsonl")).unwrap();
    for message in ["SCF not converged", "longer than 2 s", "the answer is empty", "cannot be read"] {
        assert!(said.contains(message), "{message}: {said}");
    }
    assert_eq!(labels(&place.join("labels")).len(), 8);
    // They are not asked for again, unless somebody says so.
    script(place, "label.sh", &answer());
    assert!(text(&label(place, &run).stdout).contains("0 structures labeled, 12 known"));
    let again = label(place, &[&run[..], &["--retry-failed"]].concat());
    assert!(text(&again.stdout).contains("4 structures labeled, 8 known"), "{}", text(&again.stdout));
}

/// Catches: a source that is asked for hundreds of frames though it fails at the first; a limit on failures that nobody looks at.
#[test]
fn a_program_that_cannot_work_is_noticed_at_the_first_structure() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    frames(place, "frames.xyz", 20);
    script(place, "label.sh", "echo x >> asked; echo 'orca: command not found' >&2; exit 127");
    let out = label(place, &["--command", "./label.sh", "--tries", "1"]);
    assert!(text(&out.stderr).contains("orca: command not found"), "{}", text(&out.stderr));
    assert_eq!(fs::read_to_string(place.join("asked")).unwrap().lines().count(), 1);
    // It works for the first frame and not for the others.
    script(place, "label.sh", &format!("if [ -e once ]; then exit 1; fi; touch once; {}", answer()));
    let out =
        label(place, &["--command", "./label.sh", "--tries", "1", "--frames-per-call", "1", "--most-failed", "0.2"]);
    assert!(!out.status.success() && text(&out.stderr).contains("more than the 4"), "{}", text(&out.stderr));
}

/// Catches: limits that compare the wrong number, or none.
#[test]
fn labels_that_cannot_be_true_are_set_aside() {
    let request = Request::new(water(-0.24), 0, 1, &theory(), "test");
    let good = Label { energy: -10.0, forces: vec![[0.5, 0.0, 0.0], [-0.5, 0.0, 0.0], [0.0; 3]], virial: None };
    let first = [("H2O".to_string(), -10.0)].into();
    let limits = LabelLimits::default();
    let fault = |label: &Label| limits.fault(&request, label, &first);
    assert_eq!(fault(&good), None);
    let with_forces = |forces: [[f64; 3]; 3]| Label { forces: forces.to_vec(), ..good.clone() };
    for (label, words) in [
        (Label { energy: f64::NAN, ..good.clone() }, "the energy is NaN"),
        (Label { energy: 20.0, ..good.clone() }, "another theory"),
        (Label { forces: vec![[0.0; 3]; 2], ..good.clone() }, "2 forces for 3 atoms"),
        (with_forces([[f64::INFINITY, 0.0, 0.0], [0.0; 3], [0.0; 3]]), "the force on atom 1 (O)"),
        (with_forces([[200.0, 0.0, 0.0], [-200.0, 0.0, 0.0], [0.0; 3]]), "more than 100"),
        (with_forces([[0.5, 0.0, 0.0], [0.0; 3], [0.0; 3]]), "add up to 0.500"),
    ] {
        let found = fault(&label).unwrap_or_default();
        assert!(found.contains(words), "{words}: {found}");
    }
}

/// Catches: a check by which forces in eV/bohr or Hartree/bohr, gradients in place of forces, or forces in another order pass; one that
/// refuses true labels.
#[test]
fn work_tells_units_and_signs() {
    use cormorant::potential::{Evaluation, LearnedPotential, Potential, Precision, RequestedProperties};
    let network = cormorant::model::load(Path::new("organic")).unwrap();
    let mut potential = LearnedPotential::new(network.as_ref(), Precision::F64, 1).unwrap();
    let mut ask = |system: System| {
        let mut found = Evaluation::default();
        potential.evaluate(&system, RequestedProperties::default(), &mut found).unwrap();
        let label = Label { energy: found.energy, forces: found.forces, virial: None };
        (Request::new(system, 0, 1, &theory(), "test"), label)
    };
    // A bond stretched by 0.05 Å, so that there are forces, and moved on by 0.01 Å.
    let one = ask(water(-0.29));
    let two = ask(water(-0.28));
    let check = |scale: f64, turned: bool| {
        let changed = |(request, label): &(Request, Label)| {
            let mut label = label.clone();
            label.forces.iter_mut().flatten().for_each(|x| *x *= scale);
            if turned {
                label.forces.rotate_left(1);
            }
            (request.clone(), label)
        };
        let (one, two) = (changed(&one), changed(&two));
        work_check((&one.0, &one.1), (&two.0, &two.1)).fault()
    };
    assert_eq!(check(1.0, false), None);
    let bohr = 0.529_177;
    for (scale, turned, what) in [
        (bohr, false, "eV/bohr"),
        (bohr / 27.2114, false, "Hartree/bohr"),
        (-1.0, false, "a gradient"),
        (1.0, true, "another order"),
    ] {
        assert!(check(scale, turned).is_some(), "{what} passes");
    }
}

/// Catches: a comparison of energies and forces that refuses the labels of a program which is right, because the frame beside the first
/// is too far away; one whose frame is so near that wrong forces pass.
#[test]
fn the_frame_nearby_shows_faults_and_makes_none() {
    use cormorant::learn::sample::{ThermalSettings, thermal};
    use cormorant::potential::{Evaluation, LearnedPotential, Potential, Precision, RequestedProperties};
    let network = cormorant::model::load(Path::new("organic")).unwrap();
    let mut potential = LearnedPotential::new(network.as_ref(), Precision::F64, 1).unwrap();
    let mut ask = |system: System| {
        let mut found = Evaluation::default();
        potential.evaluate(&system, RequestedProperties::default(), &mut found).unwrap();
        (Request::new(system, 0, 1, &theory(), "test"), found.energy, found.forces)
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let molecule = cormorant::io::read_structure(&root.join("inputs/structures/ala-nhme.xyz"), None).unwrap();
    let (mut silent, count) = (0, 60);
    for seed in 0..count {
        let noise = Noise::new(seed);
        let frame = thermal(&molecule, &ThermalSettings::at(500.0), 1, &noise).unwrap().systems.remove(0);
        let (one, two) = (ask(frame.clone()), ask(nearby(&frame, noise)));
        let fault = |scale: f64| {
            let label = |energy: f64, forces: &[[f64; 3]]| Label {
                energy,
                forces: forces.iter().map(|force| force.map(|x| scale * x)).collect(),
                virial: None,
            };
            work_check((&one.0, &label(one.1, &one.2)), (&two.0, &label(two.1, &two.2))).fault()
        };
        assert_eq!(fault(1.0), None, "seed {seed}");
        // A gradient in place of forces, and forces in eV/bohr.
        silent += [-1.0, 0.529_177].into_iter().filter(|scale| fault(*scale).is_none()).count();
    }
    // Where the energy changes by less than the digits of energies nothing can show.
    assert!(silent <= 6, "{silent} of {} wrong labels pass", 2 * count);
}

/// Catches: a ledger that cannot be read after a kill within a write; one that keeps half a frame.
#[test]
fn half_a_record_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    frames(place, "frames.xyz", 3);
    let run = ["--command", &answer()];
    assert!(label(place, &run).status.success());
    let path = place.join("labels/labels.xyz");
    let whole = fs::read(&path).unwrap();
    let frame = whole.len() / 3;
    for cut in [1, 2, 40, frame - 1, frame + 5, 2 * frame + 1] {
        fs::write(&path, &whole[..whole.len() - cut]).unwrap();
        assert!(label(place, &run).status.success(), "cut by {cut}");
        assert_eq!(fs::read(&path).unwrap(), whole, "cut by {cut}");
    }
}

/// Catches: labels of calls that were finished and are lost or made twice when the loop is killed; a ledger that depends on when.
#[test]
fn fifty_kills_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    frames(place, "frames.xyz", 24);
    script(place, "label.sh", &format!("sleep 0.0$(($$ % 4)); {}", answer()));
    let run = [
        "label",
        "frames.xyz",
        "--out",
        "labels",
        "--command",
        "./label.sh",
        "--frames-per-call",
        "1",
        "--calls-at-once",
        "2",
    ];
    let mut kills = 0;
    for number in 0..50_u64 {
        let mut child = Command::new(BINARY)
            .args(run)
            .current_dir(place)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(5 + (number * 37) % 90));
        kills += u32::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert!(kills > 5, "{kills} of 50 were killed while they worked");
    assert!(cormorant(place, &run).status.success());
    let after = fs::read(place.join("labels/labels.xyz")).unwrap();
    fs::remove_dir_all(place.join("labels")).unwrap();
    assert!(cormorant(place, &run).status.success());
    assert_eq!(after, fs::read(place.join("labels/labels.xyz")).unwrap());
}

/// Catches: two workers that label one frame; frames of a dead worker that nobody labels.
#[test]
fn workers_of_a_queue_share_and_inherit() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    frames(place, "frames.xyz", 10);
    script(place, "label.sh", &format!("tee -a seen-$1.xyz | (sleep 0.2; {})", answer()));
    let start = |arguments: &[&str]| {
        Command::new(BINARY)
            .args(arguments)
            .current_dir(place)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    };
    let main = ["label", "frames.xyz", "--out", "labels", "--queue", "queue", "--theory", "test"];
    let mut main = start(&main);
    let worker =
        |name: &str| start(&["label", "--queue", "queue", "--wait", "3 s", "--command", &format!("./label.sh {name}")]);
    let (mut one, mut two) = (worker("one"), worker("two"));
    let begun = std::time::Instant::now();
    while !place.join("seen-one.xyz").exists() && begun.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(300));
    one.kill().unwrap();
    one.wait().unwrap();
    let ended = main.wait().unwrap();
    two.wait().unwrap();
    assert!(ended.success());
    assert_eq!(labels(&place.join("labels")).len(), 10);
    let seen = |name: &str| {
        let text = fs::read_to_string(place.join(format!("seen-{name}.xyz"))).unwrap_or_default();
        let keys = text.match_indices("label_key=\"").map(|(at, word)| text[at + word.len()..][..64].to_string());
        keys.collect::<Vec<_>>()
    };
    let (first, second) = (seen("one"), seen("two"));
    assert!(!first.is_empty() && !second.is_empty(), "{} and {}", first.len(), second.len());
    // The frame that the dead worker was at may have been seen by both; no other.
    let both = first.iter().filter(|key| second.contains(key)).count();
    assert!(
        both <= 1 && first.len() + second.len() - both == 10,
        "{both} of both, {} and {}",
        first.len(),
        second.len()
    );
}

/// Catches: a worker that is taken for dead between the making of its folder and its first sign of life, and then fails.
#[test]
fn a_worker_that_begins_is_not_dead() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    let young = place.join("queue/running/elsewhere-1");
    fs::create_dir_all(&young).unwrap();
    let worker = ["label", "--queue", "queue", "--command", "true"];
    assert!(Command::new(BINARY).args(worker).current_dir(place).status().unwrap().success());
    assert!(young.is_dir());
}

/// Catches: frames of a person that are matched by their place in the file; an exit status that a script cannot see.
#[test]
fn a_person_labels_in_any_order() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    frames(place, "frames.xyz", 3);
    let run = ["--hand", "--theory", "PBE0/def2-SVP"];
    assert_eq!(label(place, &run).status.code(), Some(3));
    let todo = fs::read_to_string(place.join("labels/todo.xyz")).unwrap();
    let lines: Vec<&str> = todo.lines().collect();
    let backwards: Vec<&str> = lines.chunks(5).rev().take(2).flatten().copied().collect();
    fs::write(place.join("backwards.xyz"), backwards.join("\n") + "\n").unwrap();
    let done = Command::new("sh")
        .args(["-c", &format!("{} < backwards.xyz | sed 's/label_key=[^ ]*//' > labels/done.xyz", answer())])
        .current_dir(place)
        .status();
    assert!(done.unwrap().success());
    let out = label(place, &run);
    assert_eq!(out.status.code(), Some(3), "{}", text(&out.stderr));
    assert_eq!(labels(&place.join("labels")).len() + spooled(place), 2, "{}", text(&out.stdout));
    assert!(fs::read_to_string(place.join("labels/todo.xyz")).unwrap().contains("-0.2 "), "the first one still waits");
}

fn spooled(place: &Path) -> usize {
    fs::read_dir(place.join("labels/answers")).map_or(0, Iterator::count)
}

/// Catches: a program as a potential whose forces are those of another frame; one that is started for every step though it stays.
#[test]
fn a_program_is_a_potential() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    frames(place, "water.xyz", 1);
    let input = |potential: &str, name: &str| {
        let text = format!(
            "version = 1\nname = \"{name}\"\nseed = 3\n[structure]\nfile = \"water.xyz\"\n[potential]\n{potential}\n\
             [velocities]\ntemperature = \"300 K\"\n[[stage]]\nname = \"nve\"\nduration = \"10 fs\"\ntime_step = \"0.5 fs\"\n\
             [[stage.write]]\nkind = \"trajectory\"\nfile = \"run.xyz\"\nevery = \"5 fs\"\n"
        );
        fs::write(place.join(format!("{name}.toml")), text).unwrap();
        let out = cormorant(place, &["run", &format!("{name}.toml")]);
        assert!(out.status.success(), "{}", text_of(&out));
        let mut reader = ExtendedXyzReader::open(&place.join("outputs").join(name).join("run.xyz")).unwrap();
        let mut frames = Vec::new();
        while let Some(frame) = reader.next_frame().unwrap() {
            frames.push((frame.positions.clone(), frame.vectors("forces")));
        }
        frames
    };
    script(place, "label.sh", &format!("echo started >> starts; {}", answer()));
    let inside = input("model = \"organic\"", "inside");
    let stays = input("command = \"./label.sh\"\nkeeps_running = true", "stays");
    assert_eq!(fs::read_to_string(place.join("starts")).unwrap().lines().count(), 1);
    let anew = input("command = \"./label.sh\"", "anew");
    assert!(fs::read_to_string(place.join("starts")).unwrap().lines().count() > 20);
    assert_eq!(inside.len(), 3);
    assert!(inside == stays && inside == anew, "a step depends on who computes its forces");
}

fn text_of(out: &std::process::Output) -> String {
    text(&out.stdout) + &text(&out.stderr)
}

/// Catches: an answer in Hartree that is stored as eV, because it says so under a key that nobody reads.
#[test]
fn answers_in_other_units_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    frames(place, "water.xyz", 1);
    script(place, "label.sh", "sed 's/Properties=/energy=-1.0 energy_unit=Hartree Properties=/'");
    let input = "version = 1\nname = \"a\"\n[structure]\nfile = \"water.xyz\"\n[potential]\ncommand = \"./label.sh\"\n\
                 [[stage]]\nduration = \"1 fs\"\ntime_step = \"0.5 fs\"\n";
    fs::write(place.join("a.toml"), input).unwrap();
    let said = text_of(&cormorant(place, &["run", "a.toml"]));
    assert!(said.contains("energy_unit=Hartree, but answers are in eV"), "{said}");
}

/// Catches: empty parentheses behind a class that reach the shell, quoted ones that are refused, arguments that are lost.
#[test]
fn a_calculator_may_be_written_as_python_calls_it() {
    for (written, plain) in [
        ("ase.calculators.emt:EMT()", "ase.calculators.emt:EMT"),
        ("tblite.ase:TBLite() method=GFN2-xTB", "tblite.ase:TBLite method=GFN2-xTB"),
        ("gpaw:GPAW 'kpts=(2,2,2)' txt=a\\(b", "gpaw:GPAW 'kpts=(2,2,2)' txt=a\\(b"),
    ] {
        assert_eq!(cormorant::learn::plain_calculator(written), Ok(plain.to_string()));
    }
    let folder = tempfile::tempdir().unwrap();
    frames(folder.path(), "frames.xyz", 1);
    let output = label(folder.path(), &["--calculator", "gpaw:GPAW kpts=(2,2,2)"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text_of(&output).contains("put the argument into quotes"), "{}", text_of(&output));
}
