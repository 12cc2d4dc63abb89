//! From a file of labeled configurations to the parts that a fit works with.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use super::checks::{self, DataReport};
use super::configuration::Configuration;
use super::data_identity::data_identity;
use super::dataset::DataSet;
use super::group_split::{FORMULA, value};
use super::label_counts::LabelCounts;
use super::label_keys::LabelKeys;
use super::label_units::LabelUnits;
use super::learner::Part;
use super::references::{References, elements_of};
use super::replay::Replay;
use super::shared_frames::shared_frames;
use super::split::Split;
use super::split_plan::{Division, SplitPlan};
use super::state_check::{require_one_state, require_possible_states};
use super::theories::{Theories, TheoryPlan};
use super::theory_data::{self, TheoryData};
use super::variety::{MANY, MOLECULE, compositions};
use cormorant_core::system::{ElectronicState, Element};
use cormorant_core::{Error, Result};
use cormorant_network::TheoryRecord;

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
    /// Where frames name the theory of their labels, if these are of several.
    pub theory: Option<TheoryPlan>,
    /// How it is divided.
    pub split: SplitPlan,
    /// Another file, all of whose frames but isolated atoms are validation frames.
    pub validation_file: Option<PathBuf>,
    /// Another file, all of whose frames are test frames.
    pub test_file: Option<PathBuf>,
    /// Seed of a random division.
    pub seed: u64,
    /// Whether the network has charges, so that frames may have any charge and spin, and atoms feel each other at any distance.
    pub electrostatics: bool,
    /// Distance in Å beyond which atoms do not feel each other: a frame all of whose atoms are apart is a reference.
    pub cutoff: f64,
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
    /// Number of different formulas among the training frames, or of different names under `molecule` if those are more.
    pub compositions: usize,
    /// Training frames.
    pub train: Arc<Vec<Configuration>>,
    /// Validation frames.
    pub validation: Arc<Vec<Configuration>>,
    /// Test frames.
    pub test: Arc<Vec<Configuration>>,
    /// Elements of the training frames, by atomic number.
    pub elements: Vec<Element>,
    /// Reference energies: of the isolated atoms in the file, if it has them for every element, else by least squares over
    /// the training frames.
    pub references: References,
    /// What the checks of the whole file found.
    pub report: DataReport,
    /// Which theories the labels are of, where they are of several. References and report are those of the first then.
    pub theories: Option<Theories>,
    /// Which of several theories these data are the frames of, if they are not all.
    pub theory: Option<TheoryRecord>,
    /// What is known of the labels of each of them, in the same order.
    pub of_theories: Vec<TheoryData>,
    /// Frames with labels of the model that a fit starts from, which are shown beside the training frames.
    pub replay: Option<Replay>,
    /// Further remarks for the user.
    pub notes: Vec<String>,
    /// When reading began.
    pub begun: Instant,
}

