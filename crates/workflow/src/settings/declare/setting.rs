//! From the text under a key to a value.

use std::path::PathBuf;

use super::{Bounds, Fallback, Key, Value};
use crate::settings::section::Section;
use crate::settings::{Quantity, WallTime};
use cormorant_core::{Error, Result};

/// What can be read from under a key.
pub(crate) trait Setting: Sized {
    /// The value under `name`, which is that of `key` or one of its former names; none if it is not given.
    ///
    /// # Errors
    /// When something else is there.
    fn read(section: &Section<'_>, name: &str, key: &Key) -> Result<Option<Self>>;

    /// The value of a default that is written in the program.
    fn default(_text: &str, _key: &Key) -> Option<Self> {
        None
    }

    /// What holds where the key is left out and has no default.
    fn absent() -> Option<Self> {
        None
    }
}

impl Section<'_> {
    /// The value of `key`, or its default.
    pub fn get<T: Setting>(&self, key: &Key) -> Result<T> {
        if let Some(found) = self.given(key)? {
            return Ok(found);
        }
        let value = match key.fallback {
            Fallback::Required(example) => {
                return self.required(key.name, None, &format!("{} = {example}", key.name));
            }
            Fallback::Value(text) => T::default(text, key),
            Fallback::Absent => T::absent(),
        };
        value.ok_or_else(|| self.error_at(key.name, format!("`{}` has no default", key.name), "give it"))
    }

    /// The value of `key`, if it is given.
    pub fn given<T: Setting>(&self, key: &Key) -> Result<Option<T>> {
        T::read(self, self.spelled(key), key)
    }

    /// The name under which `key` is given: its own, or a former one.
    pub fn spelled(&self, key: &Key) -> &'static str {
        let names = std::iter::once(&key.name).chain(key.aliases);
        names.copied().find(|name| self.has(name)).unwrap_or(key.name)
    }
}

impl<T: Setting> Setting for Option<T> {
    fn read(section: &Section<'_>, name: &str, key: &Key) -> Result<Option<Self>> {
        Ok(T::read(section, name, key)?.map(Some))
    }

