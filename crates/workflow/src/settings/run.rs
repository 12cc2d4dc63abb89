//! The input of `run`: a simulation.

use std::path::PathBuf;

use serde::Serialize;

use super::declare::{Key, Value, integer, list, settings, table, text};
use super::section::Section;
use super::{
    ConstraintsInput, GuardsInput, MinimizeInput, OutputInput, PathIntegralInput, PlumedInput, PotentialInput,
    ReplicasInput, StageInput, StructureInput, VelocitiesInput, WriteInput,
};
use cormorant_core::Result;

settings! {
    /// A simulation: atoms, potential, how they start, and stages.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct RunInput {
        /// Version of the input format.
        pub version: u64 = VERSION,
        /// Name of the run; its results go to `outputs/<name>` unless `[output]` says otherwise.
        pub name: String = NAME,
        /// Seed of every random number of the run.
        pub seed: u64 = SEED,
        /// How many times the run is done, if not once.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub replicas: Option<ReplicasInput> = table(&ReplicasInput::TABLE),
        /// Where results go.
        pub output: OutputInput = table(&OutputInput::TABLE),
        /// The atoms.
        pub structure: StructureInput = table(&StructureInput::TABLE).required("{ file = \"ethanol.xyz\" }"),
        /// What moves them.
        pub potential: PotentialInput = PotentialInput::key(),
        /// What the atoms may not do.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub constraints: Option<ConstraintsInput> = table(&ConstraintsInput::TABLE),
        /// A bias on top of it.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub plumed: Option<PlumedInput> = table(&PlumedInput::TABLE),
        /// Whether they first go to a minimum of the energy.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub minimize: Option<MinimizeInput> = table(&MinimizeInput::TABLE),
        /// Whether nuclei are quantum.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub path_integral: Option<PathIntegralInput> = table(&PathIntegralInput::TABLE),
        /// How they start to move.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub velocities: Option<VelocitiesInput> = table(&VelocitiesInput::TABLE),
        /// What stops the run.
        pub guards: GuardsInput = table(&GuardsInput::TABLE),
        /// What is done, in order.
        #[serde(rename = "stage")]
        pub stages: Vec<StageInput> = list(&Value::Table(&StageInput::TABLE))
            .required("[{ duration = \"1 ps\", time_step = \"0.5 fs\" }]")
            .named("stage"),
    }
}

/// The version of the input format.
pub(super) const VERSION: Key = integer(1, super::read::VERSION).required("1");
/// The name of an input, which becomes that of a folder.
pub(super) const NAME: Key = text().required("\"ethanol\"");
/// The seed: integers of TOML are signed, so that larger ones could not be written down.
pub(super) const SEED: Key = integer(0, i64::MAX as u64).or("1");

impl RunInput {
    pub(super) fn read(root: &Section<'_>, version: u64) -> Result<Self> {
        root.declared(&[Self::TABLE.keys])?;
        let name = name(root)?;
        let seed = root.get(&Self::seed)?;
        let output = OutputInput::read(root, "outputs", &name)?;
        let structure = StructureInput::read(root)?;
        let potential = PotentialInput::read(root)?;
        let constraints = ConstraintsInput::read(root)?;
        let plumed = PlumedInput::read(root)?;
        let minimize = MinimizeInput::read(root, &MinimizeInput::default())?;
        let path_integral = PathIntegralInput::read(root)?;
        let velocities = VelocitiesInput::read(root)?;
        let section = root.section_or_empty("guards")?;
        let guards = GuardsInput::read(&section)?;
        if guards.committee_force_spread.0.is_some() && !potential.has_committee() {
            let message = "`committee_force_spread` limits the spread of a committee, but there is none";
            let remedy =
                "name several models of the same thing in [potential]: models = [\"models/first\", \"models/second\"]";
            return Err(section.error_at("committee_force_spread", message, remedy));
        }
        let sections = root.sections("stage")?;
        if sections.is_empty() {
            let example = "[[stage]]\nduration = \"1 ps\"\ntime_step = \"0.5 fs\"";
            return root.required("stage", None, example);
        }
        let stages: Vec<StageInput> = sections
            .iter()
            .enumerate()
            .map(|(index, section)| StageInput::read(section, index + 1, path_integral.as_ref()))
            .collect::<Result<_>>()?;
        refuse_shared_files(&sections, &stages)?;
        if let Some(constraints) = &constraints {
            for (section, stage) in sections.iter().zip(&stages) {
                constraints.suit(section, stage)?;
            }
        }
        let replicas = ReplicasInput::read(root, seed, &stages, velocities.is_some())?;
        if replicas.is_some() && path_integral.is_some() {
            return Err(root.error_at("replicas", "ring polymers cannot be run as replicas", "leave one of them out"));
        }
        if constraints.is_some() && path_integral.is_some() {
            return Err(root.error_at("constraints", "ring polymers cannot be constrained", "leave one of them out"));
        }
        if plumed.is_some() && path_integral.is_some() {
            return Err(root.error_at("plumed", "ring polymers cannot be biased by PLUMED", "leave one of them out"));
        }
        Ok(Self {
            version,
            name,
            seed,
            replicas,
            output,
            structure,
            potential,
            constraints,
            plumed,
            minimize,
            path_integral,
            velocities,
            guards,
            stages,
        })
    }

