//! Who makes labels, and what they must look like.

use std::path::PathBuf;

use serde::Serialize;

use super::calculator::make_plain;
use super::declare::{
    Bounds, FORCE, Key, LENGTH, Setting, Table, Value, flag, integer, kinds, list, number, path, positive, settings,
    text, wall_time,
};
use super::section::Section;
use super::{PotentialInput, Quantity, WallTime};
use cormorant_core::Result;

kinds! {
    /// A program, a person or a folder that gives energies and forces.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    #[serde(tag = "kind", rename_all = "kebab-case")]
    pub enum LabelSourceInput {
        /// Any program that reads frames of extended XYZ on its standard input, and writes them with `energy` (eV) and `forces` (eV/Å) to
        /// its standard output.
        Command = "command" told by "command" {
            /// The command, run by the shell in the folder of the input.
            command: String = text().required("\"./label.sh\""),
            /// How it is called.
            #[serde(flatten)]
            calls: CallsInput = Key::of(Value::Inline(CallsInput::TABLE.keys)),
        },
        /// A calculator of ASE, in Python.
        Ase = "ase" told by "calculator" {
            /// Module and class with its arguments; `{charge}`, `{multiplicity}`, `{unpaired}` and `{scratch}` stand for those of the frame.
            calculator: String = text().required("\"tblite.ase:TBLite method=GFN2-xTB verbosity=0\""),
            /// The Python that has it.
            python: String = text().or("python3"),
            /// How it is called.
            #[serde(flatten)]
            calls: CallsInput = Key::of(Value::Inline(CallsInput::TABLE.keys)),
        },
        /// A potential of this program: for tests, and to make a small model of a large one.
        Potential = "potential" told by "potential" {
            /// The potential.
            potential: Box<PotentialInput> = PotentialInput::key(),
        },
        /// A folder from which `cormorant label --queue` takes frames, in any number of job scripts, on any machine that sees it.
        Queue = "queue" told by "queue" {
            /// The folder.
            queue: PathBuf = path().required("\"queue\""),
            /// A command that starts the workers; `{count}` is the number of frames that were added.
            #[serde(skip_serializing_if = "Option::is_none")]
            submit: Option<String> = text(),
            /// Time without a sign of life after which the frames of a worker go back.
            silence: WallTime = wall_time().or("10 min"),
        },
        /// Programs that speak i-PI's protocol and connect to this one, as to i-PI. They know the atoms from inputs of their own.
        Ipi = "ipi" told by "ipi" {
            /// Where they connect: host and port, or the name of a Unix socket (`/tmp/ipi_NAME`).
            ipi: String = text().required("\"localhost:31415\""),
            /// Wall-clock time that a client may take for a frame.
            time_limit: WallTime = wall_time().or("1 h"),
            /// Time without any client after which there are no labels.
            patience: WallTime = wall_time().or("10 min"),
            /// How often a frame is tried whose client is lost.
            tries: u32 = integer(1, 100).or("2"),
            /// Edge of the cube that molecules stand in, which must be the cell of the clients' inputs; that of the first structure with at
            /// least 20 Å more, in whole 5 Å, by default.
            #[serde(skip_serializing_if = "Option::is_none")]
            box_edge: Option<Quantity> = positive(LENGTH),
        },
        /// A person: frames go out in `todo.xyz` of the folder of labels, and come back in `done.xyz`.
        Hand = "hand" {
        },
    }
}

settings! {
    /// How a program is called.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct CallsInput {
        /// Folder in which it runs; that of the input by default.
        pub folder: PathBuf = path(),
        /// Frames that one call takes.
        pub frames_per_call: usize = integer(1, 100_000).or("8"),
        /// Calls at the same time.
        pub calls_at_once: usize = integer(1, 1024).or("1"),
        /// Wall-clock time after which a call is ended.
        pub time_limit: WallTime = wall_time().or("1 h"),
        /// How often a frame is tried; what has failed in a call of several is tried alone.
        pub tries: u32 = integer(1, 100).or("2"),
    }
}

settings! {
    /// `[labels]`: energies and forces from another program.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct LabelsInput {
        /// Who makes them.
        #[serde(flatten)]
        pub source: LabelSourceInput = Key::of(Value::Table(&LabelSourceInput::TABLE)),
        /// Name of the theory; the command by default. Labels of two theories never meet.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub theory: Option<String> = text(),
        /// Files that define the theory; their SHA-256 is part of it.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        pub depends_on: Vec<PathBuf> = list(&Value::Path),
        /// Total charge of the structures, in e, where their file does not state it.
        pub charge: i64 = number(Bounds::Within(-100.0, 100.0, "from -100 to 100")).or("0"),
        /// Spin multiplicity 2S + 1 of the structures, where their file does not state it.
        pub multiplicity: u64 = integer(1, 100).or("1"),
        /// Share of the frames of a batch that may fail.
        pub most_failed: f64 = number(Bounds::Share).or("0.2"),
        /// A label with a larger force on an atom is set aside.
        pub largest_force: Quantity = positive(FORCE).or("100 eV/Å"),
        /// A label whose forces add up to more is set aside.
        pub largest_net_force: Quantity = positive(FORCE).or("0.1 eV/Å"),
        /// Try again what has failed before.
        pub retry_failed: bool = flag(),
    }
}

