//! The declarations of all keys as a page for people.

use std::fmt::Write;

use super::declare::{Bounds, Fallback, Key, Kind, Table, Value, plain};
use super::schema::{Declaration, flat};
use cormorant_network::ShippedModel;

/// The page: every table of every input, with its keys.
#[must_use]
pub fn reference() -> String {
    let mut page = String::from(
        "# Reference of the input files\n\n\
         This page is generated from the program: `cormorant schema --markdown` prints it. `cormorant schema NAME` prints the JSON\n\
         schema of an input, for editors that complete and check TOML files.\n\n\
         An input begins with `version = 1`. A quantity is a text with a unit, such as `\"0.5 fs\"`; any unit of its dimension will do.\n\
         A path is relative to the file\n\
         that names it. A key without a default that is not required has the meaning that its sentence gives where it is left out.\n",
    );
    let mut tables = Tables::default();
    for input in Declaration::ALL {
        let about = input.table.sentence();
        // Writing to a string cannot fail.
        let _ = write!(page, "\n## `{}`: input of `cormorant {}`\n\n{about}\n\n", input.name, input.command);
        tables.list(&mut page, &[input.table.keys, input.more].concat(), "");
    }
    let mut next = 0;
    page += "\n## Tables\n";
    while next < tables.found.len() {
        let (name, table) = tables.found[next];
        next += 1;
        let _ = write!(page, "\n### {name}\n\n{}\n", table.sentence());
        if !table.keys.is_empty() {
            page.push('\n');
        }
        tables.list(&mut page, table.keys, name);
        for kind in table.kinds {
            tables.kind(&mut page, kind, name);
        }
    }
    page
}

/// Tables that were met and are described further down, each once.
#[derive(Default)]
struct Tables {
    found: Vec<(&'static str, &'static Table)>,
}

impl Tables {
    fn kind(&mut self, page: &mut String, kind: &Kind, parent: &str) {
        let told = kind.told_by.map_or_else(String::new, |key| format!(" (`kind` may be left out beside `{key}`)"));
        let _ = write!(page, "\n`kind = \"{}\"`{told}: {}\n", kind.word, plain(kind.about));
        if !kind.keys.is_empty() {
            page.push('\n');
            self.list(page, kind.keys, parent);
        }
    }

    /// A table of keys.
    fn list(&mut self, page: &mut String, keys: &[Key], parent: &str) {
        if keys.is_empty() {
            return;
        }
        page.push_str("| key | value | default | meaning |\n|---|---|---|---|\n");
        for key in flat(keys) {
            self.meet(key.name, &key.value, parent);
            let default = match key.fallback {
                Fallback::Required(_) => "required".to_string(),
                Fallback::Value(text) => format!("`{text}`"),
                Fallback::Absent => String::new(),
            };
            let former = match key.aliases {
                [] => String::new(),
                names => format!(" Formerly `{}`.", names.join("`, `")),
            };
            let cells = [format!("`{}`", key.name), words(&key.value), default, key.sentence() + &former];
            let _ = writeln!(page, "| {} |", cells.map(|cell| cell.replace('|', "\\|")).join(" | "));
        }
    }

    /// Note the tables in `value`, under the name of its key.
    fn meet(&mut self, key: &'static str, value: &Value, parent: &str) {
        match *value {
            Value::Table(table) => {
                // `[minimize]` is one table, wherever it stands; `limit` and `action` are told by the guards themselves.
                let new = !self.found.iter().any(|(_, known)| known.about == table.about);
                if new && parent != "guards" {
                    self.found.push((key, table));
                }
            }
            Value::List(item) | Value::Map(item) | Value::Group(item, _) => self.meet(key, item, parent),
            Value::Either(several) => several.iter().for_each(|one| self.meet(key, one, parent)),
            _ => {}
        }
    }
}

/// What a value can be, in words.
fn words(value: &Value) -> String {
    match value {
        Value::Text => "text".into(),
        Value::Path => "path".into(),
        Value::Model => format!("path, or the name of a model of the program: {}", ShippedModel::list()),
        Value::Flag => "`true` or `false`".into(),
        Value::Integer(least, most) if least == most => format!("{least}"),
        Value::Integer(least, most) if *most >= u64::from(u32::MAX) => format!("whole number, {least} or more"),
        Value::Integer(least, most) => format!("whole number, {least} to {most}"),
        Value::Number(Bounds::Any) => "number".into(),
        Value::Number(bounds) => format!("number {}", bounds.words()),
        Value::Quantity(dimensions, bounds) => {
            let units: Vec<&str> = dimensions.iter().map(|dimension| dimension.unit()).collect();
            let bounds = if *bounds == Bounds::Any { String::new() } else { format!(", {}", bounds.words()) };
            format!("{}{bounds}", units.join("; "))
        }
        Value::WallTime => "time in s, min, h or d".into(),
        Value::Word(list) => {
            let one = |(word, about): &(&str, &str)| format!("`\"{word}\"`: {}", plain(about).trim_end_matches('.'));
            list.iter().map(one).collect::<Vec<_>>().join("; ")
        }
        Value::List(item) => format!("list of: {}", words(item)),
        Value::Group(item, count) => format!("{count} of: {}", words(item)),
        Value::Table(_) => "table".into(),
        Value::Map(item) => format!("table of names, each with: {}", words(item)),
        Value::Either(several) => several.iter().map(words).collect::<Vec<_>>().join("; or "),
        Value::Inline(_) => String::new(),
    }
}
