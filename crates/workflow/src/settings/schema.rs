//! The declarations of all keys as a JSON schema, for editors and other programs.

use serde_json::{Map, Value as Json, json};

use super::declare::{Bounds, Fallback, Key, Kind, Table, Value};
use super::{ElasticInput, FitInput, LearnInput, PathInput, RegressionInput, RunInput, ScanInput, VibrationsInput};

/// The dialect: draft 2020-12.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// An input of a command: what it is called, and its tables.
#[derive(Debug, Clone, Copy)]
pub struct Declaration {
    /// Name for `cormorant schema`.
    pub name: &'static str,
    /// The command that takes it.
    pub command: &'static str,
    /// The whole input.
    pub table: &'static Table,
    /// Keys that a resolved input has no more.
    pub more: &'static [Key],
}

impl Declaration {
    /// Those of all inputs.
    pub const ALL: [Self; 8] = [
        Self { name: "run", command: "run", table: &RunInput::TABLE, more: &[] },
        Self { name: "fit", command: "fit", table: &FitInput::TABLE, more: &[FitInput::PRESET] },
        Self { name: "properties", command: "fit", table: &RegressionInput::TABLE, more: &[] },
        Self { name: "vibrations", command: "vibrations", table: &VibrationsInput::TABLE, more: &[] },
        Self { name: "learn", command: "learn", table: &LearnInput::TABLE, more: &[] },
        Self { name: "elastic", command: "elastic", table: &ElasticInput::TABLE, more: &[] },
        Self { name: "path", command: "path", table: &PathInput::TABLE, more: &[] },
        Self { name: "scan", command: "scan", table: &ScanInput::TABLE, more: &[] },
    ];

    /// The JSON schema of the input.
    #[must_use]
    pub fn schema(&self) -> Json {
        let mut schema = Map::new();
        schema.insert("$schema".into(), DIALECT.into());
        schema.insert("title".into(), format!("Input of cormorant {} ({})", self.command, self.name).into());
        schema.extend(object(&self.table.sentence(), &[self.table.keys, self.more].concat(), None));
        Json::Object(schema)
    }
}

/// A table with these keys, of this kind if it has one.
fn object(about: &str, keys: &[Key], kind: Option<&Kind>) -> Map<String, Json> {
    let (mut properties, mut required, mut either) = (Map::new(), Vec::new(), Vec::new());
    if let Some(kind) = kind {
        let about = super::declare::plain(kind.about);
        properties.insert("kind".into(), json!({ "const": kind.word, "description": about }));
        if kind.told_by.is_none() {
            required.push(json!("kind"));
        }
    }
    for key in flat(keys) {
        properties.insert(key.name.into(), property(key));
        for alias in key.aliases {
            let mut former = property(key);
            former["deprecated"] = true.into();
            former["description"] = format!("Former name of `{}`.", key.name).into();
            properties.insert((*alias).into(), former);
        }
        if matches!(key.fallback, Fallback::Required(_)) {
            if key.aliases.is_empty() {
                required.push(json!(key.name));
            } else {
                let names = std::iter::once(&key.name).chain(key.aliases);
                let names: Vec<Json> = names.map(|name| json!({ "required": [name] })).collect();
                either.push(json!({ "anyOf": names }));
            }
        }
    }
    let mut schema = Map::new();
    schema.insert("type".into(), "object".into());
    schema.insert("description".into(), about.into());
    schema.insert("properties".into(), properties.into());
    if !required.is_empty() {
        schema.insert("required".into(), required.into());
    }
    if !either.is_empty() {
        schema.insert("allOf".into(), either.into());
    }
    schema.insert("additionalProperties".into(), false.into());
    schema
}

/// The keys, with those of other declarations that stand among them.
pub(super) fn flat(keys: &[Key]) -> Vec<&Key> {
    let mut all = Vec::new();
    for key in keys {
        match key.value {
            Value::Inline(inner) => all.extend(flat(inner)),
            _ => all.push(key),
        }
    }
    all
}

fn property(key: &Key) -> Json {
    let mut schema = value(&key.value);
    if let Json::Object(map) = &mut schema {
        map.insert("description".into(), key.sentence().into());
        if let Fallback::Value(text) = key.fallback {
            map.insert("default".into(), default(&key.value, text));
        }
    }
    schema
}

/// The default as what it is: a number where a number belongs.
fn default(value: &Value, text: &str) -> Json {
    let number = || text.parse::<u64>().map(Json::from).or_else(|_| text.parse::<f64>().map(Json::from)).ok();
    match value {
        Value::Flag => Json::Bool(text == "true"),
        Value::Integer(..) | Value::Number(_) => number().unwrap_or_else(|| text.into()),
        _ => text.into(),
    }
}

fn value(value: &Value) -> Json {
    match value {
        Value::Text | Value::Path | Value::Model => json!({ "type": "string" }),
        Value::Flag => json!({ "type": "boolean" }),
        Value::Integer(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Value::Number(bounds) => number(*bounds),
        Value::Quantity(dimensions, _) => {
            let units: Vec<&str> = dimensions.iter().map(|dimension| dimension.unit()).collect();
            let examples: Vec<&str> = dimensions.iter().map(|dimension| dimension.example()).collect();
            json!({ "type": "string", "x-unit": units.join(" or "), "examples": examples })
        }
        Value::WallTime => json!({ "type": "string", "x-unit": "s, min, h or d", "examples": ["10 min"] }),
        Value::Word(words) => {
            let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            json!({ "enum": words })
        }
        Value::List(item) => json!({ "type": "array", "items": self::value(item) }),
        Value::Group(item, count) => {
            json!({ "type": "array", "items": self::value(item), "minItems": count, "maxItems": count })
        }
        Value::Table(table) if table.kinds.is_empty() => Json::Object(object(&table.sentence(), table.keys, None)),
        Value::Table(table) => {
            let kind = |kind: &Kind| {
                let about = super::declare::plain(kind.about);
                Json::Object(object(&about, &[table.keys, kind.keys].concat(), Some(kind)))
            };
            json!({ "anyOf": table.kinds.iter().map(kind).collect::<Vec<_>>() })
        }
        Value::Map(item) => json!({ "type": "object", "additionalProperties": self::value(item) }),
        Value::Either(several) => json!({ "anyOf": several.iter().map(self::value).collect::<Vec<_>>() }),
        Value::Inline(_) => json!({}),
    }
}

fn number(bounds: Bounds) -> Json {
    match bounds {
        Bounds::Any => json!({ "type": "number" }),
        Bounds::AboveZero => json!({ "type": "number", "exclusiveMinimum": 0 }),
        Bounds::ZeroOrMore => json!({ "type": "number", "minimum": 0 }),
        Bounds::AboveOne => json!({ "type": "number", "exclusiveMinimum": 1 }),
        Bounds::Share => json!({ "type": "number", "minimum": 0, "maximum": 1 }),
        Bounds::BelowOne => json!({ "type": "number", "minimum": 0, "exclusiveMaximum": 1 }),
        Bounds::Within(least, most, _) => json!({ "type": "number", "minimum": least, "maximum": most }),
    }
}
