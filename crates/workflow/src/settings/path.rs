//! The input of `path`: a minimum energy path between two structures.

use std::path::PathBuf;

use serde::Serialize;

use super::declare::{BOND_STIFFNESS, FORCE, Key, Value, flag, integer, positive, settings, table, word, words};
use super::run::{NAME, VERSION};
use super::section::Section;
use super::{CellMinimization, MinimizeInput, OutputInput, PotentialInput, Precision, Quantity, StructureInput};
use cormorant_core::Result;
use cormorant_core::units::Dimension;

settings! {
    /// A minimum energy path between two structures, by a nudged elastic band.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct PathInput {
        /// Version of the input format.
        pub version: u64 = VERSION,
        /// Name; results go to `outputs/<name>` unless `[output]` says otherwise.
        pub name: String = NAME,
        /// Where results go.
        pub output: OutputInput = table(&OutputInput::TABLE),
        /// The structure where the path begins.
        pub structure: StructureInput = table(&StructureInput::TABLE).required("{ file = \"reactant.xyz\" }"),
        /// The structure where it ends: the same atoms in the same order.
        pub final_structure: StructureInput = table(&StructureInput::TABLE).required("{ file = \"product.xyz\" }"),
        /// The potential; a learned one computes in f64 unless the input says otherwise.
        pub potential: PotentialInput = PotentialInput::key(),
        /// How the ends are minimized; `force_tolerance` is 1e-3 eV/Å here by default, and the cell stays.
        pub minimize: MinimizeInput = table(&MinimizeInput::TABLE),
        /// The path.
        pub path: BandInput = table(&BandInput::TABLE),
    }
}

settings! {
    /// `[path]`: a nudged elastic band.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct BandInput {
        /// Images between the ends.
        pub images: usize = integer(1, 1000).or("9"),
        /// How the first images are found.
        pub initial: InitialImages = word(InitialImages::ABOUT).or("idpp"),
        /// Whether the ends are minimized first.
        pub minimize_ends: bool = Key::of(Value::Flag).or("true"),
        /// Whether the highest image climbs to the saddle point, which it does as soon as the others are near the path.
        pub climb: bool = Key::of(Value::Flag).or("true"),
        /// Stiffness of the springs between images; they act along the path only.
        pub spring_constant: Quantity = positive(BOND_STIFFNESS).or("2 eV/Å^2"),
        /// Largest force on an atom across the path that may remain; on the climbing image the largest force.
        pub force_tolerance: Quantity = positive(FORCE).or("0.01 eV/Å"),
        /// Steps of all images after which the path is given up; what was found is written and marked.
        pub most_steps: u64 = integer(1, 1_000_000_000).or("2000"),
        /// Whether the saddle point is checked to have exactly one imaginary frequency.
        pub check_saddle: bool = flag(),
    }
}

words! {
    /// First images of a path.
    pub enum InitialImages {
        /// Image-dependent pair potential: distances between atoms change evenly.
        Idpp = "idpp",
        /// Atoms go straight.
        Linear = "linear",
    }
}

impl PathInput {
    pub(super) fn read(root: &Section<'_>, version: u64) -> Result<Self> {
        root.declared(&[Self::TABLE.keys])?;
        let name = super::run::name(root)?;
        let output = OutputInput::read(root, "outputs", &name)?;
        let structure = StructureInput::read(root)?;
        let example = "[final_structure]\nfile = \"product.xyz\"";
        let final_structure = StructureInput::read_from(root, "final_structure", example)?;
        let potential = PotentialInput::read_exact(root)?;
        let minimize = MinimizeInput::read_at_fixed_cell(root, "a path")?;
        let path = BandInput::read(&root.section_or_empty("path")?)?;
        Ok(Self { version, name, output, structure, final_structure, potential, minimize, path })
    }

    /// Every path of the input, to be changed in place.
    pub(super) fn paths(&mut self) -> Vec<&mut PathBuf> {
        let mut paths = vec![&mut self.output.folder];
        paths.extend(self.structure.paths());
        paths.extend(self.final_structure.paths());
        paths.extend(self.potential.paths());
        paths
    }
}

impl BandInput {
    fn read(section: &Section<'_>) -> Result<Self> {
        section.declared(&[Self::TABLE.keys])?;
        Ok(Self {
            images: section.get(&Self::images)?,
            initial: section.get(&Self::initial)?,
            minimize_ends: section.get(&Self::minimize_ends)?,
            climb: section.get(&Self::climb)?,
            spring_constant: section.get(&Self::spring_constant)?,
            force_tolerance: section.get(&Self::force_tolerance)?,
            most_steps: section.get(&Self::most_steps)?,
            check_saddle: section.get(&Self::check_saddle)?,
        })
    }
}

impl PotentialInput {
    /// The section; networks compute in f64 unless it says otherwise: differences of forces and energies need their digits.
    pub(super) fn read_exact(root: &Section<'_>) -> Result<Self> {
        let mut potential = Self::read(root)?;
        let said =
            root.is_table("potential") && root.section("potential")?.is_some_and(|section| section.has("precision"));
        potential.set_default_precision(said, Precision::F64);
        Ok(potential)
    }
}

impl MinimizeInput {
    /// The section with a tight tolerance; `what` keeps its cell.
    pub(super) fn read_at_fixed_cell(root: &Section<'_>, what: &str) -> Result<Self> {
        let tight = Self { force_tolerance: Quantity::default_of("1e-3 eV/Å", Dimension::Force), ..Self::default() };
        let found = Self::read(root, &tight)?.unwrap_or(tight);
        match root.section("minimize")? {
            Some(section) if found.cell != CellMinimization::Fixed => {
                let message = format!("`cell` in [minimize]: {what} keeps its cell");
                Err(section.error_at("cell", message, "leave it out, and minimize the cell of the structure before"))
            }
            _ => Ok(found),
        }
    }
}
