//! What numbers of molecules are fitted to.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::TargetDataInput;
use crate::settings::DataInput;
use crate::settings::declare::{Key, Table, Value, integer, path, settings, text, word};
use crate::settings::fit::{exclude, exclude_other_tests, key_of_comment};
use crate::settings::section::Section;
use cormorant_core::Result;
use cormorant_fit::qm9::Property;
use cormorant_fit::regression::TensorProperty;

/// `[data]`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum RegressionData {
    /// The energies of labeled configurations.
    Energies {
        /// `energies`.
        labels: &'static str,
        /// The configurations.
        #[serde(flatten)]
        data: Box<DataInput>,
    },
    /// A property of QM9.
    Property(PropertyDataInput),
    /// Dipole moments or polarizabilities of labeled molecules.
    Moments(MomentDataInput),
    /// Values of atoms.
    Targets(TargetDataInput),
}

settings! {
    /// `[data]` with a `property`.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct PropertyDataInput {
        /// A table of the PyPI package `qm9pack`, a folder with its three tables, or the published archive.
        pub file: PathBuf = path().required("\"qm9\""),
        /// Name of the property of QM9, such as `U0` or `mu`.
        pub property: &'static str = text().required("\"U0\""),
        /// Molecules to train on: the first of the 100,000 of 2019, all by default.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub train: Option<usize> = integer(1, u32::MAX as u64),
        /// Molecules that choose the best epoch: the first of the 17,748 of 2019, all by default.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub validation: Option<usize> = integer(1, u32::MAX as u64),
        /// Molecules for the closing table: the first of the 13,083 of 2019, all by default.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub test: Option<usize> = integer(1, u32::MAX as u64),
    }
}

/// `[data]` with `property = "dipole"` or `"polarizability"`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MomentDataInput {
    /// Extended XYZ whose comments hold the property.
    pub file: PathBuf,
    /// Its name.
    pub property: &'static str,
    /// Its unit in the file, and in every table.
    pub unit: &'static str,
    /// Which it is.
    #[serde(skip)]
    pub moment: TensorProperty,
    /// What keeps molecules in the same part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split_by: Option<String>,
    /// Key of the comments that says the part of each molecule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split_key: Option<String>,
    /// Molecules to train on; all that the other parts leave, by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub train: Option<usize>,
    /// Molecules that choose the best epoch; a tenth of the file, at least 1 and at most 1000, by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation: Option<usize>,
    /// Molecules for the closing table alone; none by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test: Option<usize>,
    /// Another file, all of whose molecules choose the best epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation_file: Option<PathBuf>,
    /// Another file, all of whose molecules are for the closing table alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test_file: Option<PathBuf>,
}

const MOMENTS: Table = Table {
    about: "`[data]` with a dipole moment or a polarizability.",
    keys: &[
        path().required("\"molecules.xyz\"").described("file", "Extended XYZ whose comments hold the property."),
        word(&[("dipole", "The dipole moment."), ("polarizability", "The polarizability.")])
            .required("\"dipole\"")
            .described("property", "Its name."),
        text().required("\"D\"").described("unit", "Its unit in the file, and in every table."),
        DataInput::train,
        DataInput::validation,
        integer(1, u32::MAX as u64).described("test", "Molecules for the closing table alone; none when left out."),
        TargetDataInput::validation_file,
        TargetDataInput::test_file,
        TargetDataInput::split_by,
        TargetDataInput::split_key,
    ],
    kinds: &[],
};

const ENERGIES: Table = Table {
    about: "`[data]` of a fit to energies alone.",
    keys: &[DataInput::LABELS, Key::of(Value::Inline(DataInput::TABLE.keys))],
    kinds: &[],
};

/// What a `property` can be.
#[derive(Clone, Copy)]
enum Wanted {
    Qm9(Property),
    TensorProperty(TensorProperty),
}

/// Words for `labels`.
const LABELS: [(&str, bool); 2] = [("energies", true), ("energies-and-forces", false)];

impl RegressionData {
    /// The declaration of all of it.
    pub(crate) const VALUE: Value = Value::Either(&[
        Value::Table(&PropertyDataInput::TABLE),
        Value::Table(&MOMENTS),
        Value::Table(&TargetDataInput::TABLE),
        Value::Table(&ENERGIES),
    ]);

    pub(super) fn is_energies(data: &Section<'_>) -> Result<bool> {
        Ok(data.choice("labels", &LABELS)?.unwrap_or(false))
    }

