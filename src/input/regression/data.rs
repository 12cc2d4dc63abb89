//! What a number per molecule is fitted to.

use std::path::PathBuf;

use serde::Serialize;

use crate::Result;
use crate::fit::qm9::Property;
use crate::input::DataInput;
use crate::input::section::Section;

/// `[data]`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum RegressionData {
    /// The energies of labelled configurations.
    Energies {
        /// `energies`.
        labels: &'static str,
        /// The configurations.
        #[serde(flatten)]
        data: DataInput,
    },
    /// A property of QM9.
    Property(PropertyDataInput),
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
            return Ok(Self::Energies { labels: "energies", data: DataInput::read(root)? });
        };
        section.allow(&["file", "property", "train", "validation", "test"])?;
        let words = Property::ALL.map(|property| (property.name(), property));
        let property = section.choose("property", text, place, &words)?;
        let count = |key| Ok::<_, crate::Error>(section.integer(key, 1, u64::from(u32::MAX))?.map(|n| n as usize));
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
        }
    }
}
