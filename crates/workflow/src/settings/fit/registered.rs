//! A network of a kind that a program added to the list.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::settings::Quantity;
use crate::settings::section::Section;
use cormorant_core::Result;
use cormorant_core::units::Dimension;
use cormorant_network::{Kind, NewKind, kind, kind_names, require_shipped_kind};

/// `[model]` with the `kind` of a program that uses this library, and keys of its own.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RegisteredInput {
    /// Name of the kind.
    pub kind: &'static str,
    /// What its keys say; lengths have a unit.
    #[serde(flatten)]
    pub settings: BTreeMap<&'static str, SettingInput>,
}

/// The value of a key that only its kind understands.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum SettingInput {
    /// True or false.
    Flag(bool),
    /// A whole number.
    Integer(u64),
    /// Another number.
    Number(f64),
    /// A length.
    Length(Quantity),
    /// A word.
    Word(String),
}

impl RegisteredInput {
    /// The kind that a section asks for, if it is one that was added and can be fitted.
    pub(in crate::settings) fn meant(section: &Section<'_>) -> Result<Option<(Kind, NewKind)>> {
        let Some((name, place)) = section.text("kind")? else { return Ok(None) };
        if require_shipped_kind(name).is_ok() {
            return Ok(None);
        }
        match kind(name) {
            Some(found @ Kind { new: Some(new), .. }) => Ok(Some((found, new))),
            Some(_) => {
                Err(section.error(place, format!("networks of kind `{name}` cannot be fitted"), "use another kind"))
            }
            // Without kinds that were added, whoever reads the section says which there are.
            None if kind_names().into_iter().all(|name| require_shipped_kind(name).is_ok()) => Ok(None),
            None => {
                let known = kind_names().join(", ");
                Err(section.error(place, format!("there is no network of kind `{name}`"), format!("kinds: {known}")))
            }
        }
    }

    pub(super) fn read(section: &Section<'_>, kind: Kind, new: NewKind) -> Result<Self> {
        section.allow(&[&["kind"], new.keys].concat())?;
        let mut settings = BTreeMap::new();
        for &key in new.keys.iter().filter(|key| section.has(key)) {
            settings.insert(key, SettingInput::read(section, key)?);
        }
        Ok(Self { kind: kind.name, settings })
    }

    /// The settings as the kind takes them, lengths in Å.
    #[must_use]
    pub fn values(&self) -> serde_json::Value {
        let value = |setting: &SettingInput| match setting {
            SettingInput::Flag(flag) => serde_json::json!(flag),
            SettingInput::Integer(number) => serde_json::json!(number),
            SettingInput::Number(number) => serde_json::json!(number),
            SettingInput::Length(length) => serde_json::json!(length.value()),
            SettingInput::Word(word) => serde_json::json!(word),
        };
        self.settings.iter().map(|(key, setting)| ((*key).to_string(), value(setting))).collect()
    }
}

impl SettingInput {
    fn read(section: &Section<'_>, key: &str) -> Result<Self> {
        if let Ok(Some(flag)) = section.flag(key) {
            return Ok(Self::Flag(flag));
        }
        if let Ok(Some(number)) = section.integer(key, 0, u64::from(u32::MAX)) {
            return Ok(Self::Integer(number));
        }
        if section.is_text(key) {
            let length = section.quantity(key, Dimension::Length);
            let word = section.text(key)?.map_or("", |(word, _)| word);
            return Ok(match length {
                Ok(Some(length)) => Self::Length(length),
                // Something that begins like a number is meant to be one, and the unit is wrong or missing.
                Err(error) if word.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) => {
                    return Err(error);
                }
                _ => Self::Word(word.into()),
            });
        }
        let number = section.number(key, f64::is_finite, "a number, a word, a length with its unit, true or false")?;
        Ok(Self::Number(number.unwrap_or(f64::NAN)))
    }
}