impl LabelSourceInput {
    /// The declaration of the kinds.
    pub(crate) const TABLE: Table = Table {
        about: "A program, a person or a folder that gives energies and forces.",
        keys: &[],
        kinds: Self::KINDS,
    };
}

impl LabelsInput {
    /// The keys of the table beside those of the source.
    const OWN: [Key; 8] = [
        Self::theory,
        Self::depends_on,
        Self::charge,
        Self::multiplicity,
        Self::most_failed,
        Self::largest_force,
        Self::largest_net_force,
        Self::retry_failed,
    ];
    /// The declaration of the table with its kinds.
    pub(crate) const DECLARATION: Table = Table {
        about: "`[labels]`: energies and forces from another program.",
        keys: &Self::OWN,
        kinds: LabelSourceInput::KINDS,
    };

    pub(super) fn read(root: &Section<'_>) -> Result<Self> {
        let example = "[labels]\ncommand = \"./label.sh\"";
        let section = root.required("labels", root.section("labels")?, example)?;
        let missing =
            "command = \"./label.sh\" (or calculator = \"tblite.ase:TBLite method=GFN2-xTB\", or kind = \"hand\")";
        let Some(kind) = section.kind(&Self::DECLARATION)? else {
            let kinds = LabelSourceInput::KINDS.iter().map(|kind| kind.keys);
            section.declared(&[&[Key::KIND], Self::OWN.as_slice()].into_iter().chain(kinds).collect::<Vec<_>>())?;
            return section.required("kind", None, missing);
        };
        section.declared_kind(&Self::DECLARATION, kind)?;
        let mut source = section.required("kind", LabelSourceInput::read_kind(&section, kind.word)?, missing)?;
        if let LabelSourceInput::Ase { calculator, .. } = &mut source {
            make_plain(&section, calculator)?;
        }
        let input = Self { source, ..Self::rest(&section)? };
        if matches!(
            input.source,
            LabelSourceInput::Hand {} | LabelSourceInput::Queue { .. } | LabelSourceInput::Ipi { .. }
        ) && input.theory.is_none()
        {
            return section.required("theory", None, "theory = \"PBE0/def2-SVP\"");
        }
        Ok(input)
    }

    fn rest(section: &Section<'_>) -> Result<Self> {
        Ok(Self {
            source: LabelSourceInput::Hand {},
            theory: section.get(&Self::theory)?,
            depends_on: section.given(&Self::depends_on)?.unwrap_or_default(),
            charge: section.get(&Self::charge)?,
            multiplicity: section.get(&Self::multiplicity)?,
            most_failed: section.get(&Self::most_failed)?,
            largest_force: section.get(&Self::largest_force)?,
            largest_net_force: section.get(&Self::largest_net_force)?,
            retry_failed: section.get(&Self::retry_failed)?,
        })
    }

    /// The name of the theory.
    #[must_use]
    pub fn theory_name(&self) -> &str {
        match (&self.theory, &self.source) {
            (Some(name), _) => name,
            (None, LabelSourceInput::Command { command, .. }) => command,
            (None, LabelSourceInput::Ase { calculator, .. }) => calculator,
            (None, LabelSourceInput::Potential { .. }) => "a potential of this program",
            (None, LabelSourceInput::Queue { .. } | LabelSourceInput::Ipi { .. } | LabelSourceInput::Hand {}) => "",
        }
    }

    pub(super) fn paths(&mut self) -> Vec<&mut PathBuf> {
        let mut paths: Vec<&mut PathBuf> = self.depends_on.iter_mut().collect();
        match &mut self.source {
            LabelSourceInput::Command { calls, .. } | LabelSourceInput::Ase { calls, .. } => {
                paths.push(&mut calls.folder);
            }
            LabelSourceInput::Queue { queue, .. } => paths.push(queue),
            LabelSourceInput::Potential { potential } => paths.extend(potential.paths()),
            LabelSourceInput::Hand {} | LabelSourceInput::Ipi { .. } => {}
        }
        paths
    }
}

impl Setting for Box<PotentialInput> {
    fn read(section: &Section<'_>, _: &str, _: &Key) -> Result<Option<Self>> {
        PotentialInput::read(section).map(Box::new).map(Some)
    }
}

impl Setting for CallsInput {
    fn read(section: &Section<'_>, _: &str, _: &Key) -> Result<Option<Self>> {
        Ok(Some(Self {
            folder: section.given(&Self::folder)?.map_or_else(|| section.folder(), Ok)?,
            frames_per_call: section.get(&Self::frames_per_call)?,
            calls_at_once: section.get(&Self::calls_at_once)?,
            time_limit: section.get(&Self::time_limit)?,
            tries: section.get(&Self::tries)?,
        }))
    }
}
