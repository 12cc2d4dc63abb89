//! Sum formulas.

use std::collections::BTreeMap;

use super::Element;

/// The sum formula in the order of Hill: C, H, then the alphabet; without carbon all by the alphabet.
#[must_use]
pub fn formula(elements: &[Element]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for element in elements {
        *counts.entry(element.symbol()).or_default() += 1;
    }
    let organic = counts.contains_key("C");
    let mut parts: Vec<(&str, usize)> = counts.into_iter().collect();
    parts.sort_by_key(|(symbol, _)| (!(organic && *symbol == "C"), !(organic && *symbol == "H"), *symbol));
    let spell =
        |(symbol, count): &(&str, usize)| if *count == 1 { (*symbol).into() } else { format!("{symbol}{count}") };
    parts.iter().map(spell).collect()
}
