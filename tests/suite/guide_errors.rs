//! The messages of the page about errors, each made by the mistake that the page describes.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::cli::{cormorant, sample_frames, text};
use crate::markdown::{blocks, read, root};

const PAGE: &str = "docs/guide/src/errors.md";

/// An input of ethanol, with `changes` made to its text.
fn input(changes: &[(&str, &str)]) -> String {
    let model = root().join("models/ethanol");
    let mut text = format!(
        "version = 1\nname = \"a\"\n\n[structure]\nfile = \"ethanol.xyz\"\n\n[potential]\nmodel = \"{}\"\n\n\
         [velocities]\ntemperature = \"300 K\"\n\n[[stage]]\nduration = \"1 fs\"\ntime_step = \"0.5 fs\"\n",
        model.display()
    );
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    text
}

/// Frames of the sample data under other names, or with the gradient in the place of the forces.
fn labeled(folder: &Path, count: usize, change: impl Fn(&str) -> String) {
    sample_frames(folder, count);
    let frames = fs::read_to_string(folder.join("frames.xyz")).unwrap();
    let lines: Vec<String> = frames.lines().map(change).collect();
    fs::write(folder.join("frames.xyz"), lines.join("\n") + "\n").unwrap();
}

fn gradient(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    if words.len() != 7 {
        return line.to_owned();
    }
    let mut turned = words[..4].join(" ");
    for force in &words[4..] {
        write!(turned, " {}", -force.parse::<f64>().unwrap()).unwrap();
    }
    turned
}

/// Makes the mistake `case` in `folder`, and gives what the program prints.
fn provoke(case: &str, folder: &Path) -> String {
    let structure = root().join("inputs/structures/ethanol.xyz");
    fs::copy(&structure, folder.join("ethanol.xyz")).unwrap();
    let ethanol = root().join("models/ethanol").display().to_string();
    let run = |changes: &[(&str, &str)]| {
        fs::write(folder.join("input.toml"), input(changes)).unwrap();
        vec!["run", "input.toml"]
    };
    let evaluate = |name: &'static str, content: &str| {
        fs::write(folder.join(name), content).unwrap();
        vec!["evaluate", "--model", "organic", "--data", name, "--out", "out.xyz"]
    };
    let fit = vec!["fit", "--data", "frames.xyz", "--out", "models/a", "--time-limit", "1 s"];
    let arguments: Vec<&str> = match case {
        "unit" => run(&[("\"0.5 fs\"", "0.5")]),
        "key" => run(&[("time_step", "timestep")]),
        "friction" => {
            run(&[("\"0.5 fs\"\n", "\"0.5 fs\"\nthermostat = { kind = \"langevin\", temperature = \"300 K\" }\n")])
        }
        "steps" => run(&[("1 fs", "10.0003 ps")]),
        "file" => run(&[("ethanol.xyz", "nothere.xyz")]),
        "model" => run(&[("models/ethanol", "models/nothere")]),
        "exists" => {
            fs::create_dir_all(folder.join("outputs/a")).unwrap();
            fs::write(folder.join("outputs/a/energies.csv"), "").unwrap();
            run(&[])
        }
        "restart" => {
            assert!(cormorant(folder, &run(&[])).status.success());
            [run(&[("300 K", "400 K")]), vec!["--resume"]].concat()
        }
        "barostat" => run(&[(
            "\"0.5 fs\"\n",
            "\"0.5 fs\"\nthermostat = { kind = \"bussi\", temperature = \"300 K\", relaxation_time = \"100 fs\" }\nbarostat = \
             { kind = \"stochastic-cell-rescaling\", pressure = \"1 bar\", relaxation_time = \"1 ps\", compressibility = \"4e-5 / bar\" }\n",
        )]),
        "types" => {
            let dump = "ITEM: TIMESTEP\n0\nITEM: NUMBER OF ATOMS\n1\nITEM: BOX BOUNDS pp pp pp\n0 5\n0 5\n0 5\n\
                        ITEM: ATOMS id type x y z\n1 1 0 0 0\n";
            fs::write(folder.join("a.lammpstrj"), dump).unwrap();
            vec!["describe", "a.lammpstrj"]
        }
        "overlap" => evaluate("overlap.xyz", "2\n\nC 0 0 0\nC 0 0 0.00001\n"),
        "element" => evaluate("fe.xyz", "1\n\nFe 0 0 0\n"),
        "charge" => evaluate("ion.xyz", "2\ncharge=1\nO 0 0 0\nH 0 0 1\n"),
        "names" => {
            labeled(folder, 20, |line| line.replace(" energy=", " REF_energy=").replace("forces:R", "REF_forces:R"));
            fit
        }
        "labels" => vec!["fit", "--data", "ethanol.xyz", "--out", "models/a"],
        "sign" => {
            labeled(folder, 100, gradient);
            fit
        }
        "grade" => {
            let far =
                fs::read_to_string(&structure).unwrap().replace("H   -1.9237   0.3850   0.0000", "H -2.9 0.9 0.0");
            fs::write(folder.join("far.xyz"), far).unwrap();
            run(&[("ethanol.xyz", "far.xyz")])
        }
        "displacement" => run(&[("0.5 fs", "5 fs"), ("1 fs", "50 fs")]),
        "certificate" => run(&[("300 K", "3000 K")]),
        "python" => vec!["label", "ethanol.xyz", "--out", "labels", "--calculator", "nothere:Calculator"],
        "ipi" => {
            vec!["ipi", "--model", &ethanol, "--structure", "ethanol.xyz", "--unix", "nothere", "--patience", "0.1 s"]
        }
        other => panic!("{PAGE} has the case {other}, which no one knows how to provoke"),
    };
    let output = cormorant(folder, &arguments);
    let warned = case == "certificate";
    assert!(warned || output.status.code() == Some(1), "{case}: {output:?}");
    text(&output.stdout) + &text(&output.stderr)
}

/// Catches: messages of the guide that the program does not give, and mistakes that it lets pass.
#[test]
fn the_messages_are_those_of_the_program() {
    let page = read(PAGE);
    let found: Vec<_> = blocks(&page).into_iter().filter(|block| block.language == "text").collect();
    assert!(found.len() >= 20, "{}", found.len());
    for block in found {
        let case = block.mark.strip_prefix("case: ").unwrap_or_else(|| panic!("no case above:\n{}", block.text));
        let folder = tempfile::tempdir().unwrap();
        let said = provoke(case, folder.path());
        for line in block.text.lines() {
            assert!(said.contains(line.trim()), "{case}: {line:?} is not in\n{said}");
        }
    }
}

/// Catches: a refusal that nobody can overrule, and an overruled one that is not said any more.
#[test]
fn contradictory_forces_can_be_accepted() {
    let folder = tempfile::tempdir().unwrap();
    labeled(folder.path(), 100, gradient);
    let fit = ["fit", "--data", "frames.xyz", "--out", "models/a", "--time-limit", "1 s", "--from-scratch"];
    let output = cormorant(folder.path(), &[&fit[..], &["--accept-contradictions"]].concat());
    let said = text(&output.stdout) + &text(&output.stderr);
    assert!(output.status.success() && said.contains("grave: "), "{said}");
    assert!(folder.path().join("models/a/model.safetensors").is_file());
}
