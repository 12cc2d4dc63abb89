//! What the code and its dependencies may not do.

use std::path::{Path, PathBuf};
use std::process::Command;

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

/// The code of a file: no comments, and nothing after its tests begin.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    lines.join("\n")
}

/// Catches: `unsafe` outside the vector instructions of the kernels and the borders to C and to devices.
#[test]
fn unsafe_code_stays_in_its_place() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    sources(&root.join("crates"), &mut files);
    if root.join("interfaces").is_dir() {
        sources(&root.join("interfaces"), &mut files);
    }
    let word = |text: &str| {
        let breaks = |c: char| !c.is_alphanumeric() && c != '_';
        text.split(breaks).any(|word| word == "unsafe")
    };
    let (mut meant, mut wrong) = (0, Vec::new());
    for file in files {
        let inner = file.strip_prefix(root).unwrap();
        if word(&code(&file)) {
            // Behind these stand C code, and kernels that a graphics processor runs without checks of bounds.
            let borders = ["crates/potential/src/plumed/kernel.rs", "crates/gpu/src/device/wgpu.rs"].map(Path::new);
            let border = inner.starts_with("interfaces") || borders.contains(&inner);
            if inner.starts_with("crates/kernels") || border {
                meant += 1;
            } else {
                wrong.push(inner.display().to_string());
            }
        }
    }
    assert!(wrong.is_empty(), "unsafe code in {}", wrong.join(", "));
    assert!(meant > 0, "the test looks in the wrong place");
}

/// Catches: a panic in reach of input. What is left is named here with its reason.
#[test]
fn nothing_panics_on_purpose() {
    // Constants of the program itself, checked by a test each time it runs.
    let allowed = ["crates/workflow/src/settings/quantity.rs", "crates/workflow/src/settings/wall_time.rs"];
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    sources(&root.join("crates"), &mut files);
    let mut wrong = Vec::new();
    for file in files {
        let inner = file.strip_prefix(root).unwrap().display().to_string();
        if inner.starts_with("crates/kernels/src") || allowed.contains(&inner.as_str()) {
            continue;
        }
        for word in [".unwrap()", ".expect(", "panic!(", "unreachable!(", "todo!(", "unimplemented!("] {
            if code(&file).contains(word) {
                wrong.push(format!("{inner}: {word}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Licenses that ask for nothing but to be named.
const PERMISSIVE: [&str; 15] = [
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "0BSD",
    "MIT-0",
    "Unlicense",
    "CC0-1.0",
    "BSL-1.0",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "CDLA-Permissive-2.0",
];

/// Whether a license expression can be met with permissive licenses alone.
fn permissive(expression: &str) -> bool {
    let flat = expression.replace(['(', ')'], "").replace('/', " OR ");
    flat.split(" AND ").all(|part| part.split(" OR ").any(|one| PERMISSIVE.contains(&one.trim())))
}

/// Catches: a dependency whose license asks for more than naming it, or that comes from outside the registry, where nothing
/// vouches that it stays the same.
#[test]
fn dependencies_are_permissive_and_pinned() {
    assert!(
        permissive("(MIT OR Apache-2.0) AND Unicode-3.0")
            && permissive("MIT/GPL-3.0")
            && !permissive("MIT AND GPL-3.0")
    );
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    if !output.status.success() {
        // Dependencies for other systems may not have been downloaded.
        eprintln!("skipped: cargo metadata needs the network here: {}", String::from_utf8_lossy(&output.stderr));
        return;
    }
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 100);
    let mut wrong = Vec::new();
    for package in packages {
        let name = format!("{} {}", package["name"], package["version"]);
        let license = package["license"].as_str().unwrap_or("none stated");
        if !permissive(license) {
            wrong.push(format!("{name}: license {license}"));
        }
        let own = package["source"].is_null();
        if !own && !package["source"].as_str().unwrap().starts_with("registry+") {
            wrong.push(format!("{name} comes from {}", package["source"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Catches: the library that LAMMPS loads, which links a downloader, a plotter, an argument parser or chemfiles because one of
/// the crates that it uses does.
#[test]
fn the_library_for_lammps_stays_small() {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--offline",
            "--locked",
            "-p",
            "cormorant-kim",
            "-e",
            "normal",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    if !output.status.success() {
        eprintln!("skipped: cargo tree needs the network here: {}", String::from_utf8_lossy(&output.stderr));
        return;
    }
    let tree = String::from_utf8(output.stdout).unwrap();
    let linked: std::collections::BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(linked.contains("cormorant-potential"), "{tree}");
    let unwanted =
        ["ureq", "rustls", "plotters", "clap", "chemfiles", "miette", "indicatif", "minijinja", "cormorant-io"];
    let found: Vec<&&str> = unwanted.iter().filter(|name| linked.contains(**name)).collect();
    assert!(found.is_empty(), "the library for LAMMPS links {found:?}");
}
