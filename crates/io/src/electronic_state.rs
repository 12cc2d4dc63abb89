//! Total charge and spin as comments and archives state them.
//!
//! | names                                            | meaning of the number n                       |
//! |--------------------------------------------------|-----------------------------------------------|
//! | `charge`, `total_charge`, `net_charge`, …        | total charge in e                             |
//! | `multiplicity`, `spin_multiplicity`, `mult`      | 2S + 1                                        |
//! | `unpaired_electrons`, `uhf`                      | 2S                                            |
//! | `spin`, `total_spin`                             | 2S + 1 from 1 on, as MACE writes it; 0 is a singlet |
//!
//! `nspin` is not among them: it is the number of spin components for some programs. Beside a multiplicity, `spin` may be any of
//! 2S + 1, 2S and S. Checked by `suite::electronic_state`.

use super::{Frame, Value};
use cormorant_core::system::ElectronicState;

/// Names under which files state the total charge of a frame.
const CHARGES: [&str; 11] = [
    "charge",
    "total_charge",
    "totalcharge",
    "net_charge",
    "system_charge",
    "molecular_charge",
    "mol_charge",
    "formal_charge",
    "tot_charge",
    "chg",
    "q",
];
/// Names of 2S + 1.
const MULTIPLICITIES: [&str; 3] = ["multiplicity", "spin_multiplicity", "mult"];
/// Names of 2S.
const UNPAIRED: [&str; 2] = ["unpaired_electrons", "uhf"];
/// Names of which programs mean different things.
const SPINS: [&str; 2] = ["spin", "total_spin"];
/// The name of a key that is not to be read.
const NONE: &str = "none";
/// Larger charges and multiplicities are mistakes.
const LARGEST: f64 = 100_000.0;
/// How far a number may be from a whole one, for those that were computed.
const WHOLE: f64 = 1e-6;

/// Whether `name` names the total charge of a frame, in any case.
#[must_use]
pub fn names_charge(name: &str) -> bool {
    is_one_of(&CHARGES, name)
}

/// Whether `name` names the spin or multiplicity of a frame, in any case.
#[must_use]
pub fn names_spin(name: &str) -> bool {
    is_one_of(&MULTIPLICITIES, name) || is_one_of(&UNPAIRED, name) || is_one_of(&SPINS, name)
}

fn is_one_of(names: &[&str], name: &str) -> bool {
    let plain = name.to_lowercase().replace(['-', ' '], "_");
    names.contains(&plain.as_str())
}

/// Under which keys of the comments charge and spin are read, where it is not all of the usual names; `none` reads none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StateKeys<'k> {
    /// The total charge.
    pub charge: Option<&'k str>,
    /// The multiplicity 2S + 1, or what the name says if it is a usual one.
    pub multiplicity: Option<&'k str>,
}

impl StateKeys<'_> {
    fn mean_charge(self, name: &str) -> bool {
        self.charge.map_or_else(|| names_charge(name), |key| key == name && key != NONE)
    }

    fn mean_spin(self, name: &str) -> bool {
        self.multiplicity.map_or_else(|| names_spin(name), |key| key == name && key != NONE)
    }
}

impl Frame {
    /// Total charge and spin as the comment states them under the usual names.
    ///
    /// # Errors
    /// When a number is not whole, a multiplicity is below 1, or two keys contradict each other.
    pub fn electronic_state(&self) -> Result<ElectronicState, String> {
        self.electronic_state_under(StateKeys::default())
    }

