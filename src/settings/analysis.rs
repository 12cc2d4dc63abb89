//! What is analyzed during a run.

use std::path::PathBuf;

use serde::Serialize;

use super::Quantity;
use super::section::Section;
use cormorant_core::Result;
use cormorant_core::units::Dimension;
use cormorant_dynamics::analysis::Internal;

/// An analysis of a `[[stage.write]]`, by its kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum AnalysisInput {
    /// Radial distribution functions; distances of a molecule without a cell.
    RadialDistribution {
        /// Largest distance; half of the least height of the cell and at most 10 Å when left out.
        #[serde(skip_serializing_if = "Option::is_none")]
        reach: Option<Quantity>,
        /// Width of a bin.
        bin: Quantity,
    },
    /// Mean squared displacement and diffusion coefficient.
    MeanSquaredDisplacement {
        /// Lag where the line of the diffusion coefficient starts; 2 % of the length when left out.
        #[serde(skip_serializing_if = "Option::is_none")]
        fit_from: Option<Quantity>,
        /// Lag where it ends; 10 % of the length when left out.
        #[serde(skip_serializing_if = "Option::is_none")]
        fit_to: Option<Quantity>,
        /// Whether the motion of the center of mass counts.
        drift: Drift,
    },
    /// Velocity autocorrelation.
    VelocityAutocorrelation {
        /// Longest lag.
        longest: Quantity,
    },
    /// Vibrational density of states.
    VibrationalDensityOfStates {
        /// Longest lag of the correlation.
        longest: Quantity,
    },
    /// Distributions of bond lengths.
    BondLengths {
        /// Pairs of atoms such as `1-2`; every bond of the first frame, by elements, when left out.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        atoms: Vec<String>,
    },
    /// Distributions of angles.
    BondAngles {
        /// Triples of atoms such as `2-1-5`.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        atoms: Vec<String>,
    },
    /// Distributions of dihedral angles.
    DihedralAngles {
        /// Four atoms such as `5-7-9-15`.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        atoms: Vec<String>,
    },
    /// Root mean square deviation from a reference after the best superposition.
    RootMeanSquareDeviation {
        /// Structure of the same atoms; the first frame when left out.
        #[serde(skip_serializing_if = "Option::is_none")]
        reference: Option<PathBuf>,
        /// Which atoms count.
        compare: Compared,
    },
    /// Map of two dihedral angles.
    DihedralMap {
        /// Both, each as four atoms such as `5-7-9-15`.
        dihedrals: Vec<String>,
    },
}

/// Whether displacements are those in space or those relative to the center of mass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Drift {
    /// In space.
    Keep,
    /// Relative to the center of mass.
    Remove,
}

/// Which atoms are compared with a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Compared {
    /// All.
    All,
    /// All but hydrogen.
    Heavy,
}

/// The kinds without what belongs to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AnalysisKind {
    RadialDistribution,
    MeanSquaredDisplacement,
    VelocityAutocorrelation,
    VibrationalDensityOfStates,
    BondLengths,
    BondAngles,
    DihedralAngles,
    RootMeanSquareDeviation,
    DihedralMap,
}

