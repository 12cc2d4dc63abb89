//! What a file holds and the program does not use.

use std::collections::BTreeMap;
use std::fmt;

use super::{Frame, StateKeys, Value, states_length};

/// Where something is in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum UnusedPlace {
    /// A key of a comment.
    Key,
    /// A column of the atoms.
    Column,
    /// An array of an archive.
    Array,
}

/// Names of a file that were not used, each once, with the number of frames that have it. As text, one line that says what they
/// might mean; empty if there is nothing to say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unused {
    /// Frames that have it, by place and name.
    pub names: BTreeMap<(UnusedPlace, String), usize>,
}

/// Names that mean nothing for energies and forces: where a frame came from, and how it is called.
const HARMLESS: [&str; 55] = [
    "config_type",
    "config_name",
    "config",
    "name",
    "label",
    "title",
    "comment",
    "comments",
    "id",
    "uid",
    "uuid",
    "index",
    "idx",
    "frame",
    "step",
    "time",
    "source",
    "origin",
    "author",
    "date",
    "dataset",
    "data_id",
    "group",
    "scan",
    "angle",
    "dihedral",
    "distance",
    "smiles",
    "inchi",
    "mol_id",
    "molecule",
    "formula",
    "system",
    "system_name",
    "split",
    "subset",
    "tag",
    "head",
    "level",
    "theory",
    "method",
    "functional",
    "basis",
    "code",
    "code_version",
    "calculator",
    "md5",
    "type",
    "temperature",
    "units",
    "generation",
    "iteration",
    "instruction_set",
    "device",
    "nneightol",
];

/// Words in a name, and what it might mean; the first that is in the name counts.
const MEANINGS: [(&str, &str); 31] = [
    ("free_energy", "the energy that belongs to the forces where electrons are smeared; use it with --energy-key"),
    ("energies", "energies of the atoms, or of another method"),
    ("energy_unit", "a unit"),
    ("unit", "a unit"),
    ("energy", "another energy; use it with --energy-key"),
    ("grad", "a gradient, the negative of the forces"),
    ("force", "other forces; use them with --forces-key"),
    ("stress", "another stress; use it with --stress-key"),
    ("virial", "another virial; use it with --virial-key"),
    ("momenta", "momenta as ASE writes them; a run can start with them, labels do not need them"),
    ("velo", "velocities; a run can start with them where their unit is set, labels do not need them"),
    ("vel", "velocities; a run can start with them where their unit is set, labels do not need them"),
    ("lattice", "cell vectors"),
    ("cell", "cell vectors"),
    ("box", "the edges of a box"),
    ("pbc", "periodicity"),
    ("total_charge", "the total charge"),
    ("charges", "charges of the atoms"),
    ("charge", "a charge"),
    ("magmom", "magnetic moments of atoms; the spin of the whole is read from `multiplicity`"),
    ("spin", "spin; it is read from `multiplicity` (2S + 1), `spin` or `unpaired_electrons`"),
    ("multiplicity", "spin; it is read from `multiplicity` (2S + 1), `spin` or `unpaired_electrons`"),
    ("dipole", "a dipole moment; models with `electrostatics` learn from it, and `property` fits it alone"),
    ("polarizability", "a polarizability; fit it with `property`"),
    ("tags", "marks of atoms, such as layers of a slab"),
    ("mask", "atoms that another program holds fixed; their forces may be those of the constraint"),
    ("fix", "atoms that another program holds fixed; their forces may be those of the constraint"),
    ("constrain", "atoms that another program holds fixed; their forces may be those of the constraint"),
    ("mass", "masses of the atoms; set those of a run with `masses`"),
    ("weight", "a weight of the frame in a fit"),
    ("dispersion", "a correction; it may or may not be part of the energy"),
];

impl Unused {
    /// Note one name of one frame.
    pub fn add(&mut self, place: UnusedPlace, name: &str) {
        if !is_harmless(name) {
            *self.names.entry((place, name.to_owned())).or_default() += 1;
        }
    }

    /// Note everything of `frame` that `used` does not name.
    pub fn add_frame(&mut self, frame: &Frame, used: impl Fn(UnusedPlace, &str) -> bool) {
        for (key, value) in &frame.properties {
            // A lone word, `key=None` and text hold no numbers that could be missed.
            let empty = matches!(value, Value::Text(text) if matches!(text.as_str(), "None" | "none" | "null" | ""));
            if !empty && !used(UnusedPlace::Key, key) {
                self.add(UnusedPlace::Key, key);
            }
        }
        for (name, ..) in frame.columns.iter().filter(|(name, ..)| !used(UnusedPlace::Column, name)) {
            self.add(UnusedPlace::Column, name);
        }
    }

    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

impl Frame {
    /// What a run or a picture of the frame does not use. Labels are results of another program, and no run needs them.
    #[must_use]
    pub fn unused(&self) -> Unused {
        let is_label = |name: &str| {
            ["energy", "force", "stress", "virial"].iter().any(|label| name.to_lowercase().contains(label))
        };
        let is_velocity = |name: &str| name == "momenta" || name.starts_with("vel");
        let mut unused = Unused::default();
        unused.add_frame(self, |place, name| match place {
            UnusedPlace::Key => {
                let known = self.states_under(name, StateKeys::default()) || name == "pbc";
                is_label(name) || known || states_length(name)
            }
            UnusedPlace::Column | UnusedPlace::Array => {
                // Velocities and masks that are not used are reported for themselves, with the reason.
                let reported = self.velocities.is_some() || self.unused_velocities.is_some();
                let reported = reported && is_velocity(name) || name == "move_mask";
                is_label(name) || reported || self.has_masses_in(name) || matches!(name, "Z" | "numbers")
            }
        });
        unused
    }
}

impl fmt::Display for Unused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return Ok(());
        }
        // Names of one meaning stand together, those without one come last.
        let mut meant: Vec<(Option<&str>, Vec<String>)> = Vec::new();
        for (place, name) in self.names.keys() {
            let word = match place {
                UnusedPlace::Key => "key",
                UnusedPlace::Column => "column",
                UnusedPlace::Array => "array",
            };
            let (text, meaning) = (format!("{word} `{name}`"), meaning(name));
            match meant.iter_mut().find(|(known, _)| *known == meaning) {
                Some((_, names)) => names.push(text),
                None => meant.push((meaning, vec![text])),
            }
        }
        meant.sort_by_key(|(meaning, _)| meaning.is_none());
        let parts: Vec<String> = meant
            .into_iter()
            .map(|(meaning, names)| match meaning {
                Some(meaning) => format!("{} ({meaning})", names.join(", ")),
                None => names.join(", "),
            })
            .collect();
        write!(out, "not used: {}", parts.join("; "))
    }
}

/// What a name might mean, if it is known.
fn meaning(name: &str) -> Option<&'static str> {
    let lower = name.to_lowercase();
    MEANINGS.iter().find(|(word, _)| lower.contains(word)).map(|(_, meaning)| *meaning)
}

fn is_harmless(name: &str) -> bool {
    let lower = name.to_lowercase();
    HARMLESS.contains(&lower.as_str())
}
