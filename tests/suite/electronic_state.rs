//! Total charge and spin on their way from files and inputs to potentials, and back into files.

use std::fs;
use std::path::{Path, PathBuf};

use cormorant::fit::{DataPlan, DataSet, FitData, LabelKeys, SplitPlan};
use cormorant::io::{Frame, ReadOptions, StateKeys, TrajectoryFrame, extended_xyz, read_frame, read_structure};
use cormorant::learn::label::{Request, Theory};
use cormorant::model::{CormorantConfig, DataRecord, Model, Moments, Network};
use cormorant::potential::{Committee, LearnedPotential, MeanOverBeads, Potential, Precision};
use cormorant::settings::Input;
use cormorant::simulation::Restart;
use cormorant::system::{Cell, ElectronicState, Element, System};

use crate::cli::{cormorant, text};
use crate::dialects::case;
use crate::learned::{ethanol, random_model};
use crate::prepare::plan;

/// Two atoms, HCl: 18 electrons.
fn molecule(keys: &str) -> String {
    format!("2\nProperties=species:S:1:pos:R:3:forces:R:3 energy=-1 {keys}\nH 0 0 0 0.1 0 0\nCl 1.3 0 0 -0.1 0 0\n")
}

fn write(folder: &Path, name: &str, content: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    path
}

fn frame(keys: &str) -> Frame {
    let folder = tempfile::tempdir().unwrap();
    read_frame(&write(folder.path(), "a.xyz", &molecule(keys)), None, &ReadOptions::default()).unwrap()
}

fn state(charge: Option<i32>, multiplicity: Option<u32>) -> ElectronicState {
    ElectronicState { charge, multiplicity }
}

/// Catches: a spin of MACE (2S + 1) that is read as 2S, unpaired electrons that are read as 2S + 1, the number of spin components of
/// another program that is read as either, a name that is passed over.
#[test]
fn names_have_their_meaning() {
    let expected = [
        ("", None, None),
        ("charge=0", Some(0), None),
        ("total_charge=-2 multiplicity=3", Some(-2), Some(3)),
        ("Charge=1.0 spin=2", Some(1), Some(2)),
        ("spin=1", None, Some(1)),
        ("spin=0", None, Some(1)),
        ("total_spin=3", None, Some(3)),
        ("spin_multiplicity=4", None, Some(4)),
        ("unpaired_electrons=1", None, Some(2)),
        ("uhf=0", None, Some(1)),
        ("nspin=2", None, None),
        ("multiplicity=2 spin=1", None, Some(2)),
        ("multiplicity=2 spin=0.5", None, Some(2)),
        ("charge=None multiplicity=None", None, None),
        ("charge=0.9999999999", Some(1), None),
    ];
    for (keys, charge, multiplicity) in expected {
        assert_eq!(frame(keys).electronic_state(), Ok(state(charge, multiplicity)), "{keys}");
    }
    // Read, it is not named as unused; what is not read is.
    assert!(frame("charge=1 spin=2").unused().is_empty());
    assert!(frame("nspin=2").unused().to_string().contains("`nspin` (spin; it is read from `multiplicity`"));
}

/// Catches: a charge that is cut to a whole one, a multiplicity of 0, two keys of which one wins in silence.
#[test]
fn what_makes_no_sense_is_refused() {
    let refused = [
        ("charge=0.5", "a total charge of 0.5, which is not a whole number; correct it, or leave it out"),
        ("multiplicity=0", "`multiplicity` states 0 as multiplicity, 2S + 1"),
        ("uhf=-1", "`uhf` states -1 as unpaired electrons, 2S"),
        ("spin=0.5", "write multiplicity="),
        ("charge=1 total_charge=0", "`total_charge` is 0, but `charge` is 1"),
        ("multiplicity=3 uhf=1", "`uhf` is 2, but `multiplicity` is 3"),
        ("multiplicity=2 spin=3", "`spin` is 3, but `multiplicity` is 2"),
    ];
    for (keys, expected) in refused {
        let reason = frame(keys).electronic_state().unwrap_err();
        assert!(reason.contains(expected), "{keys}: {reason}");
    }
    let keys = StateKeys { charge: Some("total_charge"), multiplicity: Some("none") };
    let both = frame("charge=1 total_charge=0 multiplicity=0");
    assert_eq!(both.electronic_state_under(keys), Ok(state(Some(0), None)));
}

