//! The input of `scan`: a bond, an angle or a dihedral angle in steps.

use std::path::PathBuf;

use serde::Serialize;

use super::declare::{ATOMS, Bounds, Key, Value, flag, integer, quantity, settings, table};
use super::run::{NAME, VERSION};
use super::section::Section;
use super::{MinimizeInput, OutputInput, PotentialInput, Quantity, StructureInput};
use cormorant_core::Result;
use cormorant_core::units::Dimension;

settings! {
    /// A scan of one internal coordinate of a structure.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct ScanInput {
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
        /// How the rest is minimized at each point; `force_tolerance` is 1e-3 eV/Å here by default, and the cell stays.
        pub minimize: MinimizeInput = table(&MinimizeInput::TABLE),
        /// The coordinate and its values.
        pub scan: CoordinateInput = table(&CoordinateInput::TABLE).required("{ atoms = [1, 2, 3, 4], to = \"360 deg\" }"),
    }
}

/// A length for a bond, else an angle.
const VALUES: &[Dimension] = &[Dimension::Length, Dimension::Angle];
/// The same for three or four atoms: a value without a unit is told what the first of them is.
const ANGLES_FIRST: Value = Value::Quantity(&[Dimension::Angle, Dimension::Length], Bounds::Any);

settings! {
    /// `[scan]`.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct CoordinateInput {
        /// Two atoms of a bond, three of an angle or four of a dihedral angle, counted from 1.
        pub atoms: Vec<usize> = Key::of(ATOMS).required("[1, 2, 3, 4]"),
        /// First value; that of the structure if left out.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub from: Option<Quantity> = quantity(VALUES),
        /// Last value. A dihedral angle may go beyond a full turn: it is the way from the first value that counts.
        pub to: Quantity = quantity(VALUES).required("\"360 deg\""),
        /// Number of values, the first and the last included.
        pub points: usize = integer(2, 100_000).or("25"),
        /// Whether everything else is minimized at each point; otherwise both sides of the bond stay rigid.
        pub relax: bool = Key::of(Value::Flag).or("true"),
        /// Whether the values are met again in reverse order, to see whether the structure comes back the same way.
        pub backward: bool = flag(),
    }
}

impl ScanInput {
    pub(super) fn read(root: &Section<'_>, version: u64) -> Result<Self> {
        root.declared(&[Self::TABLE.keys])?;
        let name = super::run::name(root)?;
        let output = OutputInput::read(root, "outputs", &name)?;
        let structure = StructureInput::read(root)?;
        let potential = PotentialInput::read_exact(root)?;
        let minimize = MinimizeInput::read_at_fixed_cell(root, "a scan")?;
        let scan = CoordinateInput::read(&root.section_or_empty("scan")?)?;
        Ok(Self { version, name, output, structure, potential, minimize, scan })
    }

    /// Every path of the input, to be changed in place.
    pub(super) fn paths(&mut self) -> Vec<&mut PathBuf> {
        let mut paths = vec![&mut self.output.folder];
        paths.extend(self.structure.paths());
        paths.extend(self.potential.paths());
        paths
    }
}

impl CoordinateInput {
    fn read(section: &Section<'_>) -> Result<Self> {
        section.declared(&[Self::TABLE.keys])?;
        let atoms: Vec<usize> = section.get(&Self::atoms)?;
        let value = |key: Key| if atoms.len() == 2 { key } else { Key { value: ANGLES_FIRST, ..key } };
        let found = Self {
            from: section.get(&value(Self::from))?,
            to: section.get(&value(Self::to))?,
            atoms,
            points: section.get(&Self::points)?,
            relax: section.get(&Self::relax)?,
            backward: section.get(&Self::backward)?,
        };
        let (dimension, example) = match found.atoms.len() {
            2 => (Dimension::Length, "\"1.5 Å\""),
            3 | 4 => (Dimension::Angle, "\"120 deg\""),
            other => {
                let message = format!("`atoms` lists {other} atoms, but a scan needs two, three or four");
                let remedy = "two are a bond, three an angle, four a dihedral angle";
                return Err(section.error_at("atoms", message, remedy));
            }
        };
        for (key, value) in [("from", found.from.as_ref()), ("to", Some(&found.to))] {
            if let Some(value) = value.filter(|value| value.dimension() != dimension) {
                let what = if dimension == Dimension::Length { "bond" } else { "angle" };
                let message = format!(
                    "`{key}` = \"{value}\" is not {}, but the atoms are those of a {what}",
                    dimension.description()
                );
                let message = message.replace("of a angle", "of an angle");
                return Err(section.error_at(key, message, format!("write for example {key} = {example}")));
            }
        }
        if found.from.as_ref().is_some_and(|from| from.value() == found.to.value()) {
            return Err(section.error_at("to", "`from` and `to` are the same", "write where the scan ends"));
        }
        Ok(found)
    }
}
