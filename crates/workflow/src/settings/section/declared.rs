//! A table against its declaration.

use super::Section;
use crate::settings::declare::{Key, Kind, Table, Value};
use cormorant_core::Result;

impl Section<'_> {
    /// The same for a table with a key `kind`.
    pub fn declared_kind(&self, table: &Table, kind: &Kind) -> Result<()> {
        self.declared(&[&[Key::KIND], table.keys, kind.keys])
    }

    /// Refuse every key that is not declared in `keys`, and one that is given under two names.
    pub fn declared(&self, keys: &[&[Key]]) -> Result<()> {
        let mut all: Vec<&Key> = Vec::new();
        for key in keys.iter().copied().flatten() {
            match key.value {
                Value::Inline(inner) => all.extend(inner),
                _ => all.push(key),
            }
        }
        for key in &all {
            let names = std::iter::once(&key.name).chain(key.aliases);
            if let [_, second, ..] = names.filter(|name| self.has(name)).collect::<Vec<_>>()[..] {
                let message = format!("`{second}` is a former name of `{}`, which is given too", key.name);
                return Err(self.error_at(second, message, format!("leave out `{second}`")));
            }
        }
        let former = all.iter().flat_map(|key| key.aliases).filter(|name| self.has(name)).copied();
        let known: Vec<&str> = all.iter().map(|key| key.name).chain(former).collect();
        self.allow(&known)
    }

    /// The kind of this table, by its key `kind` or by a key that only one kind has; none if neither is given.
    pub fn kind(&self, table: &Table) -> Result<Option<&'static Kind>> {
        let words: Vec<(&str, &'static Kind)> = table.kinds.iter().map(|kind| (kind.word, kind)).collect();
        let told = || table.kinds.iter().find(|kind| kind.told_by.is_some_and(|key| self.has(key)));
        Ok(self.choice("kind", &words)?.or_else(told))
    }
}
