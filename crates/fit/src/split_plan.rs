//! How a file is divided into the parts of a fit.

use std::borrow::Borrow;
use std::path::PathBuf;

use super::configuration::Configuration;
use super::cover;
use super::dataset::DataSet;
use super::group_split::{Groups, Wanted};
use super::split::Split;
use super::split_list::SplitList;
use super::stated_split::Stated;
use cormorant_core::{Error, Result};

/// How a file is divided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SplitPlan {
    /// By a JSON file; see [`SplitList`].
    Listed {
        /// The file.
        file: PathBuf,
        /// How many of its training frames, see `Split::fewer`; all if left out.
        train: Option<usize>,
    },
    /// At random, by counts; see [`Split::counted`].
    Counted {
        /// Training frames; all that the others leave, if left out.
        train: Option<usize>,
        /// Validation frames; a tenth, at least 1 and at most 1000, if left out.
        validation: Option<usize>,
        /// Test frames.
        test: usize,
    },
    /// At random, all frames with the same value of a key of their comments in the same part.
    Grouped {
        /// The key, or [`super::FORMULA`] for the sum formula.
        by: String,
        /// How many frames; whole groups meet it as nearly as they can.
        wanted: Wanted,
    },
    /// As a key of the comments says: `train`, `validation` or `test`. Where no frame is for validation, some of the training frames are.
    Stated {
        /// The key.
        key: String,
        /// What keeps frames together when validation frames are dealt, as in [`SplitPlan::Grouped`].
        by: Option<String>,
        /// How many of the training frames; all if left out.
        train: Option<usize>,
        /// How many validation frames are dealt; a tenth, at least 1 and at most 1000, if left out.
        validation: Option<usize>,
    },
}

/// A file divided.
pub(super) struct Division {
    /// Indices of the isolated atoms, which are references and not part of a random split.
    pub(super) isolated: Vec<usize>,
    /// The parts.
    pub(super) split: Split,
    /// What there is to say.
    pub(super) notes: Vec<String>,
}

impl SplitPlan {
    /// The key by which frames are kept together, if they are.
    #[must_use]
    pub fn grouped_by(&self) -> Option<&str> {
        match self {
            Self::Grouped { by, .. } => Some(by),
            Self::Stated { by, .. } => by.as_deref(),
            Self::Listed { .. } | Self::Counted { .. } => None,
        }
    }

    /// Keys of the comments that it needs.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        let stated = if let Self::Stated { key, .. } = self { Some(key.as_str()) } else { None };
        let keys = stated.into_iter().chain(self.grouped_by()).filter(|key| *key != super::group_split::FORMULA);
        keys.map(str::to_owned).collect()
    }

    /// As the comments of the frames say under `key`, by groups of the same `by`, or at random where neither is given.
    #[must_use]
    pub fn of(key: Option<String>, by: Option<String>, wanted: Wanted) -> Self {
        let Wanted { train, validation, test } = wanted;
        match (key, by) {
            (Some(key), by) => Self::Stated { key, by, train, validation },
            (None, Some(by)) => Self::Grouped { by, wanted },
            (None, None) => Self::Counted { train, validation, test },
        }
    }

    /// The division by what the comments of those `frames` of `all` say that are listed, and what there is to say of it; places count in the
    /// list.
    ///
    /// # Errors
    /// When they cannot be divided as asked, or the plan is one by numbers or by a list.
    pub fn by_comments(
        &self,
        frames: &[usize],
        all: &[impl Borrow<Configuration>],
        seed: u64,
    ) -> Result<(Split, Vec<String>)> {
        match self {
            Self::Grouped { by, wanted } => Groups::of(by, frames, all)?.split(*wanted, seed),
            &Self::Stated { ref key, ref by, train, validation } => {
                Stated { key, by: by.as_deref(), train, validation, seed }.split(frames, all)
            }
            Self::Listed { .. } | Self::Counted { .. } => {
                Err(Error::Internal("frames are divided by comments that have no part in it".into()))
            }
        }
    }

    /// Divides `data`, of which the frames with `lonely` are isolated atoms.
    ///
    /// # Errors
    /// When it cannot be divided as asked.
    pub(super) fn divide(&self, data: &DataSet, lonely: &[bool], seed: u64) -> Result<Division> {
        let all = &data.configurations;
        let (isolated, others): (Vec<usize>, Vec<usize>) = (0..all.len()).partition(|&index| lonely[index]);
        let (isolated, others) = if others.is_empty() { (Vec::new(), isolated) } else { (isolated, others) };
        let (split, notes) = match self {
            Self::Listed { file, train } => {
                let split = SplitList::read(file)?
                    .split(all.len(), data.numbers.as_deref())
                    .and_then(|split| split.fewer(*train, seed))
                    .map_err(|error| Error::data(file, error.to_string()))?;
                return Ok(Division { isolated, split, notes: Vec::new() });
            }
            &Self::Counted { train, validation, test } => {
                let split = Split::counted(others.len(), train, validation, test, seed)?;
                let elements: Vec<_> = others.iter().map(|&index| all[index].elements.as_slice()).collect();
                let (split, moved) = cover::every_element(split, &elements);
                let moved = moved.into_iter().map(|one| {
                    let (frame, symbol) = (others[one.frame], one.element.symbol());
                    format!(
                        "frame {frame} (counted from 0) is a training frame, because no other training frame holds {symbol}"
                    )
                });
                (split, moved.collect())
            }
            Self::Grouped { .. } | Self::Stated { .. } => self.by_comments(&others, all, seed)?,
        };
        Ok(Division { isolated, split: split.translated(&others), notes })
    }
}
