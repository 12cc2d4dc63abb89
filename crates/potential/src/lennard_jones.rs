//! The Lennard-Jones potential.

use super::pairs::{PairFunction, PairSum};
use super::{Evaluation, Potential, RequestedProperties, Truncation};
use cormorant_core::system::{Element, System};
use cormorant_core::units::BOLTZMANN;
use cormorant_core::{Error, Result};

/// Lennard-Jones between every two atoms within the cutoff.
///
///   u(r) = 4ε [(σ/r)¹² − (σ/r)⁶]
///
/// | symbol | here      | unit |
/// |--------|-----------|------|
/// | ε      | `epsilon` | eV   |
/// | σ      | `sigma`   | Å    |
///
/// Source: J. E. Jones, Proc. R. Soc. A 106, 463 (1924), doi:10.1098/rspa.1924.0082. Checked by: `suite::potential`
/// (energies and virial of the NIST reference configuration 4, energy of the icosahedron of 13 atoms, fcc lattice sum).
#[derive(Debug, Clone)]
pub struct LennardJones {
    sum: PairSum<Function>,
}

#[derive(Debug, Clone, Copy)]
struct Function {
    twelve: f64, // 4ε σ¹²
    six: f64,    // 4ε σ⁶
}

impl PairFunction for Function {
    #[inline]
    fn value(&self, square: f64) -> (f64, f64) {
        let inverse = 1.0 / square;
        let sixth = inverse * inverse * inverse;
        let repulsion = self.twelve * sixth * sixth;
        let attraction = self.six * sixth;
        (repulsion - attraction, (6.0 * attraction - 12.0 * repulsion) * inverse)
    }
}

impl LennardJones {
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
    /// When σ is not positive or a number is not finite.
    pub fn with(mut self, first: Element, second: Element, epsilon: f64, sigma: f64) -> Result<Self> {
        if !(epsilon.is_finite() && sigma.is_finite() && sigma > 0.0) {
            return Err(Error::Invalid(format!(
                "Lennard-Jones with ε = {epsilon} eV and σ = {sigma} Å is not possible"
            )));
        }
        let sixth = sigma.powi(6);
        self.sum.set(first, second, Function { twelve: 4.0 * epsilon * sixth * sixth, six: 4.0 * epsilon * sixth });
        Ok(self)
    }

    /// Argon: ε = 119.8 K · kB and σ = 3.405 Å (L. Verlet, Phys. Rev. 159, 98 (1967), doi:10.1103/PhysRev.159.98),
    /// switched off over the last Å before the cutoff.
    ///
    /// # Errors
    /// When the cutoff is not above 1 Å.
    pub fn argon(cutoff: f64) -> Result<Self> {
        let argon = Element::from_symbol("Ar")?;
        Self::new(cutoff, Truncation::Switched { from: cutoff - 1.0 })?.with(argon, argon, 119.8 * BOLTZMANN, 3.405)
    }
}

impl Potential for LennardJones {
    fn name(&self) -> String {
        "Lennard-Jones".into()
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
