//! Inputs that the command line stands for: a model, a structure, and few words more.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::source::tidy;
use super::{GivenKeys, Input, PathInput, Quantity, RunInput, ScanInput, VibrationsInput};
use cormorant_core::system::ElectronicState;
use cormorant_core::units::{Dimension, FEMTOSECOND};
use cormorant_core::{Error, Result};
use cormorant_network::ShippedModel;

/// A model and a structure, in place of an input file.
#[derive(Debug, Clone, PartialEq)]
pub struct MoleculeInput {
    /// Folder of the model, or the name of one of the program.
    pub model: PathBuf,
    /// The structure file.
    pub structure: PathBuf,
    /// Frame of a file with several, counted from 0.
    pub frame: usize,
    /// Total charge and spin, as far as they are given beside the file.
    pub state: ElectronicState,
    /// Folder of the results; one in `outputs` by default.
    pub output: Option<PathBuf>,
}

/// A simulation of it at a temperature. Quantities are texts with units, and are checked as those of an input file are.
#[derive(Debug, Clone, PartialEq)]
pub struct MoleculeRun {
    /// Temperature of the heat bath and of the first velocities.
    pub temperature: String,
    /// Length in time.
    pub duration: String,
    /// Integration step.
    pub time_step: String,
    /// Pressure of a periodic structure, if its cell is to change.
    pub pressure: Option<String>,
    /// Seed of every random number.
    pub seed: u64,
    /// Threads that share one evaluation.
    pub threads: u16,
}

/// Stands for the name of a file in messages.
const PLACE: &str = "the input that these arguments stand for";
/// Drawn structures are off by tenths of an Å; where forces are this small, bonds have their lengths.
const RELAXED: &str = "0.05 eV/Å";

impl MoleculeInput {
    /// The input of a simulation: a short minimization, then `run` in a gentle heat bath.
    ///
    /// # Errors
    /// [`Error::Input`] with the place of the mistake, or a path that is not UTF-8.
    pub fn run(&self, run: &MoleculeRun) -> Result<RunInput> {
        let MoleculeRun { temperature, duration, time_step, seed, .. } = run;
        let mut text = self.head(&format!("-{}", plain(&temperature.replace(' ', ""))), &format!("seed = {seed}\n"))?;
        let threads = run.threads;
        text += &format!("threads = {threads}\n\n[minimize]\nforce_tolerance = \"{RELAXED}\"\n\n");
        let (temperature, duration, step) = (quoted(temperature), quoted(duration), quoted(time_step));
        text += &format!("[velocities]\ntemperature = {temperature}\n\n");
        text += &format!("[[stage]]\nname = \"production\"\nduration = {duration}\ntime_step = {step}\n");
        text += &match &run.pressure {
            None => {
                format!("thermostat = {{ kind = \"langevin\", temperature = {temperature}, friction = \"1 / ps\" }}\n")
            }
            Some(pressure) => at_pressure(&temperature, &quoted(pressure)),
        };
        for (kind, every) in WRITTEN {
            // Writing to a string cannot fail.
            let _ = write!(text, "\n[[stage.write]]\n{kind}\nevery = {}\n", run.interval(every));
        }
        match Input::from_text(text, Path::new(PLACE))? {
            Input::Run(run) => Ok(*run),
            other => Err(Error::Internal(format!("{PLACE} {}", other.purpose()))),
        }
    }

    /// The input of vibrations, with thermochemistry at `temperature` if one is given.
    ///
    /// # Errors
    /// As for [`run`](Self::run).
    pub fn vibrations(&self, temperature: Option<&str>) -> Result<VibrationsInput> {
        let mut text = self.head("-vibrations", "")?;
        text += "\n[vibrations]\n";
        if let Some(temperature) = temperature {
            text += &format!("\n[thermochemistry]\ntemperature = {}\n", quoted(temperature));
        }
        match Input::from_text(text, Path::new(PLACE))? {
            Input::Vibrations(modes) => Ok(*modes),
            other => Err(Error::Internal(format!("{PLACE} {}", other.purpose()))),
        }
    }

