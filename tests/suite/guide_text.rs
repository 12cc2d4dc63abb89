//! README and guide as texts: links, lengths, sentences.

use std::collections::BTreeSet;
use std::path::Path;

use crate::markdown::{anchors, blocks, code_spans, guide, links, outside, pages, read, root, sentences};

/// Words of the longest sentence that is read without going back.
const LONGEST: usize = 35;
/// Starts of sentences that may be longer, with the reason.
const LONGER: [(&str, &str); 0] = [];

/// Catches: sentences that have to be read twice.
#[test]
fn sentences_are_short() {
    let mut wrong = Vec::new();
    for page in pages() {
        for sentence in sentences(&read(&page)) {
            let words = sentence.split_whitespace().count();
            if words > LONGEST && !LONGER.iter().any(|(start, _)| sentence.starts_with(start)) {
                wrong.push(format!("{page}: {words} words: {sentence}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Catches: asides in dashes, and lines that no editor shows as a whole.
#[test]
fn lines_have_no_dashes_and_an_end() {
    for page in pages() {
        let text = read(&page);
        for line in outside(&text) {
            let dashes = line.contains('\u{2014}') || line.contains(" -- ") && !line.contains('`');
            assert!(!dashes, "{page}: a dash in {line}");
            let long = line.chars().count() > 170 && !line.starts_with('|');
            assert!(!long, "{page}: {} characters in {line}", line.chars().count());
        }
    }
}

/// Catches: a README that grows back into a manual.
#[test]
fn the_readme_is_short() {
    let lines = read("README.md").lines().count();
    assert!(lines <= 120, "{lines} lines");
}

/// Catches: links to pages, sections or pictures that have moved.
#[test]
fn links_lead_somewhere() {
    let mut wrong = Vec::new();
    let mut count = 0;
    let further =
        ["docs/guide/src/SUMMARY.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "RELEASING.md", "tests/README.md"];
    for page in pages().into_iter().chain(further.map(str::to_owned)) {
        let text = read(&page);
        let folder = Path::new(&page).parent().unwrap();
        for link in links(&text) {
            if link.contains("://") {
                continue;
            }
            count += 1;
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let path = if file.is_empty() { root().join(&page) } else { root().join(folder).join(file) };
            if !path.is_file() {
                wrong.push(format!("{page}: no file {link}"));
            } else if !anchor.is_empty() {
                let target = std::fs::read_to_string(&path).unwrap();
                if !anchors(&target).iter().any(|one| one == anchor) {
                    wrong.push(format!("{page}: no section {link}"));
                }
            }
            // A link of the guide out of its folder leads nowhere in the book.
            if page.starts_with("docs/guide/") && link.contains("..") {
                wrong.push(format!("{page}: {link} leads out of the book"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(count >= 80, "only {count} links were found");
}

/// Catches: a page that the book leaves out, and files of the repository that have moved.
#[test]
fn every_page_is_in_the_book() {
    let listed: BTreeSet<String> = links(&read("docs/guide/src/SUMMARY.md")).into_iter().collect();
    let mut present: BTreeSet<String> =
        guide().iter().map(|page| page.strip_prefix("docs/guide/src/").unwrap().to_owned()).collect();
    present.insert("reference.md".to_owned());
    assert_eq!(listed, present);
    assert!(read("docs/guide/src/reference.md").contains("{{#include ../../reference.md}}"));
    let folders = ["inputs/", "benches/", "crates/", "examples/", "tests/", "interfaces/", "models/", "docs/"];
    for page in pages() {
        for span in code_spans(&read(&page)) {
            let path = span.split_whitespace().next().unwrap_or_default();
            let made = [
                "models/mine",
                "models/first",
                "models/second",
                "models/ala",
                "models/...",
                "models/ethanol-dipole",
                "models/ethanol-learned",
                "models/acetamide",
                "models/malonaldehyde-learned",
            ];
            let ours = folders.iter().any(|folder| path.starts_with(folder));
            if ours && !made.iter().any(|one| path.starts_with(one)) {
                assert!(root().join(path).exists(), "{page} names {path}");
            }
        }
    }
}

/// Catches: tasks of every new user that the README no longer leads to.
#[test]
fn the_readme_leads_to_common_tasks() {
    let links = links(&read("README.md"));
    for task in [
        "simulate.md",
        "organic.md",
        "fit.md#names-of-labels",
        "simulate.md#restarts",
        "analyze.md#spectra",
        "other-programs.md",
    ] {
        assert!(links.iter().any(|link| link.ends_with(task)), "{task}");
    }
    // Every other page is one link further.
    assert!(links.iter().any(|link| link.ends_with("SUMMARY.md")));
}

/// Catches: the table of the README and that of the guide, which tell different numbers.
#[test]
fn the_tables_of_accuracy_agree() {
    let guide = read("docs/guide/src/accuracy.md");
    let readme = read("README.md");
    let rows: Vec<&str> =
        readme.lines().filter(|line| line.starts_with("| ") && line.matches(" / ").count() >= 4).collect();
    assert_eq!(rows.len(), 10);
    for row in rows {
        assert!(guide.lines().any(|line| line == row), "the guide lacks {row}");
    }
}

/// Catches: blocks that no reader's program colors, and that no test looks at.
#[test]
fn blocks_have_a_language() {
    for page in pages() {
        for block in blocks(&read(&page)) {
            let known = ["sh", "toml", "text", "python"].contains(&block.language.as_str());
            assert!(known, "{page}: a block of {:?}:\n{}", block.language, block.text);
        }
    }
}
