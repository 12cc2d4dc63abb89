//! The network of a fit.

use serde::Serialize;

use crate::Result;
use crate::input::Quantity;
use crate::input::section::Section;
use crate::units::Dimension;

/// `[model]`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelInput {
    /// Range of an edge.
    pub cutoff: Quantity,
    /// Channels of every activation.
    pub channels: usize,
    /// Highest degree of the activations.
    pub max_degree: usize,
    /// Highest degree of the harmonics of an edge.
    pub max_edge_degree: usize,
    /// Rounds of messages.
    pub layers: usize,
    /// Clebsch-Gordan products of an atom with itself after each round of messages.
    pub products: usize,
    /// Radial basis functions.
    pub radial_functions: usize,
    /// Hidden units of the radial network.
    pub radial_hidden: usize,
    /// Hidden units of the readout.
    pub readout_hidden: usize,
}

impl Default for ModelInput {
    fn default() -> Self {
        Self {
            cutoff: Quantity::default_of("5 Å", Dimension::Length),
            channels: 16,
            max_degree: 3,
            max_edge_degree: 3,
            layers: 2,
            products: 2,
            radial_functions: 8,
            radial_hidden: 32,
            readout_hidden: 16,
        }
    }
}

impl ModelInput {
    pub(super) fn read(section: &Section<'_>) -> Result<Self> {
        section.allow(&[
            "cutoff",
            "channels",
            "max_degree",
            "max_edge_degree",
            "layers",
            "products",
            "radial_functions",
            "radial_hidden",
            "readout_hidden",
        ])?;
        let default = Self::default();
        let count =
            |key, default| Ok::<_, crate::Error>(section.integer(key, 0, 1024)?.map_or(default, |n| n as usize));
        Ok(Self {
            cutoff: section.positive("cutoff", Dimension::Length)?.unwrap_or(default.cutoff),
            channels: count("channels", default.channels)?,
            max_degree: count("max_degree", default.max_degree)?,
            max_edge_degree: count("max_edge_degree", default.max_edge_degree)?,
            layers: count("layers", default.layers)?,
            products: count("products", default.products)?,
            radial_functions: count("radial_functions", default.radial_functions)?,
            radial_hidden: count("radial_hidden", default.radial_hidden)?,
            readout_hidden: count("readout_hidden", default.readout_hidden)?,
        })
    }
}
