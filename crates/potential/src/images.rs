//! Atoms of a halo that are periodic images of owned ones.

use super::Part;
use cormorant_core::Result;
use cormorant_core::system::vector::{difference, dot};

/// How far an image may be, along an axis and in Å, from where its translation puts it: rounding only.
const EXACT: f64 = 1e-9;
/// What no atom and no translation does from one call to the next, in Å along an axis: then all is found again.
const JUMP: f64 = 0.1;
/// Neighbors within so little of the cutoff, in Å, may be seen from an image and not from its original.
const RIM: f64 = 1e-6;
/// Atoms of the halo whose surroundings are compared with those of all owned atoms, for each search.
const COMPARED: usize = 64;
/// Of atoms that are no known image.
pub(super) const UNKNOWN: u32 = u32::MAX;

/// Lists of neighbors, by atom.
pub(super) type Lists<'a, 'n> = &'a mut dyn FnMut(usize) -> Result<&'n [i32]>;

/// Which atoms of the halo are images of which owned atoms, found from their positions alone.
///
/// Where one process holds the whole system, every atom g of the halo is the image of an owned atom o,
///
///   x_g = x_o + T,   T a vector of the lattice of the cell, which nobody tells us.
///
/// 1. The surroundings of g are those of its original, to rounding. If they are those of one owned atom alone, that atom is
///    the original, and T is certain.
/// 2. With T certain, −T is, and any atom of the halo at x_o + T is the image of o, because no two atoms overlap.
/// 3. From one call to the next, atoms and T move a little; whatever does not is searched again.
///
/// Where no surroundings are like no others, as in a perfect crystal, nothing is found. Checked by `suite::partial`.
#[derive(Default)]
pub(super) struct Images {
    owned: Vec<bool>,
    positions: Vec<[f64; 3]>, // of the last call
    /// Owned atom of each atom, or `UNKNOWN`; of an owned atom itself. `[atoms]`
    originals: Vec<u32>,
    found: Vec<Image>,
    translations: Vec<[f64; 3]>,
}

struct Image {
    atom: u32,
    translation: u32,
}

/// What of an atom and its surroundings is compared first: Σ (r_c² − r²) r, which is continuous at the cutoff.
struct Mark {
    atom: u32,
    sum: [f64; 3],
}

/// Atoms of the halo, and whether an owned atom is within the cutoff, so that all their neighbors are there.
type Met = Vec<(u32, bool)>;
/// A neighbor: its species, and where it is seen from an atom.
type Around = Vec<(u32, [f64; 3])>;

impl Images {
    /// The owned atom that `atom` is or is an image of, or `UNKNOWN`.
    pub(super) fn original(&self, atom: usize) -> u32 {
        self.originals[atom]
    }

    /// Whether what was found last still holds, after motion as it is between two steps.
    pub(super) fn follow(&mut self, part: Part<'_>) -> bool {
        let moved = |(now, then): (&[f64; 3], &[f64; 3])| (0..3).any(|k| (now[k] - then[k]).abs() > JUMP);
        if self.owned != part.owned
            || self.positions.len() != part.positions.len()
            || part.positions.iter().zip(&self.positions).any(moved)
        {
            return false;
        }
        let mut fresh: Vec<Option<[f64; 3]>> = vec![None; self.translations.len()];
        for image in &self.found {
            let original = self.originals[image.atom as usize] as usize;
            let found = difference(part.positions[image.atom as usize], part.positions[original]);
            let kind = image.translation as usize;
            let (expected, slack) = fresh[kind].map_or((self.translations[kind], JUMP), |measured| (measured, EXACT));
            if !near(found, expected, slack) {
                return false;
            }
            fresh[kind].get_or_insert(found);
        }
        for (translation, measured) in self.translations.iter_mut().zip(fresh) {
            *translation = measured.unwrap_or(*translation);
        }
        self.positions.copy_from_slice(part.positions);
        true
    }

    /// Searches the originals of all atoms in the lists of owned ones.
    pub(super) fn find(&mut self, part: Part<'_>, cutoff: f64, lists: Lists<'_, '_>) -> Result<()> {
        self.forget(part);
        let (marks, mut halo) = survey(part, cutoff, lists)?;
        let mut by_x: Vec<(f64, u32)> = marks.iter().map(|m| (part.positions[m.atom as usize][0], m.atom)).collect();
        by_x.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let (mut compared, mut recent) = (0, 0);
        // Twice, because some are compared with no luck before their translation is known from others.
        for _ in 0..2 {
            for (atom, complete) in std::mem::take(&mut halo) {
                let mut found = self.by_translation(part, &by_x, atom, recent);
                if found.is_none() && complete && compared < COMPARED {
                    compared += 1;
                    if let Some(original) = by_surroundings(part, cutoff, &marks, atom, lists)? {
                        let shift = difference(part.positions[atom as usize], part.positions[original as usize]);
                        self.translations.extend([shift, shift.map(|x| -x)]);
                        found = Some((original, self.translations.len() - 2));
                    }
                }
                match found {
                    None => halo.push((atom, complete)),
                    Some((original, translation)) => {
                        recent = translation;
                        self.originals[atom as usize] = original;
                        self.found.push(Image { atom, translation: translation as u32 });
                    }
                }
            }
        }
        Ok(())
    }

