//! The input of `learn`: from one structure to a potential.

use std::path::PathBuf;

use serde::Serialize;

use super::declare::{
    Bounds, FORCE, TEMPERATURE, TIME, Value, integer, list, model, number, positive, settings, table, wall_time, word,
    words,
};
use super::fit::{MomentsInput, Preset};
use super::run::{NAME, SEED, VERSION, name};
use super::section::Section;
use super::{LabelsInput, OutputInput, Quantity, StructureInput, WallTime};
use cormorant_core::Result;
use cormorant_core::system::ElectronicState;
use cormorant_core::units::Dimension;

settings! {
    /// A potential from one structure and a label source: sample, label, fit, explore, select, and again.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct LearnInput {
        /// Version of the input format.
        pub version: u64 = VERSION,
        /// Name of the potential; it goes to `models/<name>` unless `[output]` says otherwise.
        pub name: String = NAME,
        /// Seed of every random number.
        pub seed: u64 = SEED,
        /// The folder of the potential, with its labels and rounds.
        pub output: OutputInput = table(&OutputInput::TABLE),
        /// The structure to start from.
        pub structure: StructureInput = table(&StructureInput::TABLE).required("{ file = \"molecule.xyz\" }"),
        /// Who makes the labels.
        pub labels: LabelsInput = table(&LabelsInput::DECLARATION).required("{ command = \"./label.sh\" }"),
        /// The first frames.
        pub start: StartFramesInput = table(&StartFramesInput::TABLE),
        /// The committee that is fitted in each round.
        pub committee: CommitteeInput = table(&CommitteeInput::TABLE),
        /// The runs from which frames are selected.
        pub explore: ExploreInput = table(&ExploreInput::TABLE),
        /// Which frames are labeled.
        pub select: SelectInput = table(&SelectInput::TABLE),
        /// When it is over.
        pub stop: StopInput = table(&StopInput::TABLE),
    }
}

settings! {
    /// `[start]`: the first frames.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct StartFramesInput {
        /// Frames that are sampled from the structure and labeled.
        pub frames: usize = integer(4, 100_000).or("26"),
        /// How they are sampled.
        pub sample: SampleMethod = word(SampleMethod::ABOUT).or("auto"),
        /// Temperature of thermal displacements; the highest of `[explore]` by default.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub temperature: Option<Quantity> = positive(TEMPERATURE),
        /// A model whose weights every member starts from in every round.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub model: Option<PathBuf> = model(),
        /// Further structures to start from, each sampled as the first: conformers, a product, another phase.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        pub also: Vec<PathBuf> = list(&Value::Path),
    }
}

words! {
    /// How first frames are sampled.
    pub enum SampleMethod {
        /// Thermal for molecules, strain for cells.
        Auto = "auto",
        /// Thermal displacements along the modes of a model Hessian.
        Thermal = "thermal",
        /// Independent displacements of the atoms.
        Rattle = "rattle",
        /// Strained cells with displaced atoms.
        Strain = "strain",
    }
}

settings! {
    /// `[committee]`: what is fitted in each round.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct CommitteeInput {
        /// Members; their spread tells where labels are missing.
        pub members: usize = integer(2, 64).or("3"),
        /// Size of the networks.
        pub preset: Preset = word(Preset::ABOUT).or("fast"),
        /// What atoms have that acts at any distance, by which the network knows total charge and spin; that of the model in `[start]`, if there is one.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub electrostatics: Option<MomentsInput> = word(MomentsInput::ABOUT),
        /// Passes over 950 training frames in the rounds; N of them get (950/N)^⅔ times as many.
        pub epochs_at_950_frames: u64 = integer(1, 1_000_000).or("40"),
        /// The same for the final members; 100, 150 or 300 by preset.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub final_epochs_at_950_frames: Option<u64> = integer(1, 1_000_000),
    }
}

