//! What an extended XYZ file can say beside positions.

/// A property of a whole frame: `key=value` in the comment line.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text that is nothing else.
    Text(String),
    /// Whole numbers; one, or several in quotes.
    Integers(Vec<i64>),
    /// Real numbers; one, or several in quotes.
    Reals(Vec<f64>),
    /// Truth values; one, or several in quotes. A key without a value is true.
    Logicals(Vec<bool>),
}

impl Value {
    /// What the text of a value means: truth values, whole numbers, real numbers, else text.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        fn all<T>(text: &str, parse: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
            let words = text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty());
            let values = words.map(parse).collect::<Option<Vec<T>>>()?;
            (!values.is_empty()).then_some(values)
        }
        // JSON as ASE writes it; of lists, the numbers are what counts.
        if let Some(json) = text.strip_prefix("_JSON ").filter(|json| !json.contains(['{', '"'])) {
            return Self::from_text(&json.replace(['[', ']'], " "));
        }
        if let Some(values) = all(text, logical) {
            Self::Logicals(values)
        } else if let Some(values) = all(text, |word| word.parse().ok()) {
            Self::Integers(values)
        } else if let Some(values) = all(text, real) {
            Self::Reals(values)
        } else {
            Self::Text(text.to_owned())
        }
    }

    /// The numbers of the value, if it is one or more numbers.
    #[must_use]
    pub fn reals(&self) -> Option<Vec<f64>> {
        match self {
            Self::Integers(values) => Some(values.iter().map(|&value| value as f64).collect()),
            Self::Reals(values) => Some(values.clone()),
            Self::Text(_) | Self::Logicals(_) => None,
        }
    }
}

/// A property of every atom: one or more columns under one name.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Type S.
    Text(Vec<String>),
    /// Type I.
    Integers(Vec<i64>),
    /// Type R.
    Reals(Vec<f64>),
    /// Type L.
    Logicals(Vec<bool>),
}

/// A truth value as written in extended XYZ files.
pub(super) fn logical(word: &str) -> Option<bool> {
    match word {
        "T" | "True" | "true" | "TRUE" => Some(true),
        "F" | "False" | "false" | "FALSE" => Some(false),
        _ => None,
    }
}

/// A real number; `1.5D+3` from Fortran is accepted, and `1.5-103`, which Fortran writes where the exponent has three digits. Words
/// such as `inf` and `nan` are numbers too.
pub(super) fn real(word: &str) -> Option<f64> {
    word.parse().ok().or_else(|| {
        let fortran = word.as_bytes().first().is_some_and(|byte| byte.is_ascii_digit() || b"+-.".contains(byte));
        if !fortran {
            return None;
        }
        word.replace(['d', 'D'], "e").parse().ok().or_else(|| {
            // The exponent is signed and at least two digits long, so that `1-2` stays what it is: no number.
            let sign = word.rfind(['+', '-']).filter(|&place| place > 0)?;
            let (mantissa, exponent) = word.split_at(sign);
            let digits = exponent.len() > 2 && exponent[1..].bytes().all(|byte| byte.is_ascii_digit());
            let number = mantissa.contains('.') && mantissa.ends_with(|c: char| c.is_ascii_digit() || c == '.');
            (digits && number).then(|| format!("{mantissa}e{exponent}").parse().ok()).flatten()
        })
    })
}
