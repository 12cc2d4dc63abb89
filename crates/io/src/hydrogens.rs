//! Molecules whose hydrogens a file leaves out, as drawings and crystal structures do. Checked by: `suite::missing_hydrogens`.

use cormorant_core::system::vector::{difference, norm};
use cormorant_core::system::{Element, System, find_bonds, formula};

/// Decay in Å of the order of a bond with its length, n = exp((r₁ − r)/0.3 Å), r₁ the sum of the covalent radii (Pauling 1947,
/// doi:10.1021/ja01195a024, in the form of bond valences).
const DECAY: f64 = 0.3;
/// Bonds that a carbon atom has at least by their lengths when nothing is missing; without one hydrogen it has 3.1.
const LEAST: f64 = 3.5;

/// What to say of a molecule with carbon and without any hydrogen, if its carbon atoms have open valences by their distances.
///
/// Molecules that have none, such as CO₂, CCl₄ and C₂F₄, have no open valences; pure carbon may be anything, and so may a pair of atoms.
pub(super) fn missing_by_distances(elements: &[Element], positions: &[[f64; 3]]) -> Option<String> {
    let is = |symbol: &'static str| move |element: &Element| element.symbol() == symbol;
    let possible = elements.iter().any(is("C")) && !elements.iter().any(is("H")) && !elements.iter().all(is("C"));
    if !possible || elements.len() < 3 {
        return None;
    }
    let system = System::new(elements.to_vec(), positions.to_vec(), None).ok()?;
    let mut orders = vec![0.0; elements.len()];
    // Atoms that overlap are refused with a message of their own.
    for bond in find_bonds(&system).ok()? {
        let length = norm(difference(positions[bond.first], positions[bond.second]));
        let single = elements[bond.first].covalent_radius() + elements[bond.second].covalent_radius();
        let order = ((single - length) / DECAY).exp();
        orders[bond.first] += order;
        orders[bond.second] += order;
    }
    let carbon = elements.iter().zip(&orders).filter(|(element, _)| is("C")(element));
    let (all, open) = (carbon.clone().count(), carbon.filter(|(_, order)| **order < LEAST).count());
    (open > 0).then(|| text(elements, &format!("{open} of {all} carbon atoms have open valences by their distances")))
}

/// The note on a molecule; `reason` is what shows that hydrogens may be missing.
pub(super) fn text(elements: &[Element], reason: &str) -> String {
    let formula = formula(elements);
    let none = !elements.iter().any(|element| element.symbol() == "H");
    let what = if none { format!("no hydrogen in {formula}") } else { format!("too few hydrogens in {formula}") };
    format!(
        "{what}: {reason}; if hydrogens are missing, add them (`cormorant build` from SMILES or a file of MDL, or obabel -h)"
    )
}
