//! Total charge and spin of a system.

/// What is said of the electrons as a whole. What is not said is a neutral singlet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ElectronicState {
    /// Total charge in e, if it is stated.
    pub charge: Option<i32>,
    /// Spin multiplicity 2S + 1, if it is stated.
    pub multiplicity: Option<u32>,
}

impl ElectronicState {
    /// A stated charge and multiplicity.
    #[must_use]
    pub fn stated(charge: i32, multiplicity: u32) -> Self {
        Self { charge: Some(charge), multiplicity: Some(multiplicity) }
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
}
