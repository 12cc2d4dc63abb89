//! The search for what was meant.

/// The known word nearest to `found`, if one is near enough to be a slip of the keyboard.
///
/// Near means a Damerau-Levenshtein distance of at most a third of the longer word (and at least 1), or that one word
/// begins with the other.
pub(crate) fn nearest<'k>(found: &str, known: &[&'k str]) -> Option<&'k str> {
    let normal = |word: &str| word.to_lowercase().replace(['-', ' '], "_");
    let found = normal(found);
    known
        .iter()
        .map(|word| {
            let candidate = normal(word);
            let prefix = found.len() >= 3 && (candidate.starts_with(&found) || found.starts_with(&candidate));
            let distance = strsim::damerau_levenshtein(&found, &candidate);
            let limit = (found.chars().count().max(candidate.chars().count()) / 3).max(1);
            (distance, prefix || distance <= limit, *word)
        })
        .filter(|(_, near, _)| *near)
        .min_by_key(|(distance, _, _)| *distance)
        .map(|(_, _, word)| word)
}

/// `did you mean ...? ` before the list of what is accepted.
pub fn suggestion(found: &str, known: &[&str], what: &str) -> String {
    let list = known.join(", ");
    match nearest(found, known) {
        Some(word) => format!("did you mean `{word}`? {what}: {list}"),
        None => format!("{what}: {list}"),
    }
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_are_recognized_and_strangers_are_not() {
        let known = ["duration", "time_step", "thermostat", "integrator"];
        assert_eq!(nearest("durration", &known), Some("duration"));
        assert_eq!(nearest("time-step", &known), Some("time_step"));
        assert_eq!(nearest("thermo", &known), Some("thermostat"));
        assert_eq!(nearest("colour", &known), None);
    }
}
