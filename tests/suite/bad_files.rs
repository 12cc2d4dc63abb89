//! Bad data, structures, models, restart files and checkpoints. Each message names the file, the place, what was found and
//! what to do. (Bad inputs are in `tests/inputs/bad`.)

use std::fs;
use std::path::Path;

use cormorant::Error;
use cormorant::fit::{Checkpoint, DataSet, LabelUnits, SplitList};
use cormorant::io::read_structure;
use cormorant::model::Model;
use cormorant::simulation::Restart;

use crate::archive::{floats, npy, zip};

/// A bad file: name, content, and what the message must say of place, finding and remedy.
type Case = (&'static str, Vec<u8>, [&'static str; 3]);

fn check(cases: Vec<Case>, read: impl Fn(&Path) -> Option<Error>) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let mut failures = Vec::new();
    let count = cases.len();
    for (name, bytes, parts) in cases {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        match read(&path) {
            None => failures.push(format!("{name} is accepted, but should say {parts:?}")),
            Some(error) => {
                let text = error.to_string();
                let missing = std::iter::once(name).chain(parts).find(|part| !text.contains(part));
                failures.extend(missing.map(|part| format!("{part:?} is missing in: {text}")));
            }
        }
    }
    assert!(failures.is_empty(), "{} of {count}:\n{}", failures.len(), failures.join("\n"));
    count
}

const LABELS: &str = "Properties=species:S:1:pos:R:3:forces:R:3 energy=-1.5";

/// Frames of two atoms with `comment` and the lines of the atoms.
fn frame(comment: &str, atoms: &str) -> Vec<u8> {
    format!("2\n{comment}\n{atoms}").into_bytes()
}

fn good() -> &'static str {
    "H 0 0 0 0.1 0 0\nH 0.8 0 0 -0.1 0 0\n"
}

/// Catches: a structure in a format of ASE that is refused without the way to one that is read.
#[test]
fn structures_of_other_programs() {
    let cases: Vec<Case> = vec![
        ("frames.traj", b"- of UlmASE-Traj".to_vec(), ["frames.traj", "ASE", "ase convert"]),
        ("frames.db", b"SQLite format 3\0".to_vec(), ["frames.db", "database", "ase convert"]),
    ];
    assert_eq!(check(cases, |path| read_structure(path, None).err()), 2);
}

