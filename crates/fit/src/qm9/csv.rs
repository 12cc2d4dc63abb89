//! Rows of comma-separated values with quoted fields.

/// The fields of one line; commas inside double quotes do not separate.
pub(super) fn fields(line: &str) -> Vec<&str> {
    let (mut fields, mut start, mut quoted) = (Vec::new(), 0, false);
    for (place, byte) in line.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b',' if !quoted => {
                fields.push(line[start..place].trim_matches('"'));
                start = place + 1;
            }
            _ => (),
        }
    }
    fields.push(line[start..].trim_end_matches('\r').trim_matches('"'));
    fields
}

/// The numbers of a nested list such as `[[0.1,-2.0],[3,4]]`.
pub(super) fn numbers(list: &str) -> Option<Vec<f64>> {
    let inside = list.split(['[', ']', ',', ' ']).filter(|part| !part.is_empty());
    inside.map(|part| part.parse().ok().filter(|x: &f64| x.is_finite())).collect()
}

/// The words of a list such as `['C','H']`.
pub(super) fn words(list: &str) -> Vec<&str> {
    list.split(['[', ']', ',', ' ', '\'']).filter(|part| !part.is_empty()).collect()
}
