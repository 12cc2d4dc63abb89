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
    },
    /// The Lennard-Jones pair potential 4ε[(σ/r)¹² − (σ/r)⁶], the same for all pairs.
    LennardJones {
        /// Depth ε of the well.
        epsilon: Quantity,
        /// Distance σ at which the energy is zero.
        sigma: Quantity,
        /// Distance beyond which atoms do not interact.
        cutoff: Quantity,
    },
    /// Every atom tied to where it started by a spring: k/2 |r − r₀|².
    Harmonic {
        /// Stiffness k of the springs.
        stiffness: Quantity,
    },
}

#[derive(Clone, Copy)]
enum Kind {
    Learned,
    LennardJones,
    Harmonic,
}

impl PotentialInput {
    const KINDS: [(&'static str, Kind); 3] =
        [("learned", Kind::Learned), ("lennard-jones", Kind::LennardJones), ("harmonic", Kind::Harmonic)];

    pub(super) fn read(root: &Section<'_>) -> Result<Self> {
        let example = "[potential]\nmodel = \"models/ethanol\"";
        let section = root.required("potential", root.section("potential")?, example)?;
        let kind = match section.choice("kind", &Self::KINDS)? {
            Some(kind) => kind,
            None if section.has("model") => Kind::Learned,
            None => {
                section.allow(&["kind", "model", "precision", "threads", "epsilon", "sigma", "cutoff", "stiffness"])?;
                return section.required("model", None, "model = \"models/ethanol\" (or kind = \"lennard-jones\")");
            }
        };
        match kind {
            Kind::Learned => Self::learned(&section),
            Kind::LennardJones => Self::lennard_jones(&section),
            Kind::Harmonic => {
                section.allow(&["kind", "stiffness"])?;
                let stiffness = section.positive("stiffness", Dimension::BondStiffness)?;
                let stiffness = section.required("stiffness", stiffness, "stiffness = \"10 eV/Å^2\"")?;
                Ok(Self::Harmonic { stiffness })
            }
        }
    }

    fn learned(section: &Section<'_>) -> Result<Self> {
        section.allow(&["kind", "model", "precision", "threads"])?;
        let model = section.required("model", section.path("model")?, "model = \"models/ethanol\"")?;
        let precision = section.choice("precision", &Precision::WORDS)?.unwrap_or(Precision::F32);
        let threads = section.integer("threads", 1, 1024)?.unwrap_or(1) as usize;
        Ok(Self::Learned { model, precision, threads })
    }

    fn lennard_jones(section: &Section<'_>) -> Result<Self> {
        section.allow(&["kind", "epsilon", "sigma", "cutoff"])?;
        let epsilon = section.positive("epsilon", Dimension::Energy)?;
        let epsilon = section.required("epsilon", epsilon, "epsilon = \"0.0104 eV\"")?;
        let sigma = section.positive("sigma", Dimension::Length)?;
        let sigma = section.required("sigma", sigma, "sigma = \"3.4 Å\"")?;
        let cutoff = section.positive("cutoff", Dimension::Length)?;
        let cutoff = section.required("cutoff", cutoff, "cutoff = \"8.5 Å\"")?;
        Ok(Self::LennardJones { epsilon, sigma, cutoff })
    }
}
