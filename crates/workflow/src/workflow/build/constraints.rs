//! Constraints from their input.

use crate::settings::{AnglesInput, BondsInput, CenterOfMass, ConstraintsInput, from_zero};
use cormorant_core::system::{Element, System, find_bonds, rattle};
use cormorant_core::{Error, Result};

impl ConstraintsInput {
    /// Hold the atoms that do not move. Distances come later, when [minimize] has found them.
    pub(super) fn fix_atoms(&self, system: &mut System) -> Result<()> {
        system.fix_atoms(&from_zero(&self.fixed_atoms))
    }

    /// Hold the distances and angles as they are now, and the center of mass; momenta obey at once.
    pub(super) fn fix_distances(&self, system: &mut System) -> Result<()> {
        for [first, second] in self.bonds.pairs(system)? {
            // Between two fixed atoms nothing can change anyway.
            if !both_fixed(system, first, second) {
                system.fix_distance(first, second)?;
            }
        }
        for [first, middle, last] in self.angles.triples(system)? {
            let held = |a: usize, b: usize| {
                let same = |bond: &cormorant_core::system::Bond| bond.atoms == [a, b] || bond.atoms == [b, a];
                both_fixed(system, a, b) || system.constraints.bonds().iter().any(same)
            };
            if !(held(first, middle) && held(middle, last)) {
                return Err(Error::Invalid(format!(
                    "the angle {}-{}-{} can stay only if its two bonds do: add them to `bonds` of [constraints]",
                    first + 1,
                    middle + 1,
                    last + 1
                )));
            }
            if !both_fixed(system, first, last) {
                system.fix_distance(first, last)?;
            }
        }
        if self.center_of_mass == CenterOfMass::Fixed {
            system.fix_center_of_mass()?;
        }
        rattle::constrain_momenta(system)
    }
}

impl BondsInput {
    fn pairs(&self, system: &System) -> Result<Vec<[usize; 2]>> {
        let hydrogen_only = match self {
            Self::None => return Ok(Vec::new()),
            Self::Listed(pairs) => return Ok(pairs.iter().map(|pair| pair.map(|atom| atom - 1)).collect()),
            Self::Hydrogen => true,
            Self::All => false,
        };
        let wanted = |atom: usize| !hydrogen_only || is_hydrogen(system, atom);
        let bonds = find_bonds(system)?;
        let pairs = bonds.iter().filter(|bond| bond.first != bond.second);
        let pairs = pairs.filter(|bond| wanted(bond.first) || wanted(bond.second));
        let pairs: Vec<[usize; 2]> = pairs.map(|bond| [bond.first, bond.second]).collect();
        if pairs.is_empty() {
            let (word, what) = if hydrogen_only { ("hydrogen", "to hydrogen ") } else { ("all", "") };
            return Err(Error::Invalid(format!(
                "`bonds = \"{word}\"` in [constraints] finds no bond {what}in the structure; list the pairs, as in bonds = [[1, 2]], or leave it out"
            )));
        }
        Ok(pairs)
    }
}

impl AnglesInput {
    fn triples(&self, system: &System) -> Result<Vec<[usize; 3]>> {
        match self {
            Self::None => return Ok(Vec::new()),
            Self::Listed(triples) => return Ok(triples.iter().map(|triple| triple.map(|atom| atom - 1)).collect()),
            Self::Water => {}
        }
        let mut triples = Vec::new();
        let mut partners = vec![Vec::new(); system.atom_count()];
        for bond in find_bonds(system)? {
            partners[bond.first].push(bond.second);
            partners[bond.second].push(bond.first);
        }
        for (middle, partners) in partners.iter().enumerate() {
            if let [first, last] = partners[..]
                && system.elements[middle] == Element::from_symbol("O")?
                && is_hydrogen(system, first)
                && is_hydrogen(system, last)
            {
                triples.push([first, middle, last]);
            }
        }
        Ok(triples)
    }
}

fn both_fixed(system: &System, first: usize, second: usize) -> bool {
    system.constraints.is_fixed(first) && system.constraints.is_fixed(second)
}

fn is_hydrogen(system: &System, atom: usize) -> bool {
    system.elements[atom].number() == 1
}
