//! Which potential moves the atoms.

mod pairs;
mod springs;
mod walls;

pub use pairs::{EndInput, LennardJonesPairInput, MorsePairInput, TruncationInput};
pub use springs::{AnchorInput, SpringInput};
pub use walls::{PlaneInput, Side, SphereInput};

use std::path::PathBuf;

use serde::Serialize;

use super::section::Section;
use super::{Precision, Quantity};
use cormorant_core::Result;
use cormorant_core::units::Dimension;

/// `[potential]`, or several `[[potential]]` that are added.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum PotentialInput {
    /// A fitted model.
    Learned {
        /// Its folder.
        model: PathBuf,
        /// Floating-point format of the network.
        precision: Precision,
        /// Threads that share one evaluation.
        threads: usize,
        /// What keeps atoms apart that come nearer than in the training frames.
        short_range: ShortRangeInput,
    },
    /// Several fitted models of the same thing: their mean, with the spread in the results.
    Committee {
        /// Their folders.
        models: Vec<PathBuf>,
        /// Floating-point format of the networks.
        precision: Precision,
        /// Threads that share one evaluation.
        threads: usize,
        /// What keeps atoms apart that come nearer than in the training frames.
        short_range: ShortRangeInput,
    },
    /// The Lennard-Jones pair potential 4ε[(σ/r)¹² − (σ/r)⁶].
    LennardJones {
        /// Depth ε of the well, for all pairs of elements that are not listed.
        #[serde(skip_serializing_if = "Option::is_none")]
        epsilon: Option<Quantity>,
        /// Distance σ at which the energy is zero, for all pairs of elements that are not listed.
        #[serde(skip_serializing_if = "Option::is_none")]
        sigma: Option<Quantity>,
        /// Where and how it ends.
        #[serde(flatten)]
        end: EndInput,
        /// Pairs of elements with their own parameters.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        pairs: Vec<LennardJonesPairInput>,
    },
    /// The Morse pair potential D[(1 − exp(−a(r − r₀)))² − 1].
    Morse {
        /// Where and how it ends.
        #[serde(flatten)]
        end: EndInput,
        /// Every pair of elements of the structure.
        pairs: Vec<MorsePairInput>,
    },
    /// The universal repulsion of nuclei (Ziegler, Biersack and Littmark), between all elements of the structure.
    Zbl {
        /// Distance at which switching off begins.
        switch_from: Quantity,
        /// Distance beyond which atoms do not interact.
        cutoff: Quantity,
    },
    /// Silicon by Stillinger and Weber.
    StillingerWeber {
        /// ε; that of the paper, 2.1682 eV, when left out.
        #[serde(skip_serializing_if = "Option::is_none")]
        epsilon: Option<Quantity>,
    },
    /// Springs between listed atoms: a model of a molecule, or restraints beside another potential.
    Harmonic {
        /// Springs on distances: ½ k (r − r₀)².
        #[serde(skip_serializing_if = "Vec::is_empty")]
        bonds: Vec<SpringInput>,
        /// Springs on angles: ½ k (θ − θ₀)².
        #[serde(skip_serializing_if = "Vec::is_empty")]
        angles: Vec<SpringInput>,
        /// Springs on dihedral angles: ½ k (φ − φ₀)².
        #[serde(skip_serializing_if = "Vec::is_empty")]
        dihedrals: Vec<SpringInput>,
        /// Springs that hold atoms in places: ½ k |r − a|².
        #[serde(skip_serializing_if = "Vec::is_empty")]
        positions: Vec<AnchorInput>,
    },
    /// Harmonic walls that keep atoms in a part of space: ½ k d² for an atom that is d beyond.
    Walls {
        /// Planes.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        planes: Vec<PlaneInput>,
        /// Spheres.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        spheres: Vec<SphereInput>,
    },
    /// The sum of several.
    #[serde(untagged)]
    Sum(Vec<PotentialInput>),
}

/// What a learned potential does below the shortest distances of its training frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ShortRangeInput {
    /// A repulsive wall (see [`cormorant_potential::LearnedPotential`]).
    Wall,
    /// What the network says, which means nothing there.
    None,
}

#[derive(Clone, Copy)]
enum Kind {
    Learned,
    Committee,
    LennardJones,
    Morse,
    Zbl,
    StillingerWeber,
    Harmonic,
    Walls,
}

const LEARNED_KEYS: [&str; 5] = ["kind", "model", "precision", "threads", "short_range"];
const COMMITTEE_KEYS: [&str; 5] = ["kind", "models", "precision", "threads", "short_range"];
const ALL_LEARNED_KEYS: [&str; 6] = ["kind", "model", "models", "precision", "threads", "short_range"];

