//! The declarations of the keys: as a JSON schema, as the reference page, and under former names.

use std::fs;
use std::path::PathBuf;

use cormorant::settings::{Declaration, Input, reference};
use serde_json::Value;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// What of `schema` the value does not obey; only what our schemas use is known here, and anything else is a fault too.
fn faults(schema: &Value, value: &Value, place: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut fault = |text: String| found.push(format!("{place}: {text}"));
    let number = |name: &str| schema.get(name).and_then(Value::as_f64);
    for (keyword, rule) in schema.as_object().unwrap() {
        match keyword.as_str() {
            // What is said, and what is looked at below.
            "$schema"
            | "title"
            | "description"
            | "default"
            | "examples"
            | "x-unit"
            | "deprecated"
            | "properties"
            | "additionalProperties"
            | "items"
            | "anyOf"
            | "allOf" => {}
            "type" => {
                let fits = match rule.as_str().unwrap() {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "boolean" => value.is_boolean(),
                    "integer" => value.is_u64() || value.is_i64(),
                    "number" => value.is_number(),
                    other => panic!("a type {other}"),
                };
                if !fits {
                    fault(format!("{value} is not of type {rule}"));
                }
            }
            "const" => {
                if value != rule {
                    fault(format!("{value} is not {rule}"));
                }
            }
            "enum" => {
                if !rule.as_array().unwrap().contains(value) {
                    fault(format!("{value} is not among {rule}"));
                }
            }
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => {
                let (limit, value) = (number(keyword).unwrap(), value.as_f64());
                let fits = value.is_none_or(|value| match keyword.as_str() {
                    "minimum" => value >= limit,
                    "maximum" => value <= limit,
                    "exclusiveMinimum" => value > limit,
                    _ => value < limit,
                });
                if !fits {
                    fault(format!("{value:?} against {keyword} {limit}"));
                }
            }
            "minItems" | "maxItems" => {
                let (limit, count) = (rule.as_u64().unwrap(), value.as_array().map_or(0, Vec::len) as u64);
                if value.is_array() && (if keyword == "minItems" { count < limit } else { count > limit }) {
                    fault(format!("{count} items against {keyword} {limit}"));
                }
            }
            "required" => {
                for key in rule.as_array().unwrap() {
                    if value.is_object() && value.get(key.as_str().unwrap()).is_none() {
                        fault(format!("the key {key} is missing"));
                    }
                }
            }
            other => panic!("the keyword {other} is not known here"),
        }
    }
    if let (Some(rules), Some(items)) = (schema.get("items"), value.as_array()) {
        items.iter().enumerate().for_each(|(at, item)| found.extend(faults(rules, item, &format!("{place}[{at}]"))));
    }
    if let Some(object) = value.as_object() {
        for (key, inner) in object {
            let inside = format!("{place}.{key}");
            match (schema.get("properties").and_then(|all| all.get(key)), schema.get("additionalProperties")) {
                (None, Some(Value::Bool(false))) => found.push(format!("{inside}: an unknown key")),
                (Some(rules), _) | (None, Some(rules)) => found.extend(faults(rules, inner, &inside)),
                (None, None) => {}
            }
        }
    }
    for rules in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        found.extend(faults(rules, value, place));
    }
    if let Some(several) = schema.get("anyOf").and_then(Value::as_array) {
        let all: Vec<_> = several.iter().map(|one| faults(one, value, place)).collect();
        if all.iter().all(|one| !one.is_empty()) {
            found.extend(all.into_iter().min_by_key(Vec::len).unwrap());
        }
    }
    found
}

fn declaration(input: &Input) -> Declaration {
    let name = match input {
        Input::Run(_) => "run",
        Input::Fit(_) => "fit",
        Input::Regression(_) => "properties",
        Input::Vibrations(_) => "vibrations",
        Input::Elastic(_) => "elastic",
        Input::Path(_) => "path",
        Input::Scan(_) => "scan",
        Input::Learn(_) => "learn",
    };
    Declaration::ALL.into_iter().find(|one| one.name == name).unwrap()
}

