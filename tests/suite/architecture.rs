//! What ARCHITECTURE.md says of the files that an addition touches.

use std::path::{Path, PathBuf};

/// Each row of the table: what is added, how many existing files it may touch, words by which the code names a
/// representative, and where the representative itself is.
const ROWS: [(&str, usize, &[&str], &[&str]); 6] = [
    // `toy_kind` adds one in a file of its own.
    ("network kind", 3, &[], &[]),
    ("trajectory format", 2, &["Xtc", "\"xtc\""], &[]),
    ("thermostat", 2, &["Berendsen", "berendsen"], &["crates/dynamics/src/dynamics/thermostat/berendsen.rs"]),
    (
        "analysis",
        2,
        &["MeanSquaredDisplacement", "mean_squared_displacement", "mean-squared-displacement", "Msd"],
        // The command line knows every kind; flags of its own are a convenience.
        &["crates/dynamics/src/analysis/mean_squared_displacement.rs", "src/cli/analyze_arguments.rs"],
    ),
    (
        "potential term",
        2,
        &["StillingerWeber", "stillinger_weber", "stillinger-weber"],
        &["crates/potential/src/stillinger_weber.rs"],
    ),
    ("backend", 3, &[], &[]),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

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

/// Files of the program whose code, without comments, names one of `words`; relative to the root.
fn files_that_name(words: &[&str], own: &[&str]) -> Vec<String> {
    let mut files = Vec::new();
    for folder in ["src", "crates", "interfaces/kim/src", "interfaces/python/src"] {
        sources(&root().join(folder), &mut files);
    }
    let named = |file: &Path| {
        let text = std::fs::read_to_string(file).unwrap();
        let ends = |c: char| !c.is_alphanumeric() && c != '_';
        text.lines().filter(|line| !line.trim_start().starts_with("//")).any(|line| {
            words.iter().any(|word| {
                line.match_indices(word).any(|(at, _)| {
                    line[..at].chars().next_back().is_none_or(ends)
                        && line[at + word.len()..].chars().next().is_none_or(ends)
                })
            })
        })
    };
    let mut found: Vec<String> = files
        .iter()
        .filter(|file| named(file))
        .map(|file| file.strip_prefix(root()).unwrap().to_str().unwrap().to_owned())
        .filter(|file| !own.iter().any(|own| file.starts_with(own)))
        .collect();
    found.sort();
    found
}

/// Catches: an addition that needs a further file, after which the table of ARCHITECTURE.md tells a newcomer half of the way.
#[test]
fn the_table_of_additions_is_true() {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let mut wrong = Vec::new();
    for (name, most, words, own) in ROWS {
        let start = format!("| {name} | ");
        let row = text.lines().find(|line| line.starts_with(&start)).unwrap_or_else(|| panic!("no row for {name}"));
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let (before, now): (usize, usize) = (cells[1].parse().unwrap(), cells[2].parse().unwrap());
        let mut listed: Vec<String> = cells[3].split(", ").map(|file| file.trim_matches('`').to_owned()).collect();
        listed.sort();
        assert!(before > now, "{name}: nothing was gained");
        if listed.len() != now || now > most {
            wrong.push(format!("{name}: {now} in the table, {} listed, at most {most}", listed.len()));
        }
        wrong
            .extend(listed.iter().filter(|file| !root().join(file).is_file()).map(|file| format!("{name}: no {file}")));
        let found = files_that_name(words, own);
        if !words.is_empty() {
            assert!(!found.is_empty(), "{name}: {words:?} are found nowhere");
            let further: Vec<_> = found.iter().filter(|file| !listed.contains(file)).collect();
            if !further.is_empty() {
                wrong.push(format!("{name}: {words:?} are also named in {further:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Catches: a page that names a file which has moved, and an example that no page shows or that CI does not run.
#[test]
fn pages_name_files_that_exist() {
    let mut examples = 0;
    for page in ["ARCHITECTURE.md", "CONTRIBUTING.md", "RELEASING.md"] {
        let text = std::fs::read_to_string(root().join(page)).unwrap();
        for word in text.split('`').skip(1).step_by(2) {
            let path = word.split_whitespace().next().unwrap_or_default();
            let folders =
                ["crates/", "src/", "examples/", "tests/", "inputs/", "interfaces/", "docs/", "benches/", ".ci/"];
            if folders.iter().any(|folder| path.starts_with(folder)) && !path.contains("-N") {
                assert!(root().join(path).exists(), "{page} names {path}");
            }
        }
    }
    let architecture = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    for entry in std::fs::read_dir(root().join("examples")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(architecture.contains(&format!("`examples/{name}.rs`")), "ARCHITECTURE.md does not name {name}");
        assert!(readme.contains(&format!("`{name}`")), "README.md does not name {name}");
        examples += 1;
    }
    assert!(examples >= 5);
    assert!(std::fs::read_to_string(root().join(".ci/run")).unwrap().contains("make examples"));
}