    /// The same without what does not change the result: a run may continue with another number of threads.
    #[must_use]
    pub fn without_threads(&self) -> Self {
        let mut copy = self.clone();
        copy.potentials().into_iter().for_each(PotentialInput::forget_threads);
        copy
    }

    /// The first analysis that needs dipoles, as (stage, write), from 0.
    #[must_use]
    pub fn first_of_dipoles(&self) -> Option<(usize, usize)> {
        let needs = |write: &WriteInput| match write {
            WriteInput::Analysis { analysis, .. } => analysis.needs_dipole(),
            _ => false,
        };
        let find = |(number, stage): (usize, &StageInput)| Some((number, stage.write.iter().position(needs)?));
        self.stages.iter().enumerate().find_map(find)
    }

    /// Every path of the input, to be changed in place.
    pub(super) fn paths(&mut self) -> Vec<&mut PathBuf> {
        let mut paths = vec![&mut self.output.folder];
        paths.extend(self.structure.paths());
        for stage in &mut self.stages {
            paths.extend(stage.inner.iter_mut().flat_map(|inner| inner.potential.paths()));
            paths.extend(stage.write.iter_mut().filter_map(WriteInput::path));
        }
        paths.extend(self.potential.paths());
        paths.extend(self.plumed.iter_mut().flat_map(PlumedInput::paths));
        paths
    }

    /// The potential of the run, and those within steps.
    fn potentials(&mut self) -> Vec<&mut PotentialInput> {
        let inner = self.stages.iter_mut().filter_map(|stage| stage.inner.as_mut());
        std::iter::once(&mut self.potential).chain(inner.map(|inner| &mut inner.potential)).collect()
    }
}

/// `name`, which becomes the name of a folder.
pub(super) fn name(root: &Section<'_>) -> Result<String> {
    let (text, place) = root.required("name", root.text("name")?, "name = \"ethanol-nve\"")?;
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    if text.is_empty() || text.starts_with('.') || !text.chars().all(plain) {
        return Err(root.error(
            place,
            format!("`name` = \"{text}\" cannot name a folder"),
            "use letters, digits, '-', '_' and '.'",
        ));
    }
    Ok(text.to_string())
}

/// Two writers on one file would destroy each other.
fn refuse_shared_files(sections: &[Section<'_>], stages: &[StageInput]) -> Result<()> {
    let mut seen: Vec<&WriteInput> = Vec::new();
    for (section, stage) in sections.iter().zip(stages) {
        for (write, place) in stage.write.iter().zip(section.sections("write")?) {
            // The full state is saved in one file for all stages, each replacing the last.
            if matches!(write, WriteInput::Restart { .. }) {
                continue;
            }
            if seen.iter().any(|other| other.file() == write.file()) {
                return Err(place.error_at(
                    "file",
                    format!("two [[stage.write]] name the same file \"{}\"", write.file()),
                    "give each its own `file`, such as \"stage-2.csv\"; steps and times go on from stage to stage, so that tables can \
                     be joined, and the report shows those of all stages",
                ));
            }
            seen.push(write);
        }
    }
    Ok(())
}
