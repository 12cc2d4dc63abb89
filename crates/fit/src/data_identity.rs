//! What tells the data of a fit from others.

/// Parts of the data, which may be files of their own.
const PARTS: [&str; 4] = ["training", "validation", "test", "replayed"];

/// The SHA-256 of the file, and behind it those of the `others`, for validation, for test and to be replayed, if there are any.
#[must_use]
pub fn data_identity(file: &str, others: [Option<&str>; 3]) -> String {
    let others = PARTS[1..].iter().zip(others);
    others
        .filter_map(|(part, hash)| Some(format!(" {part} {}", hash?)))
        .fold(file.into(), |all: String, one| all + &one)
}

/// Which files are others than those of the checkpoint; both texts are as [`data_identity`] gives them.
pub(super) fn changed_data(then: &str, now: &str) -> String {
    let [then, now] = [then, now].map(hashes);
    let changed: Vec<String> = PARTS
        .iter()
        .zip(then.into_iter().zip(now))
        .filter(|(_, (then, now))| then != now)
        .map(|(part, (then, now))| format!("the file of the {part} frames (SHA-256 {then}, now {now})"))
        .collect();
    format!(
        "belongs to other data; changed since: {}. Restore it, fit into another folder, or begin anew with --force instead of --resume",
        changed.join(", and ")
    )
}

/// The SHA-256 of each part, `none` where it is no file of its own.
fn hashes(identity: &str) -> [&str; 4] {
    let words: Vec<&str> = identity.split_whitespace().collect();
    let named = |part: &str| words.windows(2).find(|two| two[0] == part).map_or("none", |two| two[1]);
    [words.first().copied().unwrap_or("none"), named(PARTS[1]), named(PARTS[2]), named(PARTS[3])]
}
