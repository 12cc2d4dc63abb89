//! What a key of an input is: name, value, default, unit and a sentence, said once.

use cormorant_core::units::Dimension;

/// A table of an input, such as `[structure]`.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// What it is for.
    pub about: &'static str,
    /// Its keys, whatever its kind.
    pub keys: &'static [Key],
    /// What its key `kind` can be; empty for a table without kinds.
    pub kinds: &'static [Kind],
}

/// One of the kinds of a table.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// The value of the key `kind`.
    pub word: &'static str,
    /// What it is.
    pub about: &'static str,
    /// Keys of this kind alone.
    pub keys: &'static [Key],
    /// A key that tells the kind, so that `kind` can be left out.
    pub told_by: Option<&'static str>,
}

/// A key of a table.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// Former names, which mean the same for ever.
    pub aliases: &'static [&'static str],
    /// What can are there.
    pub value: Value,
    /// What holds where it is left out.
    pub fallback: Fallback,
    /// What it means.
    pub about: &'static str,
}

/// What can stand under a key.
#[derive(Debug, Clone, Copy)]
pub enum Value {
    /// A text.
    Text,
    /// A path, relative to the input.
    Path,
    /// The path of a model, relative to the input, or the name of one that is part of the program.
    Model,
    /// True or false.
    Flag,
    /// A whole number between two others.
    Integer(u64, u64),
    /// A plain number.
    Number(Bounds),
    /// A number with a unit of one of these dimensions, as a text.
    Quantity(&'static [Dimension], Bounds),
    /// A wall-clock time, as a text.
    WallTime,
    /// One of several words, each with what it means.
    Word(&'static [(&'static str, &'static str)]),
    /// A list.
    List(&'static Value),
    /// A list of so many.
    Group(&'static Value, usize),
    /// A table.
    Table(&'static Table),
    /// Values by names that the user chooses.
    Map(&'static Value),
    /// One of several.
    Either(&'static [Value]),
    /// Keys of another declaration that are in this table.
    Inline(&'static [Key]),
}

/// Between which bounds a number lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bounds {
    /// Any finite number.
    Any,
    /// x > 0.
    AboveZero,
    /// x ≥ 0.
    ZeroOrMore,
    /// x > 1.
    AboveOne,
    /// 0 ≤ x ≤ 1.
    Share,
    /// 0 ≤ x < 1.
    BelowOne,
    /// From one number to another, and the same in words.
    Within(f64, f64, &'static str),
}

/// What holds where a key is left out.
#[derive(Debug, Clone, Copy)]
pub enum Fallback {
    /// The key must be given; an example of a value.
    Required(&'static str),
    /// This value.
    Value(&'static str),
    /// What the sentence says, or nothing.
    Absent,
}

impl Bounds {
    /// Whether `value` lies there.
    #[must_use]
    pub fn hold(self, value: f64) -> bool {
        match self {
            Self::Any => value.is_finite(),
            Self::AboveZero => value > 0.0,
            Self::ZeroOrMore => value >= 0.0,
            Self::AboveOne => value > 1.0,
            Self::Share => (0.0..=1.0).contains(&value),
            Self::BelowOne => (0.0..1.0).contains(&value),
            Self::Within(least, most, _) => (least..=most).contains(&value),
        }
    }

    /// The same in words, behind `a number` or `a quantity`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Any => "of any size",
            Self::AboveZero => "above zero",
            Self::ZeroOrMore => "of zero or more",
            Self::AboveOne => "above one",
            Self::Share => "from 0 to 1",
            Self::BelowOne => "from 0 to below 1",
            Self::Within(_, _, words) => words,
        }
    }
}

impl Kind {
    /// The key `name` of the kind `word`; one without a sentence if there is no such key.
    pub fn key(kinds: &[Self], word: &str, name: &str) -> Key {
        let mut keys = kinds.iter().filter(|kind| kind.word == word).flat_map(|kind| kind.keys);
        keys.find(|key| key.name == name).copied().unwrap_or(Key::of(Value::Text))
    }

    /// The first of `words`, if there is one.
    pub(crate) const fn told(words: &[&'static str]) -> Option<&'static str> {
        if words.is_empty() { None } else { Some(words[0]) }
    }
}

impl Key {
    /// `kind`, of a table that has kinds.
    pub(crate) const KIND: Self = Self {
        name: "kind",
        aliases: &[],
        value: Value::Text,
        fallback: Fallback::Absent,
        about: "Which of the kinds below it is.",
    };

    /// A key whose name and sentence are those of a field.
    pub(crate) const fn of(value: Value) -> Self {
        Self { name: "", aliases: &[], value, fallback: Fallback::Absent, about: "" }
    }

    /// The same with a default.
    pub(crate) const fn or(self, default: &'static str) -> Self {
        Self { fallback: Fallback::Value(default), ..self }
    }

    /// The same, refused when it is left out; `example` is what messages suggest.
    pub(crate) const fn required(self, example: &'static str) -> Self {
        Self { fallback: Fallback::Required(example), ..self }
    }

    /// The same under former names too.
    pub(crate) const fn formerly(self, aliases: &'static [&'static str]) -> Self {
        Self { aliases, ..self }
    }

    /// The same under another name than that of its field.
    pub(crate) const fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    /// The same with the name of its field, unless it has one, and its sentence.
    pub(crate) const fn described(self, name: &'static str, about: &'static str) -> Self {
        let name = if self.name.is_empty() { name } else { self.name };
        Self { name, about, ..self }
    }

    /// Its sentence, as one line without the marks of documentation.
    #[must_use]
    pub fn sentence(&self) -> String {
        plain(self.about)
    }

    /// The same for the help of the command line, where sentences end without a point.
    pub fn help(&self) -> String {
        self.sentence().trim_end_matches('.').to_string()
    }

    /// Its default as a text; empty where it has none.
    pub const fn default_text(&self) -> &'static str {
        match self.fallback {
            Fallback::Value(text) => text,
            _ => "",
        }
    }
}

impl Table {
    /// What it is for, as one line without the marks of documentation.
    #[must_use]
    pub fn sentence(&self) -> String {
        plain(self.about)
    }
}

/// A documentation comment as plain text: ``[`X`]`` becomes `X`, and a link into the library goes.
pub(crate) fn plain(about: &str) -> String {
    let line = about.split_whitespace().collect::<Vec<_>>().join(" ");
    // `(see [`crate::X`])` and `([`crate::X`])` are for readers of the source.
    let mut text = String::new();
    let mut rest = line.as_str();
    while let Some(start) = rest.find("[`") {
        let Some(length) = rest[start..].find("`]") else { break };
        let name = &rest[start + 2..start + length];
        let before = rest[..start].trim_end();
        let after = &rest[start + length + 2..];
        let source = name.contains("::");
        let opening = [" (see", "(see", " (", "("].iter().find_map(|opening| before.strip_suffix(opening));
        match opening.zip(after.strip_prefix(')')).filter(|_| source) {
            Some((before, after)) => {
                text.push_str(before.trim_end());
                rest = after;
            }
            None => {
                text.push_str(&rest[..start]);
                text.push_str(&format!("`{}`", name.rsplit("::").next().unwrap_or(name)));
                rest = after;
            }
        }
    }
    text + rest
}

/// A text.
pub(crate) const fn text() -> Key {
    Key::of(Value::Text)
}

/// A path.
pub(crate) const fn path() -> Key {
    Key::of(Value::Path)
}

/// The path or name of a model.
pub(crate) const fn model() -> Key {
    Key::of(Value::Model)
}

/// True or false; false by default.
pub(crate) const fn flag() -> Key {
    Key::of(Value::Flag).or("false")
}

/// A whole number.
pub(crate) const fn integer(least: u64, most: u64) -> Key {
    Key::of(Value::Integer(least, most))
}

/// A plain number.
pub(crate) const fn number(bounds: Bounds) -> Key {
    Key::of(Value::Number(bounds))
}

/// One of several words.
pub(crate) const fn word(words: &'static [(&'static str, &'static str)]) -> Key {
    Key::of(Value::Word(words))
}

/// A list.
pub(crate) const fn list(of: &'static Value) -> Key {
    Key::of(Value::List(of))
}

/// A wall-clock time.
pub(crate) const fn wall_time() -> Key {
    Key::of(Value::WallTime)
}

/// A table.
pub(crate) const fn table(of: &'static Table) -> Key {
    Key::of(Value::Table(of))
}

/// A quantity above zero of one of `dimensions`.
pub(crate) const fn positive(dimensions: &'static [Dimension]) -> Key {
    Key::of(Value::Quantity(dimensions, Bounds::AboveZero))
}

/// A quantity of zero or more of one of `dimensions`.
pub(crate) const fn non_negative(dimensions: &'static [Dimension]) -> Key {
    Key::of(Value::Quantity(dimensions, Bounds::ZeroOrMore))
}

/// A quantity of either sign of one of `dimensions`.
pub(crate) const fn quantity(dimensions: &'static [Dimension]) -> Key {
    Key::of(Value::Quantity(dimensions, Bounds::Any))
}

/// Atoms counted from 1.
pub(crate) const ATOMS: Value = Value::List(&Value::Integer(1, u32::MAX as u64));

/// A point: three lengths.
pub(crate) const POINT: Value = Value::Group(&Value::Quantity(LENGTH, Bounds::Any), 3);

pub(crate) const LENGTH: &[Dimension] = &[Dimension::Length];
pub(crate) const TIME: &[Dimension] = &[Dimension::Time];
pub(crate) const TEMPERATURE: &[Dimension] = &[Dimension::Temperature];
pub(crate) const ENERGY: &[Dimension] = &[Dimension::Energy];
pub(crate) const FORCE: &[Dimension] = &[Dimension::Force];
pub(crate) const PRESSURE: &[Dimension] = &[Dimension::Pressure];
pub(crate) const RATE: &[Dimension] = &[Dimension::Rate];
pub(crate) const MASS: &[Dimension] = &[Dimension::Mass];
pub(crate) const ANGLE: &[Dimension] = &[Dimension::Angle];
pub(crate) const BOND_STIFFNESS: &[Dimension] = &[Dimension::BondStiffness];
pub(crate) const ANGLE_STIFFNESS: &[Dimension] = &[Dimension::AngleStiffness];
pub(crate) const INVERSE_LENGTH: &[Dimension] = &[Dimension::InverseLength];
pub(crate) const ELECTRIC_FIELD: &[Dimension] = &[Dimension::ElectricField];

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn documentation_becomes_plain_text() {
        assert_eq!(plain(" A wall (see [`crate::a::Wall`]).\n It holds."), "A wall. It holds.");
        assert_eq!(plain("one of [`Format::names`]"), "one of `names`");
    }
}
