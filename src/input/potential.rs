//! Which potential moves the atoms.

use std::path::PathBuf;

use serde::Serialize;

use super::section::Section;
use super::{Precision, Quantity};
use crate::Result;
use crate::units::Dimension;

/// `[potential]`.
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
    /// The Lennard-Jones pair potential 4ε[(σ/r)¹² − (σ/r)⁶], the same for all pairs.
    LennardJones {
        /// Depth ε of the well.
        epsilon: Quantity,
        /// Distance σ at which the energy is zero.
        sigma: Quantity,
        /// Distance beyond which atoms do not interact.
        cutoff: Quantity,
        /// How the potential ends there.
        truncation: TruncationInput,
        /// Distance at which switching begins, for `truncation = "switched"`.
        #[serde(skip_serializing_if = "Option::is_none")]
        switch_from: Option<Quantity>,
    },
    /// Springs between listed atoms.
    Harmonic {
        /// Springs on distances: ½ k (r − r₀)².
        #[serde(skip_serializing_if = "Vec::is_empty")]
        bonds: Vec<SpringInput>,
        /// Springs on angles: ½ k (θ − θ₀)².
        #[serde(skip_serializing_if = "Vec::is_empty")]
        angles: Vec<SpringInput>,
    },
}

/// What a learned potential does below the shortest distances of its training frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ShortRangeInput {
    /// A repulsive wall (see [`crate::potential::LearnedPotential`]).
    Wall,
    /// What the network says, which means nothing there.
    None,
}

/// How a pair potential ends at its cutoff (see [`crate::potential::Truncation`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TruncationInput {
    /// Cut off.
    Plain,
    /// Energy shifted to zero.
    Shifted,
    /// Force shifted to zero.
    ShiftedForce,
    /// Switched off smoothly.
    Switched,
}

/// A spring between two atoms or on the angle at the middle one of three.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpringInput {
    /// The atoms, counted from 1 in the order of the structure file.
    pub atoms: Vec<usize>,
    /// Stiffness k.
    pub stiffness: Quantity,
    /// Length r₀ or angle θ₀ at rest.
    pub rest: Quantity,
}

#[derive(Clone, Copy)]
enum Kind {
    Learned,
    Committee,
    LennardJones,
    Harmonic,
}

const LEARNED_KEYS: [&str; 5] = ["kind", "model", "precision", "threads", "short_range"];
const COMMITTEE_KEYS: [&str; 5] = ["kind", "models", "precision", "threads", "short_range"];
const ALL_LEARNED_KEYS: [&str; 6] = ["kind", "model", "models", "precision", "threads", "short_range"];

impl PotentialInput {
    const KINDS: [(&'static str, Kind); 4] = [
        ("learned", Kind::Learned),
        ("committee", Kind::Committee),
        ("lennard-jones", Kind::LennardJones),
        ("harmonic", Kind::Harmonic),
    ];

    pub(super) fn read(root: &Section<'_>) -> Result<Self> {
        let example = "[potential]\nmodel = \"models/ethanol\"";
        let section = root.required("potential", root.section("potential")?, example)?;
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
            Kind::Learned => Self::learned(&section),
            Kind::Committee => Self::committee(&section),
            Kind::LennardJones => Self::lennard_jones(&section),
            Kind::Harmonic => Self::harmonic(&section),
        }
    }

    /// Every path, to be changed in place.
    pub(super) fn paths(&mut self) -> Vec<&mut PathBuf> {
        match self {
            Self::Learned { model, .. } => vec![model],
            Self::Committee { models, .. } => models.iter_mut().collect(),
            Self::LennardJones { .. } | Self::Harmonic { .. } => Vec::new(),
        }
    }

