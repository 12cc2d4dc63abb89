//! Refusals that potentials share.

use super::Evaluation;
use cormorant_core::system::{Element, System};
use cormorant_core::{Error, Result};

/// Refuse an evaluation with a number that is not finite.
///
/// # Errors
/// Names the first of them.
pub fn check_finite(system: &System, evaluation: &Evaluation) -> Result<()> {
    let refuse = |quantity: String, value: f64| Err(Error::Numerical { step: system.step, quantity, value });
    // Forces first: they name the atom.
    for (atom, force) in evaluation.forces.iter().enumerate() {
        if let Some(value) = force.iter().find(|x| !x.is_finite()) {
            return refuse(format!("the force on atom {} ({}) is", atom + 1, system.elements[atom]), *value);
        }
    }
    if !evaluation.energy.is_finite() {
        return refuse("the potential energy is".into(), evaluation.energy);
    }
    Ok(())
}

/// The error for an element that a potential does not know.
pub fn unknown(element: Element, known: &[Element]) -> Error {
    Error::Element {
        symbol: element.symbol().into(),
        known: known.iter().map(|element| element.symbol().to_owned()).collect(),
    }
}
