//! One frame as an analysis sees it.

use cormorant_core::system::System;
use cormorant_core::{Error, Result};

/// One frame: the atoms, and what is known of them.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// Atoms, cell, positions (never wrapped), momenta and time.
    pub system: &'a System,
    /// Whether the time is known.
    pub timed: bool,
    /// Whether a time is stated, but not its unit.
    pub unitless: bool,
    /// Whether the momenta are known.
    pub moving: bool,
    /// Dipole in e·Å, if it is known.
    pub dipole: Option<[f64; 3]>,
    /// Number of the frame for messages, counted from 0.
    pub frame: u64,
}

impl Sample<'_> {
    /// The dipole, which `what`, such as "an infrared spectrum", needs.
    ///
    /// # Errors
    /// When it is not known; says where dipoles come from.
    pub(super) fn require_dipole(&self, what: &str) -> Result<[f64; 3]> {
        self.dipole.ok_or_else(|| {
            let reason = format!(
                "there is no dipole: {what} needs a potential with charges (`electrostatics` in [model]), or \
                 frames of extended XYZ with dipole=\"x y z\" (e·Å) in their comments, as trajectories of such a potential \
                 and `cormorant evaluate --out` have it"
            );
            Error::Structure(reason).at_frame(self.frame)
        })
    }
}
