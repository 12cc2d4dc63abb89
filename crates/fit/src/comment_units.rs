//! Units that the comments of extended XYZ state: `energy_unit=Hartree`, `force-unit=au/A`, `units="eV, eV/A"`.
//!
//! | key (any case, `-` as `_`)                    | meaning            | example     |
//! |------------------------------------------------|--------------------|-------------|
//! | `energy_unit`, `e_unit`                        | energies           | `kcal/mol`  |
//! | `length_unit`, `position_unit`, `r_unit`, …    | coordinates, cell  | `bohr`      |
//! | `force_unit`, `f_unit`                         | forces             | `Hartree/bohr`, `au` |
//! | `stress_unit`                                  | stress             | `GPa`       |
//! | `units`, `unit`                                | several of them    | `eV, eV/A`  |

use super::label_units::{ForceUnit, LabelUnit, LabelUnits};
use cormorant_core::units::{BAR, GIGAPASCAL};
use cormorant_io::{Frame, Value, states_length};

/// What one comment states.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct StatedUnits {
    energy: Option<LabelUnit>,
    length: Option<LabelUnit>,
    /// Name and size in eV/Å.
    force: Option<(String, f64)>,
    /// Name and size in eV/Å³.
    stress: Option<(String, f64)>,
    /// Whether it says atomic units, which leaves the unit of length open.
    vague: bool,
}

/// The units of the labels of one frame.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FrameUnits {
    /// Energies and coordinates.
    pub base: LabelUnits,
    /// Size of the unit of force in eV/Å.
    pub force: f64,
    /// Size of the unit of stress in eV/Å³, where it is not energy over the cube of a length.
    pub stress: Option<f64>,
    /// A sentence on them.
    pub text: String,
}

/// Which quantity a key gives the unit of.
#[derive(Clone, Copy, PartialEq)]
enum Quantity {
    Energy,
    Length,
    Force,
    Stress,
    Any,
}

/// Whether `key` states a unit that is read here.
pub(super) fn names_unit(key: &str) -> bool {
    quantity(key).is_some_and(|quantity| quantity != Quantity::Any)
}

fn quantity(key: &str) -> Option<Quantity> {
    let plain = key.to_lowercase().replace('-', "_");
    match plain.as_str() {
        "units" | "unit" => return Some(Quantity::Any),
        _ if states_length(key) => return Some(Quantity::Length),
        _ => (),
    }
    let stem = plain.strip_suffix("_units").or_else(|| plain.strip_suffix("_unit"))?;
    match stem {
        "energy" | "energies" | "e" => Some(Quantity::Energy),
        "force" | "forces" | "f" => Some(Quantity::Force),
        "stress" => Some(Quantity::Stress),
        _ => None,
    }
}

impl StatedUnits {
    /// What the comment of `frame` states.
    ///
    /// # Errors
    /// When a key such as `energy_unit` names no unit that is known. Words of `units` that are not known are left alone.
    pub(super) fn of(frame: &Frame) -> Result<Self, String> {
        let mut stated = Self::default();
        for (key, value) in &frame.properties {
            let (Some(quantity), Value::Text(text)) = (quantity(key), value) else { continue };
            if quantity == Quantity::Any {
                // Our own files name all their units.
                text.split([',', ';', ' ']).for_each(|word| stated.take_any(word.trim()));
            } else if !stated.take(quantity, text) {
                return Err(format!(
                    "`{key}` is {text:?}, a unit that is not known; write for example eV, kcal/mol, Hartree, Å, bohr, eV/Å or GPa, \
                     or give the units with --energy-unit and --length-unit and leave the key out"
                ));
            }
        }
        Ok(stated)
    }

    fn take(&mut self, quantity: Quantity, text: &str) -> bool {
        match quantity {
            Quantity::Energy => self.energy = LabelUnit::of_energy(text),
            Quantity::Length => self.length = LabelUnit::of_length(text),
            Quantity::Force => self.force = force(text),
            Quantity::Stress => self.stress = stress(text),
            Quantity::Any => return false,
        }
        match quantity {
            Quantity::Energy => self.energy.is_some(),
            Quantity::Length => self.length.is_some(),
            Quantity::Force => self.force.is_some(),
            Quantity::Stress | Quantity::Any => self.stress.is_some(),
        }
    }

