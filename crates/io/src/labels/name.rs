//! Elements by the names of atoms.

use super::residues::{ion, is_biochemical, is_heme};
use super::{AtomLabel, NamePlace, Verdict};
use crate::Species;
use cormorant_core::system::Element;

/// Elements of one letter that names begin with.
const ORGANIC: [&str; 7] = ["H", "C", "N", "O", "P", "S", "F"];
/// Two letters that are an element and, far more often, a name within a residue: a letter and its place (alpha, delta, gamma, ...).
const GREEK: [&str; 20] = [
    "CA", "CD", "CE", "CF", "CM", "CN", "HE", "HF", "HG", "HO", "HS", "NB", "ND", "NE", "NH", "NP", "NO", "PA", "PB",
    "SG",
];
/// Two letters that begin with an organic element and may well be the metal or semimetal.
const DOUBTFUL: [&str; 26] = [
    "CO", "CU", "CR", "CS", "NI", "FE", "SE", "SI", "SN", "SB", "SR", "SC", "SM", "PT", "PD", "PU", "PR", "PM", "PO",
    "OS", "NA", "FR", "FM", "FL", "CL", "OG",
];
/// Metals and others whose first letter is not an element that names begin with.
const CLEAR: [&str; 24] = [
    "ZN", "MG", "MN", "LI", "AL", "AG", "AU", "TI", "GA", "GE", "RB", "RU", "RH", "MO", "ZR", "TA", "AS", "AR", "KR",
    "XE", "RE", "EU", "GD", "TL",
];
/// What force fields call sites that are no atoms.
const VIRTUAL: [&str; 15] =
    ["M", "MW", "MW1", "MC", "LP", "LPA", "LPB", "EP", "EPW", "DU", "DUM", "X", "XX", "VS", "VIS"];

/// Whether a name (without digits) is that of a virtual site.
pub(super) fn is_virtual(name: &str) -> bool {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit()).to_ascii_uppercase();
    VIRTUAL.contains(&stem.as_str())
}

/// Whether the letters are a name such as `CA` that may be a place in a residue as well as a metal.
pub(crate) fn is_greek_name(letters: &str) -> bool {
    GREEK.contains(&letters.to_ascii_uppercase().as_str())
}

/// The element that a column states, unless the residue cannot hold it.
pub(super) fn believe(species: Species, label: &AtomLabel) -> Verdict {
    let symbol = species.element.symbol();
    let possible = ["H", "C", "N", "O", "P", "S", "Se"].contains(&symbol);
    // An unknown residue, or the name of an ion in a residue of its own, holds anything.
    let names_agree = letters(&label.name).to_ascii_uppercase().starts_with(&symbol.to_ascii_uppercase());
    let greek = is_greek_name(&letters(&label.name));
    if is_biochemical(&label.residue) && label.residue != "UNK" && !possible && names_agree && greek {
        let carbon = first_letter(&label.name);
        return Verdict::Contradiction(format!(
            "its element column says {symbol}, but {} has {carbon} there",
            label.residue
        ));
    }
    Verdict::Is(species)
}

/// The letters at the start of a name, after digits: `1HB2` gives `HB`.
fn letters(name: &str) -> String {
    let name = name.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
    name.chars().take_while(char::is_ascii_alphabetic).collect()
}

fn first_letter(name: &str) -> &'static str {
    let letters = letters(name);
    ORGANIC
        .iter()
        .find(|symbol| letters.to_ascii_uppercase().starts_with(**symbol))
        .copied()
        .unwrap_or("something else")
}

fn is(symbol: &str) -> Verdict {
    Species::from_symbol(symbol).map_or(Verdict::Unknown, Verdict::Is)
}