/// Catches: a parity that is judged the wrong way round, a charge that is added to the electrons, a metal whose spin is refused.
#[test]
fn electrons_and_multiplicities_fit() {
    let elements = |symbols: &[&str]| -> Vec<Element> {
        symbols.iter().map(|symbol| Element::from_symbol(symbol).unwrap()).collect()
    };
    let radical = elements(&["C", "H", "H", "H"]);
    let possible = |charge, multiplicity| state(charge, multiplicity).require_possible(&radical, false);
    assert!(possible(None, None).is_ok() && possible(None, Some(2)).is_ok() && possible(Some(1), Some(1)).is_ok());
    assert!(possible(Some(-1), Some(3)).is_ok() && possible(Some(1), None).is_ok());
    let reason = possible(None, Some(1)).unwrap_err();
    assert!(reason.contains("9 electrons of CH3") && reason.contains("write an even number, such as 2"), "{reason}");
    assert!(possible(Some(1), Some(2)).unwrap_err().contains("8 electrons"));
    assert!(possible(Some(9), Some(3)).unwrap_err().contains("0 electrons"));
    assert!(possible(Some(10), None).unwrap_err().contains("more than the 9 electrons"));
    assert!(state(None, Some(1)).require_possible(&radical, true).is_ok());
}

/// Catches: a key of the input that is not looked at, another key that is read beside it, one that no frame has.
#[test]
fn the_user_names_the_keys() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "a.xyz", &molecule("charge=7 ion=1 mine=2"));
    let read = |charge: &str, multiplicity: &str| {
        let keys =
            LabelKeys { charge: Some(charge.into()), multiplicity: Some(multiplicity.into()), ..LabelKeys::default() };
        DataSet::read_labels(&path, None, &keys).map_err(|error| error.to_string())
    };
    let set = read("ion", "mine").unwrap();
    assert_eq!(set.configurations[0].state, ElectronicState::stated(1, 2));
    assert!(set.notes.iter().any(|note| note.contains("`charge` (a charge)")), "{:?}", set.notes);
    assert_eq!(read("none", "none").unwrap().configurations[0].state, ElectronicState::default());
    assert!(read("iom", "mine").unwrap_err().contains("there is no `iom` in its comment"));
    let text =
        "version = 1\nname = \"a\"\n[data]\nfile = \"a.xyz\"\nkeys = { charge = \"ion\", multiplicity = \"mine\" }\n";
    let Input::Fit(fit) = Input::from_text(text.into(), &path).unwrap() else { panic!("a fit") };
    assert_eq!(fit.data_plan().keys.state(), StateKeys { charge: Some("ion"), multiplicity: Some("mine") });
}

fn divided(path: &Path, electrostatics: bool) -> Result<FitData, String> {
    let split = SplitPlan::Counted { train: None, validation: Some(1), test: 0 };
    DataPlan { electrostatics, ..plan(path, split) }.read().map_err(|error| error.to_string())
}

