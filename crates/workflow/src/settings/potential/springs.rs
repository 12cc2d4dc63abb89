//! Springs between atoms, and between atoms and points.

use serde::Serialize;

use crate::settings::Quantity;
use crate::settings::declare::{
    ANGLE, ANGLE_STIFFNESS, ATOMS, BOND_STIFFNESS, Bounds, Key, LENGTH, POINT, Setting, Table, Value, positive,
    settings,
};
use crate::settings::section::Section;
use cormorant_core::Result;
use cormorant_core::units::Dimension;

/// A spring on the distance of two atoms, the angle of three or the dihedral angle of four.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpringInput {
    /// The atoms, counted from 1 in the order of the structure file.
    pub atoms: Vec<usize>,
    /// Force constant k.
    pub force_constant: Quantity,
    /// Length r₀ or angle θ₀ or φ₀ at equilibrium.
    pub equilibrium: Quantity,
}

/// The declaration of springs between so many atoms.
const fn spring(
    about: &'static str,
    force_constant: &'static [Dimension],
    equilibrium: Value,
    examples: [&'static str; 3],
) -> [Key; 3] {
    [
        Key::of(ATOMS)
            .required(examples[0])
            .described("atoms", "The atoms, counted from 1 in the order of the structure file."),
        positive(force_constant)
            .required(examples[1])
            .formerly(&["stiffness"])
            .described("force_constant", "Force constant k."),
        Key::of(equilibrium).required(examples[2]).formerly(&["rest"]).described("equilibrium", about),
    ]
}

const BOND_KEYS: [Key; 3] = spring(
    "Length r₀ at equilibrium.",
    BOND_STIFFNESS,
    Value::Quantity(LENGTH, Bounds::AboveZero),
    ["[1, 2]", "\"30 eV/Å^2\"", "\"1.5 Å\""],
);
const ANGLE_KEYS: [Key; 3] = spring(
    "Angle θ₀ at equilibrium.",
    ANGLE_STIFFNESS,
    Value::Quantity(ANGLE, Bounds::AboveZero),
    ["[1, 2, 3]", "\"3 eV/rad^2\"", "\"109.5 deg\""],
);
// A dihedral angle has a sign.
const DIHEDRAL_KEYS: [Key; 3] = spring(
    "Dihedral angle φ₀ at equilibrium.",
    ANGLE_STIFFNESS,
    Value::Quantity(ANGLE, Bounds::Any),
    ["[1, 2, 3, 4]", "\"3 eV/rad^2\"", "\"109.5 deg\""],
);

/// Springs on distances.
pub(super) const BONDS: Table = Table { about: "A spring on the distance of two atoms.", keys: &BOND_KEYS, kinds: &[] };
/// Springs on angles.
pub(super) const ANGLES: Table =
    Table { about: "A spring on the angle of three atoms.", keys: &ANGLE_KEYS, kinds: &[] };
/// Springs on dihedral angles.
pub(super) const DIHEDRALS: Table =
    Table { about: "A spring on the dihedral angle of four atoms.", keys: &DIHEDRAL_KEYS, kinds: &[] };

settings! {
    /// Springs that hold atoms in their positions.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct AnchorInput {
        /// The atoms, counted from 1.
        pub atoms: Vec<usize> = Key::of(ATOMS).required("[1, 2]"),
        /// Force constant k.
        pub force_constant: Quantity = positive(BOND_STIFFNESS).required("\"5 eV/Å^2\"").formerly(&["stiffness"]),
        /// The position, for a single atom; without it each atom is held where it starts.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub position: Option<[Quantity; 3]> = Key::of(POINT).formerly(&["place"]),
    }
}

impl Setting for Vec<SpringInput> {
    fn read(section: &Section<'_>, name: &str, key: &Key) -> Result<Option<Self>> {
        let Value::List(Value::Table(table)) = key.value else { return Ok(None) };
        let ends = match key.name {
            "bonds" => 2,
            "angles" => 3,
            _ => 4,
        };
        section
            .sections(name)?
            .iter()
            .map(|spring| SpringInput::read(spring, table, ends))
            .collect::<Result<_>>()
            .map(Some)
    }
}

impl Setting for Vec<AnchorInput> {
    fn read(section: &Section<'_>, name: &str, _: &Key) -> Result<Option<Self>> {
        section.sections(name)?.iter().map(AnchorInput::read).collect::<Result<_>>().map(Some)
    }
}

impl SpringInput {
    fn read(section: &Section<'_>, table: &Table, ends: usize) -> Result<Self> {
        section.declared(&[table.keys])?;
        let [atoms, force_constant, equilibrium] = table.keys else {
            return Err(section.error_at("atoms", "a spring has three keys", "give all three"));
        };
        let found: Vec<u64> = section.get(atoms)?;
        if found.len() != ends || !distinct(&found) {
            return Err(section.error_at(
                "atoms",
                format!("`atoms` must list {ends} different atoms"),
                "write their numbers, counted from 1",
            ));
        }
        Ok(Self {
            atoms: found.iter().map(|atom| *atom as usize).collect(),
            force_constant: section.get(force_constant)?,
            equilibrium: section.get(equilibrium)?,
        })
    }
}

impl AnchorInput {
    fn read(section: &Section<'_>) -> Result<Self> {
        section.declared(&[Self::TABLE.keys])?;
        let atoms: Vec<usize> = section.get(&Self::atoms)?;
        let force_constant = section.get(&Self::force_constant)?;
        let position: Option<[Quantity; 3]> = section.get(&Self::position)?;
        if position.is_some() && atoms.len() != 1 {
            let name = section.spelled(&Self::position);
            return Err(section.error_at(
                name,
                format!("`{name}` is for one atom, but `atoms` lists {}", atoms.len()),
                "leave it out to hold each atom where it starts",
            ));
        }
        Ok(Self { atoms, force_constant, position })
    }
}

fn distinct(atoms: &[u64]) -> bool {
    atoms.iter().enumerate().all(|(index, atom)| !atoms[..index].contains(atom))
}
