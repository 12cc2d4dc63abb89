//! From a file to an input, and back to text.

use std::path::{Path, PathBuf};

use super::section::Section;
use super::source::{Source, relative};
use super::{ElasticInput, FitInput, LearnInput, PathInput, RegressionInput, RunInput, ScanInput, VibrationsInput};
use cormorant_core::{Error, Result};
use cormorant_network::ShippedModel;

/// The version of the input format that this program writes, and the newest that it reads.
pub(super) const VERSION: u64 = 1;

/// Everything that an input file can ask for.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// A simulation (`cormorant run`).
    Run(Box<RunInput>),
    /// Normal modes (`cormorant vibrations`).
    Vibrations(Box<VibrationsInput>),
    /// Elastic constants (`cormorant elastic`).
    Elastic(Box<ElasticInput>),
    /// A minimum energy path (`cormorant path`).
    Path(Box<PathInput>),
    /// A scan of an internal coordinate (`cormorant scan`).
    Scan(Box<ScanInput>),
    /// A fit (`cormorant fit`).
    Fit(Box<FitInput>),
    /// A fit to numbers of molecules (`cormorant fit`).
    Regression(Box<RegressionInput>),
    /// A potential from one structure (`cormorant learn`).
    Learn(Box<LearnInput>),
}

impl Input {
    /// What the input is of and the command that takes it, for messages.
    #[must_use]
    pub fn purpose(&self) -> &'static str {
        match self {
            Self::Run(_) => "is the input of a simulation; use cormorant run",
            Self::Vibrations(_) => "is the input of vibrations; use cormorant vibrations",
            Self::Elastic(_) => "is the input of elastic constants; use cormorant elastic",
            Self::Path(_) => "is the input of a minimum energy path; use cormorant path",
            Self::Scan(_) => "is the input of a scan; use cormorant scan",
            Self::Fit(_) | Self::Regression(_) => "is the input of a fit; use cormorant fit",
            Self::Learn(_) => "is the input of a potential that is learned; use cormorant learn",
        }
    }

    /// Read `path` and check everything that can be checked without opening other files.
    ///
    /// # Errors
    /// [`Error::Input`] with the place of the mistake, or [`Error::Io`].
    pub fn read(path: &Path) -> Result<Self> {
        Self::parse(&Source::read(path)?)
    }

    /// The same for a command whose table, `vibrations` or `elastic`, may be left out.
    ///
    /// # Errors
    /// As for [`Input::read`].
    pub fn read_for(path: &Path, table: &str) -> Result<Self> {
        Source::read(path)?.with_root(|root, version| Self::of_root(root, version, table))
    }

    /// The input that `text` describes; `name` stands for the file in messages, and relative paths start from its folder.
    ///
    /// # Errors
    /// [`Error::Input`] with the place of the mistake.
    pub fn from_text(text: String, name: &Path) -> Result<Self> {
        Self::parse(&Source { path: name.to_path_buf(), text })
    }

    /// Whether `stored`, a resolved text that an older version wrote into `folder`, means what `text` does: it is read and
    /// resolved again, so that keys which have come since are at their defaults.
    #[must_use]
    pub fn means(stored: &str, text: &str, folder: &Path) -> bool {
        let source = Source { path: folder.join("input.toml"), text: completed(stored) };
        let again = Self::parse(&source).and_then(|input| input.to_toml(Some(folder)));
        again.is_ok_and(|again| again == text)
    }

    /// Whether a run whose resolved input was `stored` can be resumed with the input `text` instead, at `step` of stage number
    /// `stage` (from 0): everything is the same but the length of that stage and whatever comes after it.
    ///
    /// A stage under way whose bath changes over its length cannot have another length.
    #[must_use]
    pub fn continues(stored: &str, text: &str, folder: &Path, [stage, step]: [u64; 2]) -> bool {
        let source = Source { path: folder.join("input.toml"), text: completed(stored) };
        let again = Self::parse(&source).and_then(|input| input.to_toml(Some(folder)));
        let Ok(stored) = again else { return false };
        let (Ok(mut then), Ok(mut now)) = (stored.parse::<toml::Table>(), text.parse::<toml::Table>()) else {
            return false;
        };
        let (Some(toml::Value::Array(old)), Some(toml::Value::Array(new))) =
            (then.remove("stage"), now.remove("stage"))
        else {
            return false;
        };
        let stage = stage as usize;
        let (Some(mut before), Some(mut after)) = (old.get(stage).cloned(), new.get(stage).cloned()) else {
            return false;
        };
        if step == 0 || !(ramps(&before) || ramps(&after)) {
            for one in [&mut before, &mut after] {
                one.as_table_mut().and_then(|table| table.remove("duration"));
            }
        }
        then == now && old[..stage] == new[..stage] && before == after
    }

    /// Read `path` to continue with a fit, whose resolved input `stored` finds: what `path` leaves out of `[model]`, `[loss]` and
    /// `[optimizer]` is what it was then, whatever the defaults of this program are. Where nothing is found, as [`Input::read`].
    ///
    /// # Errors
    /// As [`Input::read`].
    pub fn read_to_go_on(path: &Path, stored: impl FnOnce(&Self) -> Option<String>) -> Result<Self> {
        let source = Source::read(path)?;
        let asked = Self::parse(&source)?;
        let Some(stored) = stored(&asked) else { return Ok(asked) };
        let (Ok(mut table), Ok(then)) = (source.text.parse::<toml::Table>(), completed(&stored).parse::<toml::Table>())
        else {
            return Ok(asked);
        };
        for section in ["model", "loss", "optimizer"] {
            let Some(toml::Value::Table(then)) = then.get(section) else { continue };
            let now = table.entry(section).or_insert_with(|| toml::Value::Table(toml::Table::new()));
            for (key, value) in then {
                if let toml::Value::Table(now) = now
                    && !now.contains_key(key)
                {
                    now.insert(key.clone(), value.clone());
                }
            }
        }
        Self::parse(&Source { text: with_version_first(table), ..source })
    }

    /// An error at the line of what is written in a stage of the simulation in `path`, both counted from 0.
    #[must_use]
    pub fn error_at_write(path: &Path, (stage, write): (usize, usize), message: &str, remedy: &str) -> Error {
        let found = Source::read(path).and_then(|source| {
            source.with_root(|root, _| {
                let stages = root.sections("stage")?;
                let writes = stages.get(stage).map_or(Ok(Vec::new()), |stage| stage.sections("write"))?;
                Ok(writes.get(write).unwrap_or(root).error_at("kind", message, remedy))
            })
        });
        found.unwrap_or_else(|error| error)
    }

    fn parse(source: &Source) -> Result<Self> {
        source.with_root(|root, version| Self::of_root(root, version, ""))
    }

    /// `meant` is the table that the command may do without.
    fn of_root(root: &Section<'_>, version: u64, meant: &str) -> Result<Self> {
        let others = ["stage", "path", "final_structure", "scan", "labels", "data"];
        let is = |table: &str| root.has(table) || meant == table && !others.iter().any(|other| root.has(other));
        if is("vibrations") && !root.has("stage") {
            return VibrationsInput::read(root, version).map(|modes| Self::Vibrations(Box::new(modes)));
        }
        if is("elastic") && !root.has("stage") {
            return ElasticInput::read(root, version).map(|elastic| Self::Elastic(Box::new(elastic)));
        }
        if (root.has("path") || root.has("final_structure")) && !root.has("stage") {
            return PathInput::read(root, version).map(|path| Self::Path(Box::new(path)));
        }
        if root.has("scan") && !root.has("stage") {
            return ScanInput::read(root, version).map(|scan| Self::Scan(Box::new(scan)));
        }
        if root.has("labels") && !root.has("stage") {
            return LearnInput::read(root, version).map(|learn| Self::Learn(Box::new(learn)));
        }
        if ["structure", "potential", "stage"].iter().any(|key| root.has(key)) {
            return RunInput::read(root, version).map(|run| Self::Run(Box::new(run)));
        }
        if ["data", "model", "loss", "optimizer", "run"].iter().any(|key| root.has(key)) {
            if RegressionInput::is_meant(root)? {
                return RegressionInput::read(root, version).map(|fit| Self::Regression(Box::new(fit)));
            }
            return FitInput::read(root, version).map(|fit| Self::Fit(Box::new(fit)));
        }
        let keys: Vec<&str> = RunInput::TABLE.keys.iter().map(|key| key.name).collect();
        root.allow(&[&keys[..], &["data", "model", "loss", "optimizer", "run"]].concat())?;
        Err(root.error_at(
            "",
            "the input requests nothing",
            "a simulation has [structure], [potential] and [[stage]]; a fit has [data]; vibrations, elastic constants, paths and scans have [structure], [potential] and [vibrations], [elastic], [path] or [scan]",
        ))
    }

    /// The input with all defaults filled in, as TOML that reads back as the same input.
    ///
    /// Paths are absolute, or relative to the folder `beside` in which the text will stand.
    ///
    /// # Errors
    /// When a path is not UTF-8 and so cannot be written down.
    pub fn to_toml(&self, beside: Option<&Path>) -> Result<String> {
        let mut copy = self.clone();
        if let Some(folder) = beside {
            let folder = std::path::absolute(folder).map_err(|source| Error::io(folder, source))?;
            // The name of a model of the program is no place.
            for path in copy.paths().into_iter().filter(|path| !ShippedModel::is_name(path)) {
                *path = relative(path, &folder);
            }
        }
        let text = match &copy {
            Self::Run(run) => toml::to_string(run),
            Self::Vibrations(modes) => toml::to_string(modes),
            Self::Elastic(elastic) => toml::to_string(elastic),
            Self::Path(path) => toml::to_string(path),
            Self::Scan(scan) => toml::to_string(scan),
            Self::Fit(fit) => toml::to_string(fit),
            Self::Regression(fit) => toml::to_string(fit),
            Self::Learn(learn) => toml::to_string(learn),
        };
        text.map_err(|error| Error::Internal(format!("the input cannot be written as TOML: {error}")))
    }

    /// Every path of the input, to be changed in place.
    pub(super) fn paths(&mut self) -> Vec<&mut PathBuf> {
        match self {
            Self::Run(run) => run.paths(),
            Self::Vibrations(modes) => modes.paths(),
            Self::Elastic(elastic) => elastic.paths(),
            Self::Path(path) => path.paths(),
            Self::Scan(scan) => scan.paths(),
            Self::Fit(fit) => fit.paths(),
            Self::Regression(fit) => fit.paths(),
            Self::Learn(learn) => learn.paths(),
        }
    }
}

