//! Which potential moves the atoms.

mod pairs;
mod springs;
mod terms;
mod walls;

pub use pairs::{EndInput, LennardJonesPairInput, MorsePairInput, TruncationInput};
pub use springs::{AnchorInput, SpringInput};
pub use walls::{PlaneInput, Side, SphereInput};

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::calculator::make_plain;
use super::declare::{
    Bounds, ELECTRIC_FIELD, ENERGY, Key, LENGTH, Table, Value, flag, integer, kinds, list, model, number, path,
    positive, text, wall_time, word, words,
};
use super::section::Section;
use super::source::Source;
use super::{DeviceInput, Precision, Quantity, WallTime};
use cormorant_core::Result;
use cormorant_core::system::System;
use cormorant_learn::ExternalPotential;
use cormorant_network::CommitteeFolder;
use cormorant_potential::{Potential, StillingerWeber, Zbl};

kinds! {
    /// `[potential]`, or several `[[potential]]` that are added.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    #[serde(tag = "kind", rename_all = "kebab-case")]
    pub enum PotentialInput {
        /// A fitted model, or the committee that a fit with `members` left.
        Learned = "learned" told by "model" {
            /// Its folder.
            model: PathBuf = model().required("\"models/ethanol\""),
            /// Floating-point format of the network; f64 for vibrations and elastic constants by default.
            precision: Precision = word(Precision::ABOUT).or("f32"),
            /// Where the network computes: `cpu`, `gpu` (the first graphics processor), `gpu:1` (the second), or a part of its name.
            #[serde(skip_serializing_if = "DeviceInput::is_processor")]
            device: DeviceInput = text().or("cpu"),
            /// Threads that share one evaluation.
            threads: usize = THREADS,
            /// What keeps atoms apart that come nearer than in the training frames.
            short_range: ShortRangeInput = word(ShortRangeInput::ABOUT).or("wall"),
            /// Uniform electric field on the charges and dipoles of the atoms; for models with `electrostatics`, without a cell or straight across a slab.
            #[serde(skip_serializing_if = "Option::is_none")]
            electric_field: Option<[Quantity; 3]> = Key::of(FIELD),
        },
        /// Several fitted models of the same thing: their mean, with the spread in the results.
        Committee = "committee" told by "models" {
            /// Their folders.
            models: Vec<PathBuf> = list(&Value::Model).required("[\"models/first\", \"models/second\"]"),
            /// Floating-point format of the networks; f64 for vibrations and elastic constants by default.
            precision: Precision = word(Precision::ABOUT).or("f32"),
            /// Where the network computes: `cpu`, `gpu` (the first graphics processor), `gpu:1` (the second), or a part of its name.
            #[serde(skip_serializing_if = "DeviceInput::is_processor")]
            device: DeviceInput = text().or("cpu"),
            /// Threads that share one evaluation.
            threads: usize = THREADS,
            /// What keeps atoms apart that come nearer than in the training frames.
            short_range: ShortRangeInput = word(ShortRangeInput::ABOUT).or("wall"),
            /// Uniform electric field on the charges and dipoles of the atoms; for models with `electrostatics`, without a cell or straight across a slab.
            #[serde(skip_serializing_if = "Option::is_none")]
            electric_field: Option<[Quantity; 3]> = Key::of(FIELD),
        },
        /// The Lennard-Jones pair potential 4ε[(σ/r)¹² − (σ/r)⁶].
        LennardJones = "lennard-jones" {
            /// Depth ε of the well, for all pairs of elements that are not listed.
            #[serde(skip_serializing_if = "Option::is_none")]
            epsilon: Option<Quantity> = positive(ENERGY),
            /// Distance σ at which the energy is zero, for all pairs of elements that are not listed.
            #[serde(skip_serializing_if = "Option::is_none")]
            sigma: Option<Quantity> = positive(LENGTH),
            /// Where and how it ends.
            #[serde(flatten)]
            end: EndInput = Key::of(Value::Inline(EndInput::TABLE.keys)),
            /// Pairs of elements with their own parameters.
            #[serde(skip_serializing_if = "Vec::is_empty")]
            pairs: Vec<LennardJonesPairInput> = list(&Value::Table(&LennardJonesPairInput::TABLE)),
        },
        /// The Morse pair potential D[(1 − exp(−a(r − r₀)))² − 1].
        Morse = "morse" {
            /// Every pair of elements of the structure.
            pairs: Vec<MorsePairInput> = list(&Value::Table(&MorsePairInput::TABLE)).required(
                "[{ elements = [\"O\", \"H\"], depth = \"4.6 eV\", width = \"2.3 / Å\", distance = \"0.96 Å\" }]",
            ),
            /// Where and how it ends.
            #[serde(flatten)]
            end: EndInput = Key::of(Value::Inline(EndInput::TABLE.keys)),
        },
        /// The universal repulsion of nuclei (Ziegler, Biersack and Littmark), between all elements of the structure.
        Zbl = "zbl" {
            /// Distance beyond which atoms do not interact.
            cutoff: Quantity = positive(LENGTH).required("\"2 Å\""),
            /// Distance at which switching off begins.
            switch_from: Quantity = positive(LENGTH).required("\"1 Å\""),
        },
        /// Silicon by Stillinger and Weber.
        StillingerWeber = "stillinger-weber" {
            /// ε; that of the paper, 2.1682 eV, by default.
            #[serde(skip_serializing_if = "Option::is_none")]
            epsilon: Option<Quantity> = positive(ENERGY),
        },
        /// Springs between listed atoms: a model of a molecule, or restraints beside another potential.
        Harmonic = "harmonic" {
            /// Springs on distances: ½ k (r − r₀)².
            #[serde(skip_serializing_if = "Vec::is_empty")]
            bonds: Vec<SpringInput> = list(&Value::Table(&springs::BONDS)),
            /// Springs on angles: ½ k (θ − θ₀)².
            #[serde(skip_serializing_if = "Vec::is_empty")]
            angles: Vec<SpringInput> = list(&Value::Table(&springs::ANGLES)),
            /// Springs on dihedral angles: ½ k (φ − φ₀)².
            #[serde(skip_serializing_if = "Vec::is_empty")]
            dihedrals: Vec<SpringInput> = list(&Value::Table(&springs::DIHEDRALS)),
            /// Springs that hold atoms in their positions: ½ k |r − a|².
            #[serde(skip_serializing_if = "Vec::is_empty")]
            positions: Vec<AnchorInput> = list(&Value::Table(&AnchorInput::TABLE)),
        },
        /// Another program, which reads frames of extended XYZ and writes them with `energy` (eV) and `forces` (eV/Å).
        External = "external" told by "command" {
            /// The command, run by the shell.
            command: String = text().required("\"./label.sh\""),
            /// Whether it answers frame after frame; if not, it is started for every evaluation.
            keeps_running: bool = flag(),
            /// Folder in which it runs; that of the input by default.
            #[serde(skip_serializing_if = "Option::is_none")]
            folder: Option<PathBuf> = path(),
            /// Wall-clock time within which it must answer.
            time_limit: WallTime = wall_time().or("1 h"),
            /// Total charge in e, which the frames state.
            charge: i64 = CHARGE.or("0"),
            /// Spin multiplicity 2S + 1, which the frames state.
            multiplicity: u64 = integer(1, 100).or("1"),
        },
        /// A calculator of ASE, in Python.
        Ase = "ase" told by "calculator" {
            /// Module and class with its arguments.
            calculator: String = text().required("\"tblite.ase:TBLite method=GFN2-xTB verbosity=0\""),
            /// The Python that has it.
            python: String = text().or("python3"),
            /// Wall-clock time within which it must answer.
            time_limit: WallTime = wall_time().or("1 h"),
            /// Total charge in e, for `{charge}` in the arguments.
            charge: i64 = CHARGE.or("0"),
            /// Spin multiplicity 2S + 1, for `{multiplicity}` and `{unpaired}` in the arguments.
            multiplicity: u64 = integer(1, 100).or("1"),
        },
        /// Harmonic walls that keep atoms in a part of space: ½ k d² for an atom that is d beyond.
        Walls = "walls" {
            /// Planes.
            #[serde(skip_serializing_if = "Vec::is_empty")]
            planes: Vec<PlaneInput> = list(&Value::Table(&PlaneInput::TABLE)),
            /// Spheres.
            #[serde(skip_serializing_if = "Vec::is_empty")]
            spheres: Vec<SphereInput> = list(&Value::Table(&SphereInput::TABLE)),
        },
    }
    and {
        /// The sum of several.
        #[serde(untagged)]
        Sum(Vec<PotentialInput>),
    }
}

