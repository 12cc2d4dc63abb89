//! Springs between atoms, and between atoms and places.

use serde::Serialize;

use super::PotentialInput;
use crate::settings::Quantity;
use crate::settings::section::Section;
use cormorant_core::Result;
use cormorant_core::units::Dimension;

/// A spring on the distance of two atoms, the angle of three or the dihedral angle of four.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpringInput {
    /// The atoms, counted from 1 in the order of the structure file.
    pub atoms: Vec<usize>,
    /// Stiffness k.
    pub stiffness: Quantity,
    /// Length r₀ or angle θ₀ or φ₀ at rest.
    pub rest: Quantity,
}

/// Springs that hold atoms in places.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AnchorInput {
    /// The atoms, counted from 1.
    pub atoms: Vec<usize>,
    /// Stiffness k.
    pub stiffness: Quantity,
    /// The place, for a single atom; without it each atom is held where it starts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<[Quantity; 3]>,
}

impl PotentialInput {
    pub(super) fn harmonic(section: &Section<'_>) -> Result<Self> {
        section.allow(&["kind", "bonds", "angles", "dihedrals", "positions"])?;
        let springs = |key: &str, ends, stiffness, rest| -> Result<Vec<SpringInput>> {
            section.sections(key)?.iter().map(|spring| SpringInput::read(spring, ends, stiffness, rest)).collect()
        };
        let bonds = springs("bonds", 2, Dimension::BondStiffness, Dimension::Length)?;
        let angles = springs("angles", 3, Dimension::AngleStiffness, Dimension::Angle)?;
        let dihedrals = springs("dihedrals", 4, Dimension::AngleStiffness, Dimension::Angle)?;
        let positions: Vec<AnchorInput> =
            section.sections("positions")?.iter().map(AnchorInput::read).collect::<Result<_>>()?;
        if bonds.is_empty() && angles.is_empty() && dihedrals.is_empty() && positions.is_empty() {
            let example = "bonds = [{ atoms = [1, 2], stiffness = \"30 eV/Å^2\", rest = \"1.5 Å\" }]";
            return section.required("bonds", None, example);
        }
        Ok(Self::Harmonic { bonds, angles, dihedrals, positions })
    }
}

impl SpringInput {
    fn read(section: &Section<'_>, ends: usize, stiffness: Dimension, rest: Dimension) -> Result<Self> {
        section.allow(&["atoms", "stiffness", "rest"])?;
        let atoms = section.integers("atoms", 1, u64::from(u32::MAX))?;
        let example = ["atoms = [1, 2]", "atoms = [1, 2, 3]", "atoms = [1, 2, 3, 4]"][ends - 2];
        let atoms = section.required("atoms", atoms, example)?;
        if atoms.len() != ends || !distinct(&atoms) {
            return Err(section.error_at(
                "atoms",
                format!("`atoms` must list {ends} different atoms"),
                "write their numbers, counted from 1",
            ));
        }
        let example = |key: &str, dimension: Dimension| format!("{key} = \"{}\"", dimension.example());
        let found = section.positive("stiffness", stiffness)?;
        let k = section.required("stiffness", found, &example("stiffness", stiffness))?;
        // A dihedral angle has a sign.
        let found = if ends == 4 { section.quantity("rest", rest)? } else { section.positive("rest", rest)? };
        let at_rest = section.required("rest", found, &example("rest", rest))?;
        Ok(Self { atoms: atoms.iter().map(|atom| *atom as usize).collect(), stiffness: k, rest: at_rest })
    }
}

impl AnchorInput {
    fn read(section: &Section<'_>) -> Result<Self> {
        section.allow(&["atoms", "stiffness", "place"])?;
        let atoms = section.required("atoms", section.atoms("atoms")?, "atoms = [1, 2]")?;
        let stiffness = section.positive("stiffness", Dimension::BondStiffness)?;
        let stiffness = section.required("stiffness", stiffness, "stiffness = \"5 eV/Å^2\"")?;
        let place = section.position("place")?;
        if place.is_some() && atoms.len() != 1 {
            return Err(section.error_at(
                "place",
                format!("`place` is for one atom, but `atoms` lists {}", atoms.len()),
                "leave it out to hold each atom where it starts",
            ));
        }
        Ok(Self { atoms, stiffness, place })
    }
}

fn distinct(atoms: &[u64]) -> bool {
    atoms.iter().enumerate().all(|(index, atom)| !atoms[..index].contains(atom))
}
