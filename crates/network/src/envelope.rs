//! The surroundings of atoms that a model was trained on, as they are in its file.

use serde::{Deserialize, Serialize};

/// More elements than this share two channels of the descriptor instead of having one each.
const MOST_CHANNELS: usize = 6;
/// Larger records are refused.
const MOST_BUMPS: usize = 32;
const MOST_CENTERS: usize = 64;

/// How far apart the surroundings of atoms were in training; `cormorant_potential::extrapolation` says what the numbers mean.
///
/// The header of the file has the record; the arrays are tensors named `envelope.SYMBOL.projection` and `.centres`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// Reach of the descriptor in Å.
    pub cutoff: f64,
    /// Radial bumps of the descriptor.
    pub bumps: usize,
    /// One for each element of the model, in the order of its species.
    pub elements: Vec<ElementEnvelope>,
}

/// The surroundings of one element.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ElementEnvelope {
    /// Number of surroundings that it was made from.
    pub environments: usize,
    /// Number of centers.
    #[serde(rename = "centre_count")] // as in files from the first day on
    pub center_count: usize,
    /// Largest distance of surroundings that were left out when the shape was made.
    pub farthest: f64,
    /// Farthest that the nearest neighbor of such an atom ever was, in Å; none in models that are older than this record, and
    /// where an atom had no neighbor within the cutoff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loneliest: Option<f64>,
    /// Linear map from a row of the descriptor to a space where distances count standard deviations; `[length][length]`.
    #[serde(skip)]
    pub projection: Vec<f64>,
    /// Centers in that space; `[centers][length]`.
    #[serde(skip)]
    pub centers: Vec<f64>,
}

impl Envelope {
    /// Channels of the descriptor for `species` elements.
    #[must_use]
    pub fn channels(species: usize) -> usize {
        if species <= MOST_CHANNELS { species } else { 2 }
    }

    /// Numbers of the descriptor for `species` elements: degrees 0, 1 and 2 of every channel and bump.
    #[must_use]
    pub fn length(&self, species: usize) -> usize {
        3 * Self::channels(species) * self.bumps
    }

    /// The first thing that cannot be right, for a model of `species` elements; the arrays are not looked at.
    pub(super) fn fault(&self, species: usize) -> Option<String> {
        let sizes = (1..=MOST_BUMPS).contains(&self.bumps) && self.elements.len() == species;
        let counts = self.elements.iter().all(|one| {
            let lonely = one.loneliest.is_none_or(|distance| distance.is_finite() && distance > 0.0);
            one.center_count <= MOST_CENTERS && one.farthest.is_finite() && lonely
        });
        let fits = sizes && counts && self.cutoff.is_finite() && self.cutoff > 0.0 && self.cutoff <= 20.0;
        (!fits).then(|| "its record of surroundings (`envelope`) makes no sense".into())
    }

    /// Name, shape and numbers of every array; `symbols` are the elements.
    pub(super) fn arrays<'e>(&'e self, symbols: &'e [String]) -> impl Iterator<Item = (String, Vec<usize>, &'e [f64])> {
        let length = self.length(symbols.len());
        self.elements.iter().zip(symbols).filter(|(one, _)| one.environments > 0).flat_map(move |(one, symbol)| {
            [
                (format!("envelope.{symbol}.projection"), vec![length, length], one.projection.as_slice()),
                (format!("envelope.{symbol}.centres"), vec![one.center_count, length], one.centers.as_slice()),
            ]
        })
    }
}
