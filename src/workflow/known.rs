//! Whether a potential knows the elements it is given.

use cormorant_core::system::Element;
use cormorant_core::{Error, Result};
use cormorant_potential::Potential;

/// An error that names the first of `elements` that `potential` does not know.
pub(super) fn require_known(potential: &dyn Potential, elements: &[Element]) -> Result<()> {
    match elements.iter().find(|element| !potential.accepts(**element)) {
        None => Ok(()),
        Some(element) => Err(Error::Element {
            symbol: element.symbol().to_string(),
            known: potential.elements().iter().map(|known| known.symbol().to_string()).collect(),
        }),
    }
}
