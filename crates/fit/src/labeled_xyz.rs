//! Labeled extended XYZ: `energy` and `stress` or `virial` in the comment, `forces` in the columns, or under other names
//! ([`LabelKeys`]). Every frame has the labels that it has.
//!
//! | key      | here     | unit  | sign                                       |
//! |----------|----------|-------|--------------------------------------------|
//! | `energy` | `energy` | eV    |                                            |
//! | `forces` | `forces` | eV/Å  | −∂E/∂r                                     |
//! | `stress` | `virial` | eV/Å³ | tension positive: virial = −stress · volume |
//! | `virial` | `virial` | eV    | −∂E/∂strain                                |
//!
//! Sign and unit of the stress are those of ASE (`ase.io.extxyz`). Plain XYZ in the dialect of sGDML is read too: the comment is the
//! energy, and three numbers behind the position are the force. Checked by: `suite::labeled_xyz`.

use std::collections::HashSet;
use std::path::Path;

use super::comment_units::{StatedUnits, names_unit};
use super::configuration::Configuration;
use super::frame_notes::FrameNotes;
use super::frame_weights::names_weight;
use super::label_frame::{self, Labeled};
use super::label_keys::LabelKeys;
use super::label_names::{RELATIVE_ENERGY, columns_of, energy, forces, keys_of, remedy};
use super::label_units::LabelUnits;
use super::stated_split::{StatedParts, USUAL_KEY};
use cormorant_core::{Error, Result};
use cormorant_io::extended_xyz::ExtendedXyzReader;
use cormorant_io::{Frame, Unused, UnusedPlace, Value};

/// What a file of labeled frames holds.
pub(super) struct Content {
    /// The frames.
    pub configurations: Vec<Configuration>,
    /// A sentence on their units.
    pub units: String,
    /// What else there is to say.
    pub notes: Vec<String>,
    /// Frames that the file calls isolated atoms, counted from 0.
    pub isolated: Vec<usize>,
    /// To which parts of a split the frames say that they belong.
    pub stated: StatedParts,
}

/// The configurations of the file at `path` with the labels under `keys`.
pub(super) fn read(path: &Path, given: Option<LabelUnits>, keys: &LabelKeys) -> Result<Content> {
    let mut reader = ExtendedXyzReader::open(path)?;
    let mut file = Reading::new(given, keys);
    while let Some(frame) = reader.next_frame()? {
        let place = file.configurations.len();
        file.add(frame).map_err(|reason| Error::data(path, format!("frame {place} (counted from 0): {reason}")))?;
    }
    file.finish().map_err(|reason| Error::data(path, reason))
}

/// Whether the comment of a frame of one atom calls it isolated, as `config_type=IsolatedAtom` does, under any key and spelling.
fn is_called_isolated(frame: &Frame) -> bool {
    let says = |value: &Value| {
        let Value::Text(text) = value else { return false };
        let plain: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        let whole = ["atom", "atoms", "e0", "e0s"].contains(&plain.as_str());
        whole || ["isolated", "singleatom", "freeatom", "gasatom", "loneatom"].iter().any(|name| plain.contains(name))
    };
    frame.elements.len() == 1 && frame.properties.iter().any(|(_, value)| says(value))
}

/// A file as it is read.
struct Reading<'k> {
    given: Option<LabelUnits>,
    keys: &'k LabelKeys,
    configurations: Vec<Configuration>,
    isolated: Vec<usize>,
    units: Option<String>,
    notes: FrameNotes,
    unused: Unused,
    /// The first frame of more than one atom, or of one if there is no other, without its positions; for messages.
    first: Option<Frame>,
    first_place: usize,
    stated: StatedParts,
    has_cells: bool,
    has_forces: bool,
    /// Those names of stress, virial, charge and spin that some frame has.
    named: HashSet<String>,
}

impl<'k> Reading<'k> {
    fn new(given: Option<LabelUnits>, keys: &'k LabelKeys) -> Self {
        Self {
            given,
            keys,
            configurations: Vec::new(),
            isolated: Vec::new(),
            units: None,
            notes: FrameNotes::default(),
            unused: Unused::default(),
            first: None,
            first_place: 0,
            stated: StatedParts::default(),
            has_cells: false,
            has_forces: false,
            named: HashSet::new(),
        }
    }

    /// Takes up one frame.
    fn add(&mut self, frame: Frame) -> Result<(), String> {
        let place = self.configurations.len();
        let units = StatedUnits::of(&frame)?.resolve(self.given)?;
        if let Some(first) = self.units.as_ref().filter(|first| **first != units.text) {
            self.notes.add(place, format!("{}, where the first frame has {first}", units.text));
        }
        self.units.get_or_insert_with(|| units.text.clone());
        self.list_unused(&frame, place);
        if let Some(Value::Text(word)) = frame.property(USUAL_KEY) {
            self.stated.add(word);
        }
        if is_called_isolated(&frame) {
            self.isolated.push(place);
        }
        if self.first.as_ref().is_none_or(|first| first.elements.len() == 1 && frame.elements.len() > 1) {
            self.first = Some(Frame { positions: Vec::new(), ..frame.clone() });
            self.first_place = place;
        }
        let (stress, virial) = self.keys.tensors();
        self.named.extend(
            [stress, virial, self.keys.charge.as_deref(), self.keys.multiplicity.as_deref()]
                .into_iter()
                .flatten()
                .filter(|key| frame.property(key).is_some())
                .map(str::to_owned),
        );
        self.has_cells |= frame.repeating_cell().is_some();
        let Labeled { configuration, has_forces, remarks } = label_frame::read(frame, &units, self.keys)?;
        self.has_forces |= has_forces;
        for remark in remarks {
            self.notes.add(place, remark);
        }
        self.configurations.push(configuration);
        Ok(())
    }

