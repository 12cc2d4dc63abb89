//! Files of a crate use each other without cycles.
//!
//! A file uses another when it names an item that the other defines. A re-export leads to the file that defines the item, and is
//! no use of its own: `mod.rs` may list what the files beside it offer while these use what `mod.rs` defines.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

type Module = Vec<String>;

/// One file with what it defines and imports.
#[derive(Default)]
struct Source {
    file: PathBuf,
    /// Code without comments, imports and modules within the file.
    code: String,
    items: BTreeSet<String>,
    /// Name in this file, the path that it stands for, and whether others may import it from here.
    imports: BTreeMap<String, (Vec<String>, bool)>,
}

/// The modules of one crate.
struct Tree(BTreeMap<Module, Source>);

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

impl Source {
    fn read(file: &Path) -> Self {
        let text = std::fs::read_to_string(file).unwrap();
        let mut source = Self { file: file.to_path_buf(), ..Self::default() };
        let (mut inner, mut import) = (false, String::new());
        for line in text.lines() {
            let bare = line.trim_start();
            // A module within the file ends at the next line that holds a lone brace.
            inner = inner && line != "}";
            if inner || bare.starts_with("//") {
                continue;
            }
            inner = line.ends_with('{') && (line.starts_with("mod ") || line.starts_with("pub mod "));
            let public = bare.starts_with("pub");
            let statement = without_visibility(bare);
            if !import.is_empty() || statement.starts_with("use ") {
                import += if import.is_empty() && public { "pub " } else { "" };
                import += if import.contains("use ") { bare } else { statement };
                if bare.ends_with(';') {
                    let (public, rest) = import.split_once("use ").unwrap();
                    source.add_imports(rest.trim_end_matches(';'), &[], !public.is_empty());
                    import.clear();
                }
                continue;
            }
            if line == bare
                && let Some(item) = defined(statement)
            {
                source.items.insert(item);
            }
            source.code += bare.split(" // ").next().unwrap();
            source.code.push('\n');
        }
        source
    }

    /// The names that a tree such as `a::{b, c as d}` brings in.
    fn add_imports(&mut self, tree: &str, before: &[String], public: bool) {
        let tree = tree.trim();
        if let Some((head, list)) = tree.split_once('{') {
            let list = list.strip_suffix('}').unwrap();
            let before: Vec<String> = before.iter().cloned().chain(segments(head)).collect();
            let (mut depth, mut start) = (0_i32, 0);
            for (at, c) in list.char_indices().chain([(list.len(), ',')]) {
                depth += i32::from(c == '{') - i32::from(c == '}');
                if c == ',' && depth == 0 {
                    self.add_imports(&list[start..at], &before, public);
                    start = at + 1;
                }
            }
            return;
        }
        let (path, alias) = tree.split_once(" as ").unwrap_or((tree, ""));
        let mut path: Vec<String> = before.iter().cloned().chain(segments(path)).collect();
        if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        let Some(last) = path.last().cloned() else { return };
        self.imports.insert(if alias.is_empty() { last } else { alias.trim().to_owned() }, (path, public));
    }

    /// Paths in the code, such as `vector::dot` and `crate::units::KELVIN`, and single names that were imported.
    fn paths(&self) -> BTreeSet<Vec<String>> {
        let mut paths = BTreeSet::new();
        let mut rest = self.code.as_str();
        while let Some(start) = rest.find(is_name) {
            let after_path = rest[..start].ends_with("::");
            let field = rest[..start].ends_with('.') && !rest[..start].ends_with("..");
            rest = &rest[start..];
            let end = rest.find(|c: char| !is_name(c) && c != ':').unwrap_or(rest.len());
            let path: Vec<String> = rest[..end].split("::").map(|name| name.trim_matches(':').to_owned()).collect();
            if !after_path && !field {
                paths.insert(path.into_iter().filter(|name| !name.is_empty()).collect());
            }
            rest = &rest[end..];
        }
        paths
    }
}

fn segments(path: &str) -> impl Iterator<Item = String> {
    path.split("::").map(|name| name.trim().to_owned()).filter(|name| !name.is_empty())
}

fn without_visibility(line: &str) -> &str {
    let Some(rest) = line.strip_prefix("pub") else { return line };
    match rest.strip_prefix('(') {
        Some(scope) => scope.split_once(") ").map_or(line, |(_, rest)| rest),
        None => rest.strip_prefix(' ').unwrap_or(line),
    }
}