    /// Let a network compute in `wanted`, unless the input `said` otherwise.
    pub(super) fn set_default_precision(&mut self, said: bool, wanted: Precision) {
        if let Self::Learned { precision, .. } | Self::Committee { precision, .. } = self
            && !said
        {
            *precision = wanted;
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

    fn lennard_jones(section: &Section<'_>) -> Result<Self> {
        section.allow(&["kind", "epsilon", "sigma", "cutoff", "truncation", "switch_from"])?;
        let epsilon = section.positive("epsilon", Dimension::Energy)?;
        let epsilon = section.required("epsilon", epsilon, "epsilon = \"0.0104 eV\"")?;
        let sigma = section.positive("sigma", Dimension::Length)?;
        let sigma = section.required("sigma", sigma, "sigma = \"3.4 Å\"")?;
        let cutoff = section.positive("cutoff", Dimension::Length)?;
        let cutoff = section.required("cutoff", cutoff, "cutoff = \"8.5 Å\"")?;
        let truncation = section.choice("truncation", &TruncationInput::WORDS)?;
        let truncation = truncation.unwrap_or(TruncationInput::ShiftedForce);
        let mut switch_from = section.positive("switch_from", Dimension::Length)?;
        if truncation == TruncationInput::Switched {
            let from = section.required("switch_from", switch_from, "switch_from = \"7.5 Å\"")?;
            if from.value() >= cutoff.value() {
                return Err(section.error_at(
                    "switch_from",
                    format!("`switch_from` = \"{from}\" must be below the cutoff of {cutoff}"),
                    "",
                ));
            }
            switch_from = Some(from);
        } else if switch_from.is_some() {
            return Err(section.error_at(
                "switch_from",
                "`switch_from` goes with truncation = \"switched\" only",
                "remove it, or add truncation = \"switched\"",
            ));
        }
        Ok(Self::LennardJones { epsilon, sigma, cutoff, truncation, switch_from })
    }

    fn harmonic(section: &Section<'_>) -> Result<Self> {
        section.allow(&["kind", "bonds", "angles"])?;
        let bonds = section.sections("bonds")?;
        let bond = |spring| SpringInput::read(spring, 2, Dimension::BondStiffness, Dimension::Length);
        let bonds: Vec<SpringInput> = bonds.iter().map(bond).collect::<Result<_>>()?;
        let angles = section.sections("angles")?;
        let angle = |spring| SpringInput::read(spring, 3, Dimension::AngleStiffness, Dimension::Angle);
        let angles: Vec<SpringInput> = angles.iter().map(angle).collect::<Result<_>>()?;
        if bonds.is_empty() && angles.is_empty() {
            let example = "bonds = [{ atoms = [1, 2], stiffness = \"30 eV/Å^2\", rest = \"1.5 Å\" }]";
            return section.required("bonds", None, example);
        }
        Ok(Self::Harmonic { bonds, angles })
    }
}

impl ShortRangeInput {
    const WORDS: [(&'static str, Self); 2] = [("wall", Self::Wall), ("none", Self::None)];
}

impl TruncationInput {
    const WORDS: [(&'static str, Self); 4] = [
        ("plain", Self::Plain),
        ("shifted", Self::Shifted),
        ("shifted-force", Self::ShiftedForce),
        ("switched", Self::Switched),
    ];
}

impl SpringInput {
    fn read(section: &Section<'_>, ends: usize, stiffness: Dimension, rest: Dimension) -> Result<Self> {
        section.allow(&["atoms", "stiffness", "rest"])?;
        let atoms = section.integers("atoms", 1, u64::from(u32::MAX))?;
        let atoms = section.required("atoms", atoms, if ends == 2 { "atoms = [1, 2]" } else { "atoms = [1, 2, 3]" })?;
        let distinct = atoms.iter().enumerate().all(|(index, atom)| !atoms[..index].contains(atom));
        if atoms.len() != ends || !distinct {
            return Err(section.error_at("atoms", format!("`atoms` must list {ends} different atoms"), ""));
        }
        let example = |key: &str, dimension: Dimension| format!("{key} = \"{}\"", dimension.example());
        let found = section.positive("stiffness", stiffness)?;
        let k = section.required("stiffness", found, &example("stiffness", stiffness))?;
        let found = section.positive("rest", rest)?;
        let at_rest = section.required("rest", found, &example("rest", rest))?;
        Ok(Self { atoms: atoms.iter().map(|atom| *atom as usize).collect(), stiffness: k, rest: at_rest })
    }
}