    /// The same under the names `keys`.
    ///
    /// # Errors
    /// As for [`electronic_state`](Self::electronic_state).
    pub fn electronic_state_under(&self, keys: StateKeys<'_>) -> Result<ElectronicState, String> {
        let words = self.properties.iter().filter(|(key, _)| keys.mean_charge(key));
        for (key, value) in words {
            if let Value::Text(text) = value
                && scalar(value).is_none()
                && !matches!(text.to_lowercase().as_str(), "" | "none" | "null" | "nan" | "unknown")
            {
                return Err(format!(
                    "`{key}` is {text:?}, which is no charge; write a whole number of elementary charges, or leave it out"
                ));
            }
        }
        let mut charges = self.numbers_under(|name| keys.mean_charge(name));
        let charge = charges.try_fold(None, |found, (key, number)| one(found, (key, whole_charge(key, number)?)))?;
        let spins = || self.numbers_under(|name| keys.mean_spin(name));
        let is_vague = |name: &str| is_one_of(&SPINS, name);
        let multiplicity = spins()
            .filter(|(key, _)| !is_vague(key))
            .try_fold(None, |found, (key, number)| one(found, (key, multiplicity(key, number)?)))?;
        let multiplicity = match multiplicity {
            Some((known, multiplicity)) => {
                let twice = f64::from(multiplicity) - 1.0;
                let fits = |number: f64| [twice + 1.0, twice, twice / 2.0].contains(&number);
                if let Some((key, number)) = spins().find(|(key, number)| is_vague(key) && !fits(*number)) {
                    return Err(contradiction(key, &number, known, &multiplicity));
                }
                Some((known, multiplicity))
            }
            None => {
                spins().try_fold(None, |found, (key, number)| one(found, (key, multiplicity_of_spin(key, number)?)))?
            }
        };
        Ok(ElectronicState {
            charge: charge.map(|(_, charge)| charge),
            multiplicity: multiplicity.map(|(_, multiplicity)| multiplicity),
        })
    }

    /// Whether the comment states charge or spin under `name`, one of `keys`.
    #[must_use]
    pub fn states_under(&self, name: &str, keys: StateKeys<'_>) -> bool {
        (keys.mean_charge(name) || keys.mean_spin(name)) && self.property(name).and_then(scalar).is_some()
    }

    fn numbers_under(&self, is_meant: impl Fn(&str) -> bool) -> impl Iterator<Item = (&str, f64)> {
        let meant = self.properties.iter().filter(move |(key, _)| is_meant(key));
        meant.filter_map(|(key, value)| Some((key.as_str(), scalar(value)?)))
    }
}

/// The first of what keys state, if the next one says the same.
fn one<'f, T: PartialEq + std::fmt::Display>(
    found: Option<(&'f str, T)>,
    next: (&'f str, T),
) -> Result<Option<(&'f str, T)>, String> {
    match found {
        Some((key, value)) if value != next.1 => Err(contradiction(next.0, &next.1, key, &value)),
        _ => Ok(Some(next)),
    }
}

fn contradiction(key: &str, value: &dyn std::fmt::Display, other: &str, known: &dyn std::fmt::Display) -> String {
    format!(
        "`{key}` is {value}, but `{other}` is {known}; leave out the one that is not meant, or give it another name"
    )
}

/// `number`, if it is whole.
fn whole(number: f64) -> Option<f64> {
    let is_whole = (number - number.round()).abs() <= WHOLE && number.abs() <= LARGEST;
    is_whole.then(|| number.round())
}

fn whole_charge(key: &str, number: f64) -> Result<i32, String> {
    whole(number).map(|charge| charge as i32).ok_or_else(|| {
        format!("`{key}` states a total charge of {number}, which is not a whole number; correct it, or leave it out")
    })
}

fn multiplicity(key: &str, number: f64) -> Result<u32, String> {
    let (least, more, what) =
        if is_one_of(&UNPAIRED, key) { (0.0, 1, "unpaired electrons, 2S") } else { (1.0, 0, "multiplicity, 2S + 1") };
    let found = whole(number).filter(|number| *number >= least);
    found.map(|number| number as u32 + more).ok_or_else(|| {
        format!("`{key}` states {number} as {what}, which is not a whole number from {least} on; correct it, or leave it out")
    })
}

fn multiplicity_of_spin(key: &str, number: f64) -> Result<u32, String> {
    let found = whole(number).filter(|number| *number >= 0.0);
    found.map(|number| (number as u32).max(1)).ok_or_else(|| {
        format!(
            "`{key}` is {number}, but it is read as the multiplicity 2S + 1, and 0 as a singlet; write multiplicity=, or leave it out"
        )
    })
}

/// One number; `+1`, `1+` and `2-` are charges too.
fn scalar(value: &Value) -> Option<f64> {
    match value {
        Value::Text(text) => {
            let text = text.trim();
            let (digits, sign) = match text.strip_suffix('-') {
                Some(digits) => (digits, -1.0),
                None => (text.strip_suffix('+')?, 1.0),
            };
            let size: f64 = if digits.is_empty() { 1.0 } else { digits.parse().ok()? };
            Some(sign * size)
        }
        Value::Logicals(_) => None,
        numbers => match *numbers.reals()?.as_slice() {
            [number] => Some(number),
            _ => None,
        },
    }
}