    fn take_any(&mut self, word: &str) {
        match word.to_lowercase().as_str() {
            // LAMMPS's names of systems of units.
            "metal" => (self.energy, self.length) = (LabelUnit::of_energy("eV"), LabelUnit::of_length("Å")),
            "real" => (self.energy, self.length) = (LabelUnit::of_energy("kcal/mol"), LabelUnit::of_length("Å")),
            // Whether coordinates are in bohr as well is not certain.
            "au" | "a.u." | "atomic" => self.vague = true,
            "" => (),
            _ if LabelUnit::of_energy(word).is_some() => self.energy = self.energy.or(LabelUnit::of_energy(word)),
            _ if LabelUnit::of_length(word).is_some() => self.length = self.length.or(LabelUnit::of_length(word)),
            _ if force(word).is_some() => self.force = self.force.take().or_else(|| force(word)),
            _ => (),
        }
    }

    /// The units of the frame: `given` by the user, stated, or eV and Å.
    ///
    /// # Errors
    /// When what is stated contradicts what is given.
    pub(super) fn resolve(&self, given: Option<LabelUnits>) -> Result<FrameUnits, String> {
        if self.vague && given.is_none() && (self.energy.is_none() || self.length.is_none()) {
            return Err(
                "its comment says atomic units, which leaves open whether coordinates are in bohr; give the units (--energy-unit Hartree --length-unit bohr, or Å, \
                 or energy_unit and length_unit in the comment)"
                    .into(),
            );
        }
        let anything = self.energy.is_some() || self.length.is_some() || self.force.is_some();
        let standard = given.unwrap_or(LabelUnits::EV_ANGSTROM);
        let base = LabelUnits {
            energy: self.energy.unwrap_or(standard.energy),
            length: self.length.unwrap_or(standard.length),
            force: standard.force,
        };
        if let Some(given) = given.filter(|given| *given != base) {
            return Err(format!(
                "its comment states {base}, which contradicts the units given: {given}; leave out one of the two"
            ));
        }
        if let (Some((name, stated)), Some(force)) = (&self.force, base.force)
            && (stated / force.factor() - 1.0).abs() > 1.0e-9
        {
            return Err(format!(
                "its comment states forces in {name}, which contradicts the unit given: {force}; leave out one of the two"
            ));
        }
        let force = self.force.as_ref().map_or(base.force_factor(), |(_, factor)| *factor);
        let anything = anything && !(base == LabelUnits::EV_ANGSTROM && force == 1.0);
        let text = match (self.force.as_ref().filter(|_| anything), given) {
            (Some((name, _)), _) => {
                let LabelUnits { energy, length, .. } = base;
                format!(
                    "energies in {}, coordinates in {}, forces in {name} (stated in the comments)",
                    energy.name, length.name
                )
            }
            (None, _) if anything => format!("{base} (stated in the comments)"),
            (None, Some(_)) => format!("{base} (as given)"),
            (None, None) => format!("{base} (documented for extended XYZ)"),
        };
        Ok(FrameUnits { base, force, stress: self.stress.as_ref().map(|(_, factor)| *factor), text })
    }
}

/// Name and size in eV/Å of a unit of force.
fn force(text: &str) -> Option<(String, f64)> {
    ForceUnit::parse(text).ok().map(|unit| (unit.to_string(), unit.factor()))
}

/// Name and size in eV/Å³ of a unit of stress.
fn stress(text: &str) -> Option<(String, f64)> {
    let plain = text.trim().to_lowercase().replace(['^', '*'], "");
    let named = |name: &str, factor| Some((name.to_string(), factor));
    match plain.as_str() {
        "gpa" => named("GPa", GIGAPASCAL),
        "mpa" => named("MPa", 1.0e-3 * GIGAPASCAL),
        "kbar" | "kb" => named("kbar", 1.0e3 * BAR),
        "bar" => named("bar", BAR),
        "ev/å3" | "ev/a3" | "ev/ang3" | "ev/angstrom3" => named("eV/Å³", 1.0),
        _ => None,
    }
}