impl DataPlan {
    /// Reads, divides and checks the data.
    ///
    /// # Errors
    /// When a file cannot be read or is not the one stated, holds charges and spins that the network would not know, it cannot be divided as asked, there is no frame for validation, or
    /// validation or test frames hold an element that no training frame has.
    pub fn read(&self) -> Result<FitData> {
        let begun = Instant::now();
        let data = self.file_of(&self.file)?;
        if let Some(expected) = self.sha256.as_ref().filter(|expected| **expected != data.hash) {
            let reason = format!("has SHA-256 {}, but the input says {expected}: it is another file", data.hash);
            return Err(Error::data(&self.file, reason));
        }
        let whole = |reason: Error| Error::data(&self.file, reason.to_string());
        let lonely = self.isolated(&data);
        let Division { isolated, split, mut notes } = self.split.divide(&data, &lonely, self.seed).map_err(whole)?;
        notes.extend(self.remarks(&data, &split));
        notes.extend(data.notes.iter().cloned());
        let theories = self.theories(&data, &split.train, &isolated).map_err(whole)?;
        let reports = match &theories {
            Some(theories) => theory_data::reports(theories, &data.configurations),
            None => vec![checks::check(&data.configurations)],
        };
        let DataSet { hash, units, numbers, configurations: mut all, .. } = data;
        let isolated: Vec<Configuration> = isolated.iter().map(|&index| all[index].clone()).collect();
        // Moved, not copied: large data are in memory once.
        let mut take = |indices: &[usize]| -> Vec<Configuration> {
            indices.iter().map(|&index| std::mem::take(&mut all[index])).collect()
        };
        let (mut train, mut validation, mut test) = (take(&split.train), take(&split.validation), take(&split.test));
        drop(all);
        weight(&mut train, &self.weights).map_err(|reason| Error::data(&self.file, reason))?;
        let checked = Checked { theories: theories.as_ref(), reports: &reports };
        let (mut validation_hash, mut test_hash) = (None, None);
        for (part, path, hash, frames) in [
            (Part::Validation, &self.validation_file, &mut validation_hash, &mut validation),
            (Part::Test, &self.test_file, &mut test_hash, &mut test),
        ] {
            match path {
                Some(path) => *frames = self.other_file(path, part, &checked, (hash, &mut notes))?,
                None => checked.require_theories(part, frames).map_err(whole)?,
            }
        }
        if let SplitPlan::Stated { key, .. } = &self.split {
            // It has served its purpose, and names no group of which errors would tell something.
            [&mut train, &mut validation, &mut test]
                .into_iter()
                .flatten()
                .for_each(|one| one.groups.retain(|(name, _)| name != key));
        }
        notes.extend(self.overlaps([&train, &validation, &test]));
        notes.extend(Theories::unused(&train).filter(|_| self.theory.is_none()));
        if self.electrostatics {
            notes.extend([("validation", &validation), ("test", &test)].iter().filter_map(|one| unseen(&train, *one)));
        }
        // Of the archives that are read, those of rMD17 number their frames.
        if numbers.is_some() && train.len() > MOST_RMD17 {
            notes.push(format!(
                "{} frames of a time series: the authors of rMD17 ask for at most {MOST_RMD17}, since more of them are not \
                 independent of the test frames",
                train.len()
            ));
        }
        notes.extend(idle(&train).map_err(|reason| Error::data(&self.file, reason))?);
        let elements = elements(&train);
        for (part, frames, path) in
            [("validation", &validation, &self.validation_file), ("test", &test, &self.test_file)]
        {
            known(&elements, part, frames, path.as_ref().unwrap_or(&self.file))?;
        }
        let of_theories = match &theories {
            Some(theories) => theory_data::of_theories(
                theories,
                reports.clone(),
                &isolated,
                [&train, &validation, &test],
                &mut notes,
            )?,
            None => Vec::new(),
        };
        let references = match of_theories.first() {
            Some(first) => first.references.clone(),
            None => References::found(&isolated, &train.iter().collect::<Vec<_>>(), &mut notes)?,
        };
        let Some(report) = reports.into_iter().next() else {
            return Err(Error::Internal("no data were checked".into()));
        };
        let counts = LabelCounts::of(train.iter().chain(&validation).chain(&test));
        let compositions = compositions(train.iter());
        Ok(FitData {
            hash,
            validation_hash,
            test_hash,
            units,
            split,
            counts,
            compositions,
            train: Arc::new(train),
            validation: Arc::new(validation),
            test: Arc::new(test),
            elements,
            references,
            report,
            theories,
            theory: None,
            of_theories,
            replay: None,
            notes,
            begun,
        })
    }

    /// The theories of the training frames, where a key names them. Isolated atoms have to name theirs too.
    fn theories(&self, data: &DataSet, train: &[usize], isolated: &[usize]) -> Result<Option<Theories>> {
        let Some(plan) = &self.theory else { return Ok(None) };
        let some = |indices: &[usize]| indices.iter().map(|&index| &data.configurations[index]).collect::<Vec<_>>();
        let theories = Theories::of(plan, &some(train))?;
        theories.require("isolated", some(isolated))?;
        Ok(Some(theories))
    }

