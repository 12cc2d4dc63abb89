//! The text of an input as a table, with its version.

use toml::de::DeTable;

use super::diagnose::{nearest, suggestion};
use super::read::VERSION;
use super::section::Section;
use super::source::Source;
use cormorant_core::Result;

impl Source {
    /// What `read` makes of the whole text and its version.
    pub(super) fn with_root<T>(&self, read: impl FnOnce(&Section<'_>, u64) -> Result<T>) -> Result<T> {
        let table = DeTable::parse(&self.text).map_err(|error| {
            let place = error.span().unwrap_or(0..0);
            self.error(
                place,
                format!("this is not TOML: {}", error.message().trim()),
                "write it as `key = value`, strings in quotes, tables in [brackets]",
            )
        })?;
        let root = Section::root(self, table.get_ref());
        let version = version(&root, table.get_ref())?;
        read(&root, version)
    }
}

/// `version`, which must be the first key so that everything after it can be understood.
fn version(root: &Section<'_>, table: &DeTable<'_>) -> Result<u64> {
    if !root.has("version") {
        let slip = table.keys().find(|key| nearest(key.get_ref(), &["version"]).is_some());
        return Err(match slip {
            Some(key) => root.error(
                key.span(),
                format!("unknown key `{}` in the input", key.get_ref()),
                suggestion(key.get_ref(), &["version"], "the first line is `version = 1`; known key"),
            ),
            None => root.error_at("version", "the input has no version", "begin it with the line: version = 1"),
        });
    }
    let first = table.keys().min_by_key(|key| key.span().start);
    if let Some(key) = first.filter(|key| key.get_ref() != "version") {
        return Err(root.error(
            key.span(),
            format!("the input begins with `{}`, not with `version`", key.get_ref()),
            "move `version = 1` to the first line",
        ));
    }
    let version = root.integer("version", 0, u64::MAX)?.unwrap_or(0);
    if version == VERSION {
        return Ok(version);
    }
    let remedy = if version > VERSION { "update cormorant, or write version = 1" } else { "write version = 1" };
    Err(root.error_at("version", format!("version {version} of the input format is not known"), remedy))
}
