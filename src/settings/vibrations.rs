//! The input of `vibrations`: normal modes of one structure.

use std::path::PathBuf;

use serde::Serialize;

use super::section::Section;
use super::{MinimizeInput, OutputInput, PotentialInput, Precision, Quantity, StructureInput};
use cormorant_core::Result;
use cormorant_core::units::Dimension;

/// Normal modes of a structure, after going to the nearest minimum.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VibrationsInput {
    /// Version of the input format.
    pub version: u64,
    /// Name; results go to `outputs/<name>` unless `[output]` says otherwise.
    pub name: String,
    /// Where results go.
    pub output: OutputInput,
    /// The atoms.
    pub structure: StructureInput,
    /// The potential; a learned one computes in f64 unless the input says otherwise.
    pub potential: PotentialInput,
    /// How the minimum is reached.
    pub minimize: MinimizeInput,
    /// The modes.
    pub vibrations: ModesInput,
    /// For which conditions thermodynamic functions are wanted.
    pub thermochemistry: ThermochemistryInput,
}

/// `[vibrations]`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModesInput {
    /// How far atoms are moved for the differences.
    pub displacement: Quantity,
    /// Modes that are written as trajectories, counted from 1 by rising wavenumber; all when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub films: Option<Vec<u64>>,
    /// Frames of a film, which shows one period.
    pub frames: usize,
    /// How far the atom that moves most goes to each side in a film.
    pub amplitude: Quantity,
}

/// `[thermochemistry]`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ThermochemistryInput {
    /// Temperature.
    pub temperature: Quantity,
    /// Pressure of the ideal gas.
    pub pressure: Quantity,
    /// Rotations that bring the molecule to itself.
    pub symmetry_number: u64,
    /// Electronic ground states.
    pub multiplicity: u64,
}

impl VibrationsInput {
    pub(super) const KEYS: [&'static str; 8] =
        ["version", "name", "output", "structure", "potential", "minimize", "vibrations", "thermochemistry"];

    pub(super) fn read(root: &Section<'_>, version: u64) -> Result<Self> {
        root.allow(&Self::KEYS)?;
        let name = super::run::name(root)?;
        let output = OutputInput::read(root, "outputs", &name)?;
        let structure = StructureInput::read(root)?;
        let mut potential = PotentialInput::read(root)?;
        let said =
            root.is_table("potential") && root.section("potential")?.is_some_and(|section| section.has("precision"));
        // Differences of forces need all their digits.
        potential.set_default_precision(said, Precision::F64);
        let tight =
            MinimizeInput { largest_force: Quantity::default_of("1e-4 eV/Å", Dimension::Force), ..Default::default() };
        let minimize = MinimizeInput::read(root, &tight)?.unwrap_or(tight);
        let vibrations = ModesInput::read(&root.section_or_empty("vibrations")?)?;
        let thermochemistry = ThermochemistryInput::read(&root.section_or_empty("thermochemistry")?)?;
        Ok(Self { version, name, output, structure, potential, minimize, vibrations, thermochemistry })
    }

    /// Every path of the input, to be changed in place.
    pub(super) fn paths(&mut self) -> Vec<&mut PathBuf> {
        let mut paths = vec![&mut self.output.folder];
        paths.extend(self.structure.paths());
        paths.extend(self.potential.paths());
        paths
    }
}

impl ModesInput {
    fn read(section: &Section<'_>) -> Result<Self> {
        section.allow(&["displacement", "films", "frames", "amplitude"])?;
        let length = |key: &str, default: &str| {
            let found = section.positive(key, Dimension::Length)?;
            Ok::<_, cormorant_core::Error>(found.unwrap_or_else(|| Quantity::default_of(default, Dimension::Length)))
        };
        Ok(Self {
            displacement: length("displacement", "0.005 Å")?,
            films: section.integers("films", 1, u64::from(u32::MAX))?,
            frames: section.integer("frames", 2, 100_000)?.unwrap_or(20) as usize,
            amplitude: length("amplitude", "0.3 Å")?,
        })
    }
}

impl ThermochemistryInput {
    fn read(section: &Section<'_>) -> Result<Self> {
        section.allow(&["temperature", "pressure", "symmetry_number", "multiplicity"])?;
        let default = |text: &str, dimension| Quantity::default_of(text, dimension);
        let temperature = section.positive("temperature", Dimension::Temperature)?;
        let pressure = section.positive("pressure", Dimension::Pressure)?;
        Ok(Self {
            temperature: temperature.unwrap_or_else(|| default("298.15 K", Dimension::Temperature)),
            pressure: pressure.unwrap_or_else(|| default("1 bar", Dimension::Pressure)),
            symmetry_number: section.integer("symmetry_number", 1, 1000)?.unwrap_or(1),
            multiplicity: section.integer("multiplicity", 1, 1000)?.unwrap_or(1),
        })
    }
}
