//! One table of an input file, read key by key with errors that point at the line.

mod declared;
mod lists;
mod numbers;

use std::ops::Range;
use std::path::PathBuf;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::diagnose::suggestion;
use super::source::{Source, tidy};
use cormorant_core::{Error, Result};
use cormorant_network::ShippedModel;

/// A table of the input, e.g. `[structure]` or the second `[[stage]]`.
pub(crate) struct Section<'s> {
    source: &'s Source,
    /// None when the file has no such table; every key is then absent.
    table: Option<&'s DeTable<'s>>,
    /// What messages call it, e.g. `[structure]`.
    name: String,
    place: Range<usize>,
}

/// A value together with the place where it stands.
pub(crate) type Placed<T> = (T, Range<usize>);

impl<'s> Section<'s> {
    /// The whole file.
    pub fn root(source: &'s Source, table: &'s DeTable<'s>) -> Self {
        let end = source.text.find('\n').unwrap_or(source.text.len());
        Self { source, table: Some(table), name: "the input".into(), place: 0..end }
    }

    /// Refuse every key that is not in `known`.
    pub fn allow(&self, known: &[&str]) -> Result<()> {
        // Of several unknown keys the first in the file is reported: the table itself is sorted by name.
        let keys = self.table.iter().flat_map(|table| table.keys());
        let unknown = keys.filter(|key| !known.contains(&key.get_ref().as_ref())).min_by_key(|key| key.span().start);
        match unknown {
            None => Ok(()),
            Some(key) => Err(self.source.error(
                key.span(),
                format!("unknown key `{}` in {}", key.get_ref(), self.name),
                suggestion(key.get_ref(), known, "known keys"),
            )),
        }
    }

