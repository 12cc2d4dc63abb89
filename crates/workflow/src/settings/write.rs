//! What a stage writes, and how often.

use std::path::PathBuf;

use serde::Serialize;

use super::declare::{Key, Kind, TIME, Table, flag, kinds, positive, settings, text};
use super::diagnose::suggestion;
use super::section::Section;
use super::stage::steps;
use super::{AnalysisInput, Quantity};
use cormorant_core::Result;
use cormorant_io::TrajectoryFormat;

kinds! {
    /// `[[stage.write]]`.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    #[serde(tag = "kind", rename_all = "kebab-case")]
    pub enum WriteInput {
        /// Positions over time, in the format of the file's extension.
        Trajectory = "trajectory" {
            /// Name of the file in the output folder.
            file: String = text().required("\"trajectory.dcd\""),
            /// Time between frames.
            every: Quantity = EVERY,
        },
        /// Energies, temperature and the conserved quantity over time, as CSV.
        Energies = "energies" {
            /// Name of the file in the output folder.
            file: String = text().or("energies.csv"),
            /// Time between lines.
            every: Quantity = EVERY,
            /// Whether temperatures of internal motion, rotation and center of mass of molecules and of elements are there too.
            #[serde(skip_serializing_if = "std::ops::Not::not")]
            split_temperature: bool = flag(),
        },
        /// Energies of the quantum system over time, as CSV; for `[path_integral]` only.
        Quantum = "quantum" {
            /// Name of the file in the output folder.
            file: String = text().or("quantum.csv"),
            /// Time between lines.
            every: Quantity = EVERY,
        },
        /// The full state in `restart.safetensors`, from which `run --resume` continues. It is also saved at the start, at the
        /// end and when the run is stopped.
        Restart = "restart" {
            /// Time between states.
            every: Quantity = EVERY,
        },
    }
    and {
        /// What is found in the frames, as CSV; written when the stage ends or the run is stopped.
        #[serde(untagged)]
        Analysis {
            /// Name of the main file in the output folder; others are beside it.
            file: String,
            /// Time between the frames that are looked at.
            every: Quantity,
            /// What is looked for.
            #[serde(flatten)]
            analysis: AnalysisInput,
        },
    }
}

const EVERY: Key = positive(TIME).required("\"10 fs\"");

settings! {
    /// An analysis: what is found in the frames, as CSV; written when the stage ends or the run is stopped.
    #[derive(Debug)]
    pub struct AnalysisFile {
        /// Name of the main file in the output folder, others are beside it; one for each kind by default, such as `rdf.csv`.
        pub file: Option<String> = text(),
        /// Time between the frames that are looked at.
        pub every: Quantity = EVERY,
    }
}

/// Name of the file with the full state.
pub(crate) const RESTART: &str = "restart.safetensors";

impl WriteInput {
    /// The declaration of all kinds; keys of analyses come in two parts.
    pub(crate) const TABLE: Table = Table { about: "What is written, and how often.", keys: &[], kinds: Self::KINDS };
    /// The declaration of those kinds that are analyses.
    pub(crate) const ANALYSES: Table = Table { kinds: AnalysisInput::KINDS, ..AnalysisFile::TABLE };

    pub(super) fn read(section: &Section<'_>, time_step: &Quantity, ring: bool) -> Result<Self> {
        let all = [Self::KINDS, AnalysisInput::KINDS].concat();
        let words: Vec<(&str, &Kind)> = all.iter().map(|kind| (kind.word, kind)).collect();
        let kind = section.choice("kind", &words)?;
        let Some(kind) = kind else {
            section.allow(&["kind", "file", "every"])?;
            return section.required("kind", None, "kind = \"trajectory\"");
        };
        let analysis = AnalysisInput::KINDS.iter().any(|one| one.word == kind.word);
        if kind.word == "quantum" && !ring {
            return Err(section.error_at("kind", "quantum energies need ring polymers", "add [path_integral]"));
        }
        if analysis && ring {
            let remedy = "write a trajectory and separate the beads";
            return Err(section.error_at("kind", "this analysis would treat the beads of rings as atoms", remedy));
        }
        section.declared_kind(if analysis { &AnalysisFile::TABLE } else { &Self::TABLE }, kind)?;
        let every = section.get(&AnalysisFile::every)?;
        steps(section, "every", &every, time_step)?;
        plain_name(section)?;
        let AnalysisFile { file, every } = AnalysisFile { file: section.get(&AnalysisFile::file)?, every };
        let found = match AnalysisInput::read(section, kind.word)? {
            Some(analysis) => {
                let file = file.unwrap_or_else(|| analysis.default_file().into());
                Some(Self::Analysis { file, every, analysis })
            }
            None => Self::read_kind(section, kind.word)?,
        };
        let found = section.required("kind", found, "kind = \"trajectory\"")?;
        match &found {
            Self::Trajectory { file, .. } => known_format(section, file)?,
            Self::Restart { .. } => {}
            other => require_csv(section, kind.word, other.file())?,
        }
        if let Self::Analysis { analysis, .. } = &found {
            analysis.fits(section)?;
        }
        Ok(found)
    }

    /// Name of the file in the output folder.
    pub fn file(&self) -> &str {
        match self {
            Self::Trajectory { file, .. }
            | Self::Energies { file, .. }
            | Self::Quantum { file, .. }
            | Self::Analysis { file, .. } => file,
            Self::Restart { .. } => RESTART,
        }
    }

    /// The path of a file that is read, to be changed in place.
    pub(super) fn path(&mut self) -> Option<&mut PathBuf> {
        match self {
            Self::Analysis { analysis: AnalysisInput::RootMeanSquareDeviation { reference, .. }, .. } => {
                reference.as_mut()
            }
            _ => None,
        }
    }

    /// Time between two writings.
    pub fn every(&self) -> &Quantity {
        match self {
            Self::Trajectory { every, .. }
            | Self::Energies { every, .. }
            | Self::Quantum { every, .. }
            | Self::Analysis { every, .. }
            | Self::Restart { every } => every,
        }
    }
}

/// Refuse a path: results stay in the output folder.
fn plain_name(section: &Section<'_>) -> Result<()> {
    let Some((text, place)) = section.text("file")? else { return Ok(()) };
    let plain = !text.is_empty() && !text.starts_with('.') && !text.contains(['/', '\\', '\0']);
    if plain {
        return Ok(());
    }
    Err(section.error(
        place,
        format!("`file` = \"{text}\" is not a plain file name"),
        "results are written to the output folder: write a name without a path, e.g. \"trajectory.dcd\"",
    ))
}

fn extension_of(file: &str) -> &str {
    file.rsplit_once('.').map_or("", |(_, extension)| extension)
}

fn require_csv(section: &Section<'_>, kind: &str, file: &str) -> Result<()> {
    if extension_of(file) == "csv" {
        return Ok(());
    }
    Err(section.error_at(
        "file",
        format!("a file of kind \"{kind}\" must end in .csv, not \"{file}\""),
        "write a name such as \"energies.csv\"",
    ))
}

fn known_format(section: &Section<'_>, file: &str) -> Result<()> {
    let extension = extension_of(file);
    let known: Vec<&str> = TrajectoryFormat::all_extensions().collect();
    if known.contains(&extension) {
        return Ok(());
    }
    Err(section.error_at(
        "file",
        format!("trajectories cannot be written with the extension \"{extension}\""),
        suggestion(extension, &known, "extensions"),
    ))
}
