//! The universal repulsion of nuclei at short distances.

use super::pairs::{PairFunction, PairSum};
use super::{Evaluation, Potential, RequestedProperties, Truncation};
use cormorant_core::Result;
use cormorant_core::system::{Element, System};
use cormorant_core::units::{BOHR, HARTREE};

/// Ziegler-Biersack-Littmark screened nuclear repulsion, switched off between `from` and the cutoff.
///
///   u(r) = (Z₁ Z₂ e²/4πε₀ r) φ(r/a)      a = 0.46850 Å / (Z₁^0.23 + Z₂^0.23)
///   φ(x) = 0.18175 e^(−3.19980 x) + 0.50986 e^(−0.94229 x) + 0.28022 e^(−0.40290 x) + 0.02817 e^(−0.20162 x)
///
/// | symbol   | here                    | unit |
/// |----------|-------------------------|------|
/// | Z        | number of each element  |      |
/// | e²/4πε₀  | Hartree · Bohr radius   | eV·Å |
///
/// Source: Ziegler, Biersack and Littmark, The Stopping and Range of Ions in Matter, 1985. Its use here is to keep atoms
/// apart where a learned potential has seen no data. Checked by: `suite::potential`.
#[derive(Debug, Clone)]
pub struct Zbl {
    sum: PairSum<ScreenedRepulsion>,
}

/// The repulsion of two nuclei, without an end.
#[derive(Debug, Clone, Copy)]
pub(super) struct ScreenedRepulsion {
    charge: f64, // Z₁ Z₂ e²/4πε₀ in eV·Å
    length: f64, // a in Å
}

/// Weights and decay constants of φ.
const SCREENING: [(f64, f64); 4] = [(0.18175, 3.19980), (0.50986, 0.94229), (0.28022, 0.40290), (0.02817, 0.20162)];

impl ScreenedRepulsion {
    pub(super) fn between(first: Element, second: Element) -> Self {
        let [z1, z2] = [first, second].map(|element| f64::from(element.number()));
        Self { charge: z1 * z2 * HARTREE * BOHR, length: 0.46850 / (z1.powf(0.23) + z2.powf(0.23)) }
    }

    /// Energy in eV and (du/dr)/r in eV/Å², from the squared distance in Å².
    pub(super) fn at(&self, square: f64) -> (f64, f64) {
        let r = square.sqrt();
        let x = r / self.length;
        let (mut screening, mut slope) = (0.0, 0.0);
        for (weight, decay) in SCREENING {
            let term = weight * (-decay * x).exp();
            screening += term;
            slope -= decay * term / self.length;
        }
        let energy = self.charge * screening / r;
        (energy, (self.charge * slope / r - energy / r) / r)
    }
}

impl PairFunction for ScreenedRepulsion {
    fn value(&self, square: f64) -> (f64, f64) {
        self.at(square)
    }
}

impl Zbl {
    /// Between all the given elements; distances in Å.
    ///
    /// # Errors
    /// When `from` is not between 0 and the cutoff.
    pub fn new(elements: &[Element], from: f64, cutoff: f64) -> Result<Self> {
        let mut sum = PairSum::new(cutoff, Truncation::Switched { from })?;
        for (at, first) in elements.iter().enumerate() {
            for second in &elements[at..] {
                sum.set(*first, *second, ScreenedRepulsion::between(*first, *second));
            }
        }
        Ok(Self { sum })
    }
}

impl Potential for Zbl {
    fn name(&self) -> String {
        "ZBL".into()
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
