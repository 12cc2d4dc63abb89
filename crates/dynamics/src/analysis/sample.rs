//! One frame as an analysis sees it.

use cormorant_core::system::System;

/// One frame: the atoms, and what is known of them.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// Atoms, cell, positions (never wrapped), momenta and time.
    pub system: &'a System,
    /// Whether the time is known.
    pub timed: bool,
    /// Whether the momenta are known.
    pub moving: bool,
    /// Dipole in e·Å, if it is known.
    pub dipole: Option<[f64; 3]>,
    /// Number of the frame for messages, counted from 0.
    pub frame: u64,
}
