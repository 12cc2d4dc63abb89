//! Which values of atoms are fitted.

use std::path::PathBuf;

use serde::Serialize;

use super::data::whole_files;
use crate::settings::declare::{Key, Setting, Value, integer, list, path, settings, text, words};
use crate::settings::fit::{is_name, key_of_comment};
use crate::settings::section::Section;
use cormorant_core::system::Element;
use cormorant_core::units::require_label_unit;
use cormorant_core::{Error, Result};
use cormorant_fit::regression::{AtomColumns, AtomStandard, Together};
use cormorant_network::MOST_COLUMNS;

words! {
    /// Order of the numbers of a tensor.
    pub enum TensorOrder {
        /// Nine, row by row.
        Rows = "rows",
        /// Six: xx, yy, zz, yz, xz, xy.
        Voigt = "voigt",
    }
}

words! {
    /// Which mean is taken off the labels.
    pub enum TargetShift {
        /// That of the atoms of each element.
        Element = "element",
        /// That of all atoms.
        All = "all",
        /// None.
        None = "none",
    }
}

words! {
    /// By which deviation the labels are divided.
    pub enum TargetScale {
        /// That of all atoms.
        All = "all",
        /// That of the atoms of each element, so that errors of elements count relative to it.
        Element = "element",
    }
}

/// One name, or a list of names.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct ColumnNames(pub Vec<String>);

impl Setting for ColumnNames {
    fn read(section: &Section<'_>, name: &str, _: &Key) -> Result<Option<Self>> {
        let texts =
            if section.is_text(name) { section.text(name)?.map(|one| vec![one]) } else { section.texts(name)? };
        let Some(texts) = texts else { return Ok(None) };
        if texts.is_empty() || texts.len() > MOST_COLUMNS {
            let message = format!("`{name}` names {} columns", texts.len());
            return Err(section.error_at(name, message, format!("name 1 to {MOST_COLUMNS}")));
        }
        let mut names: Vec<String> = Vec::new();
        for (text, place) in texts {
            if !is_name(text) || text.contains([',', '/']) {
                let remedy = "write it as it appears in Properties of the file, e.g. \"mobility\"";
                return Err(section.error(place, format!("`{name}`: {text:?} is not a name of extended XYZ"), remedy));
            }
            if names.iter().any(|known| known == text) {
                return Err(section.error(place, format!("`{name}` names {text:?} twice"), "name each column once"));
            }
            names.push(text.to_string());
        }
        Ok(Some(Self(names)))
    }
}

settings! {
    /// `[data]` with a `target`: values of atoms.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct TargetDataInput {
        /// Extended XYZ with the columns.
        pub file: PathBuf = path().required("\"shifts.xyz\""),
        /// The column, or a list of columns of one shape: a number for each atom, a vector (3) or a symmetric tensor (9).
        pub target: ColumnNames = Key::of(Value::Either(&[Value::Text, Value::List(&Value::Text)])).required("\"shift\""),
        /// Its unit in the file, and in every table; "1" for a number without a unit.
        pub target_unit: String = text().required("\"ppm\""),
        /// A column that is true, or not zero, for the atoms that have labels. An atom whose label is `nan` has none in any case.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub target_mask: Option<String> = text(),
        /// The elements whose labels count; all by default.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        pub target_elements: Vec<String> = list(&Value::Text),
        /// Order of the numbers of a tensor.
        pub target_order: TensorOrder = Key::of(Value::Word(TensorOrder::ABOUT)).or("rows"),
        /// Which mean of the training labels is taken off numbers, and off a third of the trace of tensors. Vectors have none.
        pub target_shift: TargetShift = Key::of(Value::Word(TargetShift::ABOUT)).or("element"),
        /// By which deviation of the training labels, column by column, they are divided in the loss.
        pub target_scale: TargetScale = Key::of(Value::Word(TargetScale::ABOUT)).or("all"),
        /// Key of the comments, e.g. `molecule`, or `formula`: frames with the same value are in the same part.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub split_by: Option<String> = text(),
        /// Key of the comments that says the part of each frame: `train`, `validation` or `test`.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub split_key: Option<String> = text(),
        /// Frames to train on; all that the other parts leave, by default.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub train: Option<usize> = integer(1, u32::MAX as u64),
        /// Frames that choose the best epoch; a tenth of the file, at least 1 and at most 1000, by default.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub validation: Option<usize> = integer(1, u32::MAX as u64),
        /// Frames for the closing table alone; none by default.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub test: Option<usize> = integer(1, u32::MAX as u64),
        /// Another file, all of whose frames choose the best epoch.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub validation_file: Option<PathBuf> = path(),
        /// Another file, all of whose frames are for the closing table alone.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub test_file: Option<PathBuf> = path(),
    }
}

impl TargetDataInput {
    pub(super) fn read(section: &Section<'_>) -> Result<Self> {
        section.declared(&[Self::TABLE.keys])?;
        whole_files(section)?;
        let unit: String = section.get(&Self::target_unit)?;
        if let Err(Error::Unit { found, remedy, .. }) = require_label_unit(&unit) {
            return Err(section.error_at(
                "target_unit",
                format!("`target_unit`: {found:?} is not a known unit"),
                remedy,
            ));
        }
        for (symbol, place) in section.texts("target_elements")?.unwrap_or_default() {
            if Element::from_symbol(symbol).is_err() {
                let message = format!("`target_elements`: {symbol:?} is not a chemical element");
                return Err(section.error(place, message, "write symbols such as \"H\""));
            }
        }
        Ok(Self {
            file: section.get(&Self::file)?,
            target: section.get(&Self::target)?,
            target_unit: unit.trim().to_string(),
            target_mask: section.get(&Self::target_mask)?,
            target_elements: section.get(&Self::target_elements)?,
            target_order: section.get(&Self::target_order)?,
            target_shift: section.get(&Self::target_shift)?,
            target_scale: section.get(&Self::target_scale)?,
            split_by: key_of_comment(section, "split_by")?,
            split_key: key_of_comment(section, "split_key")?,
            train: section.get(&Self::train)?,
            validation: section.get(&Self::validation)?,
            test: section.get(&Self::test)?,
            validation_file: section.get(&Self::validation_file)?,
            test_file: section.get(&Self::test_file)?,
        })
    }

    /// The columns to read.
    pub(crate) fn columns(&self) -> AtomColumns {
        AtomColumns {
            names: self.target.0.clone(),
            mask: self.target_mask.clone(),
            voigt: self.target_order == TensorOrder::Voigt,
            elements: self.target_elements.iter().filter_map(|symbol| Element::from_symbol(symbol).ok()).collect(),
        }
    }

    /// How the labels are standardized.
    pub(crate) fn standard(&self) -> AtomStandard {
        AtomStandard {
            shift: match self.target_shift {
                TargetShift::Element => Together::Element,
                TargetShift::All => Together::All,
                TargetShift::None => Together::None,
            },
            scale: match self.target_scale {
                TargetScale::All => Together::All,
                TargetScale::Element => Together::Element,
            },
        }
    }
}