    /// The frames of a file of their own for validation or test; its SHA-256 and what there is to say of it go to the two last.
    fn other_file(
        &self,
        path: &Path,
        part: Part,
        checked: &Checked<'_>,
        (hash, notes): (&mut Option<String>, &mut Vec<String>),
    ) -> Result<Vec<Configuration>> {
        let more = self.file_of(path)?;
        let isolated = self.isolated(&more);
        notes.extend(more.stated.against(part));
        notes.extend(more.notes.iter().map(|note| format!("{} data: {note}", part.name())));
        checked.require_sound(part, &more.configurations).map_err(|reason| Error::data(path, reason.to_string()))?;
        *hash = Some(more.hash);
        if part == Part::Test {
            return Ok(more.configurations);
        }
        let frames = more.configurations.into_iter().zip(isolated);
        let frames: Vec<_> = frames.filter_map(|(one, isolated)| (!isolated).then_some(one)).collect();
        if frames.is_empty() {
            return Err(Error::data(path, "contains only isolated atoms; use a file with frames for validation"));
        }
        Ok(frames)
    }

    /// The frames of one file, with the groups by which they are divided, and their theories.
    fn file_of(&self, path: &Path) -> Result<DataSet> {
        let groups = self.split.keys().into_iter().chain(self.theory.iter().map(|plan| plan.key.clone())).collect();
        let keys = LabelKeys { groups, dipoles: self.electrostatics, ..self.keys.clone() };
        let mut data = DataSet::read_labels(path, self.units, &keys)?;
        for one in &mut data.configurations {
            if one.group(CONFIGURATION_TYPE).and_then(|kind| self.weights.get(kind)) == Some(&0.0) {
                one.weights = one.weights.times(0.0);
                one.forget_unweighted();
            }
        }
        let wrong = |reason: String| Error::data(path, reason);
        if self.electrostatics {
            data.notes.extend(require_possible_states(&data.configurations).map_err(wrong)?);
        } else {
            let remedy = "set `electrostatics = \"charges\"` in [model], or leave the frame out";
            require_one_state(&data.configurations, remedy).map_err(wrong)?;
        }
        Ok(data)
    }

    /// What training, validation and test frames have in common.
    fn overlaps(&self, [train, validation, test]: [&[Configuration]; 3]) -> Vec<String> {
        let mut notes = shared_frames([train, validation, test].map(|part| part.iter().collect::<Vec<_>>()));
        let (train, validation, test) = (("training", train), ("validation", validation), ("test", test));
        if let Some(by) = self.split.grouped_by() {
            notes.extend([validation, test].into_iter().filter_map(|other| shared(by, train, other)));
        }
        notes
    }

    /// What there is to say of a division that pays no regard to what the comments say.
    fn remarks(&self, data: &DataSet, split: &Split) -> Vec<String> {
        let mut remarks = Vec::new();
        if !matches!(self.split, SplitPlan::Stated { .. } | SplitPlan::Listed { .. }) {
            remarks.extend(data.stated.unused());
        }
        let random = matches!(self.split, SplitPlan::Counted { .. }) && split.validation.len() + split.test.len() > 0;
        let molecules = if random { compositions(data.configurations.iter()) } else { 0 };
        if molecules >= MANY {
            let named = data.configurations.iter().all(|one| one.group(MOLECULE).is_some());
            let by = if named { MOLECULE } else { FORMULA };
            remarks.push(format!(
                "{molecules} molecules are divided frame by frame, so that errors are those on molecules that were trained on; \
                 `split_by = \"{by}\"` in [data] keeps the frames of each together"
            ));
        }
        remarks
    }

    /// Which frames of `data` are references of the elements: those that the file calls so, and those without neighbors. Where atoms feel
    /// each other at any distance, that is neutral atoms alone.
    fn isolated(&self, data: &DataSet) -> Vec<bool> {
        let may_be =
            |one: &Configuration| !self.electrostatics || one.atom_count() == 1 && one.state.total_charge() == 0;
        let is_one = |(index, one): (usize, &Configuration)| {
            may_be(one) && (data.isolated.contains(&index) || one.is_apart(self.cutoff))
        };
        data.configurations.iter().enumerate().map(is_one).collect()
    }
}

/// What is known of the training data when those of other files are read.
struct Checked<'d> {
    theories: Option<&'d Theories>,
    reports: &'d [DataReport],
}

