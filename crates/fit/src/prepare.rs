//! From a file of labeled configurations to the parts that a fit works with.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::checks::{self, DataReport};
use super::cover;
use super::dataset::{Configuration, DataSet};
use super::label_counts::LabelCounts;
use super::label_keys::LabelKeys;
use super::label_units::LabelUnits;
use super::references::{References, elements_of};
use super::split::Split;
use super::split_list::SplitList;
use cormorant_core::system::Element;
use cormorant_core::{Error, Result};

/// More training frames than this of one rMD17 molecule are reported, as its authors ask.
const MOST_RMD17: usize = 1000;

/// Which data a fit uses and how they are divided.
#[derive(Debug, Clone, PartialEq)]
pub struct DataPlan {
    /// The file.
    pub file: PathBuf,
    /// SHA-256 that it must have, if known.
    pub sha256: Option<String>,
    /// Units of its labels, where the file does not say.
    pub units: Option<LabelUnits>,
    /// Names of its labels in extended XYZ.
    pub keys: LabelKeys,
    /// What the terms of training frames with a `config_type` in the loss are multiplied by.
    pub weights: BTreeMap<String, f64>,
    /// How it is divided.
    pub split: SplitPlan,
    /// Another file, all of whose frames but isolated atoms are validation frames.
    pub validation_file: Option<PathBuf>,
    /// Another file, all of whose frames are test frames.
    pub test_file: Option<PathBuf>,
    /// Seed of a random division.
    pub seed: u64,
    /// Distance in Å beyond which atoms do not feel each other: a frame all of whose atoms are apart is a reference.
    pub cutoff: f64,
}

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
}

/// Labeled data, divided and checked.
#[derive(Debug, Clone, PartialEq)]
pub struct FitData {
    /// SHA-256 of the file, hexadecimal.
    pub hash: String,
    /// SHA-256 of the validation file, if there is one.
    pub validation_hash: Option<String>,
    /// SHA-256 of the test file, if there is one.
    pub test_hash: Option<String>,
    /// In which units the file was read and why, for printing.
    pub units: String,
    /// Which frames of the file are in which part. With a validation or a test file, those of that part are all of that file instead.
    pub split: Split,
    /// How many frames of all parts have which labels.
    pub counts: LabelCounts,
    /// Training frames.
    pub train: Vec<Configuration>,
    /// Validation frames.
    pub validation: Vec<Configuration>,
    /// Test frames.
    pub test: Vec<Configuration>,
    /// Elements of the training frames, by atomic number.
    pub elements: Vec<Element>,
    /// Reference energies: of the isolated atoms in the file, if it has them for every element, else by least squares over
    /// the training frames.
    pub references: References,
    /// What the checks of the whole file found.
    pub report: DataReport,
    /// Further remarks for the user.
    pub notes: Vec<String>,
    /// When reading began.
    pub begun: Instant,
}