/// Catches: frames of several states that are fitted as one surface, and a fit with charges that refuses them or takes what no
/// molecule can be.
#[test]
fn only_a_network_with_charges_is_fitted_to_several_states() {
    let remedy = "set `electrostatics = \"charges\"` in [model], or leave the frame out";
    let ions = case("31-charge-ignored/nacl.xyz");
    let message = divided(&ions, false).unwrap_err();
    assert!(
        message.contains("frame 1 (counted from 0): its total charge is 1") && message.contains(remedy),
        "{message}"
    );
    let both = divided(&ions, true).unwrap();
    let frames = both.train.iter().chain(both.validation.iter());
    let charges = ElectronicState::different(frames.map(|one| one.state));
    assert_eq!(charges, [state(Some(0), None), state(Some(1), None)]);
    let unseen = "1 validation frames have total charges or spins that no training frame has, such as charge";
    assert!(both.notes.iter().any(|note| note.contains(unseen)), "{:?}", both.notes);
    assert!(!both.notes.iter().any(|note| note.contains("not stated")), "{:?}", both.notes);
    let folder = tempfile::tempdir().unwrap();
    let of = |name: &str, keys: &[&str]| {
        write(folder.path(), name, &keys.iter().map(|keys| molecule(keys)).collect::<String>())
    };
    let spins = of("spins.xyz", &["multiplicity=1", "multiplicity=3", "multiplicity=1"]);
    let message = divided(&spins, false).unwrap_err();
    assert!(
        message.contains("frame 1 (counted from 0): its multiplicity is 3") && message.contains(remedy),
        "{message}"
    );
    let notes = divided(&spins, true).unwrap().notes;
    assert_eq!(notes.iter().filter(|note| note.contains("charge 0 (not stated)")).count(), 1, "{notes:?}");
    assert!(divided(&of("same.xyz", &["spin=1", "spin=1", "spin=1"]), false).is_ok());
    let message = divided(&of("odd.xyz", &["charge=1 multiplicity=1", "charge=0"]), true).unwrap_err();
    assert!(
        message.contains("frame 0 (counted from 0): a multiplicity of 1 is not one of the 17 electrons"),
        "{message}"
    );
    // The same atoms at the same places in another state are another frame.
    let twice = DataSet::read(&of("twice.xyz", &["charge=0", "charge=1", "charge=0"]), None).unwrap();
    assert_eq!(cormorant::fit::checks::check(&twice.configurations).duplicates, [(0, 2)]);
}

/// Catches: an ion, or two ions far from each other, that is taken for a reference of its elements where charges act at any distance.
#[test]
fn ions_are_frames_and_no_references() {
    let one = |symbol: &str, keys: &str| format!("1\nProperties=species:S:1:pos:R:3 {keys}\n{symbol} 0 0 0\n");
    let far = "2\nProperties=species:S:1:pos:R:3 energy=-7 charge=0\nH 0 0 0\nCl 30 0 0\n";
    let atoms =
        [one("H", "energy=-1 charge=0"), one("Cl", "energy=-5 charge=0"), one("H", "energy=12 charge=1"), far.into()];
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "a.xyz", &(atoms.concat() + &molecule("charge=0").repeat(3)));
    let data = divided(&path, true).unwrap();
    let energies: Vec<f64> = data.references.energies.values().copied().collect();
    assert_eq!((energies, data.train.len() + data.validation.len()), (vec![-1.0, -5.0], 5));
}

fn model(moments: Moments, states: &[ElectronicState]) -> Model {
    let mut model = random_model(CormorantConfig { moments, ..CormorantConfig::default() }, 3);
    model.header.data.set_states(states.iter().copied());
    model
}

fn in_state(charge: Option<i32>, multiplicity: Option<u32>) -> System {
    System { state: state(charge, multiplicity), ..ethanol() }
}

/// Catches: a model without charges that gives an ion the energy of the neutral molecule; one with charges that is asked for a state of
/// which it knows nothing; a word too many or too few about what is taken where nothing is stated.
#[test]
fn a_model_knows_the_states_of_its_training_frames() {
    let check =
        |model: &Model, charge, multiplicity| model.facts().unwrap().check_state(&in_state(charge, multiplicity));
    let neutral = model(Moments::None, &[]);
    assert_eq!(check(&neutral, None, None), Ok(None));
    assert_eq!(check(&neutral, Some(0), Some(1)), Ok(None));
    let remedy = "`electrostatics = \"charges\"` in [model]";
    let reason = check(&neutral, Some(-1), None).unwrap_err();
    assert!(reason.contains("the total charge is -1") && reason.contains(remedy), "{reason}");
    assert!(check(&neutral, Some(0), Some(3)).unwrap().unwrap().contains("do not depend on the multiplicity of 3"));
    let not_stated = Ok(Some("charge 0 (not stated)".to_string()));
    let plain = model(Moments::Charges, &[state(None, None), state(Some(0), Some(1))]);
    assert!(plain.header.data.states.is_empty(), "neutral singlets need no word in the header");
    assert_eq!(check(&plain, Some(0), None), Ok(None));
    assert_eq!(check(&plain, None, None), not_stated);
    let reason = check(&plain, Some(1), Some(2)).unwrap_err();
    assert!(reason.contains("charge 1, multiplicity 2 is none of what the training frames had: charge 0;"), "{reason}");
    let ions = model(Moments::Charges, &[state(Some(2), None), state(Some(1), Some(2)), state(Some(2), Some(1))]);
    assert_eq!(ions.header.data.states, [ElectronicState::stated(1, 2), ElectronicState::stated(2, 1)]);
    // No multiplicity is named where the frames state none: nobody could tell a radical's from it.
    let radicals = model(Moments::Charges, &[state(Some(1), None)]);
    assert!(check(&radicals, Some(1), Some(2)).unwrap_err().contains("frames had: charge 1;"));
    assert_eq!(check(&ions, Some(2), None), Ok(None));
    assert_eq!(check(&ions, Some(1), Some(2)), Ok(None));
    let reason = check(&ions, None, None).unwrap_err();
    assert!(
        reason.contains("charge 0 (not stated) is none") && reason.contains("charge 1, multiplicity 2; charge 2"),
        "{reason}"
    );
    assert!(check(&ions, Some(1), Some(1)).unwrap_err().contains("25 electrons"));
}

