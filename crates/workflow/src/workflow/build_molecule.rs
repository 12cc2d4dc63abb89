//! A molecule in three dimensions from SMILES or a file of MDL, through RDKit of Python where geometry has to be found.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;
use serde_json::{Value, json};

use super::batch::require_free;
use super::mdl::MdlMolecule;
use cormorant_core::atomic;
use cormorant_core::system::{Element, System};
use cormorant_core::units::{Dimension, conversion};
use cormorant_core::{Error, Result};
use cormorant_io::{TrajectoryFrame, extended_xyz};

/// What the interpreter runs; the request comes on its standard input, so that no shell and no argument sees the molecule.
const SCRIPT: &str = include_str!("build_molecule.py");

/// What is to be built, and with what.
#[derive(Debug, Clone, PartialEq)]
pub struct BuildRequest {
    /// SMILES, or a file of MDL (SDF, MOL).
    pub molecule: String,
    /// How many conformers; one of SMILES and of a flat file, and the geometry of a file that has one, by default.
    pub conformers: Option<u32>,
    /// Seed of their distances.
    pub seed: u32,
    /// The Python that has RDKit.
    pub python: PathBuf,
    /// The extended XYZ file to be written.
    pub out: PathBuf,
    /// Whether it may replace one.
    pub force: bool,
}

/// A molecule that was built.
#[derive(Debug, Clone, PartialEq)]
pub struct BuiltMolecule {
    /// Its elements.
    pub elements: Vec<Element>,
    /// Number of conformers.
    pub conformers: usize,
    /// Total charge in e.
    pub charge: i64,
    /// What found the geometry, e.g. `RDKit 2025.09.1, ETKDG and MMFF94`; none where the file has it.
    pub origin: Option<String>,
    /// What a user should know: which configuration was chosen where none was stated, radicals, a rough geometry.
    pub remarks: Vec<String>,
}

/// What the script answers.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Answer {
    missing: Option<String>,
    refused: Option<String>,
    version: String,
    smiles: String,
    charge: i64,
    /// Unpaired electrons.
    unpaired: u32,
    elements: Vec<String>,
    /// Masses of isotopes in u; 0 for others.
    masses: Vec<f64>,
    field: Option<String>,
    /// Whether positions are those of the file, and how many hydrogens were added.
    placed: bool,
    added: usize,
    /// Whether some of the centers come out one way or the other.
    mixed: bool,
    /// Centers and double bonds whose configuration was not stated, by their atoms.
    chosen: Vec<String>,
    conformers: Vec<Conformer>,
}

/// One geometry: energy in kcal/mol, positions in Å.
#[derive(Debug, Deserialize)]
struct Conformer {
    energy: Option<f64>,
    positions: Vec<[f64; 3]>,
}

/// Build the molecule and write it, with its charge in the comment; conformers by the energy of the force field, lowest first.
///
/// # Errors
/// When the file is there already, the molecule cannot be read or built, or Python or its RDKit is missing.
pub fn build_molecule(request: &BuildRequest) -> Result<BuiltMolecule> {
    let out = &request.out;
    if !out.extension().is_some_and(|extension| extension == "xyz" || extension == "extxyz") {
        let reason = "a molecule is written as extended XYZ; name a file that ends in .xyz";
        return Err(Error::Invalid(format!("{}: {reason}", out.display())));
    }
    require_free(out, &[], request.force)?;
    if request.molecule.trim().is_empty() {
        return Err(Error::Invalid("the molecule is empty; write SMILES such as CCO, or a file (.sdf, .mol)".into()));
    }
    let path = Path::new(&request.molecule);
    if path.is_file() && !MdlMolecule::is_meant(path) {
        let reason = "is no file of MDL (.sdf, .mol); files of structures need not be built: run --structure, minimize and rank read them";
        return Err(Error::Invalid(format!("{}: {reason}", path.display())));
    }
    let file = if MdlMolecule::is_meant(path) { Some(MdlMolecule::read(path)?) } else { None };
    if let Some(file) = file.as_ref().filter(|file| file.is_complete() && request.conformers.is_none()) {
        let keys = vec![("charge", file.charge.to_string())];
        write(out, &[(file.system.clone(), keys)])?;
        let elements = file.system.elements.clone();
        return Ok(BuiltMolecule { elements, conformers: 1, charge: file.charge, origin: None, remarks: Vec::new() });
    }
    let mut asked = json!({ "conformers": request.conformers.unwrap_or(1), "seed": request.seed });
    match file {
        Some(file) => {
            asked["block"] = file.block.into();
            asked["embed"] = request.conformers.is_some().into();
        }
        None => asked["smiles"] = request.molecule.trim().into(),
    }
    let answer = ask(&request.python, &asked)?;
    if let Some(missing) = &answer.missing {
        return Err(Error::External(without_rdkit(&request.python, missing)));
    }
    if let Some(reason) = &answer.refused {
        return Err(Error::Invalid(format!("{}: {reason}; check the SMILES or the file", request.molecule)));
    }
    let systems = systems(&answer)?;
    write(out, &systems)?;
    let elements = systems[0].0.elements.clone();
    let by = match (&answer.field, answer.placed) {
        (Some(field), _) => format!("ETKDG and {field}"),
        (None, true) => format!("{} hydrogens added", answer.added),
        (None, false) => "ETKDG alone".into(),
    };
    let origin = Some(format!("RDKit {}, {by}", answer.version));
    let remarks = remarks(&answer);
    Ok(BuiltMolecule { elements, conformers: systems.len(), charge: answer.charge, origin, remarks })
}