/// Catches: labeled text that is refused without the line or frame, what stands there and what to do.
#[test]
fn labeled_text() {
    let atoms = |text: &str| frame(LABELS, text);
    let more = |text: &str| frame(&format!("{LABELS} {text}"), good());
    let cases: Vec<Case> = vec![
        ("empty.xyz", Vec::new(), ["empty.xyz", "is empty", "use another"]),
        ("words.xyz", b"two\n\n".to_vec(), ["line 1", "\"two\"", "begins with a line that holds that number"]),
        ("negative.xyz", b"-2\n\n".to_vec(), ["line 1", "\"-2\"", "begins with a line"]),
        ("none.xyz", b"0\n\n".to_vec(), ["line 1", "0 atoms", "remove it"]),
        ("many.xyz", b"99999999999\n\n".to_vec(), ["line 1", "99999999999 atoms", "correct the number"]),
        (
            "more.xyz",
            b"99999999999999999999999\n\n".to_vec(),
            ["line 1", "99999999999999999999999", "begins with a line"],
        ),
        ("bytes.xyz", b"2\n\xff\x00\n".to_vec(), ["line 2", "is not text", "use another file"]),
        ("cut.xyz", atoms("H 0 0 0 0.1 0 0\n"), ["frame 1", "1 of 2 atoms", "copy it again"]),
        ("head.xyz", b"2\n".to_vec(), ["frame 1", "ends within", "copy it again"]),
        ("column.xyz", atoms("H 0 0 0 0.1 0\nH 0.8 0 0 0 0 0\n"), ["line 3", "found 6", "give every atom"]),
        ("columns.xyz", atoms("H 0 0 0 0 0 0 0\nH 0.8 0 0 0 0 0\n"), ["line 3", "found 8", "give every atom"]),
        ("symbol.xyz", atoms("H 0 0 0 0 0 0\nQq 0.8 0 0 0 0 0\n"), ["line 4", "\"Qq\"", "write a symbol"]),
        ("comma.xyz", atoms("H 0,1 0 0 0 0 0\nH 0.8 0 0 0 0 0\n"), ["line 3", "\"0,1\"", "correct it"]),
        ("nan.xyz", atoms("H nan 0 0 0 0 0\nH 0.8 0 0 0 0 0\n"), ["line 3", "nan", "remove the frame"]),
        (
            "force.xyz",
            atoms("H 0 0 0 0 inf 0\nH 0.8 0 0 0 0 0\n"),
            ["frame 0", "force on atom 1 (H)", "leave the frame out"],
        ),
        ("word.xyz", atoms("H 0 0 0 0 a 0\nH 0.8 0 0 0 0 0\n"), ["line 3", "forces: \"a\"", "correct it"]),
        (
            "energy.xyz",
            frame(&LABELS.replace("-1.5", "nan"), good()),
            ["frame 0", "energy is NaN", "leave the frame out"],
        ),
        (
            "unlabeled.xyz",
            frame(&LABELS.replace(" energy=-1.5", " e=1"), good()),
            ["frame 0", "only e", "--energy-key e"],
        ),
        (
            "bare.xyz",
            frame("Properties=species:S:1:pos:R:3 note=x", "H 0 0 0\nH 0 0 1\n"),
            ["frame 0", "only note", "energies or forces: add energy"],
        ),
        (
            "gradient.xyz",
            frame("Properties=species:S:1:pos:R:3:gradient:R:3 energy=1", good()),
            ["frame 0", "gradient (3)", "multiply it by -1 and call the column forces"],
        ),
        (
            "charged.xyz",
            more("charge=0.5"),
            ["frame 0", "`charge` states a total charge of 0.5", "correct it, or leave it out"],
        ),
        (
            "spin.xyz",
            more("multiplicity=0"),
            ["frame 0", "`multiplicity` states 0 as multiplicity", "correct it, or leave it out"],
        ),
        ("unit.xyz", more("energy_unit=furlong"), ["frame 0", "furlong", "write for example eV"]),
        ("weight.xyz", more("weight=-1"), ["frame 0", "`weight` is not a number from 0 on", "correct it"]),
        ("lattice.xyz", more("Lattice=\"1 2 3 4\""), ["line 2", "\"1 2 3 4\"", "write the three cell vectors"]),
        ("flat.xyz", more("Lattice=\"1 0 0 2 0 0 0 0 1\""), ["line 2", "lie in one plane", "span a volume"]),
        ("huge.xyz", more("Lattice=\"1e9 0 0 0 5 0 0 0 5\""), ["line 2", "1000000000 Å", "lengths from"]),
        ("infinite.xyz", more("Lattice=\"inf 0 0 0 5 0 0 0 5\""), ["line 2", "not finite", "write three vectors"]),
        ("pbc.xyz", more("pbc=\"yes no\""), ["line 2", "\"yes no\"", "write for example pbc"]),
        ("repeat.xyz", more("pbc=\"T T T\""), ["line 2", "no Lattice", "add the cell vectors"]),
        ("quote.xyz", more("note=\"open"), ["line 2", "does not end", "close it"]),
        ("key.xyz", more("=5"), ["line 2", "has no key", "write key=value"]),
        (
            "properties.xyz",
            frame("Properties=species:S energy=1", good()),
            ["line 2", "species:S", "write for example"],
        ),
        (
            "type.xyz",
            frame("Properties=species:S:1:pos:Q:3 energy=1", good()),
            ["line 2", "type Q of pos", "write one of them"],
        ),
        (
            "width.xyz",
            frame("Properties=species:S:1:pos:R:99999 energy=1", good()),
            ["line 2", "width 99999", "write how many"],
        ),
        ("twice.xyz", frame("Properties=pos:R:3:pos:R:3 energy=1", good()), ["line 2", "pos twice", "rename one"]),
        (
            "nopos.xyz",
            frame("Properties=species:S:1:forces:R:3 energy=1", "H 0 0 0\nH 0 0 0\n"),
            ["line 2", "no pos:R:3", "add the positions"],
        ),
        (
            "nospecies.xyz",
            frame("Properties=pos:R:3:forces:R:3 energy=1", "0 0 0 0 0 0\n0 0 1 0 0 0\n"),
            ["line 2", "neither species", "add the elements"],
        ),
        ("frames.xyz.gz", b"\x1f\x8b\x08\0\0\0\0\0".to_vec(), ["frames.xyz.gz", "is compressed", "gunzip"]),
        ("frames.traj", b"- of UlmASE-Traj".to_vec(), ["frames.traj", "ASE", "ase convert"]),
        ("frames.db", b"SQLite format 3\0".to_vec(), ["frames.db", "database", "ase convert"]),
        ("frames.h5", b"\x89HDF\r\n\x1a\n".to_vec(), ["frames.h5", "HDF5", "write its frames as extended XYZ"]),
        ("vasprun.xml", b"<?xml version=\"1.0\"?>".to_vec(), ["vasprun.xml", "VASP", "ase convert"]),
        ("OUTCAR", b" vasp.6.3.0 20Jan22".to_vec(), ["OUTCAR", "VASP", "ase convert -i vasp-out"]),
        ("virial.xyz", more("virial=\"1 2 3\""), ["frame 0", "not nine numbers", "three rows of three"]),
        (
            "skew.xyz",
            more("Lattice=\"5 0 0 0 5 0 0 0 5\" virial=\"1 2 3 4 5 6 7 8 9\""),
            ["frame 0", "not symmetric", "correct it"],
        ),
        (
            "second.xyz",
            [frame(LABELS, good()), b"two\n".to_vec()].concat(),
            ["line 5", "\"two\"", "begins with a line"],
        ),
    ];
    let units = Some(LabelUnits::EV_ANGSTROM);
    assert!(check(cases, |path| DataSet::read(path, units).err()) >= 43);
}

