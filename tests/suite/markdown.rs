//! The pages for users, taken apart: blocks of code, prose, links, headings.

use std::fs;
use std::path::{Path, PathBuf};

/// The repository.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The pages of the guide that people write, relative to the repository.
pub fn guide() -> Vec<String> {
    let folder = root().join("docs/guide/src");
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut pages: Vec<String> = names
        .filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "md"))
        .filter(|name| name != "SUMMARY.md" && name != "reference.md")
        .map(|name| format!("docs/guide/src/{name}"))
        .collect();
    pages.sort();
    assert!(pages.len() >= 20, "{pages:?}");
    pages
}

/// README, guide and the list of inputs.
pub fn pages() -> Vec<String> {
    [vec!["README.md".to_owned(), "inputs/README.md".to_owned()], guide()].concat()
}

pub fn read(page: &str) -> String {
    fs::read_to_string(root().join(page)).unwrap_or_else(|error| panic!("{page}: {error}"))
}

/// A fenced block.
pub struct Block {
    pub language: String,
    /// The text of an HTML comment on the line before.
    pub mark: String,
    pub text: String,
}

/// The fenced blocks of `text`.
pub fn blocks(text: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let (mut inside, mut before) = (false, "");
    for line in text.lines() {
        if let Some(language) = line.strip_prefix("```") {
            if !inside {
                let mark = before.strip_prefix("<!-- ").and_then(|rest| rest.strip_suffix(" -->")).unwrap_or_default();
                found.push(Block { language: language.to_owned(), mark: mark.to_owned(), text: String::new() });
            }
            inside = !inside;
        } else if inside {
            let block = &mut found.last_mut().unwrap().text;
            block.push_str(line);
            block.push('\n');
        }
        before = line;
    }
    assert!(!inside, "a block without an end");
    found
}

/// `text` without fenced blocks.
pub fn outside(text: &str) -> Vec<&str> {
    let mut inside = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        if line.starts_with("```") {
            inside = !inside;
        } else if !inside {
            lines.push(line);
        }
    }
    lines
}

/// What stands between backticks outside of blocks.
pub fn code_spans(text: &str) -> Vec<String> {
    let text = outside(text).join("\n");
    text.split('`').skip(1).step_by(2).map(|span| span.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// Targets of links and pictures outside of blocks.
pub fn links(text: &str) -> Vec<String> {
    let lines = outside(text).join("\n");
    let plain = |(number, part): (usize, &str)| if number % 2 == 0 { part.to_owned() } else { "code".to_owned() };
    let text: String = lines.split('`').enumerate().map(plain).collect();
    text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap().to_owned()).collect()
}

/// The anchors of the headings, as GitHub and mdBook make them.
pub fn anchors(text: &str) -> Vec<String> {
    let headings = outside(text).into_iter().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let title = line.trim_start_matches('#').trim().to_lowercase();
            let kept = title.chars().filter(|&one| one.is_alphanumeric() || " -_".contains(one));
            kept.map(|one| if one == ' ' { '-' } else { one }).collect()
        })
        .collect()
}

/// The sentences of the prose: of paragraphs, items of lists, and cells of tables.
pub fn sentences(text: &str) -> Vec<String> {
    let mut paragraphs = vec![String::new()];
    for line in outside(text) {
        let line = line.trim();
        if line.starts_with('|') {
            paragraphs.extend(line.split('|').map(str::to_owned));
            paragraphs.push(String::new());
        } else if line.is_empty() || line.starts_with(['#', '<']) {
            paragraphs.push(String::new());
        } else {
            let number = line.split_once(". ").is_some_and(|(first, _)| first.chars().all(|one| one.is_ascii_digit()));
            if line.starts_with("- ") || number {
                paragraphs.push(String::new());
            }
            let paragraph = paragraphs.last_mut().unwrap();
            paragraph.push_str(line);
            paragraph.push(' ');
        }
    }
    paragraphs.iter().flat_map(|paragraph| split(&without_code(paragraph))).collect()
}

/// Code counts as a word, and so does not end a sentence.
fn without_code(paragraph: &str) -> String {
    let parts = paragraph.split('`').enumerate();
    parts.map(|(number, part)| if number % 2 == 0 { part } else { "code" }).collect()
}

fn split(paragraph: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    for word in paragraph.split_whitespace() {
        let sentence = found.last_mut().unwrap();
        if word.chars().any(char::is_alphanumeric) {
            sentence.push_str(word);
            sentence.push(' ');
        }
        if word.trim_end_matches(['"', ')', '*']).ends_with(['.', '!', '?']) {
            found.push(String::new());
        }
    }
    found
}
