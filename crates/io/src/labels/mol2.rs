//! Elements by the atom types of MOL2 files.
//!
//! SYBYL types are a symbol, or a symbol, a dot and a hybridization (`C.ar`); Tripos MOL2 format, 2005. Programs of AMBER put GAFF
//! types there, which begin with the element in lower case (`ca` is aromatic carbon; `cl` and `br` are the halogens; Wang et al. 2004,
//! doi:10.1002/jcc.20035), or types of the older AMBER force fields in upper case. Which dialect a file has shows in all its types
//! together.

use super::Verdict;
use crate::Species;

/// Types of SYBYL that are two letters without a dot.
const SYBYL: [&str; 21] = [
    "Cl", "Br", "Li", "Na", "Mg", "Al", "Si", "Ca", "Mn", "Fe", "Cu", "Zn", "Se", "Mo", "Sn", "Du", "LP", "Hal", "Het",
    "Hev", "Any",
];

/// Whose atom types a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// SYBYL, as the format has it.
    Sybyl,
    /// A force field: the first letter is the element.
    ForceField,
}

impl Dialect {
    /// The dialect of all the types of a molecule.
    pub(crate) fn of<'a>(types: impl Iterator<Item = &'a str> + Clone) -> Self {
        let dotted = types.clone().any(|kind| kind.contains('.'));
        let plain = |kind: &str| kind.len() == 1 && "HCNOFPSIKB".contains(kind);
        let all =
            types.clone().all(|kind| kind.contains('.') || plain(kind) || SYBYL.contains(&kind) || is_symbol(kind));
        if dotted || all { Self::Sybyl } else { Self::ForceField }
    }

    /// The element of a type; `name` is the name of the atom.
    pub(crate) fn verdict(self, kind: &str, name: &str) -> Verdict {
        let of = |symbol: &str| Species::from_symbol(symbol).map_or(Verdict::Unknown, Verdict::Is);
        if self == Self::Sybyl {
            let symbol = kind.split('.').next().unwrap_or(kind);
            return match symbol {
                "LP" | "Du" => Verdict::NotAnAtom,
                "Hal" | "Het" | "Hev" | "Any" => Verdict::Unknown,
                "CO" | "Co" if kind.contains('.') => of("Co"),
                symbol if symbol.len() == 1 || is_symbol(symbol) => of(symbol),
                symbol => force_field(symbol, name),
            };
        }
        force_field(kind, name)
    }
}

/// A symbol as it is properly written.
fn is_symbol(text: &str) -> bool {
    Species::from_symbol(text).is_some_and(|species| species.element.symbol() == text || text == "D")
}

/// The first letter of type and name, if they agree; halogens by two letters; ions by the name.
fn force_field(kind: &str, name: &str) -> Verdict {
    let of = |symbol: &str| Species::from_symbol(symbol).map_or(Verdict::Unknown, Verdict::Is);
    let upper = |text: &str| -> String {
        text.trim_start_matches(|c: char| !c.is_ascii_alphabetic())
            .chars()
            .take_while(char::is_ascii_alphabetic)
            .collect::<String>()
            .to_ascii_uppercase()
    };
    let (kind, name) = (upper(kind), upper(name));
    let starts = |two: &str| kind.starts_with(two) && (name.is_empty() || name.starts_with(two));
    for halogen in ["CL", "BR"] {
        if starts(halogen) {
            return of(halogen);
        }
    }
    let kind = if kind.starts_with("OPLS") { name.clone() } else { kind };
    let (Some(first), Some(second)) = (kind.chars().next(), name.chars().next()) else {
        return kind.get(..1).map_or(Verdict::Unknown, of);
    };
    if first != second || !"HCNOPSFI".contains(first) {
        return Verdict::Unknown;
    }
    let metal = ["CU", "CO", "NI", "FE", "SI", "SE"].iter().find(|two| kind == **two && name.starts_with(**two));
    match metal.and_then(|two| Species::from_symbol(two)) {
        Some(metal) => {
            let light = Species::from_symbol(&kind[..1]).map(|species| species.element.symbol());
            Verdict::Ambiguous(light.into_iter().chain([metal.element.symbol()]).collect())
        }
        None => of(&kind[..1]),
    }
}
