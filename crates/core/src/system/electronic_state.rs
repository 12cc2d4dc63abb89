//! Total charge and spin of a system.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Element, formula};

/// What is said of the electrons as a whole. What is not said is a neutral singlet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ElectronicState {
    /// Total charge in e, if it is stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charge: Option<i32>,
    /// Spin multiplicity 2S + 1, if it is stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub multiplicity: Option<u32>,
}

impl ElectronicState {
    /// A stated charge and multiplicity.
    #[must_use]
    pub fn stated(charge: i32, multiplicity: u32) -> Self {
        Self { charge: Some(charge), multiplicity: Some(multiplicity) }
    }

    /// Whether nothing is stated.
    #[must_use]
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
    pub fn is_unstated(&self) -> bool {
        *self == Self::default()
    }

    /// Total charge in e; 0 if it is not stated.
    #[must_use]
    pub fn total_charge(self) -> i32 {
        self.charge.unwrap_or(0)
    }

    /// Number of unpaired electrons, 2S; 0 if it is not stated.
    #[must_use]
    pub fn unpaired_electrons(self) -> u32 {
        self.multiplicity.map_or(0, |multiplicity| multiplicity.saturating_sub(1))
    }

    /// Spin multiplicity 2S + 1; 1 if it is not stated.
    #[must_use]
    pub fn spin_multiplicity(self) -> u32 {
        self.unpaired_electrons() + 1
    }

    /// The same with what is not stated filled in: two states that are equal then are the same for a network.
    #[must_use]
    pub fn filled(self) -> Self {
        Self::stated(self.total_charge(), self.spin_multiplicity())
    }

    /// Whether it is that of most molecules: no charge, and no unpaired electron.
    #[must_use]
    pub fn is_neutral_singlet(self) -> bool {
        self.filled() == Self::stated(0, 1)
    }

    /// The different ones of `states`, sorted, with the charge filled in, and a multiplicity where any of those that are the same states it.
    #[must_use]
    pub fn different(states: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let mut found: BTreeMap<Self, Self> = BTreeMap::new();
        for state in states {
            let one = found.entry(state.filled()).or_insert(Self { charge: Some(state.total_charge()), ..state });
            one.multiplicity = one.multiplicity.or(state.multiplicity);
        }
        found.into_values().collect()
    }

    /// What two sources state together.
    ///
    /// # Errors
    /// When they contradict each other; says in what.
    pub fn and(self, other: Self) -> Result<Self, String> {
        let contradict = |what: &str, one: &dyn fmt::Display, two: &dyn fmt::Display| {
            Err(format!("the {what} is stated as {one} and as {two}; leave one of the two out"))
        };
        match (self.charge, other.charge) {
            (Some(one), Some(two)) if one != two => return contradict("charge", &one, &two),
            _ => {}
        }
        match (self.multiplicity, other.multiplicity) {
            (Some(one), Some(two)) if one != two => return contradict("multiplicity", &one, &two),
            _ => {}
        }
        Ok(Self { charge: self.charge.or(other.charge), multiplicity: self.multiplicity.or(other.multiplicity) })
    }

    /// How many electrons atoms of `elements` have in this state.
    #[must_use]
    pub fn electrons(self, elements: &[Element]) -> i64 {
        let protons: i64 = elements.iter().map(|element| i64::from(element.number())).sum();
        protons - i64::from(self.total_charge())
    }

    /// Refuses a state that the electrons of `elements` cannot be in: a molecule with an odd number of them has an even multiplicity, one
    /// with an even number an odd one. In a cell (`periodic`) nothing is said of the spin: that of a metal need not be whole.
    ///
    /// # Errors
    /// Says which, and what to do.
    pub fn require_possible(self, elements: &[Element], periodic: bool) -> Result<(), String> {
        let electrons = self.electrons(elements);
        let protons = electrons + i64::from(self.total_charge());
        if electrons < 0 {
            let charge = self.total_charge();
            return Err(format!(
                "a charge of {charge} is more than the {protons} electrons of {}; correct it",
                formula(elements)
            ));
        }
        let Some(multiplicity) = self.multiplicity.filter(|_| !periodic) else { return Ok(()) };
        let unpaired = i64::from(self.unpaired_electrons());
        if unpaired <= electrons && (electrons - unpaired) % 2 == 0 {
            return Ok(());
        }
        let lowest = if electrons % 2 == 0 { "an odd number, such as 1" } else { "an even number, such as 2" };
        Err(format!(
            "a multiplicity of {multiplicity} is not one of the {electrons} electrons of {} with charge {}; write {lowest}, or correct the \
             charge",
            formula(elements),
            self.total_charge()
        ))
    }
}

/// `charge -1, multiplicity 2`; a multiplicity that is not stated is left out.
impl fmt::Display for ElectronicState {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "charge {}", self.total_charge())?;
        self.multiplicity.map_or(Ok(()), |multiplicity| write!(out, ", multiplicity {multiplicity}"))
    }
}
