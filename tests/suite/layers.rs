//! The order of the modules.

use std::path::{Path, PathBuf};

/// Each module with its layer: imports point to lower layers, or within a module.
const LAYERS: [(&str, u8); 26] = [
    ("error", 0),
    ("units", 0),
    ("noise", 0),
    ("parallel", 0),
    ("system", 1),
    ("so3", 1),
    ("io", 2),
    ("kernels", 2),
    ("model", 2),
    ("potential", 3),
    ("fit", 3),
    ("analysis", 4),
    ("dynamics", 4),
    ("domain", 4),
    ("simulation", 5),
    ("minimize", 5),
    ("vibrations", 5),
    ("elastic", 6),
    ("certify", 6),
    ("report", 6),
    ("input", 7),
    ("replicas", 7),
    ("cli", 8),
    ("main", 9),
    ("lib", 9),
    ("ipi", 4),
];

/// Imports between modules of one layer that are meant, and one upwards.
const ALLOWED: [(&str, &str); 4] = [
    ("error", "input"),   // the variant that carries a place in an input file
    ("model", "kernels"), // the wrappers of the fused operations
    ("model", "io"),      // model files are written whole or not at all
    ("kernels", "so3"),   // tables of coefficients
];

/// Outside crates that one module alone may name.
const BORDERS: [(&str, &[&str]); 3] =
    [("chemfiles", &["io"]), ("rand", &["noise"]), ("candle_core", &["error", "kernels", "model", "fit", "potential"])];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn layer(module: &str) -> Option<u8> {
    LAYERS.iter().find(|(name, _)| *name == module).map(|(_, layer)| *layer)
}

/// The modules named after `crate::` in a text: `crate::units::X` and `crate::{units, io::Y}`.
fn named(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        if text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let rest = &text[at + "crate::".len()..];
        let word =
            |text: &str| text.trim_start().split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap().to_owned();
        if let Some(list) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut start = 0;
            for (place, character) in list.char_indices() {
                match character {
                    '{' => depth += 1,
                    '}' if depth == 0 => {
                        names.push(word(&list[start..place]));
                        break;
                    }
                    '}' => depth -= 1,
                    ',' if depth == 0 => {
                        names.push(word(&list[start..place]));
                        start = place + 1;
                    }
                    _ => {}
                }
            }
        } else {
            names.push(word(rest));
        }
    }
    names
}

#[test]
fn imports_point_down() {
    // Catches a module that reaches up, after which nothing can be understood or reused alone.
    assert_eq!(named("use crate::{Error, io::{A, b}, units};\nuse crate::fit::X;"), ["Error", "io", "units", "fit"]);
    let root = Path::new("src");
    let mut files = Vec::new();
    sources(root, &mut files);
    let mut wrong = Vec::new();
    for file in files {
        let inner = file.strip_prefix(root).unwrap();
        let first = inner.components().next().unwrap().as_os_str().to_str().unwrap();
        let module = first.trim_end_matches(".rs");
        let Some(own) = layer(module) else {
            wrong.push(format!("{}: the module {module} has no layer; give it one in this test", file.display()));
            continue;
        };
        let text = std::fs::read_to_string(&file).unwrap();
        let code: String = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .fold(String::new(), |all, line| all + line + "\n");
        for name in named(&code) {
            let Some(other) = layer(&name) else { continue };
            let meant = ALLOWED.contains(&(module, name.as_str()));
            if name != module && !(meant || other < own) {
                wrong.push(format!("{} (layer {own}) imports {name} (layer {other})", file.display()));
            }
        }
        for (outside, allowed) in BORDERS {
            let names_it = code.contains(&format!("{outside}::")) || code.contains(&format!("use {outside}"));
            if names_it && !allowed.contains(&module) {
                wrong.push(format!("{} names the crate {outside}, which only {allowed:?} may", file.display()));
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
