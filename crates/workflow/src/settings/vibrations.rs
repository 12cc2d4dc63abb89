//! The input of `vibrations`: normal modes of one structure.

use std::path::PathBuf;

use serde::Serialize;

use super::declare::{ATOMS, Key, LENGTH, PRESSURE, TEMPERATURE, integer, positive, settings, table};
use super::run::{NAME, VERSION};
use super::section::Section;
use super::{MinimizeInput, OutputInput, PotentialInput, Quantity, StructureInput};
use cormorant_core::Result;
use cormorant_core::units::Dimension;

settings! {
    /// Normal modes of a structure, after going to the nearest minimum.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct VibrationsInput {
        /// Version of the input format.
        pub version: u64 = VERSION,
        /// Name; results go to `outputs/<name>` unless `[output]` says otherwise.
        pub name: String = NAME,
        /// Where results go.
        pub output: OutputInput = table(&OutputInput::TABLE),
        /// The atoms.
        pub structure: StructureInput = table(&StructureInput::TABLE).required("{ file = \"ethanol.xyz\" }"),
        /// The potential; a learned one computes in f64 unless the input says otherwise.
        pub potential: PotentialInput = PotentialInput::key(),
        /// How the minimum is reached; `force_tolerance` is 1e-4 eV/Å here by default.
        pub minimize: MinimizeInput = table(&MinimizeInput::TABLE),
        /// The modes.
        pub vibrations: ModesInput = table(&ModesInput::TABLE),
        /// For which conditions thermodynamic functions are wanted.
        pub thermochemistry: ThermochemistryInput = table(&ThermochemistryInput::TABLE),
    }
}

settings! {
    /// `[vibrations]`.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct ModesInput {
        /// How far atoms are moved for the differences.
        pub displacement: Quantity = positive(LENGTH).or("0.005 Å"),
        /// Modes that are written as trajectories, counted from 1 by rising wavenumber; all by default.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub animations: Option<Vec<u64>> = MODES,
        /// Frames of an animation, which shows one period.
        pub frames: usize = integer(2, 100_000).or("20"),
        /// How far the atom that moves most goes to each side in an animation.
        pub amplitude: Quantity = positive(LENGTH).or("0.3 Å"),
    }
}

settings! {
    /// `[thermochemistry]`.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct ThermochemistryInput {
        /// Temperature.
        pub temperature: Quantity = positive(TEMPERATURE).or("298.15 K"),
        /// Pressure of the ideal gas.
        pub pressure: Quantity = positive(PRESSURE).or("1 bar"),
        /// Rotations that bring the molecule to itself; counted at the minimum when left out.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub symmetry_number: Option<u64> = integer(1, 1000),
        /// Electronic ground states; the multiplicity that the structure states, or 1, when left out.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub multiplicity: Option<u64> = integer(1, 1000),
    }
}

const MODES: Key = Key::of(ATOMS).formerly(&["films"]);

impl VibrationsInput {
    pub(super) fn read(root: &Section<'_>, version: u64) -> Result<Self> {
        root.declared(&[Self::TABLE.keys])?;
        let name = super::run::name(root)?;
        let output = OutputInput::read(root, "outputs", &name)?;
        let structure = StructureInput::read(root)?;
        let potential = PotentialInput::read_exact(root)?;
        let tight = MinimizeInput {
            force_tolerance: Quantity::default_of("1e-4 eV/Å", Dimension::Force),
            ..Default::default()
        };
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
        section.declared(&[Self::TABLE.keys])?;
        Ok(Self {
            displacement: section.get(&Self::displacement)?,
            animations: section.get(&Self::animations)?,
            frames: section.get(&Self::frames)?,
            amplitude: section.get(&Self::amplitude)?,
        })
    }
}

impl ThermochemistryInput {
    fn read(section: &Section<'_>) -> Result<Self> {
        section.declared(&[Self::TABLE.keys])?;
        Ok(Self {
            temperature: section.get(&Self::temperature)?,
            pressure: section.get(&Self::pressure)?,
            symmetry_number: section.get(&Self::symmetry_number)?,
            multiplicity: section.get(&Self::multiplicity)?,
        })
    }
}