    /// The keys that are given, with their places.
    pub fn keys(&self) -> Vec<Placed<&'s str>> {
        let keys = self.table.iter().flat_map(|table| table.keys());
        keys.map(|key| (key.get_ref().as_ref(), key.span())).collect()
    }

    /// Whether `key` is given.
    pub fn has(&self, key: &str) -> bool {
        self.value(key).is_some()
    }

    /// An error at the value of `key`, or at the head of this section if there is none.
    pub fn error_at(&self, key: &str, message: impl Into<String>, remedy: impl Into<String>) -> Error {
        let place = self.value(key).map_or_else(|| self.place.clone(), Spanned::span);
        self.source.error(place, message, remedy)
    }

    /// An error at `place`.
    pub fn error(&self, place: Range<usize>, message: impl Into<String>, remedy: impl Into<String>) -> Error {
        self.source.error(place, message, remedy)
    }

    /// `found`, or the error that `key` is missing; `example` says what to write.
    pub fn required<T>(&self, key: &str, found: Option<T>, example: &str) -> Result<T> {
        found.ok_or_else(|| {
            self.source.error(
                self.place.clone(),
                format!("{} needs the key `{key}`", self.name),
                format!("add for example: {example}"),
            )
        })
    }

    fn value(&self, key: &str) -> Option<&'s Spanned<DeValue<'s>>> {
        self.table?.get(key)
    }

    fn wrong_type(&self, key: &str, value: &Spanned<DeValue<'_>>, expected: &str) -> Error {
        self.source.error(
            value.span(),
            format!("`{key}` in {} is {}, not {expected}", self.name, kind(value.get_ref())),
            format!("write {expected}"),
        )
    }

    /// A text.
    pub fn text(&self, key: &str) -> Result<Option<Placed<&'s str>>> {
        self.value(key)
            .map(|value| match value.get_ref() {
                DeValue::String(text) => Ok((text.as_ref(), value.span())),
                _ => Err(self.wrong_type(key, value, "a string in quotes")),
            })
            .transpose()
    }

    /// True or false.
    ///
    /// # Errors
    /// When it is something else.
    pub fn flag(&self, key: &str) -> Result<Option<bool>> {
        match self.value(key) {
            None => Ok(None),
            Some(value) => match value.get_ref() {
                DeValue::Boolean(flag) => Ok(Some(*flag)),
                _ => Err(self.wrong_type(key, value, "true or false")),
            },
        }
    }

    /// A list of texts.
    pub fn texts(&self, key: &str) -> Result<Option<Vec<Placed<&'s str>>>> {
        let Some(value) = self.value(key) else { return Ok(None) };
        let DeValue::Array(items) = value.get_ref() else {
            return Err(self.wrong_type(key, value, "a list of strings"));
        };
        items
            .iter()
            .map(|item| match item.get_ref() {
                DeValue::String(text) => Ok((text.as_ref(), item.span())),
                _ => Err(self.wrong_type(key, item, "a string in quotes")),
            })
            .collect::<Result<_>>()
            .map(Some)
    }

    /// Its name in messages, e.g. `[[stage]] number 2`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the value of `key` is a text (and not, for example, a table).
    pub fn is_text(&self, key: &str) -> bool {
        self.value(key).is_some_and(|value| matches!(value.get_ref(), DeValue::String(_)))
    }

    /// Whether the value of `key` is a table.
    pub fn is_table(&self, key: &str) -> bool {
        self.value(key).is_some_and(|value| matches!(value.get_ref(), DeValue::Table(_)))
    }

    /// Whether the value of `key` is a list.
    pub fn is_list(&self, key: &str) -> bool {
        self.value(key).is_some_and(|value| matches!(value.get_ref(), DeValue::Array(_)))
    }

    /// The folder of this file, absolute.
    pub fn folder(&self) -> Result<PathBuf> {
        self.source.folder()
    }

    /// A path, absolute, relative to the folder of this file.
    pub fn path(&self, key: &str) -> Result<Option<PathBuf>> {
        let Some((text, place)) = self.text(key)? else { return Ok(None) };
        if text.trim().is_empty() {
            return Err(self.source.error(place, format!("`{key}` is empty"), "write a path relative to this file"));
        }
        Ok(Some(tidy(&self.source.folder()?.join(text))))
    }

    /// A list of paths, absolute, relative to the folder of this file.
    pub fn paths(&self, key: &str) -> Result<Option<Vec<PathBuf>>> {
        let Some(texts) = self.texts(key)? else { return Ok(None) };
        let folder = self.source.folder()?;
        if let Some((_, place)) = texts.iter().find(|(text, _)| text.trim().is_empty()) {
            let remedy = "write paths relative to this file";
            return Err(self.source.error(place.clone(), format!("a path of `{key}` is empty"), remedy));
        }
        Ok(Some(texts.iter().map(|(text, _)| tidy(&folder.join(text))).collect()))
    }

    /// A model: a path as of [`path`](Self::path), or where no model lies there the name of one that is part of the program.
    pub fn model(&self, key: &str) -> Result<Option<PathBuf>> {
        let path = self.path(key)?;
        Ok(path.zip(self.text(key)?).map(|(path, (name, _))| ShippedModel::resolve(name, path)))
    }

    /// A list of models.
    pub fn models(&self, key: &str) -> Result<Option<Vec<PathBuf>>> {
        let paths = self.paths(key)?;
        let resolve = |(path, (name, _)): (PathBuf, Placed<&str>)| ShippedModel::resolve(name, path);
        Ok(paths.zip(self.texts(key)?).map(|(paths, names)| paths.into_iter().zip(names).map(resolve).collect()))
    }

    /// One of several words, each standing for a value.
    pub fn choice<T: Copy>(&self, key: &str, choices: &[(&str, T)]) -> Result<Option<T>> {
        if let Some(value) = self.value(key).filter(|_| !self.is_text(key)) {
            let words: Vec<String> = choices.iter().map(|(word, _)| format!("\"{word}\"")).collect();
            let message = format!("`{key}` in {} is {}, not a string in quotes", self.name, kind(value.get_ref()));
            return Err(self.source.error(value.span(), message, format!("accepted: {}", words.join(", "))));
        }
        let Some((text, place)) = self.text(key)? else { return Ok(None) };
        self.choose(key, text, place, choices).map(Some)
    }

    /// The value that `text` stands for.
    pub fn choose<T: Copy>(&self, key: &str, text: &str, place: Range<usize>, choices: &[(&str, T)]) -> Result<T> {
        choices.iter().find(|(word, _)| *word == text).map(|(_, value)| *value).ok_or_else(|| {
            let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
            self.source.error(
                place,
                format!("`{key}` = \"{text}\" is not known in {}", self.name),
                suggestion(text, &words, "accepted"),
            )
        })
    }

    /// The table under `key`.
    pub fn section(&self, key: &str) -> Result<Option<Section<'s>>> {
        let Some(value) = self.value(key) else { return Ok(None) };
        let DeValue::Table(table) = value.get_ref() else {
            return Err(self.source.error(
                value.span(),
                format!("`{key}` in {} is {}, not a table [{key}]", self.name, kind(value.get_ref())),
                format!(
                    "write {key} = {{ ... }} with its keys inside, or [{}] and its keys below",
                    self.inner_name(key)
                ),
            ));
        };
        Ok(Some(self.inner(table, format!("[{}]", self.inner_name(key)), value.span())))
    }

    /// The table under `key`; if there is none, one without keys, so that defaults apply.
    pub fn section_or_empty(&self, key: &str) -> Result<Section<'s>> {
        let empty =
            || Section { source: self.source, table: None, name: format!("[{key}]"), place: self.place.clone() };
        Ok(self.section(key)?.unwrap_or_else(empty))
    }

    /// The tables `[[key]]`, in the order of the file; none if there are none.
    pub fn sections(&self, key: &str) -> Result<Vec<Section<'s>>> {
        let Some(value) = self.value(key) else { return Ok(Vec::new()) };
        let DeValue::Array(items) = value.get_ref() else {
            return Err(self.source.error(
                value.span(),
                format!("`{key}` in {} is {}, not a list of tables", self.name, kind(value.get_ref())),
                format!("write [[{}]] in double brackets", self.inner_name(key)),
            ));
        };
        items
            .iter()
            .enumerate()
            .map(|(index, item)| match item.get_ref() {
                DeValue::Table(table) => {
                    let name = format!("[[{}]] number {}", self.inner_name(key), index + 1);
                    Ok(self.inner(table, name, item.span()))
                }
                _ => Err(self.wrong_type(key, item, "a table")),
            })
            .collect()
    }

    fn inner(&self, table: &'s DeTable<'s>, name: String, place: Range<usize>) -> Section<'s> {
        Section { source: self.source, table: Some(table), name, place }
    }

    /// `stage.write` for `write` in `[[stage]] number 2`.
    fn inner_name(&self, key: &str) -> String {
        match self.name.strip_prefix('[') {
            Some(rest) => {
                let name = rest.trim_start_matches('[').split(']').next().unwrap_or_default();
                format!("{name}.{key}")
            }
            None => key.to_string(),
        }
    }
}

/// A value in words.
fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