impl DataPlan {
    /// Reads, divides and checks the data.
    ///
    /// # Errors
    /// When a file cannot be read or is not the one stated, it cannot be divided as asked, there is no frame for validation, or
    /// validation or test frames hold an element that no training frame has.
    pub fn read(&self) -> Result<FitData> {
        let begun = Instant::now();
        let data = DataSet::read_labels(&self.file, self.units, &self.keys)?;
        if let Some(expected) = self.sha256.as_ref().filter(|expected| **expected != data.hash) {
            let reason = format!("has SHA-256 {}, but the input says {expected}: it is another file", data.hash);
            return Err(Error::data(&self.file, reason));
        }
        let whole = |reason: Error| Error::data(&self.file, reason.to_string());
        let (isolated, split, moved) = self.divide(&data).map_err(whole)?;
        let pick = |indices: &[usize]| -> Vec<Configuration> {
            indices.iter().map(|&index| data.configurations[index].clone()).collect()
        };
        let (mut train, mut validation, mut test) = (pick(&split.train), pick(&split.validation), pick(&split.test));
        let mut notes = moved;
        notes.extend(data.notes.iter().cloned());
        weight(&mut train, &self.weights).map_err(|reason| Error::data(&self.file, reason))?;
        let read = |path: &PathBuf| DataSet::read_labels(path, self.units, &self.keys);
        let mut validation_hash = None;
        if let Some(path) = &self.validation_file {
            let more = read(path)?;
            let isolated = self.isolated(&more);
            validation_hash = Some(more.hash);
            notes.extend(more.notes.iter().map(|note| format!("validation data: {note}")));
            let frames = more.configurations.into_iter().zip(isolated);
            validation = frames.filter_map(|(one, isolated)| (!isolated).then_some(one)).collect();
            if validation.is_empty() {
                return Err(Error::data(path, "contains only isolated atoms; use a file with frames for validation"));
            }
        }
        let mut test_hash = None;
        if let Some(path) = &self.test_file {
            let more = read(path)?;
            test_hash = Some(more.hash);
            notes.extend(more.notes.iter().map(|note| format!("test data: {note}")));
            test = more.configurations;
        }
        let named = [("training", train.as_slice()), ("validation", &validation), ("test", &test)];
        notes.extend(leak(named[0], named[1], "the best epoch on them need not be the best"));
        notes.extend(leak(named[0], named[2], "the errors on them are meaningless"));
        notes.extend(leak(named[1], named[2], "the errors on them are those of frames that selected the best epoch"));
        // Of the archives that are read, those of rMD17 number their frames.
        if data.numbers.is_some() && train.len() > MOST_RMD17 {
            notes.push(format!(
                "{} frames of a time series: the authors of rMD17 ask for at most {MOST_RMD17}, since more of them are not \
                 independent of the test frames",
                train.len()
            ));
        }
        let elements = elements(&train);
        for (part, frames, path) in
            [("validation", &validation, &self.validation_file), ("test", &test, &self.test_file)]
        {
            known(&elements, part, frames, path.as_ref().unwrap_or(&self.file))?;
        }
        let borrowed: Vec<&Configuration> = train.iter().collect();
        let references = match References::isolated(&pick(&isolated), &borrowed) {
            Ok(references) => references,
            Err(_) if isolated.is_empty() => References::fitted(&borrowed)?,
            Err(reason) => {
                notes.push(format!("the isolated atoms are not used as references: {reason}"));
                References::fitted(&borrowed)?
            }
        };
        let report = checks::check(&data.configurations);
        let (hash, units) = (data.hash, data.units);
        Ok(FitData {
            hash,
            validation_hash,
            test_hash,
            units,
            split,
            counts: LabelCounts::of(train.iter().chain(&validation).chain(&test)),
            train,
            validation,
            test,
            elements,
            references,
            report,
            notes,
            begun,
        })
    }

    /// Which frames of `data` are references of the elements: those that the file calls so, and those without neighbors.
    fn isolated(&self, data: &DataSet) -> Vec<bool> {
        let frames = data.configurations.iter().enumerate();
        frames.map(|(index, one)| data.isolated.contains(&index) || one.is_apart(self.cutoff)).collect()
    }

    /// Indices of the isolated atoms, which are references and not part of a random split, the split, and what was done so that
    /// every element is trained on.
    fn divide(&self, data: &DataSet) -> Result<(Vec<usize>, Split, Vec<String>)> {
        let frames = data.configurations.len();
        let lonely = self.isolated(data);
        let (isolated, others): (Vec<usize>, Vec<usize>) = (0..frames).partition(|&index| lonely[index]);
        let (isolated, others) = if others.is_empty() { (Vec::new(), isolated) } else { (isolated, others) };
        let split = match &self.split {
            SplitPlan::Listed { file, train } => SplitList::read(file)?
                .split(frames, data.numbers.as_deref())
                .and_then(|split| split.fewer(*train, self.seed))
                .map_err(|error| Error::data(file, error.to_string()))?,
            &SplitPlan::Counted { train, validation, test } => {
                let split = Split::counted(others.len(), train, validation, test, self.seed)?;
                let elements: Vec<_> =
                    others.iter().map(|&index| data.configurations[index].elements.as_slice()).collect();
                let (split, moved) = cover::every_element(split, &elements);
                let moved = moved.into_iter().map(|one| {
                    let (frame, symbol) = (others[one.frame], one.element.symbol());
                    format!(
                        "frame {frame} (counted from 0) is a training frame, because no other training frame holds {symbol}"
                    )
                });
                return Ok((isolated, split.translated(&others), moved.collect()));
            }
        };
        Ok((isolated, split, Vec::new()))
    }
}

