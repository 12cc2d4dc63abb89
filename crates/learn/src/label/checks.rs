//! What a label must look like before anything is fitted to it.

use std::collections::BTreeMap;

use super::{Label, Request};
use cormorant_core::system::vector::{difference, dot, norm};
use cormorant_core::system::{Element, formula};

/// Share of the work by which energy and forces may disagree.
const WORK_SHARE: f64 = 0.05;
/// Disagreement in eV that is always allowed: energies have few digits.
const WORK_FLOOR: f64 = 2e-4;

/// Beyond these a label is set aside.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LabelLimits {
    /// Largest force on an atom, in eV/Å.
    pub force: f64,
    /// Largest sum of all forces, in eV/Å: there is nothing outside that could push.
    pub net_force: f64,
    /// Largest distance of the energy from that of the first structure of the same formula, in eV for each atom.
    pub energy_per_atom: f64,
}

impl Default for LabelLimits {
    fn default() -> Self {
        Self { force: 100.0, net_force: 0.1, energy_per_atom: 2.0 }
    }
}

impl LabelLimits {
    /// Why `label` is not credible, if it is not. `first` holds the energies of the first structures by formula.
    #[must_use]
    pub fn fault(&self, request: &Request, label: &Label, first: &BTreeMap<String, f64>) -> Option<String> {
        let elements = &request.system.elements;
        if !label.energy.is_finite() {
            return Some(format!("the energy is {}", label.energy));
        }
        if label.forces.len() != elements.len() {
            return Some(format!("there are {} forces for {} atoms", label.forces.len(), elements.len()));
        }
        if let Some(atom) = label.forces.iter().position(|force| force.iter().any(|x| !x.is_finite())) {
            return Some(format!(
                "the force on atom {} ({}) is {:?}",
                atom + 1,
                elements[atom].symbol(),
                label.forces[atom]
            ));
        }
        let (atom, force) = largest(&label.forces);
        if force > self.force {
            let element = elements[atom].symbol();
            return Some(format!(
                "the force on atom {} ({element}) is {force:.1} eV/Å, more than {}",
                atom + 1,
                self.force
            ));
        }
        let net = norm(label.forces.iter().fold([0.0; 3], |sum, force| [0, 1, 2].map(|axis| sum[axis] + force[axis])));
        if net > self.net_force {
            return Some(format!("the forces add up to {net:.3} eV/Å, more than {}", self.net_force));
        }
        let away = (label.energy - first.get(&name(elements))?).abs() / elements.len() as f64;
        (away > self.energy_per_atom).then(|| {
            format!(
                "the energy is {away:.2} eV for each atom away from that of the first structure of {}, more than {}: another \
                 theory, or a state that was not converged",
                name(elements),
                self.energy_per_atom
            )
        })
    }
}

/// The formula under which energies can be compared.
pub(super) fn name(elements: &[Element]) -> String {
    formula(elements)
}

fn largest(forces: &[[f64; 3]]) -> (usize, f64) {
    let sizes = forces.iter().map(|force| norm(*force)).enumerate();
    sizes.fold((0, 0.0), |worst, one| if one.1 > worst.1 { one } else { worst })
}

/// Energy against work between two structures that are close to each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WorkCheck {
    /// E(2) − E(1) in eV.
    pub energy_change: f64,
    /// −½ Σ (F(1) + F(2))·(r(2) − r(1)) in eV, which differs from it by a term of third order.
    pub work: f64,
}

/// What the labels of two close structures say: a unit, a sign or an order of atoms that is wrong shows here.
///
///   E(2) − E(1) = −½ Σ_i (F_i(1) + F_i(2)) · (r_i(2) − r_i(1)) + O(|r(2) − r(1)|³)
///
/// | symbol | here             | unit | shape        |
/// |--------|------------------|------|--------------|
/// | E      | `Label::energy`  | eV   | scalar       |
/// | F      | `Label::forces`  | eV/Å | `[atoms][3]` |
/// | r      | positions        | Å    | `[atoms][3]` |
///
/// The trapezoidal rule along a straight line. Checked by: `suite::label::work_tells_units_and_signs`.
#[must_use]
pub fn work_check(first: (&Request, &Label), second: (&Request, &Label)) -> WorkCheck {
    let ((one, label_one), (two, label_two)) = (first, second);
    let work = (0..one.system.positions.len()).map(|atom| {
        let path = difference(two.system.positions[atom], one.system.positions[atom]);
        -0.5 * (dot(label_one.forces[atom], path) + dot(label_two.forces[atom], path))
    });
    WorkCheck { energy_change: label_two.energy - label_one.energy, work: work.sum() }
}

impl WorkCheck {
    /// Why energies and forces do not belong together, if they do not.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        let apart = (self.energy_change - self.work).abs();
        let allowed = WORK_FLOOR + WORK_SHARE * self.energy_change.abs().max(self.work.abs());
        (apart.is_nan() || apart > allowed).then(|| {
            format!(
                "between two structures close to each other the energy changes by {:.5} eV, but the forces do a work that changes it \
                 by {:.5} eV: look at the units, the sign and the order of the forces that the label source writes",
                self.energy_change, self.work
            )
        })
    }
}
