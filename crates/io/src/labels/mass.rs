//! Elements by mass.

use super::Verdict;
use crate::Species;
use cormorant_core::system::Element;

/// Masses in u that groups of atoms have in force fields without hydrogen (CH, CH2, CH3, CH4), which some elements come near to.
const UNITED_ATOMS: [f64; 4] = [13.019, 14.027, 15.035, 16.043];
/// Largest difference in u from a standard atomic weight: masses in inputs are rounded.
const TOLERANCE: f64 = 0.1;

/// The element with this mass; where two come near, `hint` (a label such as `Ar`) decides, and without one it is ambiguous.
pub(crate) fn by_mass(mass: f64, hint: &str) -> Verdict {
    let hinted = Species::from_symbol(hint).filter(|_| hint.chars().next().is_some_and(char::is_uppercase));
    let near = |weight: f64| (weight - mass).abs();
    if near(2.014) < 0.01 {
        return Species::from_symbol("D").map_or(Verdict::Unknown, Verdict::Is);
    }
    // Exactly 1 is the mass of everything in reduced units.
    let reduced = mass == 1.0 && hinted.is_none() && !hint.starts_with(['H', 'h']);
    let united = UNITED_ATOMS.iter().any(|group| near(*group) < 2.0e-3);
    if reduced || united || !mass.is_finite() {
        return Verdict::Unknown;
    }
    let mut found: Vec<Element> = Element::all().filter(|element| near(element.mass()) <= TOLERANCE).collect();
    found.sort_by(|a, b| near(a.mass()).total_cmp(&near(b.mass())));
    match (found.as_slice(), hinted) {
        ([], _) => Verdict::Unknown,
        (found, Some(hinted)) if found.contains(&hinted.element) => Verdict::Is(hinted),
        ([best, ..], Some(hinted)) if hint.len() == 2 && hint.ends_with(|c: char| c.is_ascii_lowercase()) => {
            let (says, weighs) = (hinted.element, best);
            Verdict::Contradiction(format!("the label says {says}, but the mass is that of {weighs}"))
        }
        ([one], _) => Verdict::Is((*one).into()),
        ([best, next, ..], _) => {
            let clear = near(best.mass()) < 0.02 && near(next.mass()) > 4.0 * near(best.mass()) + 0.05;
            if clear { Verdict::Is((*best).into()) } else { Verdict::Ambiguous(vec![best.symbol(), next.symbol()]) }
        }
    }
}