impl FitData {
    /// What tells these data from others: the SHA-256 of the file, and of those for validation and test if there are any.
    #[must_use]
    pub fn identity(&self) -> String {
        let others = [("validation", &self.validation_hash), ("test", &self.test_hash)];
        let others = others.into_iter().filter_map(|(part, hash)| Some(format!(" {part} {}", hash.as_ref()?)));
        others.fold(self.hash.clone(), |identity, other| identity + &other)
    }
}

/// Multiplies the weights of the frames whose `config_type` is named.
fn weight(frames: &mut [Configuration], weights: &BTreeMap<String, f64>) -> Result<(), String> {
    let kind =
        |one: &Configuration| one.groups.iter().find(|(key, _)| key == "config_type").map(|(_, name)| name.clone());
    if let Some(unknown) = weights.keys().find(|name| !frames.iter().any(|one| kind(one).as_ref() == Some(name))) {
        return Err(format!(
            "`weights` names the config_type {unknown}, which no training frame has; correct or remove it"
        ));
    }
    for one in frames {
        if let Some(factor) = kind(one).and_then(|kind| weights.get(&kind)) {
            one.weights = one.weights.times(*factor);
        }
    }
    Ok(())
}

/// A remark if the frames of two parts, each with its name, are in part the same.
fn leak(first: (&str, &[Configuration]), second: (&str, &[Configuration]), consequence: &str) -> Option<String> {
    let (name, frames) = second;
    let count = first.1.len();
    let both: Vec<_> = first.1.iter().chain(frames).cloned().collect();
    let shared: Vec<_> = checks::duplicates(&both)
        .into_iter()
        .filter(|&(one, other)| one < count && other >= count)
        .map(|(_, other)| other - count)
        .collect();
    let example = shared.first()?;
    let (number, first) = (shared.len(), first.0);
    Some(format!(
        "{number} {name} frames are also {first} frames (for example {name} frame {example}), so {consequence}"
    ))
}

fn elements(frames: &[Configuration]) -> Vec<Element> {
    elements_of(frames.iter().map(|one| one.elements.as_slice()))
}

fn known(elements: &[Element], part: &str, frames: &[Configuration], path: &Path) -> Result<()> {
    let unknown = |one: &Configuration| one.elements.iter().copied().find(|element| !elements.contains(element));
    match frames.iter().enumerate().find_map(|(frame, one)| Some((frame, unknown(one)?))) {
        Some((frame, element)) => Err(Error::data(
            path,
            format!(
                "{part} frame {frame} holds {symbol}, which no training frame does (frames count from 0); put frames with {symbol} among \
                 the training frames, or leave this one out",
                symbol = element.symbol()
            ),
        )),
        None => Ok(()),
    }
}

impl fmt::Display for FitData {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{}", self.units)?;
        writeln!(
            out,
            "{} training, {} validation and {} test frames",
            self.train.len(),
            self.validation.len(),
            self.test.len()
        )?;
        writeln!(out, "{}", self.counts)?;
        let References { energies, origin } = &self.references;
        let energies: Vec<_> =
            energies.iter().map(|(element, energy)| format!("{} {energy:.4} eV", element.symbol())).collect();
        writeln!(out, "reference energies: {} ({origin})", energies.join(", "))?;
        write!(out, "{}", self.report)?;
        self.notes.iter().try_for_each(|note| writeln!(out, "note: {note}"))
    }
}