    fn forget(&mut self, part: Part<'_>) {
        self.owned.clear();
        self.owned.extend_from_slice(part.owned);
        self.positions.clear();
        self.positions.extend_from_slice(part.positions);
        self.originals.clear();
        self.originals.extend((0..).zip(part.owned).map(|(atom, &owned)| if owned { atom } else { UNKNOWN }));
        self.found.clear();
        self.translations.clear();
    }

    /// The original of `atom` and the translation that leads to it, `recent` being tried first.
    fn by_translation(&self, part: Part<'_>, by_x: &[(f64, u32)], atom: u32, recent: usize) -> Option<(u32, usize)> {
        let (place, species) = (part.positions[atom as usize], part.species[atom as usize]);
        let kinds = self.translations.get(recent).map(|_| recent).into_iter().chain(0..self.translations.len());
        for kind in kinds {
            let from = difference(place, self.translations[kind]);
            let first = by_x.partition_point(|(x, _)| *x < from[0] - EXACT);
            let candidates = by_x[first..].iter().take_while(|(x, _)| *x <= from[0] + EXACT);
            let fits =
                |original: usize| part.species[original] == species && near(part.positions[original], from, EXACT);
            if let Some((_, original)) = candidates.copied().find(|(_, original)| fits(*original as usize)) {
                return Some((original, kind));
            }
        }
        None
    }
}

/// Marks of all owned atoms, and the atoms of the halo in their lists.
fn survey(part: Part<'_>, cutoff: f64, lists: Lists<'_, '_>) -> Result<(Vec<Mark>, Met)> {
    let mut met: Vec<Option<bool>> = vec![None; part.positions.len()];
    let mut marks = Vec::new();
    for atom in (0..part.positions.len()).filter(|&atom| part.owned[atom]) {
        let list = lists(atom)?;
        for &sender in list {
            let Some(met) = met.get_mut(sender as usize) else { continue };
            let vector = difference(part.positions[sender as usize], part.positions[atom]);
            *met = Some(*met == Some(true) || dot(vector, vector) < cutoff * cutoff);
        }
        marks.push(Mark { atom: atom as u32, sum: sum(&around(part, cutoff, atom, list), cutoff) });
    }
    let halo = (0..).zip(met).zip(part.owned).filter(|(_, owned)| !**owned);
    Ok((marks, halo.filter_map(|((atom, met), _)| met.map(|complete| (atom, complete))).collect()))
}

/// The one owned atom that has the surroundings of `atom`.
fn by_surroundings(
    part: Part<'_>,
    cutoff: f64,
    marks: &[Mark],
    atom: u32,
    lists: Lists<'_, '_>,
) -> Result<Option<u32>> {
    let own = around(part, cutoff, atom as usize, lists(atom as usize)?);
    let mark = sum(&own, cutoff);
    let slack = EXACT * cutoff * cutoff * (3 * own.len()) as f64;
    let mut found = None;
    for other in marks.iter().filter(|other| near(other.sum, mark, slack)) {
        if part.species[other.atom as usize] != part.species[atom as usize]
            || !same(&own, &around(part, cutoff, other.atom as usize, lists(other.atom as usize)?), cutoff)
        {
            continue;
        }
        if found.is_some() {
            return Ok(None);
        }
        found = Some(other.atom);
    }
    Ok(found)
}

fn around(part: Part<'_>, cutoff: f64, atom: usize, list: &[i32]) -> Around {
    let seen = list.iter().filter_map(|&sender| {
        let position = part.positions.get(sender as usize)?;
        let vector = difference(*position, part.positions[atom]);
        (dot(vector, vector) < cutoff * cutoff).then(|| (part.species[sender as usize], vector))
    });
    seen.collect()
}

fn sum(around: &Around, cutoff: f64) -> [f64; 3] {
    around.iter().fold([0.0; 3], |sum, (_, r)| {
        let weight = cutoff * cutoff - dot(*r, *r);
        [0, 1, 2].map(|k| sum[k] + weight * r[k])
    })
}

/// Whether each neighbor of one is a neighbor of the other, but for those at the cutoff.
fn same(one: &Around, other: &Around, cutoff: f64) -> bool {
    let inner = (cutoff - RIM).powi(2);
    let within = |one: &Around, other: &Around| {
        one.iter()
            .filter(|(_, r)| dot(*r, *r) < inner)
            .all(|(species, r)| other.iter().any(|(other_species, s)| species == other_species && near(*r, *s, EXACT)))
    };
    within(one, other) && within(other, one)
}

fn near(a: [f64; 3], b: [f64; 3], slack: f64) -> bool {
    (0..3).all(|k| (a[k] - b[k]).abs() <= slack)
}
