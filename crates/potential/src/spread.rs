//! How far the members of a committee are apart.

/// Standard deviations over the members of a [`super::Committee`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Spread {
    /// Of the energy, in eV.
    pub energy: f64,
    /// Of the force on each atom, in eV/Å: the root mean square length of the deviation from the mean; `[atoms]`.
    pub forces: Vec<f64>,
}

impl Spread {
    /// The spread of a sum of two terms whose errors are independent: √(σ² + σ'²).
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let both = |(one, two): (&f64, &f64)| one.hypot(*two);
        Self {
            energy: self.energy.hypot(other.energy),
            forces: self.forces.iter().zip(&other.forces).map(both).collect(),
        }
    }

    /// The atom whose force is least certain, counted from 0, and its spread in eV/Å.
    #[must_use]
    pub fn largest(&self) -> (usize, f64) {
        let pairs = self.forces.iter().copied().enumerate();
        pairs.fold((0, 0.0), |worst, one| if one.1 > worst.1 { one } else { worst })
    }
}