impl PotentialInput {
    const KINDS: [(&'static str, Kind); 8] = [
        ("learned", Kind::Learned),
        ("committee", Kind::Committee),
        ("lennard-jones", Kind::LennardJones),
        ("morse", Kind::Morse),
        ("zbl", Kind::Zbl),
        ("stillinger-weber", Kind::StillingerWeber),
        ("harmonic", Kind::Harmonic),
        ("walls", Kind::Walls),
    ];

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
        let kind = match section.choice("kind", &Self::KINDS)? {
            Some(kind) => kind,
            None if section.has("model") => Kind::Learned,
            None if section.has("models") => Kind::Committee,
            None => {
                section.allow(&ALL_LEARNED_KEYS)?;
                return section.required("model", None, "model = \"models/ethanol\" (or kind = \"lennard-jones\")");
            }
        };
        match kind {
            Kind::Learned => Self::learned(section),
            Kind::Committee => Self::committee(section),
            Kind::LennardJones => Self::lennard_jones(section),
            Kind::Morse => Self::morse(section),
            Kind::Zbl => Self::zbl(section),
            Kind::StillingerWeber => {
                section.allow(&["kind", "epsilon"])?;
                Ok(Self::StillingerWeber { epsilon: section.positive("epsilon", Dimension::Energy)? })
            }
            Kind::Harmonic => Self::harmonic(section),
            Kind::Walls => Self::walls(section),
        }
    }

    fn learned(section: &Section<'_>) -> Result<Self> {
        section.allow(&LEARNED_KEYS)?;
        let model = section.required("model", section.path("model")?, "model = \"models/ethanol\"")?;
        let precision = section.choice("precision", &Precision::WORDS)?.unwrap_or(Precision::F32);
        let threads = section.integer("threads", 1, 1024)?.unwrap_or(1) as usize;
        let short_range = section.choice("short_range", &ShortRangeInput::WORDS)?.unwrap_or(ShortRangeInput::Wall);
        Ok(Self::Learned { model, precision, threads, short_range })
    }

    fn committee(section: &Section<'_>) -> Result<Self> {
        section.allow(&COMMITTEE_KEYS)?;
        let example = "models = [\"models/first\", \"models/second\"]";
        let models = section.required("models", section.paths("models")?, example)?;
        let alike = models.iter().enumerate().any(|(index, model)| models[..index].contains(model));
        if models.len() < 2 || alike {
            let message = "`models` must list two different models or more";
            return Err(section.error_at("models", message, "for one model write model = \"models/ethanol\""));
        }
        let precision = section.choice("precision", &Precision::WORDS)?.unwrap_or(Precision::F32);
        let threads = section.integer("threads", 1, 1024)?.unwrap_or(1) as usize;
        let short_range = section.choice("short_range", &ShortRangeInput::WORDS)?.unwrap_or(ShortRangeInput::Wall);
        Ok(Self::Committee { models, precision, threads, short_range })
    }

    fn zbl(section: &Section<'_>) -> Result<Self> {
        section.allow(&["kind", "switch_from", "cutoff"])?;
        let cutoff = section.positive("cutoff", Dimension::Length)?;
        let cutoff = section.required("cutoff", cutoff, "cutoff = \"2 Å\"")?;
        let from = section.positive("switch_from", Dimension::Length)?;
        let switch_from = section.required("switch_from", from, "switch_from = \"1 Å\"")?;
        pairs::below_cutoff(section, &switch_from, &cutoff)?;
        Ok(Self::Zbl { switch_from, cutoff })
    }

    /// The parts of a sum, or the potential itself.
    fn parts(&mut self) -> Vec<&mut Self> {
        match self {
            Self::Sum(parts) => parts.iter_mut().collect(),
            one => vec![one],
        }
    }

    /// Whether it is a committee, or one of its parts is.
    #[must_use]
    pub fn has_committee(&self) -> bool {
        match self {
            Self::Sum(parts) => parts.iter().any(Self::has_committee),
            one => matches!(one, Self::Committee { .. }),
        }
    }

    /// Every path, to be changed in place.
    pub(super) fn paths(&mut self) -> Vec<&mut PathBuf> {
        let mut paths = Vec::new();
        for part in self.parts() {
            match part {
                Self::Learned { model, .. } => paths.push(model),
                Self::Committee { models, .. } => paths.extend(models),
                _ => {}
            }
        }
        paths
    }

    /// Let networks compute in `wanted`, unless the input `said` otherwise.
    pub(super) fn set_default_precision(&mut self, said: bool, wanted: Precision) {
        for part in self.parts() {
            if let Self::Learned { precision, .. } | Self::Committee { precision, .. } = part
                && !said
            {
                *precision = wanted;
            }
        }
    }

    /// Forget what does not change the result.
    pub(super) fn forget_threads(&mut self) {
        for part in self.parts() {
            if let Self::Learned { threads, .. } | Self::Committee { threads, .. } = part {
                *threads = 1;
            }
        }
    }
}

impl ShortRangeInput {
    const WORDS: [(&'static str, Self); 2] = [("wall", Self::Wall), ("none", Self::None)];
}
