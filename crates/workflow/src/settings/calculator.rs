//! `calculator`: module, class and arguments of a calculator of ASE.

use super::section::Section;
use cormorant_core::Result;
use cormorant_learn::plain_calculator;

/// Brings `calculator` of `section` into the form that the script takes.
///
/// # Errors
/// When it does not name a calculator in that form; points at its line.
pub(super) fn make_plain(section: &Section<'_>, calculator: &mut String) -> Result<()> {
    let plain = plain_calculator(calculator);
    *calculator = plain.map_err(|[what, remedy]| section.error_at("calculator", what, remedy))?;
    Ok(())
}
