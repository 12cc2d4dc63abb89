//! The comment line of an extended XYZ frame.

use crate::io::Value;

/// `key=value` pairs apart, in their order; a lone key is true.
///
/// Values may stand in double or single quotes, braces or brackets; a backslash takes the next character as it is.
pub(super) fn pairs(line: &str) -> Result<Vec<(String, String)>, String> {
    let mut characters = line.chars().peekable();
    let mut pairs = Vec::new();
    loop {
        while characters.next_if(|c| c.is_whitespace()).is_some() {}
        if characters.peek().is_none() {
            return Ok(pairs);
        }
        let key = word(&mut characters, true)?;
        let value = if characters.next_if_eq(&'=').is_some() { word(&mut characters, false)? } else { "T".to_owned() };
        pairs.push((key, value));
    }
}

type Characters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// One key or value.
fn word(characters: &mut Characters<'_>, key: bool) -> Result<String, String> {
    let closing = match characters.peek() {
        Some('"') => Some('"'),
        Some('\'') => Some('\''),
        Some('{') => Some('}'),
        Some('[') => Some(']'),
        _ => None,
    };
    let mut text = String::new();
    if let Some(closing) = closing {
        let opening = characters.next();
        let mut depth = 1;
        while let Some(character) = characters.next() {
            if character == '\\' {
                text.extend(characters.next());
                continue;
            }
            // Brackets may be nested, as in [[1, 0], [0, 1]]; the numbers inside are what counts.
            if opening == Some('[') && character == '[' {
                depth += 1;
                continue;
            }
            if character == closing {
                depth -= 1;
                if depth == 0 {
                    return Ok(text);
                }
                continue;
            }
            text.push(character);
        }
        return Err(format!("a value that begins with {} does not end; close it", opening.unwrap_or('"')));
    }
    while let Some(character) = characters.next_if(|c| !(c.is_whitespace() || key && *c == '=')) {
        text.push(character);
    }
    if key && text.is_empty() {
        return Err("a value stands without a key; write key=value".into());
    }
    Ok(text)
}

/// What the columns of a frame mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub name: String,
    pub kind: char,
    pub width: usize,
}

/// `species:S:1:pos:R:3` apart.
pub(super) fn fields(text: &str) -> Result<Vec<Field>, String> {
    let parts: Vec<&str> = text.split(':').collect();
    if !parts.len().is_multiple_of(3) {
        return Err(format!(
            "Properties={text} is not a list of name:type:width; write for example Properties=species:S:1:pos:R:3"
        ));
    }
    let mut fields: Vec<Field> = Vec::new();
    for part in parts.chunks_exact(3) {
        let [name, kind, width] = [part[0], part[1], part[2]];
        let Some(kind) = ["S", "I", "R", "L"].iter().find(|known| **known == kind).and_then(|kind| kind.chars().next())
        else {
            return Err(format!("the type {kind} of {name} is none of S, I, R and L; write one of them"));
        };
        let Ok(width @ 1..=1000) = width.parse::<usize>() else {
            return Err(format!(
                "the width {width} of {name} is not between 1 and 1000; write how many columns it has"
            ));
        };
        if fields.iter().any(|field| field.name == name) {
            return Err(format!("Properties names {name} twice; rename one of them"));
        }
        fields.push(Field { name: name.to_owned(), kind, width });
    }
    Ok(fields)
}

/// The fields of an XYZ file that does not say.
pub(super) fn plain_fields() -> Vec<Field> {
    vec![Field { name: "species".into(), kind: 'S', width: 1 }, Field { name: "pos".into(), kind: 'R', width: 3 }]
}

/// Nine numbers as three rows.
pub(super) fn rows(value: &Value) -> Option<[[f64; 3]; 3]> {
    match *value.reals()?.as_slice() {
        [a, b, c, d, e, f, g, h, i] => Some([[a, b, c], [d, e, f], [g, h, i]]),
        [a, b, c] => Some([[a, 0.0, 0.0], [0.0, b, 0.0], [0.0, 0.0, c]]),
        _ => None,
    }
}
