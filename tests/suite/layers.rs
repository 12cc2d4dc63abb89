//! The order of the crates, of the modules within them, and what each may use from outside.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Each crate of the workspace, and the crates of the workspace that it may use.
const CRATES: [(&str, &[&str]); 16] = [
    ("crates/core", &[]),
    ("crates/so3", &[]),
    ("crates/kernels", &["so3"]),
    ("crates/electrostatics", &["core", "so3"]),
    ("crates/gpu", &["so3", "kernels"]),
    ("crates/network", &["core", "so3", "kernels", "electrostatics", "gpu"]),
    ("crates/potential", &["core", "kernels", "electrostatics", "network"]),
    ("crates/io", &["core"]),
    ("crates/fit", &["core", "kernels", "electrostatics", "network", "potential", "io"]),
    ("crates/dynamics", &["core", "kernels", "network", "potential", "io"]),
    ("crates/learn", &["core", "network", "potential", "io", "fit", "dynamics"]),
    ("crates/report", &["core", "kernels", "network", "potential", "io", "fit", "dynamics"]),
    ("crates/workflow", &["core", "kernels", "network", "potential", "io", "fit", "dynamics", "learn", "report"]),
    (
        ".",
        &[
            "core",
            "so3",
            "kernels",
            "electrostatics",
            "network",
            "potential",
            "io",
            "fit",
            "dynamics",
            "learn",
            "report",
            "workflow",
        ],
    ),
    // The library that LAMMPS loads: no trajectories, no fits, no command line.
    ("interfaces/kim", &["core", "kernels", "network", "potential"]),
    ("interfaces/python", &["cormorant"]),
];

/// Packages from outside that these crates alone may use.
const BORDERS: [(&str, &[&str]); 8] = [
    ("chemfiles", &["crates/io"]),
    ("rand", &["crates/core"]),
    ("candle-core", &["crates/core", "crates/network", "crates/fit"]),
    ("wgpu", &["crates/gpu"]),
    ("plotters", &["crates/report"]),
    ("ureq", &["crates/fit"]),
    ("clap", &["."]),
    ("miette", &["."]),
];

/// Within a crate: each module with its layer. Imports point to lower layers, or within a module.
const LAYERS: [(&str, &[(&str, u8)]); 4] = [
    (
        "crates/core/src",
        &[
            ("error_kind", 0),
            ("error_context", 0),
            ("error", 0),
            ("hexadecimal", 0),
            ("units", 1),
            ("noise", 1),
            ("parallel", 1),
            ("atomic", 1),
            ("json", 1),
            ("system", 2),
        ],
    ),
    (
        "crates/dynamics/src",
        &[
            ("dynamics", 0),
            ("analysis", 0),
            ("minimize", 1),
            ("simulation", 1),
            ("free_motion", 1),
            ("vibrations", 2),
            ("elastic", 2),
            ("paths", 3),
            ("certify", 2),
            ("replicas", 2),
        ],
    ),
    ("crates/workflow/src", &[("settings", 0), ("workflow", 1)]),
    ("src", &[("ipi", 0), ("diagnostic", 0), ("cli", 1), ("main", 2)]),
];

pub(crate) fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The code of a file without its comments.
fn code(file: &Path) -> String {
    let text = std::fs::read_to_string(file).unwrap();
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.fold(String::new(), |all, line| all + line + "\n")
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

/// Names of the packages in the table `[dependencies]` of a manifest.
fn dependencies(folder: &Path) -> BTreeSet<String> {
    let text = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    let manifest: toml::Table = text.parse().unwrap();
    manifest["dependencies"].as_table().unwrap().keys().cloned().collect()
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Catches: a crate that reaches up, or a package that leaves its crate: after that the library for LAMMPS links an HTTP
/// client, and a changed line rebuilds everything.
#[test]
fn crates_use_what_they_may() {
    let mut wrong = Vec::new();
    let mut folders: Vec<PathBuf> = ["crates", "interfaces"]
        .iter()
        .flat_map(|folder| std::fs::read_dir(root().join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("Cargo.toml").is_file())
        .map(|path| path.strip_prefix(root()).unwrap().to_path_buf())
        .collect();
    folders.push(PathBuf::from("."));
    for folder in folders {
        let name = folder.to_str().unwrap();
        let Some((_, allowed)) = CRATES.iter().find(|(other, _)| *other == name) else {
            wrong.push(format!("{name} is not in the list of crates of this test; say what it may use"));
            continue;
        };
        for package in dependencies(&root().join(&folder)) {
            let own = package.strip_prefix("cormorant-").or((package == "cormorant").then_some("cormorant"));
            if own.is_some_and(|own| !allowed.contains(&own)) {
                wrong.push(format!("{name} uses {package}, but may use {allowed:?}"));
            }
            let border = BORDERS.iter().find(|(outside, _)| *outside == package);
            if border.is_some_and(|(_, allowed)| !allowed.contains(&name)) {
                wrong.push(format!("{name} uses {package}, which belongs to {:?}", border.unwrap().1));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn imports_point_down() {
    // Catches a module that reaches up, after which nothing can be understood or reused alone.
    assert_eq!(named("use crate::{Error, io::{A, b}, units};\nuse crate::fit::X;"), ["Error", "io", "units", "fit"]);
    let mut wrong = Vec::new();
    for (folder, layers) in LAYERS {
        let layers: BTreeMap<&str, u8> = layers.iter().copied().collect();
        let folder = root().join(folder);
        let mut files = Vec::new();
        sources(&folder, &mut files);
        for file in files {
            let first = file.strip_prefix(&folder).unwrap().components().next().unwrap();
            let module = first.as_os_str().to_str().unwrap().trim_end_matches(".rs");
            let Some(own) = layers.get(module) else {
                if !matches!(module, "lib" | "input_error") {
                    wrong.push(format!(
                        "{}: the module {module} has no layer; give it one in this test",
                        file.display()
                    ));
                }
                continue;
            };
            for name in named(&code(&file)) {
                let Some(other) = layers.get(name.as_str()) else { continue };
                if name != module && other >= own {
                    wrong.push(format!("{} (layer {own}) imports {name} (layer {other})", file.display()));
                }
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