settings! {
    /// `[explore]`: dynamics of the committee.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct ExploreInput {
        /// Temperatures, in turn over the replicas.
        pub temperatures: Vec<Quantity> = list(&Value::Quantity(TEMPERATURE, Bounds::AboveZero)).or("[\"300 K\", \"500 K\", \"700 K\"]"),
        /// Runs in each round.
        pub replicas: usize = integer(1, 10_000).or("4"),
        /// Length of each run; doubled after each round in which none was stopped.
        pub duration: Quantity = positive(TIME).or("5 ps"),
        /// Length beyond which it is not doubled.
        pub longest: Quantity = positive(TIME).or("20 ps"),
        /// Time step.
        pub time_step: Quantity = positive(TIME).or("1 fs"),
        /// Time between frames that can be selected.
        pub every: Quantity = positive(TIME).or("25 fs"),
        /// A run is stopped where the spread of the force on an atom exceeds this many times the median, over blind frames, of the largest in a frame, and 1 eV/Å.
        pub stop_at_spread: f64 = number(Bounds::AboveOne).or("5"),
    }
}

settings! {
    /// `[select]`: which frames of the runs are labeled.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct SelectInput {
        /// How they are selected.
        pub by: SelectionRule = word(SelectionRule::ABOUT).or("spread"),
        /// Frames of each round, blind ones included.
        pub frames: usize = integer(2, 100_000).or("20"),
        /// Share of them that is drawn blindly: they are never fitted to, and their error is the one that is reported.
        pub blind_share: f64 = number(Bounds::Share).or("0.25"),
    }
}

words! {
    /// How frames are selected.
    pub enum SelectionRule {
        /// The largest spread of the committee in each stretch of time.
        Spread = "spread",
        /// Evenly in time.
        Time = "time",
        /// At random.
        Random = "random",
    }
}

settings! {
    /// `[stop]`: the loop ends with the first of these.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct StopInput {
        /// Root mean square error of the forces that is small enough: the upper end of its 90 % interval on blind frames counts.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub force_error: Option<Quantity> = positive(FORCE),
        /// Labels, checks and failures included.
        pub labels: usize = integer(5, 10_000_000).or("300"),
        /// Rounds.
        pub rounds: usize = integer(1, 10_000).or("10"),
        /// Wall-clock time after which no further round begins.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub time: Option<WallTime> = wall_time(),
    }
}

impl LearnInput {
    pub(super) fn read(root: &Section<'_>, version: u64) -> Result<Self> {
        root.declared(&[Self::TABLE.keys])?;
        let name = name(root)?;
        let input = Self {
            version,
            seed: root.get(&Self::seed)?,
            output: OutputInput::read(root, "models", &name)?,
            name,
            structure: StructureInput::read(root)?,
            labels: LabelsInput::read(root)?,
            start: StartFramesInput::read(&root.section_or_empty("start")?)?,
            committee: CommitteeInput::read(&root.section_or_empty("committee")?)?,
            explore: ExploreInput::read(&root.section_or_empty("explore")?)?,
            select: SelectInput::read(&root.section_or_empty("select")?)?,
            stop: StopInput::read(&root.section_or_empty("stop")?)?,
        };
        input.require_known_state(root)?;
        if input.stop.labels <= input.start.frames {
            let message = format!(
                "[stop] allows {} labels, and [start] asks for {} frames",
                input.stop.labels, input.start.frames
            );
            return Err(root.error_at("stop", message, "raise `labels` of [stop], or lower `frames` of [start]"));
        }
        Ok(input)
    }

    /// Whether a new committee knows total charge and spin.
    pub(crate) fn has_electrostatics(&self) -> bool {
        self.committee.electrostatics.is_some_and(|moments| moments != MomentsInput::None)
    }