/// Catches: archives that are refused without the array, what it holds and what to do.
#[test]
fn archives() {
    let numbers = |count: usize| (0..count).map(|x| 0.37 * x as f64).collect::<Vec<f64>>();
    let charges = || ("nuclear_charges.npy", npy("|u1", "(2,)", &[6, 8]));
    let parts = || {
        vec![
            charges(),
            ("coords.npy", floats("(2, 2, 3)", &numbers(12))),
            ("energies.npy", floats("(2,)", &[1.0, 2.0])),
            ("forces.npy", floats("(2, 2, 3)", &numbers(12))),
        ]
    };
    let with = |index: usize, array: Vec<u8>| {
        let mut parts = parts();
        parts[index].1 = array;
        zip(&parts)
    };
    let without = |index: usize| {
        let mut parts = parts();
        parts.remove(index);
        zip(&parts)
    };
    let mut nan = numbers(12);
    nan[7] = f64::NAN;
    let good = zip(&parts());
    let flipped = {
        let mut bytes = good.clone();
        let at = bytes.windows(6).position(|window| window == b"\x93NUMPY").unwrap() + 14;
        bytes[at] ^= 1;
        bytes
    };
    let cases: Vec<Case> = vec![
        ("cut.npz", good[..good.len() / 2].to_vec(), ["archive", "truncated", "copy or download it again"]),
        ("head.npz", b"PK\x03\x04".to_vec(), ["archive", "truncated", "copy or download it again"]),
        ("flipped.npz", flipped, ["array `nuclear_charges`", "cannot be unpacked", "download"]),
        ("nothing.npz", zip(&[]), ["`nuclear_charges`", "an empty archive", "needed are"]),
        ("nocharges.npz", without(0), ["`nuclear_charges`", "only coords", "needed are"]),
        ("nocoords.npz", without(1), ["`coords`", "only energies", "needed are"]),
        (
            "atoms.npz",
            with(0, npy("|u1", "(2, 1)", &[6, 8])),
            ["`nuclear_charges`", "[2, 1]", "save it with shape [atoms]"],
        ),
        ("zero.npz", with(0, npy("|u1", "(2,)", &[6, 0])), ["atom 2", "atomic number 0", "from 1 to 118"]),
        ("heavy.npz", with(0, npy("|u1", "(2,)", &[6, 119])), ["atom 2", "atomic number 119", "from 1 to 118"]),
        ("half.npz", with(0, floats("(2,)", &[6.0, 1.5])), ["atom 2", "atomic number 1.5", "from 1 to 118"]),
        ("lone.npz", with(0, npy("|u1", "(0,)", &[])), ["2 frames", "0 atoms", "use another file"]),
        (
            "short.npz",
            with(2, floats("(1,)", &[1.0])),
            ["`energies`", "`coords` has 2 frames", "save it with shape [2]"],
        ),
        ("flat.npz", with(1, floats("(12,)", &numbers(12))), ["`coords`", "[12]", "save it with shape [frames, 2, 3]"]),
        ("table.npz", with(2, floats("(1, 2)", &[1.0, 2.0])), ["`energies`", "[1, 2]", "save it with shape [2]"]),
        ("nan.npz", with(1, floats("(2, 2, 3)", &nan)), ["frame 1", "position of atom 1 (C)", "leave the frame out"]),
        (
            "infinite.npz",
            with(2, floats("(2,)", &[1.0, f64::INFINITY])),
            ["frame 1", "energy is inf", "leave the frame out"],
        ),
        ("payload.npz", with(2, floats("(2,)", &[1.0])), ["array `energies`", "8 bytes follow", "save it again"]),
        (
            "overflow.npz",
            with(2, npy("<f8", "(18446744073709551615,)", &[0; 16])),
            ["array `energies`", "16 bytes follow", "save it again"],
        ),
        ("axis.npz", with(2, npy("<f8", "(-2,)", &[0; 16])), ["array `energies`", "axis \"-2\"", "save it again"]),
        ("text.npz", with(2, npy("<U4", "(2,)", &[0; 32])), ["array `energies`", "<U4", "integers or floats"]),
        ("objects.npz", with(2, npy("|O", "(2,)", &[0; 16])), ["array `energies`", "|O", "integers or floats"]),
        ("magic.npz", with(2, b"numbers".to_vec()), ["array `energies`", "numpy's format", "save it again"]),
        ("header.npz", with(2, b"\x93NUMPY\x01\x00\xff\xff{".to_vec()), ["array `energies`", "", "save"]),
        (
            "version.npz",
            with(2, b"\x93NUMPY\x09\x00\x05\x00{}   ".to_vec()),
            ["array `energies`", "version 9", "save it again"],
        ),
        ("fields.npz", with(2, npy("<f8', 'x': '", "(2,)", &[0; 16]).clone()), ["energies", "", ""]),
    ];
    let units = Some(LabelUnits::EV_ANGSTROM);
    let cases: Vec<Case> = cases.into_iter().filter(|(name, ..)| *name != "fields.npz").collect();
    assert!(check(cases, |path| DataSet::read(path, units).err()) >= 24);
    let unstated = vec![("units.npz", good, ["no e_unit", "does not state its units", "state the units"])];
    assert_eq!(check(unstated, |path| DataSet::read(path, None).err()), 1);
}

