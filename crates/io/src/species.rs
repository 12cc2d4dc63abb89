//! Elements and isotopes as files name them.

use super::isotopes::isotope_mass;
use cormorant_core::system::Element;

/// What an atom is: its element, and its mass where the file names an isotope.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Species {
    /// The element.
    pub element: Element,
    /// Mass in u of an isotope that has a symbol of its own; `None` for the standard atomic weight.
    pub mass: Option<f64>,
}

impl Species {
    /// The species of a symbol; case does not matter. `D` is deuterium.
    #[must_use]
    pub fn from_symbol(symbol: &str) -> Option<Self> {
        match symbol.trim() {
            "D" | "d" => Self::hydrogen(2),
            other => Element::from_symbol(other).ok().map(Self::from),
        }
    }

    /// The same for symbols with a charge behind them, e.g. `Na+`, `Fe3+`, `O2-`, `N1+`.
    #[must_use]
    pub fn from_charged_symbol(symbol: &str) -> Option<Self> {
        let symbol = symbol.trim();
        let bare = symbol.trim_end_matches(['+', '-']);
        let bare = if bare.len() < symbol.len() { bare.trim_end_matches(|c: char| c.is_ascii_digit()) } else { symbol };
        Self::from_symbol(bare.trim_end_matches(['+', '-']))
    }

    /// Tritium. It has no symbol here but in the element column of PDB: elsewhere `T` is a site of a zeolite or a truth value.
    pub(crate) fn tritium() -> Option<Self> {
        Self::hydrogen(3)
    }

    /// The isotope of hydrogen with so many nucleons.
    fn hydrogen(nucleons: i64) -> Option<Self> {
        let element = Element::from_number(1)?;
        let (mass, _) = isotope_mass(element, nucleons).ok()?;
        Some(Self { element, mass: Some(mass) })
    }
}

impl From<Element> for Species {
    fn from(element: Element) -> Self {
        Self { element, mass: None }
    }
}