/// `stored` with the keys that have come since it was written, as far as their defaults are not what was done before: the
/// loss was the square of the errors, however large, the rate fell with the square of what is left, and all steps had as many frames.
fn completed(stored: &str) -> String {
    let Ok(mut table) = stored.parse::<toml::Table>() else { return stored.to_string() };
    let mut changed = false;
    let batch = table.get("optimizer").and_then(|optimizer| optimizer.get("batch")).cloned();
    let added: [(&str, &str, &str, Option<toml::Value>); 3] = [
        ("loss", "force_weight", "huber_delta", Some("0 eV/Å".into())),
        ("optimizer", "final_rate_share", "rate_power", Some(2.0.into())),
        ("optimizer", "final_rate_share", "final_batch", batch),
    ];
    for (section, beside, key, value) in added {
        let Some(value) = value else { continue };
        let section = table.get_mut(section).and_then(toml::Value::as_table_mut);
        if let Some(section) = section.filter(|section| section.contains_key(beside) && !section.contains_key(key)) {
            section.insert(key.into(), value);
            changed = true;
        }
    }
    if changed { with_version_first(table) } else { stored.to_string() }
}

/// The table as text; the version of an input must be its first line.
fn with_version_first(mut table: toml::Table) -> String {
    let version = table.remove("version").map(|version| format!("version = {version}\n")).unwrap_or_default();
    version + &table.to_string()
}

/// Whether a bath of a stage changes over its length.
fn ramps(stage: &toml::Value) -> bool {
    [("thermostat", "final_temperature"), ("barostat", "final_pressure")]
        .iter()
        .any(|(bath, key)| stage.get(bath).is_some_and(|bath| bath.get(key).is_some()))
}
