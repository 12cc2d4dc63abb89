//! The Morse potential.

use super::pairs::{PairFunction, PairSum};
use super::{Evaluation, Potential, RequestedProperties, Truncation};
use cormorant_core::system::{Element, System};
use cormorant_core::{Error, Result};

/// Morse between every two atoms within the cutoff.
///
///   u(r) = D [(1 − exp(−a (r − r₀)))² − 1]
///
/// | symbol | here       | unit |
/// |--------|------------|------|
/// | D      | `depth`    | eV   |
/// | a      | `width`    | 1/Å  |
/// | r₀     | `distance` | Å    |
///
/// Source: P. M. Morse, Phys. Rev. 34, 57 (1929), doi:10.1103/PhysRev.34.57. Checked by: `suite::potential`.
#[derive(Debug, Clone)]
pub struct Morse {
    sum: PairSum<Function>,
}

#[derive(Debug, Clone, Copy)]
struct Function {
    depth: f64,
    width: f64,
    distance: f64,
}

impl PairFunction for Function {
    #[inline]
    fn value(&self, square: f64) -> (f64, f64) {
        let r = square.sqrt();
        let decay = (-self.width * (r - self.distance)).exp();
        let energy = self.depth * decay * (decay - 2.0);
        (energy, 2.0 * self.depth * self.width * decay * (1.0 - decay) / r)
    }
}

impl Morse {
    /// Without any elements yet; cutoff in Å.
    ///
    /// # Errors
    /// When cutoff and truncation do not go together.
    pub fn new(cutoff: f64, truncation: Truncation) -> Result<Self> {
        Ok(Self { sum: PairSum::new(cutoff, truncation)? })
    }

    /// With parameters for two elements (or one, given twice); replaces those set before.
    ///
    /// # Errors
    /// When width or distance is not positive, or a number is not finite.
    pub fn with(mut self, first: Element, second: Element, depth: f64, width: f64, distance: f64) -> Result<Self> {
        let sensible = |x: f64| x.is_finite() && x > 0.0;
        if !(depth.is_finite() && sensible(width) && sensible(distance)) {
            return Err(Error::Invalid(format!(
                "Morse with a depth of {depth} eV, a width of {width} /Å and a distance of {distance} Å is not possible"
            )));
        }
        self.sum.set(first, second, Function { depth, width, distance });
        Ok(self)
    }
}

impl Potential for Morse {
    fn name(&self) -> String {
        "Morse".into()
    }

    fn cutoff(&self) -> Option<f64> {
        Some(self.sum.cutoff())
    }

    fn accepts(&self, element: Element) -> bool {
        self.sum.elements().contains(&element)
    }

    fn elements(&self) -> Vec<Element> {
        self.sum.elements().to_vec()
    }

    fn evaluate(&mut self, system: &System, want: RequestedProperties, into: &mut Evaluation) -> Result<()> {
        self.sum.evaluate(system, want, into)
    }
}
