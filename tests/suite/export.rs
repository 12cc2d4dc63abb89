//! Models for other programs. That LAMMPS and ASE load them is checked by `make interfaces`.

use std::fs;
use std::path::Path;

use crate::cli::{cormorant, text};

/// Catches: a folder without its weights or with a halo that is narrower than the network reaches, and an export that says
/// nothing of what to do with it.
#[test]
fn a_kim_model_is_a_folder_with_library_weights_and_settings() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/ethanol");
    let model = model.to_str().unwrap();
    fs::write(here.join("library.so"), b"stands for the library").unwrap();
    let export = |more: &[&str]| {
        cormorant(here, &[&["export", "kim", model, "--to", "models", "--library", "library.so"], more].concat())
    };
    let done = export(&["--name", "Ethanol_1", "--precision", "f64"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let said = text(&done.stdout);
    assert!(said.contains("reaches 10 Å") && said.contains("KIM_API_PORTABLE_MODELS_DIR=/"), "{said}");
    let target = here.join("models/Ethanol_1");
    assert_eq!(fs::read(target.join("libkim-api-portable-model.so")).unwrap(), b"stands for the library");
    assert_eq!(
        fs::read_to_string(target.join("kim.json")).unwrap(),
        r#"{"precision":"f64","halo":2,"images":"auto","device":"cpu"}"#
    );
    assert_eq!(
        fs::read(target.join("model.safetensors")).unwrap(),
        fs::read(Path::new(model).join("model.safetensors")).unwrap()
    );
    for name in ["2nd", "with-hyphen", ""] {
        let refused = export(&["--name", name]);
        assert_eq!(refused.status.code(), Some(1));
        assert!(text(&refused.stderr).contains("use letters, digits and '_', a letter first"), "{name}");
    }
    let missing = cormorant(here, &["export", "kim", model, "--name", "A", "--library", "nowhere.so"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(text(&missing.stderr).contains("nowhere.so"));
}
