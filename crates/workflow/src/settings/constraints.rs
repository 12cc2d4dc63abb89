//! What atoms may not do.

use serde::{Serialize, Serializer};

use super::declare::{ATOMS, Key, Value, settings, word, words};
use super::section::Section;
use super::{Coupling, PressureCoupling, StageInput};
use cormorant_core::Result;

settings! {
    /// `[constraints]`: atoms that do not move, distances and angles that stay, a center of mass that stays.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct ConstraintsInput {
        /// Atoms that do not move, counted from 1.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        pub fixed_atoms: Vec<usize> = Key::of(ATOMS),
        /// Distances that stay.
        pub bonds: BondsInput = BONDS,
        /// Angles that stay; their bonds must stay too.
        pub angles: AnglesInput = ANGLES,
        /// Whether the center of mass stays.
        pub center_of_mass: CenterOfMass = word(CenterOfMass::ABOUT).or("free"),
    }
}

const BONDS: Key = Key::of(Value::Either(&[
    Value::Word(&[
        ("none", "None."),
        ("hydrogen", "Those of hydrogen atoms to what they are bonded to."),
        ("all", "All that are shorter than 1.2 times the sum of the covalent radii."),
    ]),
    Value::List(&Value::Group(&Value::Integer(1, u32::MAX as u64), 2)),
]))
.or("none");

const ANGLES: Key = Key::of(Value::Either(&[
    Value::Word(&[("none", "None."), ("water", "H-O-H of every water molecule.")]),
    Value::List(&Value::Group(&Value::Integer(1, u32::MAX as u64), 3)),
]))
.or("none");

/// Which distances stay as they are at the start (after `[minimize]`, if there is one).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BondsInput {
    /// None.
    None,
    /// Those of hydrogen atoms to what they are bonded to (nearer than 1.2 times the sum of the covalent radii).
    Hydrogen,
    /// All that are shorter than 1.2 times the sum of the covalent radii.
    All,
    /// Listed pairs of atoms, counted from 1.
    Listed(Vec<[usize; 2]>),
}

/// Which angles stay as they are at the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnglesInput {
    /// None.
    None,
    /// H-O-H of every water molecule.
    Water,
    /// Listed triples of atoms, the middle one second, counted from 1.
    Listed(Vec<[usize; 3]>),
}

words! {
    /// Whether the center of mass may move.
    pub enum CenterOfMass {
        /// It moves as forces and baths will have it.
        Free = "free",
        /// It stays.
        Fixed = "fixed",
    }
}

impl ConstraintsInput {
    pub(super) fn read(root: &Section<'_>) -> Result<Option<Self>> {
        let Some(section) = root.section("constraints")? else { return Ok(None) };
        section.declared(&[Self::TABLE.keys])?;
        let found = Self {
            fixed_atoms: section.get(&Self::fixed_atoms)?,
            bonds: BondsInput::read(&section)?,
            angles: AnglesInput::read(&section)?,
            center_of_mass: section.get(&Self::center_of_mass)?,
        };
        if found.center_of_mass == CenterOfMass::Fixed && !found.fixed_atoms.is_empty() {
            return Err(section.error_at(
                "center_of_mass",
                "where atoms are fixed, the center of mass cannot be fixed too",
                "remove one of `fixed_atoms` and `center_of_mass`",
            ));
        }
        Ok(Some(found))
    }
}

impl ConstraintsInput {
    /// Refuse baths of a stage that cannot act on atoms with these constraints; they would end the run when the stage begins.
    pub(super) fn suit(&self, section: &Section<'_>, stage: &StageInput) -> Result<()> {
        let rigid = self.bonds != BondsInput::None || self.angles != AnglesInput::None;
        let held = rigid || self.center_of_mass == CenterOfMass::Fixed;
        if held && stage.thermostat.as_ref().is_some_and(|bath| matches!(bath.coupling, Coupling::Andersen { .. })) {
            let message =
                "collisions of single atoms do not sample rigid molecules, nor motion about a fixed center of mass";
            let remedy = "use kind = \"langevin\" (friction = \"1 / ps\"), or leave out the constraints";
            return Err(section.error_at("thermostat", message, remedy));
        }
        let Some(barostat) = &stage.barostat else { return Ok(()) };
        if !self.fixed_atoms.is_empty() {
            let message = "fixed atoms cannot follow a cell that changes";
            return Err(section.error_at("barostat", message, "leave out the barostat, or `fixed_atoms`"));
        }
        if held && matches!(barostat.coupling, PressureCoupling::MartynaTobiasKlein {}) {
            let message = "this barostat does not support fixed distances or a fixed center of mass";
            return Err(section.error_at("barostat", message, "use kind = \"stochastic-cell-rescaling\""));
        }
        Ok(())
    }
}

impl BondsInput {
    fn read(section: &Section<'_>) -> Result<Self> {
        if !section.has("bonds") || section.is_text("bonds") {
            let words = [("none", 0), ("hydrogen", 1), ("all", 2)];
            return Ok(match section.choice("bonds", &words)? {
                Some(1) => Self::Hydrogen,
                Some(2) => Self::All,
                _ => Self::None,
            });
        }
        Ok(Self::Listed(section.atom_groups("bonds")?))
    }
}

impl AnglesInput {
    fn read(section: &Section<'_>) -> Result<Self> {
        if !section.has("angles") || section.is_text("angles") {
            let water = section.choice("angles", &[("none", false), ("water", true)])?;
            return Ok(if water == Some(true) { Self::Water } else { Self::None });
        }
        Ok(Self::Listed(section.atom_groups("angles")?))
    }
}

impl Serialize for BondsInput {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::None => serializer.serialize_str("none"),
            Self::Hydrogen => serializer.serialize_str("hydrogen"),
            Self::All => serializer.serialize_str("all"),
            Self::Listed(pairs) => pairs.serialize(serializer),
        }
    }
}

impl Serialize for AnglesInput {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::None => serializer.serialize_str("none"),
            Self::Water => serializer.serialize_str("water"),
            Self::Listed(triples) => triples.serialize(serializer),
        }
    }
}

/// Atoms counted from 0, of atoms counted from 1.
pub(crate) fn from_zero(atoms: &[usize]) -> Vec<usize> {
    atoms.iter().filter_map(|atom| atom.checked_sub(1)).collect()
}