/// What a user should know of a molecule that was built.
fn remarks(answer: &Answer) -> Vec<String> {
    let mut remarks = Vec::new();
    let centers = answer.chosen.join(", ");
    if answer.mixed {
        remarks.push(format!(
            "the configuration at {centers} is not stated, and RDKit cannot fix all of it: conformers may be different stereoisomers. Look at each \
             of them"
        ));
    } else if !answer.chosen.is_empty() {
        remarks.push(format!(
            "the configuration at {centers} is not stated; every conformer is {}. Write the SMILES of the stereoisomer that is meant",
            answer.smiles
        ));
    }
    if answer.unpaired > 0 {
        let multiplicity = answer.unpaired + 1;
        remarks.push(format!(
            "{} unpaired electrons: the comment of the file states multiplicity={multiplicity}, as if all spins were parallel; correct it where they are not",
            answer.unpaired
        ));
    }
    if answer.field.is_none() && !answer.placed && answer.elements.len() > 1 {
        remarks.push("no force field of RDKit knows all atoms: the geometry is rough, and was not relaxed; minimize it with a method that knows them".into());
    }
    remarks
}

/// Run the script.
fn ask(python: &Path, request: &Value) -> Result<Answer> {
    let failed = |error: std::io::Error| {
        Error::External(format!(
            "{}: {error}; RDKit builds molecules and needs Python: name one with --python or CORMORANT_PYTHON",
            python.display()
        ))
    };
    let mut command = Command::new(python);
    command.args(["-c", SCRIPT]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(failed)?;
    if let Some(mut input) = child.stdin.take() {
        // An interpreter that ends before it reads says why on its standard error.
        let _ = input.write_all(request.to_string().as_bytes());
    }
    let output = child.wait_with_output().map_err(failed)?;
    let (text, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let last = text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
    serde_json::from_str(last).map_err(|_| {
        let words = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
        Error::External(format!(
            "{} did not build the molecule: {words}; try another Python with --python or CORMORANT_PYTHON",
            python.display()
        ))
    })
}

/// What to do where RDKit is missing.
fn without_rdkit(python: &Path, reason: &str) -> String {
    let python = python.display();
    format!(
        "molecules are built by RDKit, which {python} does not have ({reason}); install it with: {python} -m pip install rdkit \
         (or name another Python with --python or CORMORANT_PYTHON)"
    )
}

type Keys = Vec<(&'static str, String)>;

/// The conformers, lowest energy first, with what the comment says of each.
fn systems(answer: &Answer) -> Result<Vec<(System, Keys)>> {
    let elements: Vec<Element> =
        answer.elements.iter().map(|symbol| Element::from_symbol(symbol)).collect::<Result<_>>()?;
    let unit = conversion("kcal/mol", Dimension::Energy)?;
    let mut conformers: Vec<&Conformer> = answer.conformers.iter().collect();
    conformers.sort_by(|a, b| a.energy.unwrap_or(0.0).total_cmp(&b.energy.unwrap_or(0.0)));
    if conformers.is_empty() {
        return Err(Error::External("Python answered without a geometry; use another version of RDKit".into()));
    }
    let made = |conformer: &Conformer| {
        let mut keys = vec![("smiles", answer.smiles.clone()), ("charge", answer.charge.to_string())];
        if let (Some(field), Some(energy)) = (&answer.field, conformer.energy) {
            keys.push(("force_field", field.clone()));
            keys.push(("force_field_energy", format!("{:.6} eV", energy * unit)));
        }
        if answer.unpaired > 0 {
            keys.push(("multiplicity", (answer.unpaired + 1).to_string()));
        }
        let mut system = System::new(elements.clone(), conformer.positions.clone(), None)?;
        for (own, isotope) in system.masses.iter_mut().zip(&answer.masses).filter(|(_, isotope)| **isotope > 0.0) {
            *own = *isotope;
        }
        Ok((system, keys))
    };
    conformers.into_iter().map(made).collect()
}

fn write(out: &Path, systems: &[(System, Keys)]) -> Result<()> {
    atomic::write_with(out, |file| {
        systems.iter().enumerate().try_for_each(|(index, (system, keys))| {
            let mut frame = TrajectoryFrame::new(system);
            frame.step = index as u64;
            frame.keys.clone_from(keys);
            extended_xyz::write_frame(file, &system.elements, &frame)
        })
    })
}
