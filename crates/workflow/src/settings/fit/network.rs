//! Which network a fit moves: a new one, or that of another model.

use std::path::PathBuf;

use serde::Serialize;

use super::data::sha256;
use super::{ModelInput, Preset, RegisteredInput};
use crate::settings::Quantity;
use crate::settings::declare::{
    Bounds, Key, LENGTH, Table, Value, flag, model, number, path, positive, settings, text,
};
use crate::settings::section::Section;
use cormorant_core::Result;

/// `[model]` of a fit to energies and forces.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum NetworkInput {
    /// A network with weights drawn at random.
    New(ModelInput),
    /// A network of a kind that a program added.
    Registered(RegisteredInput),
    /// The network of another model with its weights.
    Started(StartInput),
}

settings! {
    /// `[model]` with `start_from`: sizes and the unit of energy are those of the other model. Its elements become those of the data: what
    /// it knows of them stays, and a new one begins as the known element that is most like it.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct StartInput {
        /// Folder or file of the other model, whose network and weights the fit starts from.
        pub start_from: PathBuf = model().required("\"../models/ethanol\""),
        /// SHA-256 that its file must have, hexadecimal; noted when the fit starts, so that it continues with the same one.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub start_sha256: Option<String> = text(),
        /// Noise on the weights that it starts from, as a share of the root mean square of each of their tensors; 0.2 by default for members
        /// of a committee that start from one model, so that they end apart where the data leave room, else 0.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub start_noise: Option<f64> = number(Bounds::Share),
        /// Structures that the other model labels itself and that make half of the frames of each epoch, so that the fit keeps what that model knows,
        /// all of its elements included. Without them it may forget what is not in the data.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub replay: Option<PathBuf> = path(),
        /// Keep the elements that the data do not have, too. They make the fit slower, and nothing holds them to what they were.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        pub keep_elements: bool = flag(),
        /// Distance between two knots of the radial functions.
        pub knot_spacing: Quantity = positive(LENGTH),
    }
}

impl NetworkInput {
    /// The declaration of a new network.
    pub(crate) const TABLE: Table =
        Table { keys: &[ModelInput::KIND, Key::of(Value::Inline(ModelInput::TABLE.keys))], ..ModelInput::TABLE };

    pub(super) fn read(section: &Section<'_>, preset: Preset) -> Result<Self> {
        let Some(start_from) = section.given(&StartInput::start_from)? else {
            if let Some((kind, new)) = RegisteredInput::meant(section)? {
                return RegisteredInput::read(section, kind, new).map(Self::Registered);
            }
            return ModelInput::read(section, preset).map(Self::New);
        };
        for (key, place) in section.keys() {
            let of = |keys: &[Key]| keys.iter().any(|one| one.name == key);
            if (key == "kind" || of(ModelInput::TABLE.keys)) && !of(StartInput::TABLE.keys) {
                let remedy = "leave it out; or leave `start_from` out to begin with a new network";
                return Err(section.error(place, format!("`{key}` is that of the model in `start_from`"), remedy));
            }
        }
        section.declared(&[StartInput::TABLE.keys])?;
        let mut start = StartInput::new(start_from);
        start.start_sha256 = sha256(section, "start_sha256")?;
        start.start_noise = section.get(&StartInput::start_noise)?;
        start.replay = section.get(&StartInput::replay)?;
        start.keep_elements = section.get(&StartInput::keep_elements)?;
        if let Some(spacing) = section.given(&StartInput::knot_spacing)? {
            start.knot_spacing = spacing;
        }
        Ok(Self::Started(start))
    }

    /// The model to start from, if there is one.
    #[must_use]
    pub fn start(&self) -> Option<&StartInput> {
        match self {
            Self::New(_) | Self::Registered(_) => None,
            Self::Started(start) => Some(start),
        }
    }

    /// Distance of two knots in Å, for networks that have knots.
    #[must_use]
    pub fn knot_spacing(&self) -> f64 {
        match self {
            Self::New(model) => model.knot_spacing.value(),
            Self::Registered(_) => ModelInput::default().knot_spacing.value(),
            Self::Started(start) => start.knot_spacing.value(),
        }
    }

    pub(super) fn paths(&mut self) -> Vec<&mut PathBuf> {
        match self {
            Self::New(_) | Self::Registered(_) => Vec::new(),
            Self::Started(start) => std::iter::once(&mut start.start_from).chain(&mut start.replay).collect(),
        }
    }
}

impl StartInput {
    /// Noise of members of a committee that start from one model: their spread is then that of members from random weights, within 1.4, and their
    /// mean has an error that is at most 3 % larger than without (`benches/accuracy.md`).
    pub(crate) const NOISE_OF_MEMBERS: f64 = 0.2;

    /// Noise on the weights, if there is some.
    pub(crate) fn noise(&self) -> Option<f64> {
        self.start_noise.filter(|share| *share > 0.0)
    }

    /// Whether the fit keeps elements that the data do not have.
    #[must_use]
    pub fn keeps_elements(&self) -> bool {
        self.keep_elements || self.replay.is_some()
    }

    pub(super) fn new(start_from: PathBuf) -> Self {
        Self {
            start_from,
            start_sha256: None,
            start_noise: None,
            replay: None,
            keep_elements: false,
            knot_spacing: ModelInput::default().knot_spacing,
        }
    }
}