impl AnalysisKind {
    /// Keys besides `kind`, `file` and `every`.
    pub(super) fn keys(self) -> &'static [&'static str] {
        match self {
            Self::RadialDistribution => &["reach", "bin"],
            Self::MeanSquaredDisplacement => &["fit_from", "fit_to", "drift"],
            Self::VelocityAutocorrelation | Self::VibrationalDensityOfStates => &["longest"],
            Self::BondLengths | Self::BondAngles | Self::DihedralAngles => &["atoms"],
            Self::RootMeanSquareDeviation => &["reference", "compare"],
            Self::DihedralMap => &["dihedrals"],
        }
    }

    /// Name of the file when it is left out.
    pub(super) fn file(self) -> &'static str {
        match self {
            Self::RadialDistribution => "rdf.csv",
            Self::MeanSquaredDisplacement => "msd.csv",
            Self::VelocityAutocorrelation => "vacf.csv",
            Self::VibrationalDensityOfStates => "vdos.csv",
            Self::BondLengths => "bonds.csv",
            Self::BondAngles => "angles.csv",
            Self::DihedralAngles => "dihedrals.csv",
            Self::RootMeanSquareDeviation => "rmsd.csv",
            Self::DihedralMap => "map.csv",
        }
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

    pub(super) fn read(section: &Section<'_>, kind: AnalysisKind) -> Result<Self> {
        let or_default = |found: Option<Quantity>, default: &str, dimension| match found {
            Some(found) => Ok(found),
            None => Quantity::new(default, dimension),
        };
        let longest = || or_default(section.positive("longest", Dimension::Time)?, "2 ps", Dimension::Time);
        Ok(match kind {
            AnalysisKind::RadialDistribution => Self::RadialDistribution {
                reach: section.positive("reach", Dimension::Length)?,
                bin: or_default(section.positive("bin", Dimension::Length)?, "0.05 Å", Dimension::Length)?,
            },
            AnalysisKind::MeanSquaredDisplacement => displacement(section)?,
            AnalysisKind::VelocityAutocorrelation => Self::VelocityAutocorrelation { longest: longest()? },
            AnalysisKind::VibrationalDensityOfStates => Self::VibrationalDensityOfStates { longest: longest()? },
            AnalysisKind::BondLengths => Self::BondLengths { atoms: atoms(section, "atoms", 2)? },
            AnalysisKind::BondAngles => Self::BondAngles { atoms: atoms(section, "atoms", 3)? },
            AnalysisKind::DihedralAngles => Self::DihedralAngles { atoms: atoms(section, "atoms", 4)? },
            AnalysisKind::RootMeanSquareDeviation => {
                let words = [("all", Compared::All), ("heavy", Compared::Heavy)];
                let compare = section.choice("compare", &words)?.unwrap_or(Compared::All);
                Self::RootMeanSquareDeviation { reference: section.path("reference")?, compare }
            }
            AnalysisKind::DihedralMap => {
                let dihedrals = atoms(section, "dihedrals", 4)?;
                if dihedrals.len() != 2 {
                    let message = "a dihedral map needs two dihedral angles";
                    return Err(section.error_at(
                        "dihedrals",
                        message,
                        "write for example dihedrals = [\"5-7-9-15\", \"7-9-15-17\"]",
                    ));
                }
                Self::DihedralMap { dihedrals }
            }
        })
    }
}

fn displacement(section: &Section<'_>) -> Result<AnalysisInput> {
    let fit_from = section.non_negative("fit_from", Dimension::Time)?;
    let fit_to = section.positive("fit_to", Dimension::Time)?;
    let drift = section.choice("drift", &[("keep", Drift::Keep), ("remove", Drift::Remove)])?.unwrap_or(Drift::Keep);
    match (&fit_from, &fit_to) {
        (Some(from), Some(to)) if from.value() >= to.value() => {
            Err(section.error_at("fit_to", "`fit_to` must lie after `fit_from`", "raise it, or lower `fit_from`"))
        }
        (Some(_), None) => Err(section.error_at("fit_from", "`fit_from` needs `fit_to`", "give both or none")),
        (None, Some(_)) => Err(section.error_at("fit_to", "`fit_to` needs `fit_from`", "give both or none")),
        _ => Ok(AnalysisInput::MeanSquaredDisplacement { fit_from, fit_to, drift }),
    }
}

/// Texts such as `1-2`, each of which has to name `count` atoms.
fn atoms(section: &Section<'_>, key: &str, count: usize) -> Result<Vec<String>> {
    let mut list = Vec::new();
    for (text, place) in section.texts(key)?.unwrap_or_default() {
        if !Internal::parse(text).is_ok_and(|internal| internal.atoms().len() == count) {
            let example = ["1-2", "2-1-5", "5-7-9-15"][count - 2];
            return Err(section.error(
                place,
                format!("`{key}`: \"{text}\" does not name {count} different atoms"),
                format!("write their numbers, counted from 1, for example \"{example}\""),
            ));
        }
        list.push(text.to_string());
    }
    Ok(list)
}
