//! The text that names a calculator of ASE.

/// `text` (module, class and arguments, for the shell) as the script takes it: a class with empty parentheses behind it, as Python would
/// call it, is the class.
///
/// # Errors
/// What is wrong and what to do about it, when no module is named before a colon, or there are parentheses that the shell would not pass
/// on.
pub fn plain_calculator(text: &str) -> Result<String, [String; 2]> {
    let text = text.trim();
    let (name, rest) = text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()));
    let name = name.strip_suffix("()").unwrap_or(name);
    let refuse = |reason: &str| {
        let remedy = "write MODULE:CLASS and its arguments behind it, such as \"ase.calculators.emt:EMT\" or \"tblite.ase:TBLite method=GFN2-xTB\"";
        Err([format!("the calculator {text:?} {reason}"), remedy.to_string()])
    };
    if name.contains(['(', ')']) {
        return refuse("has its arguments in parentheses");
    }
    if !name.contains(':') {
        return refuse("names no module before a colon");
    }
    match bare_parenthesis(rest) {
        Some(word) => Err([
            format!("the calculator {text:?} has parentheses that mean something else to the shell"),
            format!("put the argument into quotes: '{word}'"),
        ]),
        None => Ok(format!("{name}{rest}")),
    }
}

/// The first word with a parenthesis that is neither quoted nor behind a backslash.
fn bare_parenthesis(text: &str) -> Option<&str> {
    let (mut quote, mut escaped, mut start) = (None, false, 0);
    for (at, sign) in text.char_indices() {
        match (quote, sign) {
            _ if escaped => escaped = false,
            (Some(open), _) if sign == open => quote = None,
            (None | Some('"'), '\\') => escaped = true,
            (None, '\'' | '"') => quote = Some(sign),
            (None, '(' | ')') => {
                let end = text[at..].find(char::is_whitespace).map_or(text.len(), |length| at + length);
                return Some(&text[start..end]);
            }
            (None, _) if sign.is_whitespace() => start = at + sign.len_utf8(),
            _ => {}
        }
    }
    None
}