/// Catches: a committee, a sum or the copies of a ring polymer that hide the state from their parts, or count the electrons of all copies.
#[test]
fn the_parts_of_a_potential_see_the_state() {
    let ions = model(Moments::Charges, &[state(Some(1), Some(2))]);
    let one = || Box::new(LearnedPotential::new(&ions, Precision::F64, 1).unwrap()) as Box<dyn Potential>;
    let all: [Box<dyn Potential>; 2] =
        [Box::new(Committee::new(vec![one(), one()]).unwrap()), Box::new(cormorant::potential::Sum::new(vec![one()]))];
    for potential in all {
        assert!(potential.check_state(&in_state(Some(1), Some(2))).is_ok());
        assert!(potential.check_state(&in_state(None, None)).is_err());
    }
    let rings = MeanOverBeads::new(vec![one(), one()], 1).unwrap();
    let ring = |charge, multiplicity| cormorant::dynamics::ring_polymer::ring_of(&in_state(charge, multiplicity), 2);
    assert!(rings.check_state(&ring(Some(1), Some(2))).is_ok());
    assert!(rings.check_state(&ring(Some(1), Some(1))).is_err());
}

/// Catches: headers of models without charges that change, and states that are lost in the file.
#[test]
fn headers_keep_states() {
    let none = serde_json::to_string(&DataRecord::default()).unwrap();
    assert!(!none.contains("states"), "{none}");
    let folder = tempfile::tempdir().unwrap();
    let ions = model(Moments::Charges, &[state(Some(-1), Some(2)), state(None, None)]);
    ions.save(folder.path()).unwrap();
    let read = cormorant::model::load(folder.path()).unwrap();
    assert_eq!(read.facts().unwrap().states, [ElectronicState::stated(-1, 2), state(Some(0), None)]);
}

