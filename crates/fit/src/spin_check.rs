//! Frames in several electronic states are not fitted together.

use std::collections::HashMap;

use cormorant_core::system::Element;
use cormorant_io::Frame;

/// The spin of each composition whose frames state one.
#[derive(Debug, Default)]
pub(super) struct SpinCheck {
    spins: HashMap<Vec<Element>, f64>,
}

impl SpinCheck {
    /// Takes up `frame`.
    ///
    /// # Errors
    /// When an earlier frame of the same atoms states another spin: the network cannot tell the states apart.
    pub(super) fn add(&mut self, frame: &Frame) -> Result<(), String> {
        let Some((key, spin)) = frame.spin() else { return Ok(()) };
        let mut atoms = frame.elements.clone();
        atoms.sort_unstable();
        match self.spins.insert(atoms, spin) {
            Some(known) if known != spin => Err(format!(
                "`{key}` is {spin}, where an earlier frame of the same atoms has {known}; one electronic state is fitted, since the \
                 network does not know the spin; leave the frames of the other states out"
            )),
            _ => Ok(()),
        }
    }
}
