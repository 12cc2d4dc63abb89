//! What a network is fitted to.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;

use serde::Serialize;

use crate::settings::Contradictions;
use crate::settings::declare::{Bounds, Key, Table, Value, integer, path, settings, table, text, word};
use crate::settings::section::Section;
use cormorant_core::{Error, Result};
use cormorant_fit::{ForceUnit, LabelKeys, LabelUnits, StressSign, StressUnit};

settings! {
    /// `[data]`.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct DataInput {
        /// Labeled configurations: rMD17 or MD-17 (`.npz`) or extended XYZ.
        pub file: PathBuf = path().required("\"data/ethanol.npz\""),
        /// SHA-256 that the file must have, hexadecimal, if given.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub sha256: Option<String> = text(),
        /// A list of frames for each part (JSON with `train`, `validation` and `test`), instead of a random split; with `train`,
        /// so many of the listed training frames, at random.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub split: Option<PathBuf> = path(),
        /// Key of the comments, e.g. `molecule`, or `formula`: frames with the same value are in the same part, and whole groups meet
        /// the numbers of frames as nearly as they can.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub split_by: Option<String> = text(),
        /// Key of the comments that says the part of each frame: `train`, `validation` or `test`. Where no frame is for validation,
        /// some of the training frames are, whole groups of `split_by` if that is given.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub split_key: Option<String> = text(),
        /// Key of the comments that names the theory of a frame's labels, e.g. `theory`, where they are of several. The network has references
        /// and a readout for each, and is one otherwise. A model is written for each.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub theory_key: Option<String> = text(),
        /// The theory of the model in `folder`; those of the others are in `theories` there. That of most training frames by default.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub theory: Option<String> = text(),
        /// How often the training frames of a theory come in an epoch, by its name, for theories of few frames; once by default.
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        pub repeats: BTreeMap<String, usize> = Key::of(Value::Map(&Value::Integer(1, MOST_REPEATS))),
        /// Seed of a random division; `seed` of the input by default. The members of a committee have that of the committee here.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub split_seed: Option<u64> = SEED,
        /// Frames to train on; all that the other parts leave, by default.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub train: Option<usize> = integer(1, u32::MAX as u64),
        /// Frames that choose the best epoch; a tenth of the file, at least 1 and at most 1000, by default.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub validation: Option<usize> = integer(1, u32::MAX as u64),
        /// Frames for the closing table alone; none by default.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub test: Option<usize> = integer(0, u32::MAX as u64),
        /// Another file, all of whose frames but isolated atoms choose the best epoch.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub validation_file: Option<PathBuf> = path(),
        /// Another file, all of whose frames are for the closing table.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub test_file: Option<PathBuf> = path(),
        /// Units of the labels, for files that do not say.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub units: Option<LabelUnitsInput> = table(&UNITS),
        /// Unit of the stress, where it is not energy / length³ of the other labels.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub stress_unit: Option<StressUnit> = text(),
        /// Which stress is positive; tension by default.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub stress_sign: Option<StressSign> = word(&[
            ("tension", "As in ASE."),
            ("compression", "As in VASP's OUTCAR."),
        ]),
        /// What becomes of data whose forces are not the slope of their energies, which is checked before the first epoch.
        pub contradictions: Contradictions = word(Contradictions::ABOUT).or("refuse"),
        /// Names of the labels in extended XYZ, where they are not `energy`, `forces`, `stress` and `virial`, and of charge and spin.
        #[serde(skip_serializing_if = "LabelKeys::is_empty")]
        pub keys: LabelKeys = table(&NAMES),
        /// Weights of frames in the loss by their `config_type`, beside those in the comments of the frames; 1 for the others.
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        pub weights: BTreeMap<String, f64> = Key::of(Value::Map(&Value::Number(Bounds::ZeroOrMore))),
    }
}

/// More rounds than this within an epoch would be no epoch any more.
const MOST_REPEATS: u64 = 10_000;

/// As the seed of the input, without a default.
const SEED: Key = integer(0, i64::MAX as u64);

const UNITS: Table = Table {
    about: "Units of the labels.",
    keys: &[
        text().required("\"kcal/mol\"").described("energy", "Unit of the energies."),
        text().required("\"Å\"").described("length", "Unit of the coordinates."),
        text().described("force", "Unit of the forces, such as \"Hartree/bohr\", where it is not energy / length."),
    ],
    kinds: &[],
};

const NAMES: Table = Table {
    about: "Names of the labels in extended XYZ.",
    keys: &[
        text().or("energy").described("energy", "Name of the energy in the comments."),
        text().or("forces").described("forces", "Name of the forces among the columns."),
        text().or("stress").described("stress", "Name of the stress in the comments."),
        text().or("virial").described("virial", "Name of the virial in the comments."),
        text().described("charge", "Name of the total charge in the comments; `charge`, `total_charge` and the like by default, and \"none\" reads none."),
        text().described(
            "multiplicity",
            "Name of the multiplicity 2S + 1 in the comments; `multiplicity`, `spin` (2S + 1, or 0 for a singlet) and `unpaired_electrons` (2S) by \
             default, and \"none\" reads none.",
        ),
    ],
    kinds: &[],
};

