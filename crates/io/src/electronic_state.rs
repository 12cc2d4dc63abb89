//! Total charge and spin as comments and archives state them.

use super::{Frame, Value};

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
/// Names under which files state the spin of a frame.
const SPINS: [&str; 8] =
    ["multiplicity", "spin_multiplicity", "mult", "spin", "total_spin", "nspin", "unpaired_electrons", "uhf"];

/// Whether `name` names the total charge of a frame, in any case.
#[must_use]
pub fn names_charge(name: &str) -> bool {
    is_one_of(&CHARGES, name)
}

/// Whether `name` names the spin or multiplicity of a frame, in any case.
#[must_use]
pub fn names_spin(name: &str) -> bool {
    is_one_of(&SPINS, name)
}

fn is_one_of(names: &[&str], name: &str) -> bool {
    let plain = name.to_lowercase().replace(['-', ' '], "_");
    names.contains(&plain.as_str())
}

impl Frame {
    /// The total charge (in e) that the comment states, with its key; the first that is not zero, if there are several.
    #[must_use]
    pub fn total_charge(&self) -> Option<(&str, f64)> {
        let stated = || self.states(names_charge);
        stated().find(|(_, charge)| *charge != 0.0).or_else(|| stated().next())
    }

    /// The spin or multiplicity that the comment states, with its key.
    #[must_use]
    pub fn spin(&self) -> Option<(&str, f64)> {
        self.states(names_spin).next()
    }

    fn states(&self, is_meant: fn(&str) -> bool) -> impl Iterator<Item = (&str, f64)> {
        let meant = self.properties.iter().filter(move |(key, _)| is_meant(key));
        meant.filter_map(|(key, value)| Some((key.as_str(), scalar(value)?)))
    }

    /// Why nothing is computed for the frame: its total charge is not zero.
    ///
    /// # Errors
    /// Names the key, its value and what to do.
    pub fn require_neutral(&self) -> Result<(), String> {
        match self.total_charge() {
            Some((key, charge)) if charge != 0.0 => Err(charged(&format!("`{key}`"), charge)),
            _ => Ok(()),
        }
    }
}

/// The message for a total charge `charge` that is stated under `place`.
#[must_use]
pub fn charged(place: &str, charge: f64) -> String {
    format!(
        "{place} states a total charge of {charge}; charged systems are not supported yet, since models are fitted to neutral ones \
         and the network does not know the charge; leave the frame out"
    )
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
