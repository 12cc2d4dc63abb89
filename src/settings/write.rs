//! What a stage writes, and how often.

use std::path::PathBuf;

use serde::Serialize;

use super::analysis::AnalysisKind;
use super::diagnose::suggestion;
use super::section::Section;
use super::stage::steps;
use super::{AnalysisInput, Quantity};
use cormorant_core::Result;
use cormorant_core::units::Dimension;

/// `[[stage.write]]`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum WriteInput {
    /// Positions over time, in the format of the file's extension.
    Trajectory {
        /// Name of the file in the output folder.
        file: String,
        /// Time between frames.
        every: Quantity,
    },
    /// Energies, temperature and the conserved quantity over time, as CSV.
    Energies {
        /// Name of the file in the output folder.
        file: String,
        /// Time between lines.
        every: Quantity,
        /// Whether temperatures of internal motion, rotation and center of mass of molecules and of elements stand there too.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        split_temperature: bool,
    },
    /// Energies of the quantum system over time, as CSV; goes with `[path_integral]`.
    Quantum {
        /// Name of the file in the output folder.
        file: String,
        /// Time between lines.
        every: Quantity,
    },
    /// The full state in `restart.safetensors`, from which `run --resume` goes on. It is also saved at the start, at the
    /// end and when the run is stopped.
    Restart {
        /// Time between states.
        every: Quantity,
    },
    /// What is found in the frames, as CSV; written when the stage ends or the run is stopped.
    #[serde(untagged)]
    Analysis {
        /// Name of the main file in the output folder; others stand beside it.
        file: String,
        /// Time between the frames that are looked at.
        every: Quantity,
        /// What is looked for.
        #[serde(flatten)]
        analysis: AnalysisInput,
    },
}

/// Name of the file with the full state.
pub(crate) const RESTART: &str = "restart.safetensors";

/// Extensions of trajectory files that we write.
pub(crate) const TRAJECTORIES: [&str; 7] = ["dcd", "xtc", "trr", "nc", "pdb", "xyz", "extxyz"];

#[derive(Clone, Copy)]
enum Kind {
    Trajectory,
    Energies,
    Quantum,
    Restart,
    Analysis(AnalysisKind),
}

impl WriteInput {
    const KINDS: [(&'static str, Kind); 13] = [
        ("trajectory", Kind::Trajectory),
        ("energies", Kind::Energies),
        ("quantum", Kind::Quantum),
        ("restart", Kind::Restart),
        ("radial-distribution", Kind::Analysis(AnalysisKind::RadialDistribution)),
        ("mean-squared-displacement", Kind::Analysis(AnalysisKind::MeanSquaredDisplacement)),
        ("velocity-autocorrelation", Kind::Analysis(AnalysisKind::VelocityAutocorrelation)),
        ("vibrational-density-of-states", Kind::Analysis(AnalysisKind::VibrationalDensityOfStates)),
        ("bond-lengths", Kind::Analysis(AnalysisKind::BondLengths)),
        ("bond-angles", Kind::Analysis(AnalysisKind::BondAngles)),
        ("dihedral-angles", Kind::Analysis(AnalysisKind::DihedralAngles)),
        ("root-mean-square-deviation", Kind::Analysis(AnalysisKind::RootMeanSquareDeviation)),
        ("dihedral-map", Kind::Analysis(AnalysisKind::DihedralMap)),
    ];

    pub(super) fn read(section: &Section<'_>, time_step: &Quantity, ring: bool) -> Result<Self> {
        let kind = section.choice("kind", &Self::KINDS)?;
        if matches!(kind, Some(Kind::Quantum)) && !ring {
            return Err(section.error_at("kind", "quantum energies need rings of beads", "add [path_integral]"));
        }
        if matches!(kind, Some(Kind::Analysis(_))) && ring {
            let remedy = "write a trajectory and take the beads apart";
            return Err(section.error_at("kind", "this analysis would take the beads of rings for atoms", remedy));
        }
        section.allow(
            match kind {
                Some(Kind::Restart) => vec!["kind", "every"],
                Some(Kind::Energies) => vec!["kind", "file", "every", "split_temperature"],
                Some(Kind::Analysis(kind)) => [&["kind", "file", "every"], kind.keys()].concat(),
                _ => vec!["kind", "file", "every"],
            }
            .as_slice(),
        )?;
        let kind = section.required("kind", kind, "kind = \"trajectory\"")?;
        let every = section.positive("every", Dimension::Time)?;
        let every = section.required("every", every, "every = \"10 fs\"")?;
        steps(section, "every", &every, time_step)?;
        let file = file_name(section)?;
        Ok(match kind {
            Kind::Trajectory => {
                let file = section.required("file", file, "file = \"trajectory.dcd\"")?;
                known_format(section, &file)?;
                Self::Trajectory { file, every }
            }
            Kind::Energies => {
                let file = file.unwrap_or_else(|| "energies.csv".into());
                require_csv(section, "energies", &file)?;
                let split_temperature = section.flag("split_temperature")?.unwrap_or(false);
                Self::Energies { file, every, split_temperature }
            }
            Kind::Quantum => {
                let file = file.unwrap_or_else(|| "quantum.csv".into());
                require_csv(section, "quantum", &file)?;
                Self::Quantum { file, every }
            }
            Kind::Restart => Self::Restart { every },
            Kind::Analysis(kind) => {
                let file = file.unwrap_or_else(|| kind.file().into());
                let word = section.text("kind")?.map_or("", |(word, _)| word);
                require_csv(section, word, &file)?;
                Self::Analysis { file, every, analysis: AnalysisInput::read(section, kind)? }
            }
        })
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

/// A plain name: results stay in the output folder.
fn file_name(section: &Section<'_>) -> Result<Option<String>> {
    let Some((text, place)) = section.text("file")? else { return Ok(None) };
    let plain = !text.is_empty() && !text.starts_with('.') && !text.contains(['/', '\\', '\0']);
    if !plain {
        return Err(section.error(
            place,
            format!("`file` = \"{text}\" is not a plain file name"),
            "results are written to the output folder: write a name without a path, e.g. \"trajectory.dcd\"",
        ));
    }
    Ok(Some(text.to_string()))
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
    if TRAJECTORIES.contains(&extension) {
        return Ok(());
    }
    Err(section.error_at(
        "file",
        format!("we write no trajectories with the extension \"{extension}\""),
        suggestion(extension, &TRAJECTORIES, "extensions"),
    ))
}
