//! Hyper-parameters of the network.

use serde::{Deserialize, Serialize};

use super::moments::Moments;
use cormorant_electrostatics::LongRange;

use cormorant_kernels::network::Shape;

/// What a user may choose about the network; everything has a default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CormorantConfig {
    /// Range of an edge in Å.
    pub cutoff: f64,
    /// Channels of every activation; 8 or a multiple of 16.
    pub channels: usize,
    /// Highest degree of the activations, 0 to 3.
    pub max_degree: usize,
    /// Highest degree of the harmonics of an edge after the first layer, at most twice `max_degree`.
    pub max_edge_degree: usize,
    /// Rounds of messages.
    pub layers: usize,
    /// Clebsch-Gordan products of an atom with itself after each round of messages.
    pub products: usize,
    /// Whether the products are mixed by matrices of their own for each element.
    pub element_products: bool,
    /// Whether what an atom sends to others and what it keeps of itself are mixed by matrices of their own for each element.
    #[serde(skip_serializing_if = "is_by_element")]
    pub element_features: bool,
    /// Radial basis functions.
    pub radial_functions: usize,
    /// Hidden units of the radial network; a multiple of 16.
    pub radial_hidden: usize,
    /// Hidden units of the readout; a multiple of 16.
    pub readout_hidden: usize,
    /// Degree of the multipole that the readout gives for each atom beside its energy; 0 for none.
    #[serde(skip_serializing_if = "is_none")]
    pub multipole: usize,
    /// How many multipoles of that degree it gives.
    #[serde(skip_serializing_if = "is_one")]
    pub multipole_copies: usize,
    /// Numbers that the readout gives for each atom beside its first, of a model without charges.
    #[serde(skip_serializing_if = "is_none")]
    pub further_numbers: usize,
    /// What an atom of a model of energies has that acts at any distance.
    #[serde(rename = "electrostatics", skip_serializing_if = "Moments::is_none")]
    pub moments: Moments,
    /// Whether the atoms of a model of energies attract each other by dispersion at any distance.
    #[serde(skip_serializing_if = "is_off")]
    pub dispersion: bool,
    /// Width in Å of the Gaussians between two atoms with charges or dispersion; [`DEFAULT_SMEARING`] unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smearing: Option<f64>,
}

/// Most values of an atom that a network predicts at once.
pub const MOST_COLUMNS: usize = 64;

/// Width in Å of the Gaussians between two atoms with charges or dispersion: what is nearer than some three times this is left to the network.
pub const DEFAULT_SMEARING: f64 = 1.5;

/// Models from before these could be shared had one for each element, and are written as they were.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_by_element(element_features: &bool) -> bool {
    *element_features
}

/// Models without dispersion are written as before there was any.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_off(dispersion: &bool) -> bool {
    !*dispersion
}

/// Models without a multipole are written as before there were any.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_none(multipole: &usize) -> bool {
    *multipole == 0
}

/// The same of models with one.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_one(copies: &usize) -> bool {
    *copies == 1
}

impl Default for CormorantConfig {
    fn default() -> Self {
        Self {
            cutoff: 5.0,
            channels: 16,
            max_degree: 3,
            max_edge_degree: 6,
            layers: 2,
            products: 2,
            element_products: true,
            element_features: true,
            radial_functions: 8,
            radial_hidden: 32,
            readout_hidden: 16,
            multipole: 0,
            multipole_copies: 1,
            further_numbers: 0,
            moments: Moments::None,
            dispersion: false,
            smearing: None,
        }
    }
}

impl CormorantConfig {
    /// The first value that cannot work, as (key, what is accepted).
    #[must_use]
    pub fn fault(&self) -> Option<(&'static str, String)> {
        let multiple = |n: usize| n > 0 && n <= 256 && n.is_multiple_of(16);
        let checks = [
            ("cutoff", self.cutoff.is_finite() && self.cutoff > 0.5 && self.cutoff <= 20.0, "between 0.5 Å and 20 Å"),
            ("channels", self.channels == 8 || multiple(self.channels), "8, or a multiple of 16 up to 256"),
            ("max_degree", self.max_degree <= 3, "0, 1, 2 or 3"),
            (
                "max_edge_degree",
                (self.max_degree..=2 * self.max_degree).contains(&self.max_edge_degree),
                "from max_degree to twice max_degree",
            ),
            ("layers", (1..=6).contains(&self.layers), "1 to 6"),
            ("products", (1..=4).contains(&self.products), "1 to 4"),
            ("radial_functions", (1..=32).contains(&self.radial_functions), "1 to 32"),
            ("radial_hidden", multiple(self.radial_hidden), "a multiple of 16 up to 256"),
            ("readout_hidden", multiple(self.readout_hidden), "a multiple of 16 up to 256"),
            ("multipole", self.multipole <= self.max_degree.min(2), "0, 1 or 2, and at most max_degree"),
            ("multipole_copies", (1..=MOST_COLUMNS).contains(&self.multipole_copies), "1 to 64"),
            (
                "further_numbers",
                self.further_numbers < MOST_COLUMNS && (self.further_numbers == 0 || self.long_range().is_none()),
                "0 to 63, and 0 with `electrostatics` or `dispersion`",
            ),
            (
                "electrostatics",
                self.moments.degree().is_none_or(|degree| degree <= self.max_degree),
                "of a degree up to max_degree: `dipoles` need 1, `quadrupoles` 2",
            ),
            ("smearing", self.smearing.is_none_or(|width| (0.3..=5.0).contains(&width)), "between 0.3 Å and 5 Å"),
            (
                "smearing",
                self.smearing.is_none() || self.long_range().is_some(),
                "left out where `electrostatics` is \"none\" and there is no `dispersion`",
            ),
        ];
        checks.into_iter().find(|check| !check.1).map(|(key, _, accepted)| (key, accepted.to_string()))
    }

    /// Sizes of the network for data with `species` elements and `mean_neighbors` neighbors per atom.
    #[must_use]
    pub fn shape(&self, species: usize, mean_neighbors: f64) -> Shape {
        Shape {
            species,
            channels: self.channels,
            max_degree: self.max_degree,
            max_edge_degree: self.max_edge_degree,
            layers: self.layers,
            products: self.products,
            element_products: self.element_products,
            element_features: self.element_features,
            radial_functions: self.radial_functions,
            radial_hidden: self.radial_hidden,
            readout_hidden: self.readout_hidden,
            multipole: self.multipole,
            multipole_copies: self.multipole_copies,
            numbers: self.long_range().map_or(self.further_numbers, LongRange::scalars),
            moments: self.moments.degree().unwrap_or(0),
            cutoff: self.cutoff,
            mean_neighbors,
        }
    }

    /// What the atoms have that acts at any distance, if anything.
    #[must_use]
    pub fn long_range(&self) -> Option<LongRange> {
        let (multipoles, dispersion) = (self.moments.degree(), self.dispersion);
        let smearing = self.smearing.unwrap_or(DEFAULT_SMEARING);
        (multipoles.is_some() || dispersion).then_some(LongRange { multipoles, dispersion, smearing })
    }
}
