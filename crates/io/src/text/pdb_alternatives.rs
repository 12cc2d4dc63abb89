//! Alternate locations of PDB: of several places of an atom, the one that most of the crystal has.

use std::collections::{HashMap, HashSet};

/// One location of an atom that has several.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Alternative {
    /// The atom in the order of the file, from 0.
    pub atom: usize,
    /// Letter of the location.
    pub letter: char,
    /// Chain, number and insertion code of the residue.
    pub place: String,
    /// Name of the residue, which may be another at the same place.
    pub residue: String,
    /// Name of the atom.
    pub name: String,
    /// Share of the crystal.
    pub occupancy: f64,
}

/// Locations that are left out, and the note on those that are kept; none where no atom has several.
///
/// Letters are ranked by their highest occupancy in each residue, the first of the file where they are equal, so that its atoms belong
/// together; an atom without the best letter has the best of its own.
pub(super) fn chosen(all: &[Alternative]) -> Option<(HashSet<usize>, String)> {
    let mut letters: HashMap<&str, Vec<(char, f64, &str)>> = HashMap::new();
    for one in all {
        let known = letters.entry(&one.place).or_default();
        match known.iter_mut().find(|(letter, ..)| *letter == one.letter) {
            Some((_, share, _)) => *share = share.max(one.occupancy),
            None => known.push((one.letter, one.occupancy, &one.residue)),
        }
    }
    for ranked in letters.values_mut() {
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1)); // stable: equal shares stay in the order of the file
    }
    let rank = |one: &Alternative| letters[one.place.as_str()].iter().position(|(letter, ..)| *letter == one.letter);
    let mut best: HashMap<(&str, &str), Option<usize>> = HashMap::new();
    // Where the residue itself differs, atoms of the other one are no alternatives but strangers.
    let belongs =
        |one: &Alternative| letters[one.place.as_str()].first().is_some_and(|(_, _, name)| *name == one.residue);
    for one in all.iter().filter(|one| belongs(one)) {
        let known = best.entry((&one.place, &one.name)).or_insert(rank(one));
        *known = (*known).min(rank(one));
    }
    let is_kept =
        |one: &&Alternative| belongs(one) && best.get(&(one.place.as_str(), one.name.as_str())) == Some(&rank(one));
    let kept: Vec<&Alternative> = all.iter().filter(is_kept).collect();
    let left_out: HashSet<usize> = all.iter().filter(|one| !is_kept(one)).map(|one| one.atom).collect();
    if left_out.is_empty() {
        return None;
    }
    let least = kept.iter().map(|one| one.occupancy).fold(f64::INFINITY, f64::min);
    let most = kept.iter().map(|one| one.occupancy).fold(0.0, f64::max);
    let share = if least == most { format!("{least:.2}") } else { format!("{least:.2} to {most:.2}") };
    let mut taken: Vec<char> = kept.iter().map(|one| one.letter).collect();
    taken.sort_unstable();
    taken.dedup();
    let taken: Vec<String> = taken.iter().map(char::to_string).collect();
    let note = format!(
        "of alternate locations those with the highest occupancy are read ({}, occupancy {share}); {} others are skipped",
        taken.join(", "),
        left_out.len()
    );
    Some((left_out, note))
}
