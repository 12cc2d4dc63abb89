//! The elements of a header.

use cormorant_core::system::Element;

/// The elements with these symbols.
///
/// # Errors
/// When a symbol is none.
pub(crate) fn elements_named(symbols: &[String]) -> Result<Vec<Element>, String> {
    let of = |symbol: &String| {
        Element::from_symbol(symbol).map_err(|_| format!("its header names {symbol:?}, which is not an element"))
    };
    symbols.iter().map(of).collect()
}