fn fixture(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/version-1").join(name)).unwrap()
}

/// `bytes` with the first `from` replaced by `to` of the same length.
fn replaced(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let at =
        bytes.windows(from.len()).position(|window| window == from.as_bytes()).unwrap_or_else(|| panic!("no {from}"));
    [&bytes[..at], to.as_bytes(), &bytes[at + to.len()..]].concat()
}

/// A safetensors file whose header claims to be this long.
fn claiming(length: u64) -> Vec<u8> {
    [&length.to_le_bytes()[..], b"{}"].concat()
}

/// Catches: models that are refused without the tensor or key, what it holds and what to do.
#[test]
fn models() {
    let whole = fixture("model/model.safetensors");
    let mut nan = whole.clone();
    let end = nan.len();
    nan[end - 4..].copy_from_slice(&f32::NAN.to_le_bytes());
    let other = safetensors(&[("format", "else")]);
    let again = "copy or fit the model again";
    let cases: Vec<Case> = vec![
        ("empty.safetensors", Vec::new(), ["whole safetensors file", "", again]),
        ("cut.safetensors", whole[..whole.len() - 8].to_vec(), ["whole safetensors file", "", again]),
        ("text.safetensors", b"these are not weights".to_vec(), ["whole safetensors file", "", again]),
        ("hostile.safetensors", claiming(u64::MAX), ["whole safetensors file", "", again]),
        ("greedy.safetensors", claiming(1 << 40), ["whole safetensors file", "", again]),
        ("other.safetensors", other, ["format \"else\"", "not a model", "use another file"]),
        (
            "restart.safetensors",
            fixture("run/restart.safetensors"),
            ["restart file of a run", "not a model", "the folder"],
        ),
        (
            "checkpoint.safetensors",
            fixture("unfinished/checkpoint.safetensors"),
            ["checkpoint of a fit", "not a model", "the folder"],
        ),
        (
            "of2019.safetensors",
            safetensors(&[("format", "cormorant-model"), ("header", r#"{\"version\":1,\"kind\":\"cormorant-2019\"}"#)]),
            ["kind `cormorant-2019`", "not one of the production network", "`evaluate`"],
        ),
        (
            "property.safetensors",
            safetensors(&[
                ("format", "cormorant-model"),
                ("header", r#"{\"version\":1,\"kind\":\"cormorant-property\"}"#),
            ]),
            ["kind `cormorant-property`", "without forces", "`cormorant evaluate`"],
        ),
        (
            "newer.safetensors",
            replaced(&whole, r#"\"version\":1"#, r#"\"version\":9"#),
            ["format version", "9", "use a newer program"],
        ),
        (
            "kind.safetensors",
            replaced(&whole, r#"\"kind\":\"cormorant\""#, r#"\"kind\":\"kormorant\""#),
            ["kind", "kormorant", "use a newer one"],
        ),
        ("key.safetensors", replaced(&whole, r#"\"scale_ev\""#, r#"\"scale_kv\""#), ["header", "scale_kv", again]),
        (
            "layers.safetensors",
            replaced(&whole, r#"\"layers\":1"#, r#"\"layers\":9"#),
            ["`layers`", "not 1 to 6", again],
        ),
        (
            "channels.safetensors",
            replaced(&whole, r#"\"channels\":16"#, r#"\"channels\":17"#),
            ["`channels`", "multiple of 16", again],
        ),
        (
            "element.safetensors",
            replaced(&whole, r#"[\"H\",\"C\",\"O\"]"#, r#"[\"H\",\"C\",\"Q\"]"#),
            ["its header lists", "\"Q\"", again],
        ),
        (
            "twice.safetensors",
            replaced(&whole, r#"[\"H\",\"C\",\"O\"]"#, r#"[\"H\",\"C\",\"C\"]"#),
            ["header", "an element twice", again],
        ),
        ("shape.safetensors", replaced(&whole, r#"\"layers\":1"#, r#"\"layers\":2"#), ["tensor", "", again]),
        ("nan.safetensors", nan, ["tensor", "not finite", again]),
    ];
    assert!(check(cases, |path| Model::load(path).err()) >= 19);
}

/// A safetensors file without tensors.
fn safetensors(metadata: &[(&str, &str)]) -> Vec<u8> {
    let pairs: Vec<String> = metadata.iter().map(|(key, value)| format!("\"{key}\":\"{value}\"")).collect();
    let header = format!("{{\"__metadata__\":{{{}}}}}", pairs.join(","));
    [&(header.len() as u64).to_le_bytes()[..], header.as_bytes()].concat()
}

/// Catches: restart files and checkpoints that are refused without what is wrong and what to do.
#[test]
fn restart_files_and_checkpoints() {
    let whole = fixture("run/restart.safetensors");
    let anew = "start the run again with --force";
    let mut flipped = whole.clone();
    let middle = whole.len() - 40;
    flipped[middle] ^= 1;
    let cases: Vec<Case> = vec![
        ("empty.safetensors", Vec::new(), ["damaged", "", anew]),
        ("cut.safetensors", whole[..whole.len() - 8].to_vec(), ["damaged", "", anew]),
        ("hostile.safetensors", claiming(u64::MAX), ["damaged", "", anew]),
        ("model.safetensors", fixture("model/model.safetensors"), ["it is a model", "not a restart file", anew]),
        ("flipped.safetensors", flipped, ["checksum", "does not match its content", anew]),
        (
            "newer.safetensors",
            replaced(&whole, r#"\"version\":1"#, r#"\"version\":9"#),
            ["version 9", "reads version 1", "use the program that wrote it"],
        ),
        (
            "format.safetensors",
            replaced(&whole, "cormorant restart", "cormorant restore"),
            ["cormorant restore", "not a", anew],
        ),
    ];
    assert_eq!(check(cases, |path| Restart::read(path).err()), 7);
    let whole = fixture("unfinished/checkpoint.safetensors");
    let anew = "fit again with --force";
    let mut flipped = whole.clone();
    let middle = whole.len() - 40;
    flipped[middle] ^= 1;
    let cases: Vec<Case> = vec![
        ("empty.safetensors", Vec::new(), ["not a complete checkpoint", "", anew]),
        ("cut.safetensors", whole[..whole.len() - 8].to_vec(), ["not a complete checkpoint", "", anew]),
        ("hostile.safetensors", claiming(u64::MAX), ["not a complete checkpoint", "", anew]),
        ("model.safetensors", fixture("model/model.safetensors"), ["not a complete checkpoint", "metadata", anew]),
        ("flipped.safetensors", flipped, ["checksum", "does not match its content", anew]),
        (
            "newer.safetensors",
            replaced(&whole, r#"\"version\":1"#, r#"\"version\":9"#),
            ["version 9", "reads version 1", "use the program that wrote it"],
        ),
    ];
    assert_eq!(check(cases, |path| Checkpoint::read_file(path).err()), 6);
}

/// Catches: lists and structures that are refused without place and remedy.
#[test]
fn lists_and_structures() {
    let cases: Vec<Case> = vec![
        ("word.json", b"{ \"train\": [one] }".to_vec(), ["line 1", "expected value", "write { \"train\""]),
        ("key.json", b"{ \"training\": [1] }".to_vec(), ["line 1", "`training`", "write { \"train\""]),
        ("deep.json", vec![b'['; 100_000], ["line 1", "", "write { \"train\""]),
        ("negative.json", b"{ \"train\": [-1] }".to_vec(), ["line 1", "-1", "write { \"train\""]),
    ];
    assert_eq!(check(cases, |path| SplitList::read(path).err()), 4);
    let cases: Vec<Case> = vec![
        ("short.xyz", b"3\n\nO 0 0 0\nH 0 0 1\n".to_vec(), ["frame 1", "2 of 3 atoms", "copy it again"]),
        ("symbol.xyz", b"1\n\nXx 0 0 0\n".to_vec(), ["line 3", "\"Xx\"", "write a symbol"]),
    ];
    assert_eq!(check(cases, |path| read_structure(path, None).err()), 2);
}
