//! Model files that must be refused, each with a message that says what is wrong.

use std::fs;
use std::path::Path;

use cormorant::model::{CormorantConfig, FILE, Model};
use cormorant::potential::{Evaluation, LearnedPotential, Potential, Precision, RequestedProperties};
use cormorant::system::{Element, System};

use crate::cli::{cormorant, text};
use crate::learned::random_model;

fn small() -> CormorantConfig {
    CormorantConfig { max_degree: 1, max_edge_degree: 1, products: 1, radial_hidden: 16, ..CormorantConfig::default() }
}

/// The message for a model whose bytes were changed.
fn message(folder: &Path, change: impl Fn(Vec<u8>) -> Vec<u8>) -> String {
    random_model(small(), 1).save(folder).unwrap();
    let file = folder.join(FILE);
    fs::write(&file, change(fs::read(&file).unwrap())).unwrap();
    let error = Model::load(folder).unwrap_err();
    assert_eq!(error.exit_status(), 1);
    let message = error.to_string();
    assert!(message.contains(FILE), "the file is named: {message}");
    message
}

/// Replaces a text in the header by one of the same length.
fn replaced(bytes: Vec<u8>, from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let at = bytes.windows(from.len()).position(|window| window == from.as_bytes()).expect("the text is there");
    let mut bytes = bytes;
    bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
    bytes
}

/// Catches: a model that is taken for what it is not, or loaded with a part missing.
#[test]
fn broken_models_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let cases: [(&str, &str, &str); 8] = [
        (r#"\"version\":1"#, r#"\"version\":2"#, "format version 2"),
        (r#"\"kind\":\"cormorant\""#, r#"\"kind\":\"pelicanxx\""#, "pelicanxx"),
        ("cormorant-model", "pelican---model", "pelican---model\", not a model"),
        (r#""embedding""#, r#""embeddinh""#, "lacks the tensor \"embedding\""),
        (r#"\"channels\":16"#, r#"\"channels\":17"#, "channels"),
        (r#"\"channels\":16"#, r#"\"channels\":32"#, "shape"),
        (r#"[\"H\",\"C\","#, r#"[\"H\",\"H\","#, "twice"),
        (r#"\"layers\":2"#, r#"\"lagers\":2"#, "lagers"),
    ];
    for (from, to, expected) in cases {
        let message = message(folder.path(), |bytes| replaced(bytes, from, to));
        assert!(message.contains(expected), "{to} should say {expected:?}, but says {message}");
    }
    for length in [0, 7, 100, 4000] {
        let message = message(folder.path(), |bytes| bytes[..length].to_vec());
        assert!(message.contains("not a whole safetensors file"), "{length} bytes: {message}");
    }
    let message = message(folder.path(), |mut bytes| {
        let end = bytes.len() - 4;
        bytes[end..].copy_from_slice(&f32::NAN.to_le_bytes());
        bytes
    });
    assert!(message.contains("not finite"), "{message}");
    let output = cormorant(folder.path(), &["describe", "."]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("not finite"), "{}", text(&output.stderr));
}

/// Catches: an element that is mapped to another one instead of being refused.
#[test]
fn unknown_elements_are_refused() {
    let elements = ["C", "N"].map(|symbol| Element::from_symbol(symbol).unwrap()).to_vec();
    let system = System::new(elements, vec![[0.0; 3], [1.2, 0.0, 0.0]], None).unwrap();
    let mut potential = LearnedPotential::new(&random_model(small(), 3), Precision::F32, 1).unwrap();
    assert!(!potential.accepts(system.elements[1]));
    let error = potential.evaluate(&system, RequestedProperties::default(), &mut Evaluation::default()).unwrap_err();
    assert!(error.to_string().contains("the structure contains N"), "{error}");
}
