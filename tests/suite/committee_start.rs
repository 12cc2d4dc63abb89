//! Committees whose members start from one model: whether their spread is of the size of their error.

use std::fs;
use std::path::Path;

use cormorant::fit::with_noise;
use cormorant::model::{ParameterBlock, Parameters, load};
use cormorant::noise::Noise;

use crate::cli::{cormorant, text};

/// Lines of a frame of ethanol.
const LINES: usize = 11;

/// A folder with 20 frames of ethanol and 60 others.
fn prepared() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let frames = Path::new(env!("CARGO_MANIFEST_DIR")).join("inputs/data/ethanol-gfn2.xyz");
    let frames = fs::read_to_string(frames).unwrap();
    let lines: Vec<&str> = frames.lines().collect();
    let write = |name: &str, part: &[&str]| fs::write(folder.path().join(name), part.join("\n") + "\n").unwrap();
    write("frames.xyz", &lines[..20 * LINES]);
    write("others.xyz", &lines[lines.len() - 60 * LINES..]);
    folder
}

/// Fits a committee from the general model with `more` in `[model]`.
fn fit(here: &Path, members: usize, epochs: usize, more: &str, flags: &[&str]) {
    let input = format!(
        "version = 1\nname = \"kin\"\nmembers = {members}\noutput = {{ folder = \"kin\" }}\n\
         data = {{ file = \"frames.xyz\", train = 18, validation = 2 }}\nmodel = {{ start_from = \"organic\"{more} }}\n\
         run = {{ epochs = {epochs}, threads = 3 }}\n"
    );
    fs::write(here.join("kin.toml"), input).unwrap();
    let output = cormorant(here, &[&["fit", "kin.toml", "--quiet"], flags].concat());
    assert!(output.status.success(), "{}", text(&output.stderr));
}

/// Error over spread of the forces on other frames, and what is said beside the numbers.
fn calibration(here: &Path) -> (f64, String) {
    let output = cormorant(here, &["evaluate", "--model", "kin", "--data", "others.xyz", "--json"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let found: serde_json::Value = serde_json::from_str(&text(&output.stdout)).unwrap();
    (found["spread"]["force"]["calibration"].as_f64().unwrap(), found["notes"].to_string())
}

/// Catches: members of one model that differ in the order of their frames alone (49 instead of 1.6: error bars of nothing), and nobody who says so
/// of committees that were fitted like that.
#[test]
fn members_of_one_model_know_how_wrong_they_are() {
    let folder = prepared();
    let here = folder.path();
    fit(here, 3, 60, "", &[]);
    let (factor, said) = calibration(here);
    println!("error over spread: {factor:.2}");
    assert!((0.5..4.0).contains(&factor), "{factor}");
    assert!(!said.contains("same weights"), "{said}");
    let noises: Vec<Option<f64>> = (1..4)
        .map(|member| load(&here.join(format!("kin/member-{member}"))).unwrap().record().fit.start_noise)
        .collect();
    assert_eq!(noises, [Some(0.2); 3]);
    fit(here, 3, 20, ", start_noise = 0", &["--force"]);
    let (factor, said) = calibration(here);
    assert!(factor > 10.0, "{factor}: the members differ by more than this test knows of");
    assert!(said.contains("started from the same weights"), "{said}");
}

/// Catches: a committee of an earlier program that is refused, or goes on with other members than it began with.
#[test]
fn a_committee_without_noise_goes_on_without() {
    let folder = prepared();
    let here = folder.path();
    fit(here, 2, 1, ", start_noise = 0", &[]);
    for member in ["member-1", "member-2"] {
        let path = here.join("kin").join(member).join("fit.toml");
        let input = fs::read_to_string(&path).unwrap();
        let earlier: Vec<&str> = input.lines().filter(|line| !line.starts_with("start_noise")).collect();
        assert_eq!(earlier.len() + 1, input.lines().count(), "{input}");
        fs::write(&path, earlier.join("\n")).unwrap();
    }
    fit(here, 3, 1, "", &["--resume"]);
    let added = load(&here.join("kin/member-3")).unwrap();
    assert_eq!(added.record().fit.start_noise, None);
}

/// Catches: noise that is absolute, that forgets tensors, or that is the same for two seeds or two tensors.
#[test]
fn noise_is_relative_to_each_tensor() {
    let block = |name: &str, count: usize| ParameterBlock { name: name.into(), shape: vec![count], scale: 1.0 };
    let parameters = Parameters { blocks: vec![block("a", 4000), block("b", 4000)], matrices: Vec::new() };
    let weights: Vec<f64> = (0..8000).map(|at| if at < 4000 { 3.0 } else { -0.01 }).collect();
    let noisy = |seed: u64| with_noise(&weights, &parameters, 0.2, Noise::new(seed));
    let moves: Vec<f64> = noisy(1).iter().zip(&weights).map(|(new, old)| (new - old) / old.abs()).collect();
    for tensor in moves.chunks(4000) {
        let deviation = (tensor.iter().map(|x| x * x).sum::<f64>() / 4000.0).sqrt();
        // Known to 1.1 %.
        assert!((deviation / 0.2 - 1.0).abs() < 0.045, "{deviation}");
    }
    assert!(moves[..4000] != moves[4000..], "both tensors have the same noise");
    assert_ne!(noisy(1), noisy(2));
    assert_eq!(noisy(1), noisy(1));
}
