//! The network of a fit.

use serde::Serialize;

use super::Preset;
use crate::settings::Quantity;
use crate::settings::section::Section;
use cormorant_core::Result;
use cormorant_core::units::Dimension;
use cormorant_network::CormorantConfig;

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
    /// Whether the products are mixed by the same matrices for all elements.
    pub product_mixing: Mixing,
    /// Whether what atoms send to others and what they keep of themselves are mixed by the same matrices for all elements.
    pub feature_mixing: Mixing,
    /// Radial basis functions.
    pub radial_functions: usize,
    /// Hidden units of the radial network.
    pub radial_hidden: usize,
    /// Hidden units of the readout.
    pub readout_hidden: usize,
    /// Distance of two knots of the cubic splines that stand for the radial functions. Forces err by its cube: 0.04 Å cost benzene
    /// 0.2 meV/Å (`benches/accuracy.md`).
    pub knot_spacing: Quantity,
}

/// Which matrices mix a part of the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mixing {
    /// The same for all elements.
    Shared,
    /// Some for each element.
    ByElement,
}

impl Mixing {
    const WORDS: [(&'static str, Self); 2] = [("shared", Self::Shared), ("by-element", Self::ByElement)];

    fn of(by_element: bool) -> Self {
        if by_element { Self::ByElement } else { Self::Shared }
    }
}

impl Default for ModelInput {
    fn default() -> Self {
        Self::of(Preset::default())
    }
}

impl ModelInput {
    /// The keys of `[model]` for a new network.
    pub(super) const KEYS: [&'static str; 13] = [
        "kind",
        "cutoff",
        "channels",
        "max_degree",
        "max_edge_degree",
        "layers",
        "products",
        "product_mixing",
        "feature_mixing",
        "radial_functions",
        "radial_hidden",
        "readout_hidden",
        "knot_spacing",
    ];

    /// The settings of `preset`.
    pub(super) fn of(preset: Preset) -> Self {
        let config = preset.model();
        Self {
            cutoff: Quantity::default_of("5 Å", Dimension::Length),
            channels: config.channels,
            max_degree: config.max_degree,
            max_edge_degree: config.max_edge_degree,
            layers: config.layers,
            products: config.products,
            product_mixing: Mixing::of(config.element_products),
            feature_mixing: Mixing::of(config.element_features),
            radial_functions: config.radial_functions,
            radial_hidden: config.radial_hidden,
            readout_hidden: config.readout_hidden,
            knot_spacing: Quantity::default_of("0.02 Å", Dimension::Length),
        }
    }

    pub(in crate::settings) fn read(section: &Section<'_>, preset: Preset) -> Result<Self> {
        Self::read_beside(section, Self::of(preset), &["start_from"])
    }

    /// The settings of the section, with those of `default` for what it leaves out; `others` are keys of the section too.
    pub(in crate::settings) fn read_beside(section: &Section<'_>, default: Self, others: &[&str]) -> Result<Self> {
        section.allow(&[&Self::KEYS, others].concat())?;
        let count = |key, default| {
            Ok::<_, cormorant_core::Error>(section.integer(key, 0, 1024)?.map_or(default, |n| n as usize))
        };
        let max_degree = count("max_degree", default.max_degree)?;
        let model = Self {
            cutoff: section.positive("cutoff", Dimension::Length)?.unwrap_or(default.cutoff),
            channels: count("channels", default.channels)?,
            max_degree,
            max_edge_degree: count("max_edge_degree", 2 * max_degree)?,
            layers: count("layers", default.layers)?,
            products: count("products", default.products)?,
            product_mixing: section.choice("product_mixing", &Mixing::WORDS)?.unwrap_or(default.product_mixing),
            feature_mixing: section.choice("feature_mixing", &Mixing::WORDS)?.unwrap_or(default.feature_mixing),
            radial_functions: count("radial_functions", default.radial_functions)?,
            radial_hidden: count("radial_hidden", default.radial_hidden)?,
            readout_hidden: count("readout_hidden", default.readout_hidden)?,
            knot_spacing: section.positive("knot_spacing", Dimension::Length)?.unwrap_or(default.knot_spacing),
        };
        match model.config().fault() {
            None => Ok(model),
            Some((key, accepted)) => {
                Err(section.error_at(key, format!("`{key}` is not accepted"), format!("accepted: {accepted}")))
            }
        }
    }

    /// The same for the network.
    pub fn config(&self) -> CormorantConfig {
        CormorantConfig {
            cutoff: self.cutoff.value(),
            channels: self.channels,
            max_degree: self.max_degree,
            max_edge_degree: self.max_edge_degree,
            layers: self.layers,
            products: self.products,
            element_products: self.product_mixing == Mixing::ByElement,
            element_features: self.feature_mixing == Mixing::ByElement,
            radial_functions: self.radial_functions,
            radial_hidden: self.radial_hidden,
            readout_hidden: self.readout_hidden,
            multipole: 0,
        }
    }
}
