//! What is analyzed during a run.

use std::path::PathBuf;

use serde::Serialize;

use super::Quantity;
use super::declare::{LENGTH, TIME, Value, kinds, list, non_negative, path, positive, word, words};
use super::section::Section;
use cormorant_core::Result;
use cormorant_dynamics::analysis::Internal;

kinds! {
    /// An analysis of a `[[stage.write]]`, by its kind.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    #[serde(tag = "kind", rename_all = "kebab-case")]
    pub enum AnalysisInput {
        /// Radial distribution functions; distances of a molecule without a cell.
        RadialDistribution = "radial-distribution" {
            /// Largest distance; half of the least height of the cell and at most 10 Å when left out.
            #[serde(skip_serializing_if = "Option::is_none")]
            reach: Option<Quantity> = positive(LENGTH),
            /// Width of a bin.
            bin: Quantity = positive(LENGTH).or(BIN),
        },
        /// Mean squared displacement and diffusion coefficient.
        MeanSquaredDisplacement = "mean-squared-displacement" {
            /// Lag where the line of the diffusion coefficient starts; 2 % of the length when left out.
            #[serde(skip_serializing_if = "Option::is_none")]
            fit_from: Option<Quantity> = non_negative(TIME),
            /// Lag where it ends; 10 % of the length when left out.
            #[serde(skip_serializing_if = "Option::is_none")]
            fit_to: Option<Quantity> = positive(TIME),
            /// Whether the motion of the center of mass counts.
            drift: Drift = word(Drift::ABOUT).or("keep"),
        },
        /// Velocity autocorrelation.
        VelocityAutocorrelation = "velocity-autocorrelation" {
            /// Longest lag.
            max_lag: Quantity = positive(TIME).or(MAX_LAG).formerly(&["longest"]),
        },
        /// Vibrational density of states.
        VibrationalDensityOfStates = "vibrational-density-of-states" {
            /// Longest lag of the correlation; lines are 33 1/cm over its number of ps wide.
            max_lag: Quantity = positive(TIME).or(MAX_LAG).formerly(&["longest"]),
        },
        /// Distributions of bond lengths.
        BondLengths = "bond-lengths" {
            /// Pairs of atoms such as `1-2`; every bond of the first frame, by elements, when left out.
            #[serde(skip_serializing_if = "Vec::is_empty")]
            atoms: Vec<String> = list(&Value::Text),
        },
        /// Distributions of angles.
        BondAngles = "bond-angles" {
            /// Triples of atoms such as `2-1-5`; every angle of the first frame, by elements, when left out.
            #[serde(skip_serializing_if = "Vec::is_empty")]
            atoms: Vec<String> = list(&Value::Text),
        },
        /// Distributions of dihedral angles.
        DihedralAngles = "dihedral-angles" {
            /// Four atoms such as `5-7-9-15`; every dihedral angle of the first frame, by elements, when left out.
            #[serde(skip_serializing_if = "Vec::is_empty")]
            atoms: Vec<String> = list(&Value::Text),
        },
        /// Root mean square deviation from a reference after the best superposition.
        RootMeanSquareDeviation = "root-mean-square-deviation" {
            /// Structure of the same atoms; the first frame when left out.
            #[serde(skip_serializing_if = "Option::is_none")]
            reference: Option<PathBuf> = path(),
            /// Which atoms count.
            compare: Compared = word(Compared::ABOUT).or("all"),
        },
        /// Map of two dihedral angles.
        DihedralMap = "dihedral-map" {
            /// Both, each as four atoms such as `5-7-9-15`.
            dihedrals: Vec<String> = list(&Value::Text).required("[\"5-7-9-15\", \"7-9-15-17\"]"),
        },
    }
}

/// Default of `bin`.
pub(crate) const BIN: &str = "0.05 Å";
/// Default of `max_lag`.
pub(crate) const MAX_LAG: &str = "2 ps";

words! {
    /// Whether displacements are those in space or those relative to the center of mass.
    pub enum Drift {
        /// In space.
        Keep = "keep",
        /// Relative to the center of mass.
        Remove = "remove",
    }
}

words! {
    /// Which atoms are compared with a reference.
    pub enum Compared {
        /// All.
        All = "all",
        /// All but hydrogen.
        Heavy = "heavy",
    }
}

impl AnalysisInput {
    /// Fewest frames that the analysis can say anything about.
    #[must_use]
    pub fn fewest_frames(&self) -> u64 {
        match self {
            Self::MeanSquaredDisplacement { .. } => 2,
            Self::VelocityAutocorrelation { .. } | Self::VibrationalDensityOfStates { .. } => 8,
            _ => 1,
        }
    }

    /// Name of the file when it is left out.
    pub(crate) fn default_file(&self) -> &'static str {
        match self {
            Self::RadialDistribution { .. } => "rdf.csv",
            Self::MeanSquaredDisplacement { .. } => "msd.csv",
            Self::VelocityAutocorrelation { .. } => "vacf.csv",
            Self::VibrationalDensityOfStates { .. } => "vdos.csv",
            Self::BondLengths { .. } => "bonds.csv",
            Self::BondAngles { .. } => "angles.csv",
            Self::DihedralAngles { .. } => "dihedrals.csv",
            Self::RootMeanSquareDeviation { .. } => "rmsd.csv",
            Self::DihedralMap { .. } => "map.csv",
        }
    }

    /// Refuse what does not fit together.
    pub(super) fn fits(&self, section: &Section<'_>) -> Result<()> {
        match self {
            Self::MeanSquaredDisplacement { fit_from, fit_to, .. } => {
                window(section, fit_from.as_ref(), fit_to.as_ref())
            }
            Self::BondLengths { .. } => name_atoms(section, "atoms", 2),
            Self::BondAngles { .. } => name_atoms(section, "atoms", 3),
            Self::DihedralAngles { .. } => name_atoms(section, "atoms", 4),
            Self::DihedralMap { dihedrals } => {
                name_atoms(section, "dihedrals", 4)?;
                if dihedrals.len() == 2 {
                    return Ok(());
                }
                Err(section.error_at(
                    "dihedrals",
                    "a dihedral map needs two dihedral angles",
                    "write for example dihedrals = [\"5-7-9-15\", \"7-9-15-17\"]",
                ))
            }
            _ => Ok(()),
        }
    }
}

/// Refuse a line that ends before it begins, or only does one of both.
fn window(section: &Section<'_>, fit_from: Option<&Quantity>, fit_to: Option<&Quantity>) -> Result<()> {
    match (fit_from, fit_to) {
        (Some(from), Some(to)) if from.value() >= to.value() => {
            Err(section.error_at("fit_to", "`fit_to` must lie after `fit_from`", "raise it, or lower `fit_from`"))
        }
        (Some(_), None) => Err(section.error_at("fit_from", "`fit_from` needs `fit_to`", "give both or none")),
        (None, Some(_)) => Err(section.error_at("fit_to", "`fit_to` needs `fit_from`", "give both or none")),
        _ => Ok(()),
    }
}

/// Refuse texts other than such as `1-2`, each of which has to name `count` atoms.
fn name_atoms(section: &Section<'_>, key: &str, count: usize) -> Result<()> {
    for (text, place) in section.texts(key)?.unwrap_or_default() {
        if !Internal::parse(text).is_ok_and(|internal| internal.atoms().len() == count) {
            let example = ["1-2", "2-1-5", "5-7-9-15"][count - 2];
            return Err(section.error(
                place,
                format!("`{key}`: \"{text}\" does not name {count} different atoms"),
                format!("write their numbers, counted from 1, for example \"{example}\""),
            ));
        }
    }
    Ok(())
}