impl Checked<'_> {
    /// Refuses frames that are of no theory of the training frames.
    fn require_theories(&self, part: Part, frames: &[Configuration]) -> Result<()> {
        self.theories.map_or(Ok(()), |theories| theories.require(part.name(), frames))
    }

    /// The same, and frames whose forces cannot be those of their energies, where those of the training data can.
    fn require_sound(&self, part: Part, frames: &[Configuration]) -> Result<()> {
        self.require_theories(part, frames)?;
        let reports = match self.theories {
            Some(theories) => theory_data::reports(theories, frames),
            None => vec![checks::check(frames)],
        };
        let wrong = |(found, training): (DataReport, &DataReport)| {
            found.wrong_forces.filter(|_| training.wrong_forces.is_none())
        };
        match reports.into_iter().zip(self.reports).find_map(wrong) {
            Some(wrong) => Err(Error::Invalid(format!("{}; correct the file, or leave it out", wrong.text))),
            None => Ok(()),
        }
    }
}

impl FitData {
    /// What tells these data from others: the SHA-256 of the file, and of those for validation, for test and to be replayed if there are any.
    #[must_use]
    pub fn identity(&self) -> String {
        let replay = self.replay.as_ref().map(|replay| replay.sha256.as_str());
        data_identity(&self.hash, [self.validation_hash.as_deref(), self.test_hash.as_deref(), replay])
    }
}

/// The key of the comments by which `weights` in [data] names frames.
const CONFIGURATION_TYPE: &str = "config_type";

/// Multiplies the weights of the frames whose `config_type` is named.
fn weight(frames: &mut [Configuration], weights: &BTreeMap<String, f64>) -> Result<(), String> {
    let is_known = |name: &&String| frames.iter().any(|one| one.group(CONFIGURATION_TYPE) == Some(name));
    if let Some(unknown) = weights.keys().find(|name| !is_known(name)) {
        return Err(format!(
            "`weights` names the config_type {unknown}, which no training frame has; correct or remove it"
        ));
    }
    for one in frames {
        if let Some(factor) = one.group(CONFIGURATION_TYPE).and_then(|kind| weights.get(kind)) {
            one.weights = one.weights.times(*factor);
        }
    }
    Ok(())
}

/// A remark on training frames from which nothing can be learned.
///
/// # Errors
/// When that is all of them.
fn idle(train: &[Configuration]) -> Result<Option<String>, String> {
    let idle = train.iter().filter(|one| !one.is_learned_from()).count();
    if idle > 0 && idle == train.len() {
        return Err(
            "no training frame has a label with a weight above 0: nothing can be learned; check `weight` and its like \
                    in the comments, and `weights` in [data]"
                .into(),
        );
    }
    Ok((idle > 0).then(|| format!("{idle} of {} training frames have no label with a weight above 0", train.len())))
}

/// A remark if frames of the second part have a value of `by` that the first part has too.
fn shared(by: &str, first: (&str, &[Configuration]), second: (&str, &[Configuration])) -> Option<String> {
    let known: HashSet<String> = first.1.iter().filter_map(|one| value(by, one)).collect();
    let count = second.1.iter().filter(|one| value(by, one).is_some_and(|name| known.contains(&name))).count();
    let (first, second) = (first.0, second.0);
    (count > 0).then(|| format!("{count} {second} frames have a `{by}` that {first} frames have too"))
}

/// A remark if frames of a part have total charges or spins that no training frame has.
fn unseen(train: &[Configuration], (part, frames): (&str, &Vec<Configuration>)) -> Option<String> {
    let seen: HashSet<ElectronicState> = train.iter().map(|one| one.state.filled()).collect();
    let mut unseen = frames.iter().map(|one| one.state).filter(|state| !seen.contains(&state.filled()));
    let first = unseen.next()?;
    let count = 1 + unseen.count();
    Some(format!("{count} {part} frames have total charges or spins that no training frame has, such as {first}"))
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
        if self.of_theories.is_empty() {
            writeln!(out, "{}", self.references)?;
            write!(out, "{}", self.report)?;
        }
        for theory in &self.of_theories {
            let [train, validation, test] = theory.frames;
            writeln!(
                out,
                "theory {}: {train} training, {validation} validation and {test} test frames; frames below are counted among those of it in the file",
                theory.name
            )?;
            writeln!(out, "{}", theory.references)?;
            write!(out, "{}", theory.report)?;
        }
        self.notes.iter().try_for_each(|note| writeln!(out, "note: {note}"))
    }
}