    /// Notes what of `frame` is not used.
    fn list_unused(&mut self, frame: &Frame, place: usize) {
        let keys = self.keys;
        let stated = energy(frame, keys).ok().flatten();
        let columns = forces(frame, keys).ok().flatten().map(|found| found.name);
        // ASE repeats the energy as free energy where it is the same number.
        let repeats = |name: &str| stated.as_ref().is_some_and(|found| frame.number(name) == Some(found.value));
        let (stress, virial) = keys.tensors();
        self.unused.add_frame(frame, |kind, name| match kind {
            UnusedPlace::Key => {
                let label =
                    stated.as_ref().is_some_and(|found| found.name == name) || [stress, virial].contains(&Some(name));
                let dipole = keys.dipoles && matches!(name, label_frame::DIPOLE | "dipole_unit");
                label
                    || dipole
                    || frame.states_under(name, keys.state())
                    || names_unit(name)
                    || names_weight(name)
                    || name == RELATIVE_ENERGY
                    || repeats(name)
                    || label_frame::GROUP_KEYS.contains(&name)
                    || keys.groups.iter().any(|key| key == name)
            }
            // Masses change no energy and no force.
            UnusedPlace::Column | UnusedPlace::Array => {
                columns == Some(name) || matches!(name, "Z" | "numbers" | "masses")
            }
        });
        if !frame.trailing.is_empty() && (frame.trailing[0].len() != 3 || frame.comment.trim().parse::<f64>().is_err())
        {
            self.notes.add(
                place,
                "numbers behind the positions are not used: the comment has no Properties that would name them",
            );
        }
    }

    /// The content, if there is anything to learn from.
    fn finish(self) -> Result<Content, String> {
        let Some(first) = &self.first else { return Err("holds no frame; use another file".into()) };
        let keys = self.keys;
        let energies = self.configurations.iter().filter(|one| one.energy.is_some()).count();
        let relative = self.configurations.iter().filter(|one| one.relative_energy.is_some()).count();
        let tensors = self.configurations.iter().filter(|one| one.virial.is_some()).count();
        if energies == 0 {
            let missing = format!("there is no number `{}` in its comment, only {}", keys.energy(), keys_of(first));
            self.require(keys.energy.as_deref(), "energy", &missing, self.has_forces || tensors > 0 || relative > 0)?;
        }
        if !self.has_forces && first.elements.len() > 1 {
            let columns = columns_of(first);
            let missing = format!(
                "there are no columns `{}:R:3`; beside species and positions there are {columns}",
                keys.forces()
            );
            self.require(keys.forces.as_deref(), "forces", &missing, energies > 0 || relative > 0)?;
        }
        let named = [keys.stress.as_deref(), keys.virial.as_deref()].into_iter().flatten();
        if let Some(key) = named.filter(|key| *key != NONE).find(|key| self.has_cells && !self.named.contains(*key)) {
            return Err(format!(
                "there is no `{key}` in its comment, in any frame, which was named as a label; leave it out of the keys"
            ));
        }
        let states = [keys.charge.as_deref(), keys.multiplicity.as_deref()].into_iter().flatten();
        if let Some(key) = states.filter(|key| *key != NONE).find(|key| !self.named.contains(*key)) {
            return Err(format!(
                "there is no `{key}` in its comment, in any frame, which was named; leave it out of the keys"
            ));
        }
        let mut notes: Vec<String> = self.notes.sentences(self.configurations.len()).collect();
        if !self.unused.is_empty() {
            notes.push(self.unused.to_string());
        }
        let mut units = self.units.unwrap_or_default();
        if first.comment.trim().parse::<f64>().is_ok() && self.given.is_none() {
            units = "energies in eV, coordinates in Å, forces in eV/Å (assumed: plain XYZ does not say; give --energy-unit and --length-unit \
                     if they are others)"
                .into();
        }
        if keys.name_labels() {
            let (stress, virial) = if keys.demand_tensor() { keys.tensors() } else { (None, None) };
            let read: Vec<_> =
                [Some(keys.energy()), Some(keys.forces()), stress, virial].into_iter().flatten().collect();
            units.push_str(&format!("; labels: {}", read.join(", ")));
        }
        units.push_str(&keys.stress_convention.to_string());
        let mut configurations = self.configurations;
        configurations.iter_mut().for_each(Configuration::forget_unweighted);
        Ok(Content { configurations, units, notes, isolated: self.isolated, stated: self.stated })
    }

    /// Refuses a file none of whose frames has `label`, if it was `named`, if another name looks like it, or if there is nothing
    /// `else_there` to learn from.
    fn require(&self, named: Option<&str>, label: &str, missing: &str, else_there: bool) -> Result<(), String> {
        let refuse = |remedy: &str| {
            let place = self.first_place;
            Err(format!("frame {place} (counted from 0): {missing}; no other frame has it either: {remedy}"))
        };
        if named == Some(NONE) && else_there {
            return Ok(());
        }
        match self.first.as_ref().and_then(|first| remedy(first, label)) {
            Some(remedy) => refuse(&format!("{remedy}; \"{NONE}\" as the name reads none")),
            None if named.is_some() || !else_there => refuse(match label {
                "energy" => {
                    "labeled frames need energies or forces: add energy=… in eV; energies of a file without any come from \
                           `cormorant evaluate` with --out"
                }
                _ => "add forces in eV/Å",
            }),
            None => Ok(()),
        }
    }
}

/// The name of a label that is not to be read.
const NONE: &str = "none";