    pub(super) fn read(root: &Section<'_>) -> Result<Self> {
        let example = "[data]\nfile = \"qm9\"\nproperty = \"U0\"";
        let section = root.required("data", root.section("data")?, example)?;
        if section.has("target") {
            if section.has("property") {
                let remedy = "`property` is of molecules, `target` of their atoms; leave one of them out";
                return Err(section.error_at("target", "`target` and `property` exclude each other", remedy));
            }
            return Ok(Self::Targets(TargetDataInput::read(&section)?));
        }
        let Some((text, place)) = section.text("property")? else {
            if section.has("labels") && !Self::is_energies(&section)? {
                return Err(section.error_at(
                    "labels",
                    "the network of 2019 is fitted to energies alone",
                    "write labels = \"energies\", or leave it out",
                ));
            }
            let data = DataInput::read(root)?;
            if data.theory_key.is_some() {
                let remedy = "leave it out, and fit each theory by itself; or leave `labels` out to fit energies and forces with the production network";
                return Err(section.error_at("theory_key", "`theory_key` is for fits to energies and forces", remedy));
            }
            return Ok(Self::Energies { labels: "energies", data: Box::new(data) });
        };
        let mut words: Vec<(&str, Wanted)> = Property::ALL.map(|one| (one.name(), Wanted::Qm9(one))).into();
        words.extend(
            [TensorProperty::Dipole, TensorProperty::Polarizability]
                .map(|one| (one.name(), Wanted::TensorProperty(one))),
        );
        let property = match section.choose("property", text, place, &words)? {
            Wanted::TensorProperty(moment) => return Ok(Self::Moments(MomentDataInput::read(&section, moment)?)),
            Wanted::Qm9(property) => property,
        };
        section.declared(&[PropertyDataInput::TABLE.keys])?;
        Ok(Self::Property(PropertyDataInput {
            file: section.get(&PropertyDataInput::file)?,
            property: property.name(),
            train: section.get(&PropertyDataInput::train)?,
            validation: section.get(&PropertyDataInput::validation)?,
            test: section.get(&PropertyDataInput::test)?,
        }))
    }

    /// The file of the data.
    #[must_use]
    pub fn file(&self) -> &Path {
        match self {
            Self::Energies { data, .. } => &data.file,
            Self::Property(data) => &data.file,
            Self::Moments(data) => &data.file,
            Self::Targets(data) => &data.file,
        }
    }

    pub(super) fn paths(&mut self) -> Vec<&mut PathBuf> {
        match self {
            Self::Energies { data, .. } => data.paths(),
            Self::Property(data) => vec![&mut data.file],
            Self::Moments(MomentDataInput { file, validation_file, test_file, .. })
            | Self::Targets(TargetDataInput { file, validation_file, test_file, .. }) => {
                [Some(file), validation_file.as_mut(), test_file.as_mut()].into_iter().flatten().collect()
            }
        }
    }

    /// Name of the property, where it is not an energy.
    pub(super) fn property(&self) -> Option<&'static str> {
        match self {
            Self::Energies { .. } | Self::Targets(_) => None,
            Self::Property(data) => Some(data.property),
            Self::Moments(data) => Some(data.property),
        }
    }

    /// The head of the production network that the property wants by itself; that of `mu` can be chosen.
    pub(super) fn moment(&self) -> Option<TensorProperty> {
        if let Self::Moments(data) = self { Some(data.moment) } else { None }
    }
}

impl MomentDataInput {
    fn read(section: &Section<'_>, moment: TensorProperty) -> Result<Self> {
        section.declared(&[MOMENTS.keys])?;
        whole_files(section)?;
        let example = format!("unit = \"{}\"", moment.units()[0].0);
        Ok(Self {
            file: section.get(&MOMENTS.keys[0])?,
            property: moment.name(),
            unit: section.required("unit", section.choice("unit", moment.units())?, &example)?,
            moment,
            split_by: key_of_comment(section, "split_by")?,
            split_key: key_of_comment(section, "split_key")?,
            train: section.get(&DataInput::train)?,
            validation: section.get(&DataInput::validation)?,
            test: section.get(&MOMENTS.keys[5])?,
            validation_file: section.get(&TargetDataInput::validation_file)?,
            test_file: section.get(&TargetDataInput::test_file)?,
        })
    }
}

/// Refuses a file that is a part as a whole beside a number of frames for that part.
pub(super) fn whole_files(section: &Section<'_>) -> Result<()> {
    exclude(
        section,
        "validation_file",
        &["validation"],
        "the frames that choose the best epoch are either all of `validation_file`, or some of `file`",
    )?;
    exclude_other_tests(section)?;
    exclude(section, "test_file", &["test"], "the test frames are either all of `test_file`, or some of `file`")
}
