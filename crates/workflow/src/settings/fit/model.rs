//! The network of a fit.

use serde::Serialize;

use super::Preset;
use super::StartInput;
use crate::settings::Quantity;
use crate::settings::declare::{Key, LENGTH, flag, integer, positive, settings, word, words};
use crate::settings::section::Section;
use cormorant_core::units::Dimension;
use cormorant_core::{Error, Result};
use cormorant_network::{CormorantConfig, Moments};

settings! {
    /// `[model]`. What `preset` says of a key holds where it is left out.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct ModelInput {
        /// Range of an edge.
        pub cutoff: Quantity = positive(LENGTH).or("5 Å"),
        /// Channels of every activation; 8, 16, 32 or 64, by preset, if omitted.
        pub channels: usize = COUNT,
        /// Highest degree of the activations; 3, or 2 with the preset `lean`, if omitted.
        pub max_degree: usize = COUNT,
        /// Highest degree of the harmonics of an edge; twice `max_degree` if omitted.
        pub max_edge_degree: usize = COUNT,
        /// Rounds of messages; 2, or 1 with the presets `local` and `lean`, if omitted.
        pub layers: usize = COUNT,
        /// Clebsch-Gordan products of an atom with itself after each round of messages; 2, or 3 with the presets `local` and `lean`,
        /// if omitted.
        pub products: usize = COUNT,
        /// Whether the products are mixed by the same matrices for all elements; by element, and shared by the preset `finest`,
        /// if omitted.
        pub product_mixing: Mixing = word(Mixing::ABOUT),
        /// Whether what atoms send to others and what they keep of themselves are mixed by the same matrices for all elements.
        pub feature_mixing: Mixing = word(Mixing::ABOUT).or("by-element"),
        /// Radial basis functions.
        pub radial_functions: usize = COUNT.or("8"),
        /// Hidden units of the radial network.
        pub radial_hidden: usize = COUNT.or("32"),
        /// Hidden units of the readout.
        pub readout_hidden: usize = COUNT.or("16"),
        /// What atoms have that acts at any distance: off unless the energies depend on what is farther than the network sees.
        pub electrostatics: MomentsInput = word(MomentsInput::ABOUT).or("none"),
        /// Attraction of all atoms by −C6/r⁶ at any distance, with coefficients that the network gives each of them.
        pub dispersion: bool = flag(),
        /// Width of the Gaussians between two atoms with charges or dispersion; nearer than some three times this the network does the
        /// rest. 1.5 Å if omitted; only with `electrostatics` or `dispersion`.
        pub smearing: Option<Quantity> = positive(LENGTH),
        /// Distance of two knots of the cubic splines that stand for the radial functions; 0.02 Å if omitted, 0.04 Å for
        /// molecular properties. Forces err by its cube: 0.04 Å cost benzene 0.2 meV/Å (`benches/accuracy.md`).
        pub knot_spacing: Quantity = positive(LENGTH),
    }
}

const COUNT: Key = integer(0, 1024);

words! {
    /// Which matrices mix a part of the network.
    pub enum Mixing {
        /// The same for all elements.
        Shared = "shared",
        /// Some for each element.
        ByElement = "by-element",
    }
}

words! {
    /// What atoms have that acts at any distance.
    pub enum MomentsInput {
        /// Nothing: an atom feels others within `layers` times `cutoff`.
        None = "none",
        /// Charges that add up to the total charge.
        Charges = "charges",
        /// Charges and dipoles.
        Dipoles = "dipoles",
        /// Charges, dipoles and quadrupoles.
        Quadrupoles = "quadrupoles",
    }
}

impl Mixing {
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
    /// Which network it is.
    pub(crate) const KIND: Key = word(&[
        ("cormorant", "The network of this program."),
        ("cormorant-2019", "The network of 2019, for energies and properties without forces."),
    ])
    .or("cormorant")
    .described("kind", "Which network it is.");

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
            electrostatics: MomentsInput::None,
            dispersion: false,
            smearing: None,
            knot_spacing: Quantity::default_of("0.02 Å", Dimension::Length),
        }
    }

    pub(in crate::settings) fn read(section: &Section<'_>, preset: Preset) -> Result<Self> {
        Self::read_beside(section, Self::of(preset), &[StartInput::start_from])
    }

    /// The settings of the section, with those of `default` for what it leaves out; `others` are keys of the section too.
    pub(in crate::settings) fn read_beside(section: &Section<'_>, default: Self, others: &[Key]) -> Result<Self> {
        section.declared(&[&[Self::KIND], Self::TABLE.keys, others])?;
        let count = |key: &Key, default: usize| Ok::<_, Error>(section.given(key)?.unwrap_or(default));
        let max_degree = count(&Self::max_degree, default.max_degree)?;
        let model = Self {
            cutoff: section.given(&Self::cutoff)?.unwrap_or(default.cutoff),
            channels: count(&Self::channels, default.channels)?,
            max_degree,
            max_edge_degree: count(&Self::max_edge_degree, 2 * max_degree)?,
            layers: count(&Self::layers, default.layers)?,
            products: count(&Self::products, default.products)?,
            product_mixing: section.given(&Self::product_mixing)?.unwrap_or(default.product_mixing),
            feature_mixing: section.given(&Self::feature_mixing)?.unwrap_or(default.feature_mixing),
            radial_functions: count(&Self::radial_functions, default.radial_functions)?,
            radial_hidden: count(&Self::radial_hidden, default.radial_hidden)?,
            readout_hidden: count(&Self::readout_hidden, default.readout_hidden)?,
            electrostatics: section.given(&Self::electrostatics)?.unwrap_or(default.electrostatics),
            dispersion: section.given(&Self::dispersion)?.unwrap_or(default.dispersion),
            smearing: section.given(&Self::smearing)?,
            knot_spacing: section.given(&Self::knot_spacing)?.unwrap_or(default.knot_spacing),
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
            multipole_copies: 1,
            further_numbers: 0,
            moments: match self.electrostatics {
                MomentsInput::None => Moments::None,
                MomentsInput::Charges => Moments::Charges,
                MomentsInput::Dipoles => Moments::Dipoles,
                MomentsInput::Quadrupoles => Moments::Quadrupoles,
            },
            dispersion: self.dispersion,
            smearing: self.smearing.as_ref().map(Quantity::value),
        }
    }
}