/// Catches: a charge that is lost in a trajectory or restart file, or that changes the bytes of systems that state nothing.
#[test]
fn files_of_runs_keep_the_state() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.xyz");
    let written = |system: &System| {
        let mut bytes = Vec::new();
        extended_xyz::write_frame(&mut bytes, &system.elements, &TrajectoryFrame::new(system)).unwrap();
        fs::write(&path, &bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    let ion = in_state(Some(-1), Some(2));
    assert!(written(&ion).contains(" charge=-1 multiplicity=2 "));
    assert_eq!(read_structure(&path, None).unwrap().state, ion.state);
    let plain = written(&ethanol());
    assert!(!plain.contains("charge") && !plain.contains("multiplicity"), "{plain}");
    let restart = |system: &System| Restart {
        remarks: Vec::new(),
        forces: vec![[0.0; 3]; system.atom_count()],
        system: system.clone(),
        energy: 0.0,
        potential: "a".into(),
        seed: 1,
        stage: 0,
        stage_step: 0,
        degrees_of_freedom: 1,
        carried: 0.0,
        integrator: Vec::new(),
        thermostat: Vec::new(),
        barostat: Vec::new(),
        statistics: vec![vec![0.0]],
        run_observers: Vec::new(),
        stage_observers: Vec::new(),
        guards: Vec::new(),
        motion: Vec::new(),
        instruction_set: None,
        device: None,
        input: String::new(),
    };
    let path = folder.path().join("restart.safetensors");
    for one in [&ion, &in_state(Some(0), None), &in_state(None, Some(3)), &ethanol()] {
        restart(one).write(&path).unwrap();
        assert_eq!(Restart::read(&path).unwrap().system.state, one.state);
    }
    let bytes = fs::read(&path).unwrap();
    assert!(!String::from_utf8_lossy(&bytes).contains("multiplicity"), "the last system states nothing");
}

fn run_of(folder: &Path, keys: &str) -> Result<System, String> {
    let text = format!(
        "version = 1\nname = \"a\"\n[structure]\nfile = \"a.xyz\"\n{keys}\n[potential]\nkind = \"lennard-jones\"\n\
         epsilon = \"1 meV\"\nsigma = \"3 Å\"\ncutoff = \"9 Å\"\n[[stage]]\nname = \"a\"\nduration = \"1 fs\"\ntime_step = \"1 fs\"\n"
    );
    let input = Input::from_text(text, &folder.join("a.toml")).map_err(|error| error.to_string())?;
    let Input::Run(run) = input else { panic!("a run") };
    run.system().map_err(|error| error.to_string())
}

/// Catches: a charge of the input that is not looked at, or that silently beats the one in the file.
#[test]
fn inputs_state_what_files_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    write(here, "a.xyz", &molecule(""));
    assert_eq!(run_of(here, "").unwrap().state, ElectronicState::default());
    assert_eq!(run_of(here, "charge = -1\nmultiplicity = 2").unwrap().state, ElectronicState::stated(-1, 2));
    let resolved = run_of(here, "charge = 1.5").unwrap_err();
    assert!(resolved.contains("charge"), "{resolved}");
    write(here, "a.xyz", &molecule("charge=1"));
    assert_eq!(run_of(here, "multiplicity = 2").unwrap().state, ElectronicState::stated(1, 2));
    let message = run_of(here, "charge = 0").unwrap_err();
    assert!(message.contains("the charge is stated as 1 and as 0; leave one of the two out"), "{message}");
}

