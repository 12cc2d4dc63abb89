//! What a file says about one atom.

use super::Verdict;

/// Where the name of an atom is in columns 13 to 16 of a PDB file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum NamePlace {
    /// Not in columns, or in a file that does not keep to them.
    #[default]
    Free,
    /// From column 14 on: an element of one letter.
    Second,
    /// From column 13 on, with fewer than four characters: an element of two letters.
    First,
}

/// What a file says about one atom; what it does not say is empty.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct AtomLabel {
    /// Name, e.g. `CA`.
    pub name: String,
    /// Residue, e.g. `GLY`.
    pub residue: String,
    /// Element column.
    pub symbol: String,
    /// Type of a force field.
    pub kind: String,
    /// Number of the type, from 1.
    pub type_number: Option<usize>,
    /// Mass in u.
    pub mass: Option<f64>,
    /// Columns of the name.
    pub place: NamePlace,
    /// What the rules of the format already say.
    pub settled: Option<Verdict>,
}

impl AtomLabel {
    /// Whether a user means this atom by `name`.
    pub(super) fn is_called(&self, name: &str) -> bool {
        self.name == name || (!self.kind.is_empty() && self.kind == name)
    }

    /// The name by which a user can mean this atom.
    pub(super) fn handle(&self) -> &str {
        match (&self.settled, self.name.is_empty()) {
            (Some(_), _) | (_, true) if !self.kind.is_empty() => &self.kind,
            (_, false) => &self.name,
            _ => &self.symbol,
        }
    }

    /// The atom in words.
    pub(super) fn title(&self) -> String {
        let mut text = if self.name.is_empty() { "without a name".to_owned() } else { self.name.clone() };
        if !self.residue.is_empty() {
            text += &format!(" of {}", self.residue);
        }
        if !self.kind.is_empty() {
            text += &format!(", type {}", self.kind);
        } else if let Some(number) = self.type_number {
            text = format!("type {number}");
        }
        if let Some(mass) = self.mass {
            text += &format!(", mass {mass}");
        }
        text
    }
}
