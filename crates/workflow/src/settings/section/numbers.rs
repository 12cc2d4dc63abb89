//! Numbers, with units and without.

use toml::Spanned;
use toml::de::DeValue;

use super::Section;
use crate::settings::Quantity;
use cormorant_core::units::Dimension;
use cormorant_core::{Error, Result};

impl Section<'_> {
    /// A whole number from `least` to `most`.
    pub fn integer(&self, key: &str, least: u64, most: u64) -> Result<Option<u64>> {
        self.value(key).map(|value| self.to_integer(key, value, least, most)).transpose()
    }

    pub(super) fn to_integer(&self, key: &str, value: &Spanned<DeValue<'_>>, least: u64, most: u64) -> Result<u64> {
        let DeValue::Integer(digits) = value.get_ref() else {
            return Err(self.wrong_type(key, value, "a whole number"));
        };
        match u64::from_str_radix(digits.as_str(), digits.radix()) {
            Ok(number) if (least..=most).contains(&number) => Ok(number),
            _ => Err(self.source.error(
                value.span(),
                format!("`{key}` = {digits} is out of range"),
                format!("write a whole number from {least} to {most}"),
            )),
        }
    }

    /// A list of whole numbers from `least` to `most`.
    pub fn integers(&self, key: &str, least: u64, most: u64) -> Result<Option<Vec<u64>>> {
        let Some(value) = self.value(key) else { return Ok(None) };
        let DeValue::Array(items) = value.get_ref() else {
            return Err(self.wrong_type(key, value, "a list of whole numbers"));
        };
        items.iter().map(|item| self.to_integer(key, item, least, most)).collect::<Result<_>>().map(Some)
    }

    /// A number without a unit for which `fits` holds; `expected` says in words what fits.
    pub fn number(&self, key: &str, fits: impl Fn(f64) -> bool, expected: &str) -> Result<Option<f64>> {
        let Some(value) = self.value(key) else { return Ok(None) };
        let text = match value.get_ref() {
            DeValue::Float(digits) => digits.as_str(),
            DeValue::Integer(digits) if digits.radix() == 10 => digits.as_str(),
            _ => return Err(self.wrong_type(key, value, "a number")),
        };
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() && fits(number) => Ok(Some(number)),
            _ => Err(self.source.error(
                value.span(),
                format!("`{key}` = {text} is out of range"),
                format!("write {expected}"),
            )),
        }
    }

    /// A quantity with a unit of `dimension`, of either sign.
    pub fn quantity(&self, key: &str, dimension: Dimension) -> Result<Option<Quantity>> {
        let Some(value) = self.value(key) else { return Ok(None) };
        self.to_quantity(key, value, dimension).map(Some)
    }

    pub(super) fn to_quantity(
        &self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        dimension: Dimension,
    ) -> Result<Quantity> {
        let bare;
        let text = match value.get_ref() {
            DeValue::String(text) => text.as_ref(),
            DeValue::Integer(digits) => {
                bare = digits.to_string();
                &bare
            }
            DeValue::Float(digits) => digits.as_str(),
            _ => return Err(self.wrong_type(key, value, "a quantity such as \"0.5 fs\"")),
        };
        Quantity::new(text, dimension).map_err(|error| match error {
            Error::Unit { found, expected, remedy } => {
                self.source.error(value.span(), format!("`{key}`: {found:?} is not {expected}"), remedy)
            }
            other => other,
        })
    }

    /// A quantity with a unit of one of `dimensions`, the first of which is the usual one that messages ask for.
    pub fn quantity_of(&self, key: &str, dimensions: &[Dimension]) -> Result<Option<Quantity>> {
        let Some(value) = self.value(key) else { return Ok(None) };
        let mut tries = dimensions.iter().map(|&dimension| self.to_quantity(key, value, dimension));
        let Some(first) = tries.next() else { return Ok(None) };
        first.or_else(|error| tries.find_map(Result::ok).ok_or(error)).map(Some)
    }

    /// A quantity above zero.
    pub fn positive(&self, key: &str, dimension: Dimension) -> Result<Option<Quantity>> {
        self.quantity(key, dimension)?
            .map(|found| self.bounded(key, found, |value| value > 0.0, "above zero"))
            .transpose()
    }

    fn bounded(&self, key: &str, found: Quantity, fits: fn(f64) -> bool, expected: &str) -> Result<Quantity> {
        if fits(found.value()) {
            return Ok(found);
        }
        Err(self.error_at(
            key,
            format!("`{key}` = \"{found}\" must be {expected}"),
            format!("write a quantity {expected}"),
        ))
    }

    /// A list of quantities, as deep as `[q, q, q]`.
    pub fn quantities(&self, key: &str, dimension: Dimension) -> Result<Option<Vec<Quantity>>> {
        let Some(value) = self.value(key) else { return Ok(None) };
        let DeValue::Array(items) = value.get_ref() else {
            return Err(self.wrong_type(key, value, "a list of quantities"));
        };
        items.iter().map(|item| self.to_quantity(key, item, dimension)).collect::<Result<_>>().map(Some)
    }
}
