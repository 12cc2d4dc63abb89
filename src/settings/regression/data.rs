//! What numbers of molecules are fitted to.

use std::path::PathBuf;

use serde::Serialize;

use crate::settings::DataInput;
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
}

/// `[data]` with a `property`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PropertyDataInput {
    /// A table of the PyPI package `qm9pack`, a folder with its three tables, or the published archive.
    pub file: PathBuf,
    /// Name of the property.
    pub property: &'static str,
    /// Molecules to train on: the first of the 100,000 of 2019, all when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub train: Option<usize>,
    /// Molecules that choose the best epoch: the first of the 17,748 of 2019, all when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation: Option<usize>,
    /// Molecules for the closing table: the first of the 13,083 of 2019, all when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test: Option<usize>,
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
    /// Molecules to train on; all that the other parts leave, when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub train: Option<usize>,
    /// Molecules that choose the best epoch; a tenth of the file, at least 1 and at most 1000, when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation: Option<usize>,
    /// Molecules for the closing table alone; none when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test: Option<usize>,
}

/// What a `property` can be.
#[derive(Clone, Copy)]
enum Wanted {
    Qm9(Property),
    TensorProperty(TensorProperty),
}

/// Words for `labels`.
const LABELS: [(&str, bool); 2] = [("energies", true), ("energies-and-forces", false)];

impl RegressionData {
    pub(super) fn is_energies(data: &Section<'_>) -> Result<bool> {
        Ok(data.choice("labels", &LABELS)?.unwrap_or(false))
    }

    pub(super) fn read(root: &Section<'_>) -> Result<Self> {
        let example = "[data]\nfile = \"qm9\"\nproperty = \"U0\"";
        let section = root.required("data", root.section("data")?, example)?;
        let Some((text, place)) = section.text("property")? else {
            if section.has("labels") && !Self::is_energies(&section)? {
                return Err(section.error_at(
                    "labels",
                    "the network of 2019 is fitted to energies alone",
                    "write labels = \"energies\", or leave it out",
                ));
            }
            return Ok(Self::Energies { labels: "energies", data: Box::new(DataInput::read(root)?) });
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
        section.allow(&["file", "property", "train", "validation", "test"])?;
        let count =
            |key| Ok::<_, cormorant_core::Error>(section.integer(key, 1, u64::from(u32::MAX))?.map(|n| n as usize));
        Ok(Self::Property(PropertyDataInput {
            file: section.required("file", section.path("file")?, "file = \"qm9\"")?,
            property: property.name(),
            train: count("train")?,
            validation: count("validation")?,
            test: count("test")?,
        }))
    }

    pub(super) fn paths(&mut self) -> Vec<&mut PathBuf> {
        match self {
            Self::Energies { data, .. } => data.paths(),
            Self::Property(data) => vec![&mut data.file],
            Self::Moments(data) => vec![&mut data.file],
        }
    }

    /// Name of the property, where it is not an energy.
    pub(super) fn property(&self) -> Option<&'static str> {
        match self {
            Self::Energies { .. } => None,
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
        section.allow(&["file", "property", "unit", "train", "validation", "test"])?;
        let example = format!("unit = \"{}\"", moment.units()[0].0);
        let count =
            |key| Ok::<_, cormorant_core::Error>(section.integer(key, 1, u64::from(u32::MAX))?.map(|n| n as usize));
        Ok(Self {
            file: section.required("file", section.path("file")?, "file = \"molecules.xyz\"")?,
            property: moment.name(),
            unit: section.required("unit", section.choice("unit", moment.units())?, &example)?,
            moment,
            train: count("train")?,
            validation: count("validation")?,
            test: count("test")?,
        })
    }
}
