//! What is analyzed during a run.

use std::path::PathBuf;

use serde::Serialize;
use toml::de::DeTable;

use super::Quantity;
use super::declare::{LENGTH, TEMPERATURE, TIME, Table, Value, kinds, list, non_negative, path, positive, word, words};
use super::section::Section;
use super::source::Source;
use cormorant_core::Result;
use cormorant_dynamics::analysis::{
    Analysis, CorrelationResult, DielectricConstant, DihedralMap, InfraredSpectrum, Internal, InternalDistribution,
    InternalKind, MeanSquaredDisplacement, RadialDistribution, RootMeanSquareDeviation, VelocityCorrelation,
    VelocitySource,
};
use cormorant_io as io;

kinds! {
    /// An analysis of a `[[stage.write]]`, by its kind.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    #[serde(tag = "kind", rename_all = "kebab-case")]
    pub enum AnalysisInput {
        /// Radial distribution functions; distances of a molecule without a cell.
        RadialDistribution = "radial-distribution" {
            /// Largest distance; half of the least height of the cell and at most 10 Å by default.
            #[serde(skip_serializing_if = "Option::is_none")]
            reach: Option<Quantity> = positive(LENGTH),
            /// Width of a bin.
            bin: Quantity = positive(LENGTH).or(BIN),
        },
        /// Mean squared displacement and diffusion coefficient.
        MeanSquaredDisplacement = "mean-squared-displacement" {
            /// Lag where the line of the diffusion coefficient starts; 2 % of the length by default.
            #[serde(skip_serializing_if = "Option::is_none")]
            fit_from: Option<Quantity> = non_negative(TIME),
            /// Lag where it ends; 10 % of the length by default.
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
        /// Infrared spectrum, of potentials with charges.
        Infrared = "infrared" {
            /// Longest lag of the correlation; lines are 33 1/cm over its number of ps wide.
            max_lag: Quantity = positive(TIME).or(MAX_LAG),
            /// Temperature of the run, by which classical motion is made to absorb as the quantum one does.
            temperature: Quantity = positive(TEMPERATURE).required("\"300 K\""),
        },
        /// Dielectric constant of a bulk, of potentials with charges.
        DielectricConstant = "dielectric-constant" {
            /// Temperature of the run.
            temperature: Quantity = positive(TEMPERATURE).required("\"300 K\""),
        },
        /// Distributions of bond lengths.
        BondLengths = "bond-lengths" {
            /// Pairs of atoms such as `1-2`; every bond of the first frame, by elements, by default.
            #[serde(skip_serializing_if = "Vec::is_empty")]
            atoms: Vec<String> = list(&Value::Text),
        },
        /// Distributions of angles.
        BondAngles = "bond-angles" {
            /// Triples of atoms such as `2-1-5`; every angle of the first frame, by elements, by default.
            #[serde(skip_serializing_if = "Vec::is_empty")]
            atoms: Vec<String> = list(&Value::Text),
        },
        /// Distributions of dihedral angles.
        DihedralAngles = "dihedral-angles" {
            /// Four atoms such as `5-7-9-15`; every dihedral angle of the first frame, by elements, by default.
            #[serde(skip_serializing_if = "Vec::is_empty")]
            atoms: Vec<String> = list(&Value::Text),
        },
        /// Root mean square deviation from a reference after the best superposition.
        RootMeanSquareDeviation = "root-mean-square-deviation" {
            /// Structure of the same atoms; the first frame by default.
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
pub const BIN: &str = "0.05 Å";
/// Default of `max_lag`.
pub const MAX_LAG: &str = "2 ps";

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
    /// Whether it needs the dipole of every frame.
    #[must_use]
    pub fn needs_dipole(&self) -> bool {
        matches!(self, Self::Infrared { .. } | Self::DielectricConstant { .. })
    }

    /// Fewest frames that the analysis can say anything about.
    #[must_use]
    pub fn fewest_frames(&self) -> u64 {
        match self {
            Self::MeanSquaredDisplacement { .. } | Self::DielectricConstant { .. } => 2,
            Self::VelocityAutocorrelation { .. } | Self::VibrationalDensityOfStates { .. } => 8,
            Self::Infrared { .. } => 9,
            _ => 1,
        }
    }

    /// The analysis `kind` with `keys` such as `bin=0.1 Å`, as the command line has them.
    ///
    /// # Errors
    /// When there is no such kind or key, or a value is not accepted.
    pub fn from_keys(kind: &str, keys: &[String]) -> Result<Self> {
        let mut text = format!("kind = {kind:?}\n");
        for pair in keys {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            // What is not a number, a truth value or a list is a string.
            let line = format!("{} = {}\n", key.trim(), value.trim());
            let is_value = line.parse::<toml::Table>().is_ok();
            text += if is_value { line } else { format!("{} = {:?}\n", key.trim(), value.trim()) }.as_str();
        }
        let source = Source { path: PathBuf::from("the command line"), text };
        let table = DeTable::parse(&source.text)
            .map_err(|error| source.error(error.span().unwrap_or(0..0), error.message(), "write KEY=VALUE"))?;
        let section = Section::root(&source, table.get_ref());
        let table = Table { about: "", keys: &[], kinds: Self::KINDS };
        let kind = section.required("kind", section.kind(&table)?, "kind = \"radial-distribution\"")?;
        section.declared_kind(&table, kind)?;
        let found =
            section.required("kind", Self::read_kind(&section, kind.word)?, "kind = \"radial-distribution\"")?;
        found.fits(&section)?;
        Ok(found)
    }

    /// Name of the file when it is left out.
    pub fn default_file(&self) -> &'static str {
        match self {
            Self::RadialDistribution { .. } => "rdf.csv",
            Self::MeanSquaredDisplacement { .. } => "msd.csv",
            Self::VelocityAutocorrelation { .. } => "vacf.csv",
            Self::VibrationalDensityOfStates { .. } => "vdos.csv",
            Self::Infrared { .. } => "ir.csv",
            Self::DielectricConstant { .. } => "dielectric.csv",
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
                two_angles(section, dihedrals.len())
            }
            _ => Ok(()),
        }
    }

    /// The analysis of kind `word`; none if that is of another kind.
    pub(super) fn read(section: &Section<'_>, word: &str) -> Result<Option<Self>> {
        if word == "dihedral-map" && !section.has("dihedrals") {
            two_angles(section, 0)?;
        }
        Self::read_kind(section, word)
    }
}

/// Refuse a map of more or fewer than two angles.
fn two_angles(section: &Section<'_>, count: usize) -> Result<()> {
    if count == 2 {
        return Ok(());
    }
    Err(section.error_at(
        "dihedrals",
        "a dihedral map needs two dihedral angles",
        "write for example dihedrals = [\"5-7-9-15\", \"7-9-15-17\"]",
    ))
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

impl AnalysisInput {
    /// The accumulator; `reach` (Å) is that of radial distribution functions by default.
    pub(crate) fn accumulator(&self, reach: f64, velocities: VelocitySource) -> Result<Box<dyn Analysis>> {
        let correlation = |max_lag: &Quantity, result| VelocityCorrelation::new(max_lag.value(), velocities, result);
        Ok(match self {
            Self::RadialDistribution { reach: asked, bin } => {
                let reach = asked.as_ref().map_or(reach, Quantity::value);
                Box::new(RadialDistribution::new(reach, bin.value())?)
            }
            Self::MeanSquaredDisplacement { fit_from, fit_to, drift } => {
                let window = fit_from.as_ref().map(Quantity::value).zip(fit_to.as_ref().map(Quantity::value));
                Box::new(MeanSquaredDisplacement::new(window, *drift == Drift::Keep)?)
            }
            Self::VelocityAutocorrelation { max_lag } => Box::new(correlation(max_lag, CorrelationResult::Function)?),
            Self::VibrationalDensityOfStates { max_lag } => {
                Box::new(correlation(max_lag, CorrelationResult::DensityOfStates)?)
            }
            Self::Infrared { max_lag, temperature } => {
                Box::new(InfraredSpectrum::new(max_lag.value(), temperature.value())?)
            }
            Self::DielectricConstant { temperature } => Box::new(DielectricConstant::new(temperature.value())?),
            Self::RootMeanSquareDeviation { reference, compare } => {
                let reference = reference.as_ref().map(|path| io::read_structure(path, None)).transpose()?;
                Box::new(RootMeanSquareDeviation::new(reference.as_ref(), *compare == Compared::All)?)
            }
            Self::DihedralMap { dihedrals } => {
                let angle = |at: usize| Internal::parse(dihedrals.get(at).map_or("", String::as_str));
                Box::new(DihedralMap::new(angle(0)?, angle(1)?)?)
            }
            Self::BondLengths { atoms } => Box::new(InternalDistribution::parse(InternalKind::Bonds, atoms)?),
            Self::BondAngles { atoms } => Box::new(InternalDistribution::parse(InternalKind::Angles, atoms)?),
            Self::DihedralAngles { atoms } => Box::new(InternalDistribution::parse(InternalKind::Dihedrals, atoms)?),
        })
    }
}