words! {
    /// What a learned potential does below the shortest distances of its training frames.
    pub enum ShortRangeInput {
        /// A repulsive wall (see [`cormorant_potential::LearnedPotential`]).
        Wall = "wall",
        /// What the network says, which means nothing there.
        None = "none",
    }
}

/// A total charge, in e.
const CHARGE: Key = number(Bounds::Within(-100.0, 100.0, "from -100 to 100"));
const THREADS: Key = integer(1, 1024).or("1");
const FIELD: Value = Value::Group(&Value::Quantity(ELECTRIC_FIELD, Bounds::Any), 3);
const ALL_LEARNED_KEYS: [&str; 8] =
    ["kind", "model", "models", "precision", "device", "threads", "short_range", "electric_field"];

impl PotentialInput {
    /// The declaration of the kinds.
    pub(crate) const TABLE: Table =
        Table { about: "`[potential]`, or several `[[potential]]` that are added.", keys: &[], kinds: Self::KINDS };

    /// The key `potential` of a table.
    pub(crate) const fn key() -> Key {
        Key::of(Value::Either(&[Value::Table(&Self::TABLE), Value::List(&Value::Table(&Self::TABLE))]))
            .required("{ model = \"models/ethanol\" }")
    }

    pub(super) fn read(parent: &Section<'_>) -> Result<Self> {
        let example = "[potential]\nmodel = \"models/ethanol\"";
        if parent.is_list("potential") {
            let sections = parent.sections("potential")?;
            let mut parts: Vec<Self> = sections.iter().map(Self::read_one).collect::<Result<_>>()?;
            return match parts.len() {
                0 => parent.required("potential", None, example),
                1 => Ok(parts.remove(0)),
                _ => Ok(Self::Sum(parts)),
            };
        }
        Self::read_one(&parent.required("potential", parent.section("potential")?, example)?)
    }