/// `units` of `[data]`: the words of the input and what they mean.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LabelUnitsInput {
    /// Unit of the energies, e.g. `kcal/mol`.
    pub energy: String,
    /// Unit of the coordinates, e.g. `Å`.
    pub length: String,
    /// Unit of the forces, where it is not energy / length.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub force: Option<String>,
    /// The same for the reader of the data.
    #[serde(skip)]
    pub units: LabelUnits,
}

impl DataInput {
    /// What of the labels is fitted.
    pub(crate) const LABELS: Key =
        word(&[("energies-and-forces", "Both."), ("energies", "Energies alone, as molecular numbers.")])
            .or("energies-and-forces")
            .described("labels", "What of the labels is fitted.");

    /// The labeled configurations in `file`, divided at random.
    #[must_use]
    pub fn new(file: PathBuf) -> Self {
        let (sha256, split, split_by, split_key, split_seed) = (None, None, None, None, None);
        let (train, validation, test) = (None, None, None);
        let (validation_file, test_file, units, keys) = (None, None, None, LabelKeys::default());
        let weights = BTreeMap::new();
        let (stress_unit, stress_sign) = (None, None);
        let (theory_key, theory, repeats) = (None, None, BTreeMap::new());
        Self {
            file,
            sha256,
            split,
            split_by,
            split_key,
            theory_key,
            theory,
            repeats,
            split_seed,
            train,
            validation,
            test,
            validation_file,
            test_file,
            units,
            stress_unit,
            stress_sign,
            contradictions: Contradictions::Refuse,
            keys,
            weights,
        }
    }

    pub(in crate::settings) fn paths(&mut self) -> Vec<&mut PathBuf> {
        let mut paths = vec![&mut self.file];
        paths.extend(self.validation_file.as_mut());
        paths.extend(self.test_file.as_mut());
        paths.extend(self.split.as_mut());
        paths
    }

    pub(in crate::settings) fn read(root: &Section<'_>) -> Result<Self> {
        let section = root.required("data", root.section("data")?, "[data]\nfile = \"data/ethanol.npz\"")?;
        section.declared(&[Self::TABLE.keys, &[Self::LABELS]])?;
        let file = section.get(&Self::file)?;
        let split = section.path("split")?;
        exclude(
            &section,
            "split",
            &["validation", "test", "split_by", "split_key"],
            "either count the frames of each part, or list them in the file named by `split`, of which `train` may take fewer",
        )?;
        exclude_other_tests(&section)?;
        let theory_key = key_of_comment(&section, "theory_key")?;
        if let (None, Some(key)) = (&theory_key, ["theory", "repeats"].into_iter().find(|key| section.has(key))) {
            let remedy =
                format!("add theory_key = \"theory\", or whatever key of the comments names it; or leave `{key}` out");
            return Err(section.error_at(
                key,
                format!("`{key}` is of theories, but nothing says where frames name theirs"),
                remedy,
            ));
        }
        let validation_file = section.path("validation_file")?;
        exclude(
            &section,
            "validation_file",
            &["validation", "split"],
            "the frames that choose the best epoch are either all of `validation_file`, or some of `file`",
        )?;
        Ok(Self {
            file,
            sha256: sha256(&section, "sha256")?,
            split,
            split_by: key_of_comment(&section, "split_by")?,
            split_key: key_of_comment(&section, "split_key")?,
            theory_key,
            theory: section.get(&Self::theory)?,
            repeats: repeats(&section)?,
            split_seed: section.get(&Self::split_seed)?,
            train: section.get(&Self::train)?,
            validation: section.get(&Self::validation)?,
            test: section.get(&Self::test)?,
            validation_file,
            test_file: section.get(&Self::test_file)?,
            units: LabelUnitsInput::read(&section)?,
            stress_unit: parsed(&section, "stress_unit")?,
            stress_sign: parsed(&section, "stress_sign")?,
            contradictions: section.get(&Self::contradictions)?,
            keys: keys(&section)?,
            weights: weights(&section)?,
        })
    }
}

/// Refuses the first of `others` that is given beside `key`.
pub(in crate::settings) fn exclude(
    section: &Section<'_>,
    key: &str,
    others: &[&'static str],
    remedy: &str,
) -> Result<()> {
    match others.iter().find(|other| section.has(key) && section.has(other)) {
        Some(other) => {
            Err(section.error_at(other, format!("`{other}` and `{key}` exclude each other"), remedy.to_string()))
        }
        None => Ok(()),
    }
}

/// Refuses test frames of another kind where the comments say which frames are.
pub(in crate::settings) fn exclude_other_tests(section: &Section<'_>) -> Result<()> {
    exclude(section, "split_key", &["test", "test_file"], "the test frames are those that their comments say are")
}

/// The name of a key of the comments under `key`, if there is one.
pub(in crate::settings) fn key_of_comment(section: &Section<'_>, key: &'static str) -> Result<Option<String>> {
    let Some((text, place)) = section.text(key)? else { return Ok(None) };
    if is_name(text) {
        return Ok(Some(text.to_string()));
    }
    let remedy = "write it as it appears in the comments of the file, e.g. \"molecule\"";
    Err(section.error(place, format!("`{key}`: {text:?} is not a name of extended XYZ"), remedy))
}

/// Whether extended XYZ could have a key of this name.
pub(in crate::settings) fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || "=:\"{}".contains(c))
}