    /// Refuses charges and spins that the committee would not know; whether the model to start from knows them is seen when it is read.
    fn require_known_state(&self, root: &Section<'_>) -> Result<()> {
        if self.committee.electrostatics.is_some() && self.start.model.is_some() {
            let message = "`electrostatics` is that of the model in [start], whose weights every member starts from";
            return Err(root.error_at("committee", message, "leave out one of the two"));
        }
        if self.has_electrostatics() || self.start.model.is_some() {
            return Ok(());
        }
        let of_structure = self.structure.state();
        let of_labels = ElectronicState::stated(self.labels.charge as i32, self.labels.multiplicity as u32);
        let wrong = [("structure", of_structure), ("labels", of_labels)];
        match wrong.into_iter().find(|(_, state)| !state.is_neutral_singlet()) {
            None => Ok(()),
            Some((section, state)) => Err(root.error_at(
                section,
                format!("{state}: a network without charges does not know it"),
                "set electrostatics = \"charges\" in [committee], or leave `charge` and `multiplicity` out",
            )),
        }
    }

    /// Every path of the input, to be changed in place.
    pub(super) fn paths(&mut self) -> Vec<&mut PathBuf> {
        let mut paths = vec![&mut self.output.folder];
        paths.extend(self.structure.paths());
        paths.extend(self.labels.paths());
        paths.extend(self.start.model.iter_mut());
        paths.extend(self.start.also.iter_mut());
        paths
    }
}

impl StartFramesInput {
    fn read(section: &Section<'_>) -> Result<Self> {
        section.declared(&[Self::TABLE.keys])?;
        Ok(Self {
            frames: section.get(&Self::frames)?,
            sample: section.get(&Self::sample)?,
            temperature: section.get(&Self::temperature)?,
            model: section.get(&Self::model)?,
            also: section.given(&Self::also)?.unwrap_or_default(),
        })
    }
}

impl CommitteeInput {
    fn read(section: &Section<'_>) -> Result<Self> {
        section.declared(&[Self::TABLE.keys])?;
        Ok(Self {
            members: section.get(&Self::members)?,
            preset: section.get(&Self::preset)?,
            electrostatics: section.get(&Self::electrostatics)?,
            epochs_at_950_frames: section.get(&Self::epochs_at_950_frames)?,
            final_epochs_at_950_frames: section.get(&Self::final_epochs_at_950_frames)?,
        })
    }
}

impl ExploreInput {
    fn read(section: &Section<'_>) -> Result<Self> {
        section.declared(&[Self::TABLE.keys])?;
        let given = section.quantities("temperatures", Dimension::Temperature)?;
        let usual =
            || ["300 K", "500 K", "700 K"].iter().map(|text| Quantity::new(text, Dimension::Temperature)).collect();
        let temperatures = given.map_or_else(usual, Ok)?;
        if temperatures.is_empty() || temperatures.iter().any(|temperature| temperature.value() <= 0.0) {
            let message = "`temperatures` must list temperatures above zero";
            return Err(section.error_at("temperatures", message, "write for example [\"300 K\", \"500 K\"]"));
        }
        Ok(Self {
            temperatures,
            replicas: section.get(&Self::replicas)?,
            duration: section.get(&Self::duration)?,
            longest: section.get(&Self::longest)?,
            time_step: section.get(&Self::time_step)?,
            every: section.get(&Self::every)?,
            stop_at_spread: section.get(&Self::stop_at_spread)?,
        })
    }
}

impl SelectInput {
    fn read(section: &Section<'_>) -> Result<Self> {
        section.declared(&[Self::TABLE.keys])?;
        Ok(Self {
            by: section.get(&Self::by)?,
            frames: section.get(&Self::frames)?,
            blind_share: section.get(&Self::blind_share)?,
        })
    }
}

impl StopInput {
    fn read(section: &Section<'_>) -> Result<Self> {
        section.declared(&[Self::TABLE.keys])?;
        Ok(Self {
            force_error: section.get(&Self::force_error)?,
            labels: section.get(&Self::labels)?,
            rounds: section.get(&Self::rounds)?,
            time: section.get(&Self::time)?,
        })
    }
}