/// The element by name, residue and columns.
pub(super) fn by_name(label: &AtomLabel) -> Verdict {
    let as_written = letters(&label.name);
    let stem = as_written.to_ascii_uppercase();
    if stem.is_empty() {
        return Verdict::Unknown;
    }
    if let Some(verdict) = as_ion(label, &stem) {
        return verdict;
    }
    if is_virtual(&label.name) {
        return Verdict::NotAnAtom;
    }
    if is_biochemical(&label.residue) {
        return in_biochemistry(&stem);
    }
    if is_heme(&label.residue) {
        return if stem == "FE" { is("Fe") } else { in_biochemistry(&stem) };
    }
    match label.place {
        NamePlace::Second => in_second_column(&stem),
        NamePlace::First => in_first_column(&stem),
        NamePlace::Free => anywhere(&as_written, &stem, label.residue.is_empty()),
    }
}

/// An ion has the name of its residue, or one that force fields reserve for it.
fn as_ion(label: &AtomLabel, stem: &str) -> Option<Verdict> {
    let residue = letters(&label.residue).to_ascii_uppercase();
    let one = ["K", "F", "I"].contains(&stem) || stem.len() == 2;
    if residue == stem && one && Element::from_symbol(stem).is_ok() && !is_biochemical(&label.residue) {
        return Some(is(stem));
    }
    let symbol =
        ion(&label.residue).or_else(|| ion(&label.name).filter(|_| residue.is_empty() || residue.starts_with("ION")));
    match symbol {
        Some(symbol) if ion(&label.name) == Some(symbol) || stem.eq_ignore_ascii_case(symbol) => Some(is(symbol)),
        None if residue.starts_with("ION") && one => Some(is(stem)),
        _ => None,
    }
}

/// The first letter; selenium of selenomethionine and selenocysteine is the exception.
fn in_biochemistry(stem: &str) -> Verdict {
    if stem == "SE" {
        return is("Se");
    }
    match stem.as_bytes().first() {
        Some(b'H' | b'C' | b'N' | b'O' | b'P' | b'S' | b'D') => is(&stem[..1]),
        _ => Verdict::Unknown,
    }
}

/// PDB, name from column 14 on: an element of one letter.
fn in_second_column(stem: &str) -> Verdict {
    let two = stem.get(..2).unwrap_or(stem);
    if ["CL", "BR"].contains(&two) {
        return ambiguous(two);
    }
    match &stem[..1] {
        letter if ORGANIC.contains(&letter) || ["B", "I", "K", "D"].contains(&letter) => is(letter),
        _ if CLEAR.contains(&two) => is(two),
        _ => Verdict::Unknown,
    }
}

/// PDB, short name from column 13 on: an element of two letters.
fn in_first_column(stem: &str) -> Verdict {
    let two = stem.get(..2).unwrap_or(stem);
    if is_greek_name(two) {
        return ambiguous(two);
    }
    if Element::from_symbol(two).is_ok() && two.len() == 2 { is(two) } else { anywhere(stem, stem, false) }
}

/// A name without columns: the first letter, halogens, and metals that nothing else can be.
fn anywhere(as_written: &str, stem: &str, alone: bool) -> Verdict {
    if stem.len() == 1 {
        return match stem {
            "V" | "W" | "Y" | "U" => Verdict::Unknown,
            letter => is(letter),
        };
    }
    let two = &stem[..2];
    let cased = as_written.as_bytes()[1].is_ascii_lowercase() && as_written.as_bytes()[0].is_ascii_uppercase();
    let organic = ORGANIC.contains(&&stem[..1]);
    if ["CL", "BR"].contains(&two) || (CLEAR.contains(&two) && !organic) {
        return is(two);
    }
    if DOUBTFUL.contains(&two) {
        return if cased { is(two) } else { ambiguous(two) };
    }
    if is_greek_name(two) && (alone || cased) {
        return ambiguous(two);
    }
    let boron_or_iodine = ["B", "I"].contains(&&stem[..1]) && Element::from_symbol(two).is_err();
    match &stem[..1] {
        letter if organic => is(letter),
        "I" if boron_or_iodine => is("I"),
        _ if Element::from_symbol(two).is_ok() => ambiguous(two),
        _ => Verdict::Unknown,
    }
}

fn ambiguous(two: &str) -> Verdict {
    let of = |symbol: &str| Element::from_symbol(symbol).ok().map(Element::symbol);
    Verdict::Ambiguous([of(&two[..1]), of(two)].into_iter().flatten().collect())
}