/// What the word under `key` stands for, if there is one.
fn parsed<T: FromStr<Err = Error>>(section: &Section<'_>, key: &str) -> Result<Option<T>> {
    let Some((text, place)) = section.text(key)? else { return Ok(None) };
    text.parse().map(Some).map_err(|error| match error {
        Error::Unit { found, expected, remedy } => {
            section.error(place, format!("`{key}`: {found:?} is not {expected}"), remedy)
        }
        other => other,
    })
}

/// The SHA-256 that stands under `key`, if there is one.
pub(super) fn sha256(section: &Section<'_>, key: &str) -> Result<Option<String>> {
    let Some((text, place)) = section.text(key)? else { return Ok(None) };
    if text.len() == 64 && text.chars().all(|c| c.is_ascii_hexdigit()) {
        return Ok(Some(text.to_lowercase()));
    }
    Err(section.error(
        place,
        format!("`{key}` is not a SHA-256"),
        "write its 64 hexadecimal digits, as sha256sum prints them",
    ))
}

/// `keys` of `[data]`.
fn keys(data: &Section<'_>) -> Result<LabelKeys> {
    let Some(section) = data.section("keys")? else { return Ok(LabelKeys::default()) };
    section.declared(&[NAMES.keys])?;
    let word = |key| {
        let Some((text, place)) = section.text(key)? else { return Ok(None) };
        if !is_name(text) {
            let remedy = "write it as it appears in the comment or in Properties of the file, e.g. \"REF_energy\"";
            return Err(section.error(place, format!("`{key}`: {text:?} is not a name of extended XYZ"), remedy));
        }
        Ok(Some(text.to_string()))
    };
    Ok(LabelKeys {
        energy: word("energy")?,
        forces: word("forces")?,
        stress: word("stress")?,
        virial: word("virial")?,
        charge: word("charge")?,
        multiplicity: word("multiplicity")?,
        ..LabelKeys::default()
    })
}

/// `repeats` of `[data]`.
fn repeats(data: &Section<'_>) -> Result<BTreeMap<String, usize>> {
    let Some(section) = data.section("repeats")? else { return Ok(BTreeMap::new()) };
    let mut repeats = BTreeMap::new();
    for (name, _) in section.keys() {
        let count = section.integer(name, 1, MOST_REPEATS)?;
        repeats.extend(count.map(|count| (name.to_string(), count as usize)));
    }
    Ok(repeats)
}

/// `weights` of `[data]`.
fn weights(data: &Section<'_>) -> Result<BTreeMap<String, f64>> {
    let Some(section) = data.section("weights")? else { return Ok(BTreeMap::new()) };
    let mut weights = BTreeMap::new();
    for (name, _) in section.keys() {
        let weight = section.number(name, |weight| weight >= 0.0, "a number from 0 on")?;
        weights.extend(weight.map(|weight| (name.to_string(), weight)));
    }
    Ok(weights)
}

impl LabelUnitsInput {
    /// The units with these names, e.g. `kcal/mol`, `Å`, and `Hartree/bohr` where forces have another unit.
    ///
    /// # Errors
    /// When one of them is not known.
    pub fn parse(energy: &str, length: &str, force: Option<&str>) -> Result<Self> {
        let units =
            LabelUnits { force: force.map(ForceUnit::parse).transpose()?, ..LabelUnits::parse(energy, length)? };
        Ok(Self { energy: energy.into(), length: length.into(), force: force.map(str::to_string), units })
    }

    fn read(data: &Section<'_>) -> Result<Option<Self>> {
        let Some(section) = data.section("units")? else { return Ok(None) };
        section.declared(&[UNITS.keys])?;
        let word = |key, example| {
            Ok::<_, cormorant_core::Error>(section.required(key, section.text(key)?, example)?.0.to_string())
        };
        let energy = word("energy", "energy = \"kcal/mol\"")?;
        let length = word("length", "length = \"Å\"")?;
        let force = section.text("force")?.map(|(text, _)| text.to_string());
        let parse = |key: &str, energy: &str, length: &str, force: Option<&str>| {
            Self::parse(energy, length, force).map_err(|error| match error {
                cormorant_core::Error::Unit { found, expected, remedy } => {
                    section.error_at(key, format!("`{key}`: {found:?} is not {expected}"), remedy)
                }
                other => other,
            })
        };
        parse("energy", &energy, "Å", None)?;
        parse("length", &energy, &length, None)?;
        Ok(Some(parse("force", &energy, &length, force.as_deref())?))
    }
}