    fn read_one(section: &Section<'_>) -> Result<Self> {
        let missing = "model = \"models/ethanol\" (or kind = \"lennard-jones\")";
        let Some(kind) = section.kind(&Self::TABLE)? else {
            section.allow(&ALL_LEARNED_KEYS)?;
            return section.required("model", None, missing);
        };
        section.declared_kind(&Self::TABLE, kind)?;
        let mut found = section.required("kind", Self::read_kind(section, kind.word)?, missing)?;
        if let Self::External { folder: folder @ None, .. } = &mut found {
            *folder = Some(section.folder()?);
        }
        if let Self::Ase { calculator, .. } = &mut found {
            make_plain(section, calculator)?;
        }
        found.fits(section)?;
        Ok(found)
    }

    /// The potential of the file at `path`, which has `version = 1` and `[potential]`; other tables are those of a run and are not looked at.
    ///
    /// # Errors
    /// When the file cannot be read, or the table is not valid.
    pub fn of_file(path: &Path) -> Result<Self> {
        Source::read(path)?.with_root(|root, _| Self::read(root))
    }

    /// The potential of a model.
    #[must_use]
    pub fn of_model(model: PathBuf, precision: Precision) -> Self {
        let (device, short_range) = (DeviceInput::processor(), ShortRangeInput::Wall);
        Self::Learned { model, precision, device, threads: 1, short_range, electric_field: None }
    }

    /// Refuse what does not fit together.
    fn fits(&self, section: &Section<'_>) -> Result<()> {
        match self {
            Self::Committee { models, .. } => {
                let alike = models.iter().enumerate().any(|(index, model)| models[..index].contains(model));
                if models.len() >= 2 && !alike {
                    return Ok(());
                }
                let message = "`models` must list two different models or more";
                Err(section.error_at("models", message, "for one model write model = \"models/ethanol\""))
            }
            Self::LennardJones { epsilon, sigma, pairs, .. } => {
                pairs::require_parameters(section, [epsilon.is_some(), sigma.is_some()], !pairs.is_empty())
            }
            Self::Zbl { switch_from, cutoff } => pairs::below_cutoff(section, switch_from, cutoff),
            Self::Harmonic { bonds, angles, dihedrals, positions }
                if bonds.is_empty() && angles.is_empty() && dihedrals.is_empty() && positions.is_empty() =>
            {
                let example = "bonds = [{ atoms = [1, 2], force_constant = \"30 eV/Å^2\", equilibrium = \"1.5 Å\" }]";
                section.required("bonds", None, example)
            }
            Self::Walls { planes, spheres } if planes.is_empty() && spheres.is_empty() => {
                let example = "spheres = [{ center = [\"0 Å\", \"0 Å\", \"0 Å\"], radius = \"10 Å\", force_constant = \"1 eV/Å^2\" }]";
                section.required("spheres", None, example)
            }
            _ => Ok(()),
        }
    }

