//! README and guide against the program: commands, inputs, keys.

use std::collections::BTreeSet;
use std::fs;

use clap::error::ErrorKind;
use cormorant::settings::Input;

use crate::markdown::{blocks, code_spans, guide, pages, read, root};

/// The words of a line as a shell splits it, up to a comment, a pipe or a redirection.
fn words(line: &str) -> Vec<String> {
    let (mut found, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for one in line.chars() {
        match (quote, one) {
            (Some(open), _) if one == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(one);
                word.get_or_insert_default();
            }
            (None, ' ') => found.extend(word.take()),
            (None, '#' | '|' | '<' | '>' | '&' | ';') if word.is_none() => break,
            _ => word.get_or_insert_default().push(one),
        }
    }
    found.extend(word);
    found
}

/// Catches: commands of the README and of the guide that the program does not have, or whose arguments are called otherwise.
#[test]
fn commands_exist() {
    let mut count = 0;
    for page in pages() {
        for block in blocks(&read(&page)).iter().filter(|block| block.language == "sh") {
            for line in block.text.lines().filter(|line| line.starts_with("cormorant ")) {
                let words = words(line);
                if let Err(refusal) = cormorant::cli::command().try_get_matches_from(&words) {
                    panic!("{page}: {line}\n{refusal}");
                }
                for path in words.iter().filter(|word| word.starts_with("inputs/")) {
                    assert!(root().join(path).exists(), "{page}: {path} of `{line}` is missing");
                }
                count += 1;
            }
        }
        // In the text arguments may be left out, but none may have another name.
        for span in code_spans(&read(&page)).iter().filter(|span| span.starts_with("cormorant ")) {
            let words = words(span);
            if words[1].chars().all(char::is_uppercase) {
                continue;
            }
            if let Err(refusal) = cormorant::cli::command().try_get_matches_from(&words) {
                let unknown = [ErrorKind::UnknownArgument, ErrorKind::InvalidSubcommand, ErrorKind::ArgumentConflict];
                assert!(!unknown.contains(&refusal.kind()), "{page}: `{span}`\n{refusal}");
            }
            count += 1;
        }
    }
    assert!(count >= 100, "only {count} commands were found");
}

/// What a block leaves out of an input, put before it.
fn completed(block: &str) -> String {
    if block.contains("version = 1") {
        return block.to_owned();
    }
    let has = |sections: &[&str]| sections.iter().any(|section| block.contains(section));
    let mut text = "version = 1\nname = \"guide\"\n".to_owned();
    if has(&["[labels]"]) {
        return text + "structure = { file = \"a.xyz\" }\n" + block;
    }
    if has(&["[data]", "[model]", "[loss]", "[optimizer]", "[run]"]) {
        if !has(&["[data]"]) {
            text += "data = { file = \"a.xyz\" }\n";
        }
        return text + block;
    }
    for (sections, otherwise) in [
        (&["[structure]"][..], "structure = { file = \"a.xyz\" }\n"),
        (&["[potential]"], "potential = { model = \"m\" }\n"),
        (
            &["[stage]", "[stage.write]", "[elastic]", "[vibrations]"],
            "stage = [{ duration = \"1 fs\", time_step = \"1 fs\" }]\n",
        ),
    ] {
        if !has(sections) {
            text += otherwise;
        }
    }
    if has(&["[stage.write]"]) && !has(&["[stage]"]) {
        text += "[[stage]]\nduration = \"1 ps\"\ntime_step = \"1 fs\"\n";
    }
    text + block
}

/// Catches: inputs, and parts of inputs, that the program no longer reads.
#[test]
fn inputs_are_good() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("input.toml");
    let mut count = 0;
    for page in pages() {
        for block in blocks(&read(&page)).iter().filter(|block| block.language == "toml") {
            fs::write(&path, completed(&block.text)).unwrap();
            let input = Input::read(&path).unwrap_or_else(|error| panic!("{page}: {error} in\n{}", block.text));
            // As `cormorant check` prints it, with every default.
            input.to_toml(None).unwrap_or_else(|error| panic!("{page}: {error} in\n{}", block.text));
            count += 1;
        }
    }
    assert!(count >= 30, "only {count} inputs were found");
}

/// Catches: a key, or a kind, that is in the reference and that no page explains. The page of its subject has to name it.
#[test]
fn every_key_is_in_a_page() {
    let reference = read("docs/reference.md");
    let first = |line: &str, start: &str| {
        line.strip_prefix(start).and_then(|rest| rest.split(['`', '"']).next()).map(str::to_owned)
    };
    let keys: BTreeSet<String> = reference.lines().filter_map(|line| first(line, "| `")).collect();
    let kinds: BTreeSet<String> = reference.lines().filter_map(|line| first(line, "`kind = \"")).collect();
    assert!(keys.len() >= 200 && kinds.len() >= 30, "{} keys, {} kinds", keys.len(), kinds.len());
    let mut code = String::new();
    for page in guide() {
        let text = read(&page);
        for block in blocks(&text) {
            code += &block.text;
        }
        for span in code_spans(&text) {
            code = code + " " + &span + "\n";
        }
    }
    let named: BTreeSet<&str> = code.split(|one: char| !one.is_alphanumeric() && one != '_' && one != '-').collect();
    let missing: Vec<&String> = keys.iter().chain(&kinds).filter(|key| !named.contains(key.as_str())).collect();
    assert!(missing.is_empty(), "no page of docs/guide/src names {missing:?}");
}
