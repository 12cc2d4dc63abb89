//! Sums of losses and errors.

/// Weights of the parts of the loss.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ObjectiveWeights {
    /// λ_F.
    pub force: f64,
    /// λ_E.
    pub energy: f64,
    /// λ_W.
    pub virial: f64,
    /// λ_D.
    pub dipole: f64,
    /// δ, scaled; 0 for plain squares.
    pub huber_delta: f64,
}

/// Loss and errors of one frame, scaled.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct FrameLoss {
    /// L.
    pub loss: f64,
    /// The parts of L but that of the energy.
    pub other_loss: f64,
    /// ρ(|E − E*|/√N), without its weight.
    pub energy_penalty: f64,
    /// |E − E*|; 0 without a label.
    pub energy_error: f64,
    /// Mean of |F − F*| over components; 0 without labels.
    pub force_error: f64,
    /// Mean of the errors of a property over its numbers.
    pub property_error: f64,
    /// Frames with an energy.
    pub energies: usize,
    /// Frames with forces.
    pub forces: usize,
}

impl FrameLoss {
    /// Adds that of another frame.
    pub(crate) fn add(&mut self, other: Self) {
        self.loss += other.loss;
        self.other_loss += other.other_loss;
        self.energy_penalty += other.energy_penalty;
        self.energy_error += other.energy_error;
        self.force_error += other.force_error;
        self.property_error += other.property_error;
        self.energies += other.energies;
        self.forces += other.forces;
    }
}
