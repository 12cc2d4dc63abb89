//! Kinds and places of errors.

use cormorant::parallel::share;
use cormorant::report::run::RunRecord;
use cormorant::simulation::{Outcome, StageOutcome};
use cormorant::{Error, ErrorKind};

/// Catches: places in another order, given twice, or lost on the way up; a file that is blamed for the fault of another.
#[test]
fn places_are_added_on_the_way_up() {
    let error = Error::Invalid("no".into()).at_atom(2).at_frame(3).at_line(7).in_structure("a.xyz");
    assert_eq!(error.to_string(), "a.xyz: line 7: frame 3: atom 3: no");
    assert_eq!((error.kind(), error.reason().to_string()), (ErrorKind::Structure, "no".to_owned()));
    let further = error.at_frame(9).in_data("b.xyz").in_replica("replica-2").with_note("frame saved in c.xyz");
    assert_eq!(further.to_string(), "a.xyz: line 7: replica-2: frame 3: atom 3: no (frame saved in c.xyz)");
    assert_eq!((further.kind(), further.context().frame), (ErrorKind::Structure, Some(3)));
    let missing = Error::io("here", std::io::Error::from(std::io::ErrorKind::NotFound)).in_structure("there");
    assert!(missing.to_string().starts_with("here: "), "{missing}");
    assert_eq!(Error::Interrupted("x".into()).in_restart("y").kind(), ErrorKind::Interrupted);
    assert_eq!(
        Error::Numerical { step: 5, quantity: "q".into(), value: 1.0 }.in_data("z").kind(),
        ErrorKind::Numerical
    );
}

/// Catches: a fault of the program that exits as a mistake of the user, or the other way round, because a file was named.
#[test]
fn faults_of_the_program_exit_with_two() {
    let lost = share(&mut [(), ()], 4, |(), _| -> cormorant::Result<()> { panic!("on purpose") }).unwrap_err();
    assert_eq!((lost.kind(), lost.in_structure("a.xyz").exit_status()), (ErrorKind::Internal, 2));
    let tensor = Error::from(candle_core::Error::Msg("shape".into()));
    assert_eq!((tensor.kind(), tensor.at_frame(0).exit_status()), (ErrorKind::Internal, 2));
    for mistake in [Error::Invalid(String::new()), Error::Occupied(String::new()), Error::External(String::new())] {
        assert_eq!(mistake.in_file("a").exit_status(), 1);
    }
}

/// Catches: alarms about averages that pile up, or lasting warnings that are lost, when a run is resumed.
#[test]
fn alarms_of_a_resumed_run_replace_those_before() {
    let session = |alarm: &str, warning: &str| Outcome {
        stages: vec![stage(vec![alarm.to_owned()])],
        warnings: vec![warning.to_owned(), alarm.to_owned()],
        ..Outcome::default()
    };
    let record = RunRecord::default().with(&session("301 K", "one"), None).with(&session("300 K", "two"), None);
    assert_eq!(record.all_warnings().collect::<Vec<_>>(), ["one", "two", "300 K"]);
    let old: RunRecord =
        serde_json::from_str(r#"{"ending": "stopped", "warnings": ["old"], "sessions": [], "conservation": []}"#)
            .unwrap();
    assert_eq!(old.all_warnings().collect::<Vec<_>>(), ["old"]);
}

fn stage(alarms: Vec<String>) -> StageOutcome {
    StageOutcome {
        name: "one".into(),
        steps: 1,
        time_step: 1.0,
        integrator: "velocity Verlet",
        thermostat: "none",
        canonical: false,
        bath_temperature: None,
        pressure: None,
        dimensions: 0,
        temperature: 300.0,
        temperature_error: None,
        drift: 0.0,
        largest_deviation: 0.0,
        degrees_of_freedom: 3,
        parts: Vec::new(),
        notes: Vec::new(),
        alarms,
    }
}