    /// The parts of a sum, or the potential itself.
    fn parts(&mut self) -> Vec<&mut Self> {
        match self {
            Self::Sum(parts) => parts.iter_mut().collect(),
            one => vec![one],
        }
    }

    /// Whether it is a committee, or the folder of one, or one of its parts is.
    #[must_use]
    pub fn has_committee(&self) -> bool {
        match self {
            Self::Sum(parts) => parts.iter().any(Self::has_committee),
            Self::Learned { model, .. } => CommitteeFolder::is_at(model),
            one => matches!(one, Self::Committee { .. }),
        }
    }

    /// Whether it is an electric field in which charged atoms have no minimum: no other part of a sum could hold them.
    pub(crate) fn carries_ions_off(&self) -> bool {
        match self {
            Self::Learned { electric_field, .. } | Self::Committee { electric_field, .. } => {
                electric_field.iter().flatten().any(|component| component.value() != 0.0)
            }
            _ => false,
        }
    }

    /// Every path, to be changed in place.
    pub(super) fn paths(&mut self) -> Vec<&mut PathBuf> {
        let mut paths = Vec::new();
        for part in self.parts() {
            match part {
                Self::Learned { model, .. } => paths.push(model),
                Self::Committee { models, .. } => paths.extend(models),
                Self::External { folder, .. } => paths.extend(folder),
                _ => {}
            }
        }
        paths
    }

    /// Where its networks compute; the processor where there are none.
    pub(crate) fn device(&self) -> DeviceInput {
        match self {
            Self::Learned { device, .. } | Self::Committee { device, .. } => device.clone(),
            Self::Sum(parts) => {
                let on_device = |part: &Self| Some(part.device()).filter(|device| !device.is_processor());
                parts.iter().find_map(on_device).unwrap_or_else(DeviceInput::processor)
            }
            _ => DeviceInput::processor(),
        }
    }

    /// Let networks compute in `wanted`, unless the input `said` otherwise.
    pub(super) fn set_default_precision(&mut self, said: bool, wanted: Precision) {
        for part in self.parts() {
            if let Self::Learned { precision, device, .. } | Self::Committee { precision, device, .. } = part
                && !said
                && device.is_processor()
            {
                *precision = wanted;
            }
        }
    }

    /// Forget what does not change the result, or its last bits only.
    pub(super) fn forget_threads(&mut self) {
        for part in self.parts() {
            if let Self::Learned { threads, device, .. } | Self::Committee { threads, device, .. } = part {
                *threads = 1;
                *device = DeviceInput::processor();
            }
        }
    }
}

impl PotentialInput {
    /// The potential, where it is of a kind that needs no network; ready for `system`.
    pub(crate) fn term(&self, system: &System) -> Result<Option<Box<dyn Potential>>> {
        Ok(Some(match self {
            Self::LennardJones { epsilon, sigma, end, pairs } => {
                Box::new(terms::lennard_jones(epsilon.as_ref().zip(sigma.as_ref()), end, pairs, system)?)
            }
            Self::Morse { end, pairs } => Box::new(terms::morse(end, pairs, system)?),
            Self::Zbl { switch_from, cutoff } => {
                Box::new(Zbl::new(&terms::elements(system), switch_from.value(), cutoff.value())?)
            }
            Self::StillingerWeber { epsilon } => {
                let epsilon = epsilon.as_ref().map_or(StillingerWeber::PUBLISHED_EPSILON, Quantity::value);
                Box::new(StillingerWeber::silicon()?.with_epsilon(epsilon)?)
            }
            Self::Harmonic { bonds, angles, dihedrals, positions } => {
                Box::new(terms::harmonic([bonds, angles, dihedrals], positions, system)?)
            }
            Self::Walls { planes, spheres } => Box::new(terms::walls(planes, spheres)?),
            Self::External { command, keeps_running, folder, time_limit, charge, multiplicity } => {
                let folder = folder.clone().unwrap_or_default();
                let program = ExternalPotential::new(command, folder, *keeps_running, time_limit.duration());
                Box::new(program.with_state(*charge, *multiplicity))
            }
            Self::Ase { calculator, python, time_limit, charge, multiplicity } => {
                let program = ExternalPotential::ase(calculator, python, time_limit.duration())?;
                Box::new(program.with_state(*charge, *multiplicity))
            }
            Self::Learned { .. } | Self::Committee { .. } | Self::Sum(_) => return Ok(None),
        }))
    }
}