/// The name that a line defines at the outermost level.
fn defined(line: &str) -> Option<String> {
    let kinds = ["struct", "enum", "union", "trait", "fn", "const", "static", "type", "macro_rules!", "mod"];
    let mut words = line.split_whitespace().skip_while(|word| matches!(*word, "unsafe" | "async" | "extern" | "\"C\""));
    let mut kind = words.next()?;
    let mut name = words.next()?;
    if kind == "const" && name == "fn" {
        (kind, name) = ("fn", words.next()?);
    }
    let external = kind == "mod" && line.ends_with(';');
    (kinds.contains(&kind) && !external).then(|| name.chars().take_while(|c| is_name(*c)).collect())
}

impl Tree {
    fn read(folder: &Path) -> Self {
        let mut files = Vec::new();
        super::layers::sources(folder, &mut files);
        let module = |file: &PathBuf| {
            let inside = file.strip_prefix(folder).unwrap().with_extension("");
            let mut module: Module = inside.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
            if matches!(module.last().map(String::as_str), Some("mod" | "lib" | "main")) {
                module.pop();
            }
            module
        };
        // The program's `main.rs` is a crate of its own that nothing imports.
        files.retain(|file| !file.ends_with("src/main.rs"));
        Self(files.iter().map(|file| (module(file), Source::read(file))).collect())
    }

    /// The file that defines what `path` means in `module`, if that is in this crate.
    fn resolve(&self, module: &Module, path: &[String], visited: &mut BTreeSet<(Module, String)>) -> Option<Module> {
        let mut now = module.clone();
        for (index, name) in path.iter().enumerate() {
            match name.as_str() {
                "crate" => now.clear(),
                "self" => {}
                "super" => drop(now.pop()),
                name => {
                    let child: Module = now.iter().cloned().chain([name.to_owned()]).collect();
                    let source = &self.0[&now];
                    if self.0.contains_key(&child) {
                        now = child;
                    } else if let Some((target, public)) = source.imports.get(name) {
                        // A private import is seen by the module itself and by those within it.
                        if !(*public || module.starts_with(&now)) || !visited.insert((now.clone(), name.to_owned())) {
                            return None;
                        }
                        let whole: Vec<String> = target.iter().chain(&path[index + 1..]).cloned().collect();
                        return self.resolve(&now, &whole, visited);
                    } else {
                        return (source.items.contains(name)).then_some(now);
                    }
                }
            }
        }
        None
    }

    /// What each file uses: the other file, and the name of one item of it.
    fn uses(&self) -> BTreeMap<&Module, BTreeMap<Module, String>> {
        let of = |module: &Module, source: &Source| {
            let private = source.imports.values().filter(|(_, public)| !public).map(|(path, _)| path.clone());
            let named = source.paths().into_iter().chain(private);
            let resolved =
                |path: Vec<String>| Some((self.resolve(module, &path, &mut BTreeSet::new())?, path.join("::")));
            let mut found: BTreeMap<Module, String> = named.filter_map(resolved).collect();
            found.remove(module);
            found
        };
        self.0.iter().map(|(module, source)| (module, of(module, source))).collect()
    }

    /// Each cycle of files, as the uses within it.
    fn cycles(&self) -> Vec<String> {
        let uses = self.uses();
        let mut reach: BTreeMap<&Module, BTreeSet<&Module>> = BTreeMap::new();
        for module in uses.keys() {
            let (mut seen, mut open) = (BTreeSet::new(), vec![*module]);
            while let Some(next) = open.pop() {
                open.extend(uses[next].keys().filter(|other| seen.insert(*other)));
            }
            reach.insert(module, seen);
        }
        let mut texts = Vec::new();
        for (module, _) in reach.iter().filter(|(module, seen)| seen.contains(*module)) {
            let back = uses[*module].iter().filter(|(other, _)| reach[*other].contains(*module));
            let back: Vec<String> =
                back.map(|(other, item)| format!("{} ({item})", self.0[other].file.display())).collect();
            texts.push(format!("{} uses {}", self.0[*module].file.display(), back.join(", ")));
        }
        texts
    }
}

/// Catches: files that can only be understood together, because each uses the other.
#[test]
fn files_use_each_other_in_one_direction() {
    let root = super::layers::root();
    let parents = ["crates", "interfaces"].map(|folder| std::fs::read_dir(root.join(folder)).unwrap());
    let folders = parents.into_iter().flatten().map(|entry| entry.unwrap().path().join("src"));
    let mut wrong = Vec::new();
    for folder in folders.chain([root.join("src")]).filter(|folder| folder.is_dir()) {
        let tree = Tree::read(&folder);
        wrong.extend(tree.cycles());
        for source in tree.0.values().filter(|source| source.code.contains("super::super")) {
            wrong.push(format!("{} says super::super; write crate::", source.file.display()));
        }
    }
    let root = format!("{}/", root.display());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n").replace(&root, ""));
}