fn inputs() -> Vec<PathBuf> {
    let files = crate::inputs::FOLDERS.iter().flat_map(|folder| fs::read_dir(root().join(folder)).unwrap());
    let files: Vec<PathBuf> = files.map(|entry| entry.unwrap().path()).collect();
    files.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "toml")).collect()
}

fn as_json(text: &str) -> Value {
    serde_json::to_value(text.parse::<toml::Table>().unwrap()).unwrap()
}

/// Catches: a schema that refuses an input which the program takes, as it was written or with every default filled in.
#[test]
fn every_input_obeys_its_schema() {
    let mut wrong = Vec::new();
    for path in inputs() {
        let input = Input::read(&path).unwrap();
        let schema = declaration(&input).schema();
        let written = fs::read_to_string(&path).unwrap();
        for text in [written, input.to_toml(None).unwrap()] {
            let found = faults(&schema, &as_json(&text), "input");
            wrong.extend(found.into_iter().map(|fault| format!("{}: {fault}", path.display())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Catches: a schema that takes anything.
#[test]
fn the_schema_refuses_what_the_program_refuses() {
    let schema = Declaration::ALL[0].schema();
    let good = "version = 1\nname = \"a\"\nstructure = { file = \"a.xyz\" }\npotential = { model = \"m\" }\n\
                stage = [{ duration = \"1 fs\", time_step = \"1 fs\" }]\n";
    assert_eq!(faults(&schema, &as_json(good), "input"), Vec::<String>::new());
    for (from, to) in [
        ("version = 1", "version = 2"),
        ("name = \"a\"\n", ""),
        ("time_step = \"1 fs\"", "time_step = 1"),
        ("time_step", "timestep"),
        ("model = \"m\"", "kind = \"morse\""),
        ("model = \"m\"", "model = \"m\", threads = 0"),
        ("duration", "integrator = \"euler\", duration"),
    ] {
        let bad = good.replace(from, to);
        assert_ne!(bad, good);
        assert!(!faults(&schema, &as_json(&bad), "input").is_empty(), "accepted:\n{bad}");
    }
}

/// The defaults in `schema` that a resolved table has otherwise.
fn other_defaults(schema: &Value, resolved: &Value, place: &str, compared: &mut usize) -> Vec<String> {
    let mut found = Vec::new();
    for (key, inner) in resolved.as_object().into_iter().flatten() {
        let Some(declared) = schema.get("properties").and_then(|all| all.get(key)) else { continue };
        let place = format!("{place}.{key}");
        if let Some(default) = declared.get("default") {
            *compared += 1;
            let same = default == inner || default.as_f64().is_some_and(|number| Some(number) == inner.as_f64());
            if !same {
                found.push(format!("{place} is {inner}, but {default} is declared"));
            }
        } else {
            let tables = declared.get("anyOf").and_then(|several| several.get(0)).unwrap_or(declared);
            found.extend(other_defaults(tables, inner, &place, compared));
        }
    }
    found
}

/// Catches: a default in the schema, the reference and the help that is not the one which the program fills in.
#[test]
fn the_declared_defaults_are_those_that_are_filled_in() {
    let folder = tempfile::tempdir().unwrap();
    let start = "version = 1\nname = \"a\"\nstructure = { file = \"a.xyz\" }\npotential = { model = \"m\" }\n";
    let mut compared = 0;
    for (least, text) in [
        (10, format!("{start}minimize = {{}}\nstage = [{{ duration = \"1 fs\", time_step = \"1 fs\" }}]\n")),
        (20, "version = 1\nname = \"a\"\ndata = { file = \"a.xyz\" }\n".to_string()),
        (6, format!("{start}[elastic]\n")),
        (11, format!("{start}[vibrations]\n")),
        (14, format!("{start}final_structure = {{ file = \"b.xyz\" }}\n")),
        (8, format!("{start}scan = {{ atoms = [1, 2], to = \"2 Å\" }}\n")),
    ] {
        let path = folder.path().join("input.toml");
        fs::write(&path, &text).unwrap();
        let input = Input::read(&path).unwrap();
        let resolved = as_json(&input.to_toml(None).unwrap());
        let before = compared;
        let mut wrong = other_defaults(&declaration(&input).schema(), &resolved, "input", &mut compared);
        // Vibrations, elastic constants, paths and scans say so in their sentences.
        let said = |line: &str| {
            ["force_tolerance is \"1e-4 eV/Å\"", "minimize.force_tolerance is \"1e-3 eV/Å\"", "precision is \"f64\""]
                .iter()
                .any(|known| line.contains(known))
        };
        wrong.retain(|line| !said(line));
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert!(compared - before >= least, "only {} defaults were compared for\n{text}", compared - before);
    }
}

/// Catches: a reference that says something else than the program does. `cormorant schema --markdown > docs/reference.md`
/// writes it again.
#[test]
fn the_reference_is_that_of_the_program() {
    let written = fs::read_to_string(root().join("docs/reference.md")).unwrap();
    assert!(written == reference(), "docs/reference.md is old; write it again with `cormorant schema --markdown`");
}

/// Catches: a former name that is refused, that means something else, or that wins over the name of today without a word.
#[test]
fn former_names_mean_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let read = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        Input::read(&path)
    };
    let start = "version = 1\nname = \"a\"\nstructure = { file = \"a.xyz\" }\n";
    let run = format!(
        "{start}minimize = {{ force_tolerance = \"0.1 eV/Å\" }}\n\
         potential = {{ kind = \"harmonic\", bonds = [{{ atoms = [1, 2], force_constant = \"1 eV/Å^2\", equilibrium = \"1 Å\" }}], \
         positions = [{{ atoms = [1], force_constant = \"1 eV/Å^2\", position = [\"0 Å\", \"0 Å\", \"0 Å\"] }}] }}\n\
         [[stage]]\nduration = \"1 ps\"\ntime_step = \"1 fs\"\n\
         write = [{{ kind = \"velocity-autocorrelation\", every = \"1 fs\", max_lag = \"0.1 ps\" }}]\n"
    );
    let modes = format!("{start}potential = {{ model = \"m\" }}\n[vibrations]\nanimations = [1]\n");
    for (text, names) in [
        (
            &run,
            &[
                ("force_tolerance", "largest_force"),
                ("force_constant", "stiffness"),
                ("equilibrium", "rest"),
                (" position =", " place ="),
                ("max_lag", "longest"),
            ][..],
        ),
        (&modes, &[("animations", "films")][..]),
    ] {
        let today = read("input.toml", text).unwrap();
        for (name, former) in names {
            let old = text.replace(name, former);
            assert_ne!(old, *text);
            assert_eq!(read("input.toml", &old).unwrap(), today, "{former}");
        }
    }
    let both =
        run.replace("force_tolerance = \"0.1 eV/Å\"", "force_tolerance = \"0.1 eV/Å\", largest_force = \"1 eV/Å\"");
    let message = read("both.toml", &both).unwrap_err().to_string();
    assert_eq!(message, "`largest_force` is a former name of `force_tolerance`, which is given too");
}

/// Catches: a command that prints something else than JSON, or takes a name that is not one.
#[test]
fn the_program_prints_the_schema() {
    for input in Declaration::ALL {
        let output = crate::cli::cormorant(&root(), &["schema", input.name]);
        let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(printed, input.schema());
        assert_eq!(printed["$schema"], "https://json-schema.org/draft/2020-12/schema");
    }
    assert_eq!(crate::cli::text(&crate::cli::cormorant(&root(), &["schema", "--markdown"]).stdout), reference());
    assert!(!crate::cli::cormorant(&root(), &["schema", "nothing"]).status.success());
}
