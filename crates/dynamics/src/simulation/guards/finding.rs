//! One limit passed, by which atoms and how far.

use cormorant_core::system::Element;

/// What looks for trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// How far an atom moves in a step.
    Displacement,
    /// The temperature.
    Temperature,
    /// Distances between atoms, compared with those in the training frames.
    Contact,
    /// Surroundings of atoms, compared with those in the training frames.
    Extrapolation,
    /// How far the members of a committee are apart.
    Spread,
    /// Lengths of the cell vectors, compared with the first ones.
    Cell,
    /// Heights of the cell, compared with the cutoff.
    CellHeight,
}

impl Guard {
    /// Every guard, in the order of its numbers in restart files.
    pub const ALL: [Self; 7] = [
        Self::Displacement,
        Self::Temperature,
        Self::Contact,
        Self::Extrapolation,
        Self::Spread,
        Self::Cell,
        Self::CellHeight,
    ];

    /// Name in the names of files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Displacement => "displacement",
            Self::Temperature => "temperature",
            Self::Contact => "contact",
            Self::Extrapolation => "extrapolation",
            Self::Spread => "spread",
            Self::Cell => "cell",
            Self::CellHeight => "cell-height",
        }
    }
}

/// One limit passed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Finding {
    /// Who found it.
    pub guard: Guard,
    /// The atoms, from 0; twice the same where one is meant, of no meaning for temperature and cell.
    pub atoms: [usize; 2],
    /// What was found: Å, K, Å, a grade, eV/Å, Å or Å.
    pub value: f64,
    /// What it is compared with: the limit, for contacts the shortest distance in training (NaN if there was none), for edges of the
    /// cell their first length.
    pub limit: f64,
}

impl Finding {
    pub(super) fn new(guard: Guard, atoms: [usize; 2], value: f64, limit: f64) -> Self {
        Self { guard, atoms, value, limit }
    }

    /// Whether this is the graver of two findings of one guard.
    pub(super) fn is_worse_than(&self, other: &Self) -> bool {
        match self.guard {
            Guard::Contact | Guard::CellHeight => self.value < other.value,
            Guard::Cell => (self.value / self.limit).ln().abs() > (other.value / other.limit).ln().abs(),
            _ => self.value > other.value,
        }
    }

    /// All but the number, which ends the sentence.
    pub(super) fn quantity(&self, elements: &[Element], beads: usize) -> String {
        let name = |atom: usize| name(atom, elements, beads);
        let [one, other] = self.atoms;
        let limit = self.limit;
        match self.guard {
            Guard::Displacement => format!(
                "atom {} moves more than {limit} Å in a step (the time step is too long, or the configuration is outside the training data: shorten the step, minimize first, or fit to such frames); in Å it moves",
                name(one)
            ),
            Guard::Temperature => format!(
                "the temperature exceeds the limit of {limit} K (shorten the time step, minimize first, or raise `highest_temperature` in [guards]); in K it is"
            ),
            Guard::Contact if limit.is_nan() => format!(
                "atoms {} and {} are close to each other, but the training frames have no such pair within 5 Å, so the model extrapolates (minimize first, or fit to such frames); their distance in Å is",
                name(one),
                name(other)
            ),
            Guard::Contact => format!(
                "atoms {} and {} are closer than any such pair in the training frames, where {limit:.3} Å was the shortest (minimize first, or fit to such frames); their distance in Å is",
                name(one),
                name(other)
            ),
            Guard::Extrapolation => format!(
                "the surroundings of atom {} are unlike those in the training frames, so its forces are unreliable (grade 1 is the spread of the training frames, {limit} the limit): minimize first, lower the temperature, or fit to such frames; its grade is",
                name(one)
            ),
            Guard::Cell => format!(
                "an edge of the cell, {limit:.3} Å at the start, has left the range that `cell_change` allows (a liquid under \
                 scaling = \"anisotropic\" does this, or a barostat that runs away); in Å it is now"
            ),
            Guard::CellHeight => format!(
                "two opposite faces of the cell are closer than {limit:.3} Å, about twice the cutoff, so an atom interacts with its own images through its neighbors; their distance in Å is"
            ),
            Guard::Spread => format!(
                "the models of the committee differ by more than {limit} eV/Å in the force on atom {}, so it is unreliable (minimize first, lower the temperature, or fit to such frames); in eV/Å their standard deviation is",
                name(one)
            ),
        }
    }

    /// A sentence; `beads` is 1, or the number of copies in which a ring polymer holds its atoms.
    #[must_use]
    pub fn text(&self, elements: &[Element], beads: usize) -> String {
        format!("{} {}", self.quantity(elements, beads), (self.value * 1.0e4).round() / 1.0e4)
    }
}

/// An atom as people count it, with its element; in a ring polymer with its bead.
pub(super) fn name(atom: usize, elements: &[Element], beads: usize) -> String {
    let symbol = elements[atom].symbol();
    if beads < 2 {
        return format!("{} ({symbol})", atom + 1);
    }
    let atoms = (elements.len() / beads).max(1);
    format!("{} ({symbol}) in bead {}", atom % atoms + 1, atom / atoms + 1)
}
