//! Units of labels: of energies and lengths in a data set; the unit of force follows as their quotient.

use cormorant_core::units::{HARTREE, KILOCALORIE_PER_MOLE, KILOJOULE_PER_MOLE};
use cormorant_core::{Error, Result};
use cormorant_io::LENGTH_UNITS;

/// Units in which a data set states its energies, coordinates and forces.
///
/// | unit                      | in eV or Å                                   |
/// |---------------------------|----------------------------------------------|
/// | `eV`, `meV`               | 1, 0.001                                     |
/// | `kcal/mol`, `kJ/mol`      | 0.043364, 0.010364 ([`cormorant_core::units`])        |
/// | `Hartree` (`Ha`, `Eh`)    | 27.211386                                    |
/// | `Å` (`A`, `Ang`, `Angstrom`), `nm`, `bohr` | 1, 10, 0.529177             |
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LabelUnits {
    /// Unit of energy.
    pub energy: LabelUnit,
    /// Unit of length.
    pub length: LabelUnit,
    /// Unit of the forces, where it is not energy / length.
    pub force: Option<ForceUnit>,
}

/// A unit of force.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ForceUnit {
    /// Unit of energy above the stroke.
    pub energy: LabelUnit,
    /// Unit of length below it.
    pub length: LabelUnit,
}

/// One unit: its usual spelling and its size in internal units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LabelUnit {
    /// Usual spelling, for messages.
    pub name: &'static str,
    /// Size in eV (energies) or Å (lengths).
    pub factor: f64,
}

const ENERGIES: [(LabelUnit, &[&str]); 5] = [
    (LabelUnit { name: "eV", factor: 1.0 }, &["eV", "ev", "electronvolt"]),
    (LabelUnit { name: "meV", factor: 1.0e-3 }, &["meV"]),
    (LabelUnit { name: "kcal/mol", factor: KILOCALORIE_PER_MOLE }, &["kcal/mol", "kcal mol-1", "kcal mol^-1"]),
    (LabelUnit { name: "kJ/mol", factor: KILOJOULE_PER_MOLE }, &["kJ/mol", "kj/mol", "kJ mol-1", "kJ mol^-1"]),
    (LabelUnit { name: "Hartree", factor: HARTREE }, &["Hartree", "hartree", "Ha", "Eh", "a.u.", "au"]),
];

/// Those of structures, so that a structure and labeled data of one file have the same.
const LENGTHS: [(LabelUnit, &[&str]); 3] = [length(0), length(1), length(2)];

const fn length(place: usize) -> (LabelUnit, &'static [&'static str]) {
    let (name, factor, spellings) = LENGTH_UNITS[place];
    (LabelUnit { name, factor }, spellings)
}

impl LabelUnit {
    /// The unit of energy with this name, if it is known; case does not matter.
    pub(super) fn of_energy(name: &str) -> Option<Self> {
        find(&ENERGIES, name)
    }

    /// The unit of length with this name, if it is known; case does not matter.
    pub(super) fn of_length(name: &str) -> Option<Self> {
        find(&LENGTHS, name)
    }
}

impl ForceUnit {
    /// The unit named `text`, e.g. `Hartree/bohr`; `au` is that.
    ///
    /// # Errors
    /// [`Error::Unit`] when it is not a unit of energy over a unit of length.
    pub fn parse(text: &str) -> Result<Self> {
        let parts = match text.trim() {
            "au" | "a.u." => Some(("Hartree", "bohr")),
            other => other.rsplit_once('/'),
        };
        let found = parts.and_then(|(energy, length)| {
            Some(Self { energy: LabelUnit::of_energy(energy)?, length: LabelUnit::of_length(length)? })
        });
        found.ok_or_else(|| Error::Unit {
            found: text.to_string(),
            expected: "a unit of force",
            remedy: "write a unit of energy over one of length, such as \"Hartree/bohr\" or \"kcal/mol/Å\"".into(),
        })
    }

    /// Size in eV/Å.
    #[must_use]
    pub fn factor(self) -> f64 {
        self.energy.factor / self.length.factor
    }
}

impl std::fmt::Display for ForceUnit {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}/{}", self.energy.name, self.length.name)
    }
}

impl LabelUnits {
    /// eV and Å.
    pub const EV_ANGSTROM: Self = Self { energy: ENERGIES[0].0, length: LENGTHS[0].0, force: None };
    /// kcal/mol and Å.
    pub const KCAL_ANGSTROM: Self = Self { energy: ENERGIES[2].0, length: LENGTHS[0].0, force: None };

    /// The units named `energy` and `length`, e.g. `kcal/mol` and `Å`.
    ///
    /// # Errors
    /// [`Error::Unit`] when one of the names is not known.
    pub fn parse(energy: &str, length: &str) -> Result<Self> {
        Ok(Self {
            energy: find(&ENERGIES, energy).ok_or_else(|| unknown(energy, "a unit of energy", &ENERGIES))?,
            length: find(&LENGTHS, length).ok_or_else(|| unknown(length, "a unit of length", &LENGTHS))?,
            force: None,
        })
    }

    /// The unit of the forces.
    #[must_use]
    pub fn force_unit(&self) -> ForceUnit {
        self.force.unwrap_or(ForceUnit { energy: self.energy, length: self.length })
    }

    /// Size of the unit of force in eV/Å.
    #[must_use]
    pub fn force_factor(&self) -> f64 {
        self.force_unit().factor()
    }

    /// Every accepted spelling of a unit of energy or length.
    pub(super) fn spellings() -> impl Iterator<Item = &'static str> {
        ENERGIES.iter().chain(&LENGTHS).flat_map(|(_, spellings)| spellings.iter().copied())
    }
}

impl std::fmt::Display for LabelUnits {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (Self { energy, length, .. }, force) = (self, self.force_unit());
        write!(formatter, "energies in {}, coordinates in {}, forces in {force}", energy.name, length.name)
    }
}

fn find(table: &[(LabelUnit, &[&str])], text: &str) -> Option<LabelUnit> {
    let text = text.trim();
    let exact = table.iter().find(|(_, spellings)| spellings.contains(&text));
    let loose = || table.iter().find(|(_, spellings)| spellings.iter().any(|one| one.eq_ignore_ascii_case(text)));
    exact.or_else(loose).map(|(unit, _)| *unit)
}

fn unknown(found: &str, expected: &'static str, table: &[(LabelUnit, &[&str])]) -> Error {
    let names: Vec<_> = table.iter().map(|(unit, _)| unit.name).collect();
    Error::Unit { found: found.to_string(), expected, remedy: format!("write one of {}", names.join(", ")) }
}
