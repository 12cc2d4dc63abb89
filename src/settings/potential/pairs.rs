//! Pair potentials.

use serde::Serialize;

use super::PotentialInput;
use crate::settings::Quantity;
use crate::settings::section::Section;
use cormorant_core::Result;
use cormorant_core::system::Element;
use cormorant_core::units::Dimension;

/// Where and how a pair potential ends.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EndInput {
    /// Distance beyond which atoms do not interact.
    pub cutoff: Quantity,
    /// How the potential ends there.
    pub truncation: TruncationInput,
    /// Distance at which switching begins, for `truncation = "switched"`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub switch_from: Option<Quantity>,
}

/// How a pair potential ends at its cutoff (see [`cormorant_potential::Truncation`]).
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

/// Parameters of Lennard-Jones for two elements.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LennardJonesPairInput {
    /// The two elements, or one twice.
    pub elements: [&'static str; 2],
    /// Depth ε of the well.
    pub epsilon: Quantity,
    /// Distance σ at which the energy is zero.
    pub sigma: Quantity,
}

/// Parameters of Morse for two elements.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MorsePairInput {
    /// The two elements, or one twice.
    pub elements: [&'static str; 2],
    /// Depth D of the well.
    pub depth: Quantity,
    /// Inverse width a of the well.
    pub width: Quantity,
    /// Distance r₀ of the minimum.
    pub distance: Quantity,
}

const END_KEYS: [&str; 3] = ["cutoff", "truncation", "switch_from"];

impl PotentialInput {
    pub(super) fn lennard_jones(section: &Section<'_>) -> Result<Self> {
        section.allow(&[&["kind", "epsilon", "sigma", "pairs"][..], &END_KEYS].concat())?;
        let pairs = section.sections("pairs")?;
        let pairs: Vec<_> = pairs.iter().map(LennardJonesPairInput::read).collect::<Result<_>>()?;
        let mut epsilon = section.positive("epsilon", Dimension::Energy)?;
        let mut sigma = section.positive("sigma", Dimension::Length)?;
        if pairs.is_empty() || epsilon.is_some() || sigma.is_some() {
            epsilon = Some(section.required("epsilon", epsilon, "epsilon = \"0.0104 eV\"")?);
            sigma = Some(section.required("sigma", sigma, "sigma = \"3.4 Å\"")?);
        }
        Ok(Self::LennardJones { epsilon, sigma, end: EndInput::read(section)?, pairs })
    }

    pub(super) fn morse(section: &Section<'_>) -> Result<Self> {
        section.allow(&[&["kind", "pairs"][..], &END_KEYS].concat())?;
        let pairs = section.sections("pairs")?;
        let pairs: Vec<_> = pairs.iter().map(MorsePairInput::read).collect::<Result<_>>()?;
        if pairs.is_empty() {
            let example = "pairs = [{ elements = [\"O\", \"H\"], depth = \"4.6 eV\", width = \"2.3 / Å\", distance = \
                           \"0.96 Å\" }]";
            return section.required("pairs", None, example);
        }
        Ok(Self::Morse { end: EndInput::read(section)?, pairs })
    }
}

impl EndInput {
    fn read(section: &Section<'_>) -> Result<Self> {
        let cutoff = section.positive("cutoff", Dimension::Length)?;
        let cutoff = section.required("cutoff", cutoff, "cutoff = \"8.5 Å\"")?;
        let truncation = section.choice("truncation", &TruncationInput::WORDS)?;
        let truncation = truncation.unwrap_or(TruncationInput::ShiftedForce);
        let mut switch_from = section.positive("switch_from", Dimension::Length)?;
        if truncation == TruncationInput::Switched {
            let from = section.required("switch_from", switch_from, "switch_from = \"7.5 Å\"")?;
            below_cutoff(section, &from, &cutoff)?;
            switch_from = Some(from);
        } else if switch_from.is_some() {
            return Err(section.error_at(
                "switch_from",
                "`switch_from` goes with truncation = \"switched\" only",
                "remove it, or add truncation = \"switched\"",
            ));
        }
        Ok(Self { cutoff, truncation, switch_from })
    }
}

/// Switching begins before the end.
pub(super) fn below_cutoff(section: &Section<'_>, from: &Quantity, cutoff: &Quantity) -> Result<()> {
    if from.value() < cutoff.value() {
        return Ok(());
    }
    let message = format!("`switch_from` = \"{from}\" must be below the cutoff of {cutoff}");
    Err(section.error_at("switch_from", message, "lower it, or raise the cutoff"))
}

impl TruncationInput {
    const WORDS: [(&'static str, Self); 4] = [
        ("plain", Self::Plain),
        ("shifted", Self::Shifted),
        ("shifted-force", Self::ShiftedForce),
        ("switched", Self::Switched),
    ];
}

impl LennardJonesPairInput {
    fn read(section: &Section<'_>) -> Result<Self> {
        section.allow(&["elements", "epsilon", "sigma"])?;
        let epsilon = section.positive("epsilon", Dimension::Energy)?;
        let sigma = section.positive("sigma", Dimension::Length)?;
        Ok(Self {
            elements: elements(section)?,
            epsilon: section.required("epsilon", epsilon, "epsilon = \"0.0104 eV\"")?,
            sigma: section.required("sigma", sigma, "sigma = \"3.4 Å\"")?,
        })
    }
}

impl MorsePairInput {
    fn read(section: &Section<'_>) -> Result<Self> {
        section.allow(&["elements", "depth", "width", "distance"])?;
        let depth = section.positive("depth", Dimension::Energy)?;
        let width = section.positive("width", Dimension::InverseLength)?;
        let distance = section.positive("distance", Dimension::Length)?;
        Ok(Self {
            elements: elements(section)?,
            depth: section.required("depth", depth, "depth = \"4.6 eV\"")?,
            width: section.required("width", width, "width = \"2.3 / Å\"")?,
            distance: section.required("distance", distance, "distance = \"0.96 Å\"")?,
        })
    }
}

/// `elements`, two symbols.
fn elements(section: &Section<'_>) -> Result<[&'static str; 2]> {
    let example = "elements = [\"O\", \"H\"]";
    let texts = section.required("elements", section.texts("elements")?, example)?;
    let symbol = |(text, place): &(&str, std::ops::Range<usize>)| {
        let found = Element::from_symbol(text).map(Element::symbol);
        found.map_err(|error| section.error(place.clone(), error.to_string(), "write a symbol such as \"H\""))
    };
    let symbols: Vec<&'static str> = texts.iter().map(symbol).collect::<Result<_>>()?;
    symbols.try_into().map_err(|found: Vec<_>| {
        section.error_at("elements", format!("`elements` names {} elements, not two", found.len()), example)
    })
}
