//! Weights of single frames in the loss.

use cormorant_io::Frame;

/// What the terms of one frame in the loss are multiplied by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FrameWeights {
    /// Of the energy.
    pub energy: f64,
    /// Of the forces.
    pub forces: f64,
    /// Of the virial.
    pub virial: f64,
}

impl Default for FrameWeights {
    fn default() -> Self {
        Self { energy: 1.0, forces: 1.0, virial: 1.0 }
    }
}

/// Keys of the weight of a whole frame, and of its energy, forces and stress.
const KEYS: [&[&str]; 4] = [
    &["weight", "config_weight", "frame_weight"],
    &["energy_weight", "config_energy_weight"],
    &["forces_weight", "force_weight", "config_forces_weight", "config_force_weight"],
    &["stress_weight", "virial_weight", "virials_weight", "config_stress_weight", "config_virials_weight"],
];

/// Whether `key` is a weight that is read.
pub(super) fn names_weight(key: &str) -> bool {
    KEYS.iter().any(|keys| keys.contains(&key))
}

impl FrameWeights {
    /// The weights in the comment of `frame`; 1 where there are none.
    ///
    /// # Errors
    /// Names the key when a weight is not a number from 0 on.
    pub(super) fn of(frame: &Frame) -> Result<Self, String> {
        let mut found = [1.0; 4];
        for (keys, weight) in KEYS.iter().zip(&mut found) {
            let Some(key) = keys.iter().find(|key| frame.property(key).is_some()) else { continue };
            let number = frame.number(key).filter(|number| number.is_finite() && *number >= 0.0);
            *weight =
                number.ok_or_else(|| format!("`{key}` is not a number from 0 on; correct it, or leave it out"))?;
        }
        let [whole, energy, forces, virial] = found;
        Ok(Self { energy: whole * energy, forces: whole * forces, virial: whole * virial })
    }

    /// The same, all multiplied by `factor`.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self { energy: self.energy * factor, forces: self.forces * factor, virial: self.virial * factor }
    }

    /// Whether nothing is weighted.
    #[must_use]
    pub fn are_one(&self) -> bool {
        *self == Self::default()
    }
}