    /// The input of a path to the structure in `file`, of which `frame` is meant (counted from 0), with `keys`.
    ///
    /// # Errors
    /// As for [`run`](Self::run).
    pub fn path(&self, (file, frame): (&Path, usize), keys: &GivenKeys) -> Result<PathInput> {
        let mut text = self.head("-path", "")?;
        text += &format!("\n[final_structure]\nfile = {}\nframe = {frame}\n", place(file)?);
        text += &self.state_keys();
        text += &keys.toml("path");
        match Input::from_text(text, Path::new(PLACE))? {
            Input::Path(path) => Ok(*path),
            other => Err(Error::Internal(format!("{PLACE} {}", other.purpose()))),
        }
    }

    /// The input of a scan with `keys`.
    ///
    /// # Errors
    /// As for [`run`](Self::run).
    pub fn scan(&self, keys: &GivenKeys) -> Result<ScanInput> {
        let text = self.head("-scan", "")? + &keys.toml("scan");
        match Input::from_text(text, Path::new(PLACE))? {
            Input::Scan(scan) => Ok(*scan),
            other => Err(Error::Internal(format!("{PLACE} {}", other.purpose()))),
        }
    }

    /// Name, output, structure and model; the name is that of the structure with `ending`.
    fn head(&self, ending: &str, keys: &str) -> Result<String> {
        let stem = self.structure.file_stem().unwrap_or_default().to_string_lossy();
        let stem = plain(stem.trim_start_matches('.'));
        let name = if stem.is_empty() { "molecule" } else { &stem };
        let mut text = format!("version = 1\nname = \"{name}{ending}\"\n{keys}\n");
        if let Some(folder) = &self.output {
            text += &format!("[output]\nfolder = {}\n\n", place(folder)?);
        }
        let model = ShippedModel::resolve(&self.model.to_string_lossy(), self.model.clone());
        let model = if ShippedModel::is_name(&model) { quoted(&model.to_string_lossy()) } else { place(&model)? };
        let (file, frame) = (place(&self.structure)?, self.frame);
        text += &format!("[structure]\nfile = {file}\nframe = {frame}\n");
        text += &self.state_keys();
        text += &format!("\n[potential]\nmodel = {model}\n");
        Ok(text)
    }

    /// Total charge and spin as keys of a structure.
    fn state_keys(&self) -> String {
        let charge = self.state.charge.map(|charge| format!("charge = {charge}\n"));
        let multiplicity = self.state.multiplicity.map(|multiplicity| format!("multiplicity = {multiplicity}\n"));
        charge.unwrap_or_default() + &multiplicity.unwrap_or_default()
    }
}

/// What a simulation writes, and the time between two writings in fs. It is the same for any length, so that a run can become longer.
const WRITTEN: [(&str, f64); 3] = [
    ("kind = \"energies\"", 20.0),
    ("kind = \"trajectory\"\nfile = \"trajectory.xyz\"", 100.0),
    ("kind = \"restart\"", 5000.0),
];

impl MoleculeRun {
    /// The whole number of steps that is nearest to `every` fs, as a text in quotes.
    fn interval(&self, every: f64) -> String {
        let time = |text: &str| Quantity::new(text, Dimension::Time).ok().map(|time| time.value());
        // What is wrong with them is said when they are read.
        let Some(step) = time(&self.time_step) else { return quoted(&self.time_step) };
        let steps = (every * FEMTOSECOND / step).round().max(1.0);
        let text = format!("{:.9}", steps * step / FEMTOSECOND);
        quoted(&format!("{} fs", text.trim_end_matches('0').trim_end_matches('.')))
    }
}

/// Baths for a periodic structure at constant pressure.
fn at_pressure(temperature: &str, pressure: &str) -> String {
    format!(
        "thermostat = {{ kind = \"bussi\", temperature = {temperature}, relaxation_time = \"0.1 ps\" }}\n\n\
         [stage.barostat]\nkind = \"stochastic-cell-rescaling\"\npressure = {pressure}\n\
         compressibility = \"4.5e-5 / bar\"\nrelaxation_time = \"1 ps\"\nscaling = \"isotropic\"\n"
    )
}

/// `text` as a string of TOML.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_string()).to_string()
}

/// An absolute path as a string of TOML.
fn place(path: &Path) -> Result<String> {
    let whole = std::path::absolute(path).map(|whole| tidy(&whole)).map_err(|source| Error::io(path, source))?;
    match whole.to_str() {
        Some(text) => Ok(quoted(text)),
        None => Err(Error::Invalid(format!("{}: is not UTF-8; use another name", path.display()))),
    }
}

/// `text` as a part of the name of a folder.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' }).collect()
}
