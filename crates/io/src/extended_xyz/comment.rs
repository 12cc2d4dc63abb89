//! The comment line of an extended XYZ frame.

use crate::Value;

/// `key=value` pairs apart, in their order; a lone key is true.
///
/// Values may be in double or single quotes, braces or brackets; a backslash takes the next character as it is. There may be blanks
/// around `=`, as in `energy = -3`; a value left out, as in `name= energy=-3`, is empty.
pub(super) fn pairs(line: &str) -> Result<Vec<(String, String)>, String> {
    let mut characters = line.chars().peekable();
    let mut pairs = Vec::new();
    loop {
        skip_blanks(&mut characters);
        if characters.peek().is_none() {
            return Ok(pairs);
        }
        let key = word(&mut characters, true)?;
        let mut ahead = characters.clone();
        skip_blanks(&mut ahead);
        let value = if ahead.next_if_eq(&'=').is_some() {
            let tight = ahead.clone();
            skip_blanks(&mut ahead);
            // The next word is the value, unless it is a pair of its own.
            let blank = tight.clone().next().is_none_or(char::is_whitespace);
            characters = if blank && begins_pair(ahead.clone()) { tight } else { ahead };
            word(&mut characters, false)?
        } else {
            "T".to_owned()
        };
        pairs.push((key, value));
    }
}

type Characters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn skip_blanks(characters: &mut Characters<'_>) {
    while characters.next_if(|c| c.is_whitespace()).is_some() {}
}

/// Whether what follows is `key=…`.
fn begins_pair(mut characters: Characters<'_>) -> bool {
    let named = characters.next_if(|c| c.is_alphabetic() || *c == '_').is_some();
    while characters.next_if(|c| c.is_alphanumeric() || "_-.".contains(*c)).is_some() {}
    named && characters.next() == Some('=')
}

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
            // Brackets may be nested, as in [[1, 0], [0, 1]] or {"a": {"b": 1}}; the numbers inside are what counts.
            if matches!(opening, Some('[' | '{')) && Some(character) == opening {
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
        return Err("a value has no key; write key=value".into());
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
        let [name, kind, width] = [part[0], part[1], part[2]].map(str::trim);
        let name = canonical(name);
        let Some(kind) = ["S", "I", "R", "L"].iter().find(|known| **known == kind).and_then(|kind| kind.chars().next())
        else {
            return Err(format!("the type {kind} of {name} is not S, I, R or L; write one of them"));
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

/// The name that the format has for a column: `species` and `pos` are `symbols` and `positions` inside ASE.
fn canonical(name: &str) -> &str {
    match name {
        "symbols" | "symbol" | "element" | "elements" | "Species" | "SPECIES" => "species",
        "positions" | "position" | "Pos" | "POS" => "pos",
        other => other,
    }
}

/// Refuses columns that no atoms can be read from.
pub(super) fn require_atoms(fields: &[Field]) -> Result<(), String> {
    let named = || fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>().join(", ");
    let has = |test: &dyn Fn(&Field) -> bool| fields.iter().any(test);
    if !has(&|field| field.name == "pos" && field.kind == 'R' && field.width == 3) {
        return Err(format!("Properties has no pos:R:3, only {}; add the positions", named()));
    }
    let is_element = |field: &Field| {
        field.name == "species" && field.kind == 'S'
            || field.kind == 'I' && matches!(field.name.as_str(), "Z" | "numbers")
    };
    if !has(&is_element) {
        return Err(format!("Properties has neither species:S:1 nor Z:I:1, only {}; add the elements", named()));
    }
    Ok(())
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