/// Catches: a charge that a list of frames loses between programs, and one that the model does not know and nobody refuses.
#[test]
fn programs_carry_the_state_or_refuse_it() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let ion = molecule("charge=-1 multiplicity=2");
    write(here, "ion.xyz", &ion.repeat(3));
    let plain = molecule("").replace("Cl", "C");
    write(here, "plain.xyz", &plain);
    for command in [
        &["sample", "ion.xyz", "--number", "3", "--method", "rattle", "--out", "out.xyz"][..],
        &["select", "ion.xyz", "--number", "2", "--by", "time", "--out", "out.xyz", "--force"],
    ] {
        let output = cormorant(here, command);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let written = fs::read_to_string(here.join("out.xyz")).unwrap();
        let count = written.matches("Properties=").count();
        assert_eq!(written.matches(" charge=-1 multiplicity=2 ").count(), count, "{written}");
    }
    let output =
        cormorant(here, &["select", "plain.xyz", "--number", "1", "--by", "time", "--charge", "-1", "--out", "b.xyz"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(fs::read_to_string(here.join("b.xyz")).unwrap().contains(" charge=-1 "));
    let flags: [&[&str]; 5] = [
        &["minimize", "--structures", "plain.xyz", "--out", "c.xyz"],
        &["evaluate", "--data", "plain.xyz"],
        &["evaluate", "--data", "plain.xyz", "--out", "c.xyz"],
        &["bench", "--structure", "plain.xyz"],
        &["run", "--structure", "plain.xyz", "--temperature", "300 K", "--duration", "1 fs", "--output", "run"],
    ];
    for flags in flags {
        let output = cormorant(here, &[flags, &["--model", "organic", "--charge", "-1"]].concat());
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{flags:?}: {said}");
        assert!(
            said.contains("the total charge is -1, which a model without charges does not know"),
            "{flags:?}: {said}"
        );
    }
}

/// Catches: an evaluation of a model with charges that does not say what it takes where nothing is stated, or says it for every frame,
/// and one of a state that the model has never seen.
#[test]
fn evaluations_say_what_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    model(Moments::Charges, &[state(None, None), state(Some(1), Some(2))]).save(&here.join("model")).unwrap();
    let frames = |state| {
        let mut bytes = Vec::new();
        let system = System { state, ..ethanol() };
        let frame = TrajectoryFrame::new(&system).with_energy_and_forces(-1.0, &[[0.0; 3]; 9]);
        (0..3).for_each(|_| extended_xyz::write_frame(&mut bytes, &system.elements, &frame).unwrap());
        String::from_utf8(bytes).unwrap()
    };
    write(here, "a.xyz", &frames(ElectronicState::default()));
    let evaluate =
        |more: &[&str]| cormorant(here, &[&["evaluate", "--model", "model", "--data", "a.xyz"], more].concat());
    for (more, count) in [
        (&[][..], 1),
        (&["--charge", "0"], 0),
        (&["--out", "b.xyz"], 1),
        (&["--charge", "1", "--multiplicity", "2"], 0),
    ] {
        let output = evaluate(more);
        let said = text(&output.stdout) + &text(&output.stderr);
        assert!(output.status.success(), "{said}");
        assert_eq!(said.matches("charge 0 (not stated)").count(), count, "{more:?}: {said}");
    }
    write(here, "a.xyz", &frames(state(Some(-1), Some(2))));
    for more in [&[][..], &["--out", "b.xyz", "--force"]] {
        let output = evaluate(more);
        let said = text(&output.stderr);
        assert!(said.contains("charge -1, multiplicity 2 is none of what the training frames had"), "{said}");
        assert_eq!(said.matches("a.xyz").count(), 1, "{said}");
    }
}

/// Catches: a command that evaluates a model with charges and does not say what it takes where nothing is stated, or says it twice, or
/// where it is stated or no energy is computed.
#[test]
fn other_commands_say_what_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    for (name, seed) in [("model", 3), ("other", 4)] {
        random_model(CormorantConfig { moments: Moments::Charges, ..CormorantConfig::default() }, seed)
            .save(&here.join(name))
            .unwrap();
    }
    let mut bytes = Vec::new();
    let system = ethanol();
    (0..2).for_each(|_| {
        extended_xyz::write_frame(&mut bytes, &system.elements, &TrajectoryFrame::new(&system)).unwrap();
    });
    write(here, "a.xyz", &String::from_utf8(bytes).unwrap());
    let sample =
        ["sample", "a.xyz", "--number", "2", "--method", "trajectory", "--duration", "1 fs", "--model", "model"];
    let select = ["select", "a.xyz", "--number", "1", "--by", "spread", "--model", "model", "--model", "other"];
    let commands: [&[&str]; 3] = [
        &["bench", "--model", "model", "--structure", "a.xyz"],
        &[&sample[..], &["--out", "b.xyz", "--force"]].concat(),
        &[&select[..], &["--out", "c.xyz", "--force"]].concat(),
    ];
    for command in commands {
        for (more, count) in [(&[][..], 1), (&["--charge", "0"], 0)] {
            let output = cormorant(here, &[command, more].concat());
            let said = text(&output.stdout) + &text(&output.stderr);
            assert!(output.status.success(), "{command:?}: {said}");
            assert_eq!(said.matches("charge 0 (not stated)").count(), count, "{command:?} {more:?}: {said}");
        }
    }
    let output = cormorant(here, &["select", "a.xyz", "--number", "1", "--by", "time", "--out", "d.xyz"]);
    assert!(!text(&output.stderr).contains("not stated"));
}