    fn default(text: &str, key: &Key) -> Option<Self> {
        T::default(text, key).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl Setting for Quantity {
    fn read(section: &Section<'_>, name: &str, key: &Key) -> Result<Option<Self>> {
        let Value::Quantity(dimensions, bounds) = key.value else { return Ok(None) };
        let Some(found) = section.quantity_of(name, dimensions)? else { return Ok(None) };
        if bounds.hold(found.value()) {
            return Ok(Some(found));
        }
        // Of zero or more: `must be zero or more`.
        let words = bounds.words();
        let words = words.strip_prefix("of ").unwrap_or(words);
        let message = format!("`{name}` = \"{found}\" must be {words}");
        Err(section.error_at(name, message, format!("write a quantity {words}")))
    }

    fn default(text: &str, key: &Key) -> Option<Self> {
        let Value::Quantity(dimensions, _) = key.value else { return None };
        dimensions.iter().find_map(|dimension| Self::new(text, *dimension).ok())
    }
}

impl Setting for [Quantity; 3] {
    fn read(section: &Section<'_>, name: &str, key: &Key) -> Result<Option<Self>> {
        let Value::Group(&Value::Quantity(dimensions, _), 3) = key.value else { return Ok(None) };
        dimensions.first().map_or(Ok(None), |dimension| section.vector(name, *dimension))
    }
}

impl Setting for f64 {
    fn read(section: &Section<'_>, name: &str, key: &Key) -> Result<Option<Self>> {
        let Value::Number(bounds) = key.value else { return Ok(None) };
        let expected = match bounds {
            Bounds::Any => "a finite number".to_string(),
            bounds => format!("a number {}", bounds.words()),
        };
        section.number(name, |number| bounds.hold(number), &expected)
    }

    fn default(text: &str, _: &Key) -> Option<Self> {
        text.parse().ok()
    }
}

/// A whole number of either sign.
impl Setting for i64 {
    fn read(section: &Section<'_>, name: &str, key: &Key) -> Result<Option<Self>> {
        let Value::Number(bounds) = key.value else { return Ok(None) };
        let expected = format!("a whole number {}", bounds.words());
        let found = section.number(name, |number| bounds.hold(number) && number.fract() == 0.0, &expected)?;
        Ok(found.map(|number| number as Self))
    }

    fn default(text: &str, _: &Key) -> Option<Self> {
        text.parse().ok()
    }
}

impl Setting for u64 {
    fn read(section: &Section<'_>, name: &str, key: &Key) -> Result<Option<Self>> {
        let Value::Integer(least, most) = key.value else { return Ok(None) };
        section.integer(name, least, most)
    }

    fn default(text: &str, _: &Key) -> Option<Self> {
        text.parse().ok()
    }
}

impl Setting for usize {
    fn read(section: &Section<'_>, name: &str, key: &Key) -> Result<Option<Self>> {
        Ok(u64::read(section, name, key)?.map(|number| number as Self))
    }

    fn default(text: &str, _: &Key) -> Option<Self> {
        text.parse().ok()
    }
}

impl Setting for u32 {
    fn read(section: &Section<'_>, name: &str, key: &Key) -> Result<Option<Self>> {
        Ok(u64::read(section, name, key)?.map(|number| number as Self))
    }

    fn default(text: &str, _: &Key) -> Option<Self> {
        text.parse().ok()
    }
}

impl Setting for bool {
    fn read(section: &Section<'_>, name: &str, _: &Key) -> Result<Option<Self>> {
        section.flag(name)
    }

    fn default(text: &str, _: &Key) -> Option<Self> {
        text.parse().ok()
    }
}

impl Setting for String {
    fn read(section: &Section<'_>, name: &str, _: &Key) -> Result<Option<Self>> {
        Ok(section.text(name)?.map(|(text, _)| text.to_string()))
    }

    fn default(text: &str, _: &Key) -> Option<Self> {
        Some(text.into())
    }
}

impl Setting for PathBuf {
    fn read(section: &Section<'_>, name: &str, key: &Key) -> Result<Option<Self>> {
        if matches!(key.value, Value::Model) { section.model(name) } else { section.path(name) }
    }
}

impl Setting for Vec<PathBuf> {
    fn read(section: &Section<'_>, name: &str, key: &Key) -> Result<Option<Self>> {
        if matches!(key.value, Value::List(Value::Model)) { section.models(name) } else { section.paths(name) }
    }
}

/// Different atoms, counted from 1.
impl Setting for Vec<usize> {
    fn read(section: &Section<'_>, name: &str, _: &Key) -> Result<Option<Self>> {
        section.atoms(name)
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }
}

impl Setting for Vec<u64> {
    fn read(section: &Section<'_>, name: &str, key: &Key) -> Result<Option<Self>> {
        let Value::List(Value::Integer(least, most)) = key.value else { return Ok(None) };
        section.integers(name, *least, *most)
    }
}

impl Setting for Vec<String> {
    fn read(section: &Section<'_>, name: &str, _: &Key) -> Result<Option<Self>> {
        Ok(section.texts(name)?.map(|texts| texts.into_iter().map(|(text, _)| text.to_string()).collect()))
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }
}

impl Setting for WallTime {
    fn read(section: &Section<'_>, name: &str, _: &Key) -> Result<Option<Self>> {
        let Some((text, place)) = section.text(name)? else { return Ok(None) };
        Self::new(text).map(Some).map_err(|error| match error {
            Error::Unit { found, expected, remedy } => {
                section.error(place, format!("`{name}`: {found:?} is not {expected}"), remedy)
            }
            other => other,
        })
    }

    fn default(text: &str, _: &Key) -> Option<Self> {
        Self::new(text).ok()
    }
}
