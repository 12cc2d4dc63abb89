//! The syntax of CIF: blocks of items and loops.
//!
//! Tags are lower-cased, and dots become underscores, so that the older and the newer dictionaries read alike. Source: IUCr, CIF 1.1
//! syntax. Checked by: `suite::structures`.

use std::collections::HashMap;

/// A block: `data_name` and what follows.
#[derive(Debug, Default)]
pub(super) struct Block {
    items: HashMap<String, String>,
    loops: Vec<(Vec<String>, Vec<String>)>,
}

/// A word, and whether it stood in quotes (and so is a value whatever it looks like).
struct Word {
    text: String,
    quoted: bool,
}

impl Block {
    /// The blocks of a document.
    pub(super) fn read(text: &str) -> Result<Vec<Self>, String> {
        let mut words = words(text).into_iter().peekable();
        let mut blocks: Vec<Self> = Vec::new();
        while let Some(word) = words.next() {
            let lower = word.text.to_ascii_lowercase();
            if !word.quoted && lower.starts_with("data_") {
                blocks.push(Self::default());
                continue;
            }
            let Some(block) = blocks.last_mut() else { continue };
            let is_value = |word: &Word| {
                let lower = word.text.to_ascii_lowercase();
                word.quoted || !(lower.starts_with('_') || lower == "loop_" || lower.starts_with("data_"))
            };
            if !word.quoted && lower == "loop_" {
                let mut tags = Vec::new();
                while let Some(tag) = words.next_if(|word| !word.quoted && word.text.starts_with('_')) {
                    tags.push(normal(&tag.text));
                }
                let mut values = Vec::new();
                while let Some(value) = words.next_if(is_value) {
                    values.push(value.text);
                }
                if tags.is_empty() || values.len() % tags.len() != 0 {
                    let first = tags.first().map_or("?", String::as_str);
                    return Err(format!(
                        "the loop of {first} has {} values for {} columns; correct it",
                        values.len(),
                        tags.len()
                    ));
                }
                block.loops.push((tags, values));
            } else if !word.quoted && lower.starts_with('_') {
                let value = words.next_if(is_value).map_or_else(String::new, |value| value.text);
                block.items.insert(normal(&word.text), value);
            }
        }
        Ok(blocks)
    }

    /// The value of an item that is set.
    pub(super) fn item(&self, tag: &str) -> Option<&str> {
        self.items.get(tag).map(String::as_str).filter(|value| !matches!(*value, "" | "?" | "."))
    }

    /// The values of a column, also of an item that is not in a loop.
    pub(super) fn column(&self, tag: &str) -> Option<Vec<&str>> {
        for (tags, values) in &self.loops {
            if let Some(at) = tags.iter().position(|found| found == tag) {
                return Some(values.iter().skip(at).step_by(tags.len()).map(String::as_str).collect());
            }
        }
        self.item(tag).map(|value| vec![value])
    }
}

fn normal(tag: &str) -> String {
    tag.to_ascii_lowercase().replace('.', "_")
}

/// Words apart: comments, quotes, and texts between lines that begin with a semicolon.
fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut long: Option<String> = None;
    for line in text.lines() {
        if let Some(mut found) = long.take() {
            if line.starts_with(';') {
                words.push(Word { text: found, quoted: true });
            } else {
                found.push_str(line);
                found.push('\n');
                long = Some(found);
            }
            continue;
        }
        if let Some(first) = line.strip_prefix(';') {
            long = Some(format!("{first}\n"));
            continue;
        }
        let mut rest = line.trim_start();
        while !rest.is_empty() && !rest.starts_with('#') {
            let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"'));
            let end = match quote {
                // A quote ends a value only before a blank.
                Some(quote) => rest[1..]
                    .match_indices(quote)
                    .map(|(at, _)| at + 1)
                    .find(|at| rest[at + 1..].chars().next().is_none_or(char::is_whitespace))
                    .unwrap_or(rest.len()),
                None => rest.find(char::is_whitespace).unwrap_or(rest.len()),
            };
            let start = usize::from(quote.is_some());
            words.push(Word { text: rest[start.min(end)..end].to_owned(), quoted: quote.is_some() });
            rest = rest.get(end + start..).unwrap_or("").trim_start();
        }
    }
    words
}