/// Catches: a loop that spends labels on ions before it finds that its networks cannot tell them apart, and labels without their state.
#[test]
fn learning_takes_ions_with_charges_alone() {
    let read = |keys: &str| {
        let text = format!(
            "version = 1\nname = \"a\"\nstructure = {{ file = \"a.xyz\" }}\n[labels]\ncommand = \"x\"\n{keys}\n"
        );
        Input::from_text(text, Path::new("a.toml")).map(|_| ()).map_err(|error| error.to_string())
    };
    assert!(read("charge = 1").unwrap_err().contains("a network without charges does not know it"));
    assert!(read("charge = 1\nmultiplicity = 2\n[committee]\nelectrostatics = \"charges\"").is_ok());
    assert!(read("[committee]\nelectrostatics = \"charges\"\n[start]\nmodel = \"organic\"").is_err());
    let theory = Theory { name: "test".into(), files: Vec::new() };
    let request = Request::new(ethanol(), 1, 2, &theory, "test");
    assert_eq!(request.system.state, ElectronicState::stated(1, 2));
    let mut bytes = Vec::new();
    request.write(&mut bytes).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "a.xyz", &String::from_utf8(bytes).unwrap());
    let read = read_frame(&path, None, &ReadOptions::default()).unwrap();
    assert_eq!(read.properties.iter().filter(|(key, _)| key == "charge").count(), 1);
    assert_eq!(Request::from_frame(read).unwrap(), request);
}

/// Catches: a cell in which a slab states a spin and is refused as a molecule would be.
#[test]
fn cells_may_have_any_spin() {
    let cell =
        Cell::with_periodicity([[9.0, 0.0, 0.0], [0.0, 9.0, 0.0], [0.0, 0.0, 30.0]], [true, true, false]).unwrap();
    let slab = System { cell: Some(cell), ..in_state(Some(0), Some(2)) };
    let known = model(Moments::Charges, &[state(Some(0), Some(2))]);
    assert_eq!(known.facts().unwrap().check_state(&slab), Ok(None));
    assert!(known.facts().unwrap().check_state(&in_state(Some(0), Some(2))).is_err());
}

/// Catches: an ion of a file of molecules that is simulated as a neutral molecule, without a word; a drawing taken for a geometry.
#[test]
fn formal_charges_of_files_are_the_total_charge() {
    let folder = tempfile::tempdir().unwrap();
    let atoms = "    0.0000    0.0000    0.0000 N   0  0\n    0.6300    0.6300    0.6300 H   0  0\n   -0.6300   -0.6300    0.6300 H   0  0\n   \
                 -0.6300    0.6300   -0.6300 H   0  0\n    0.6300   -0.6300   -0.6300 H   0  0\n";
    let bonds = "  1  2  1  0\n  1  3  1  0\n  1  4  1  0\n  1  5  1  0\n";
    let head = "\n     program         3D\n\n  5  4  0  0  0  0  0  0  0  0999 V2000\n";
    let neutral = format!("{head}{atoms}{bonds}M  END\n$$$$\n");
    let ion = format!("{head}{atoms}{bonds}M  CHG  1   1   1\nM  END\n$$$$\n");
    let path = folder.path().join("both.sdf");
    std::fs::write(&path, neutral + &ion).unwrap();
    assert_eq!(read_structure(&path, Some(0)).unwrap().state.charge, None);
    assert_eq!(read_structure(&path, Some(1)).unwrap().state.charge, Some(1));

    let pdb = "HETATM    1  N1  UNL     1       0.000   0.000   0.000  1.00  0.00           N1+\n\
               HETATM    2  O1  UNL     1       5.000   0.000   0.000  1.00  0.00           O2-\nEND\n";
    let path = folder.path().join("ions.pdb");
    std::fs::write(&path, pdb).unwrap();
    assert_eq!(read_structure(&path, None).unwrap().state.charge, Some(-1));

    let drawing = "\n     RDKit          2D\n\n  2  1  0  0  0  0  0  0  0  0999 V2000\n    0.0000    0.0000    0.0000 C   0  0\n    \
                   1.5000    0.0000    0.0000 O   0  0\n  1  2  1  0\nM  END\n";
    let path = folder.path().join("drawing.mol");
    std::fs::write(&path, drawing).unwrap();
    let frame = cormorant::io::read_frame(&path, None, &cormorant::io::ReadOptions::default()).unwrap();
    assert!(frame.notes.iter().any(|note| note.contains("a drawing in a plane (2D)")), "{:?}", frame.notes);
}
