//! Which network a fit moves: a new one, or that of another model.

use std::path::PathBuf;

use serde::Serialize;

use super::data::sha256;
use super::{ModelInput, Preset, RegisteredInput};
use crate::settings::Quantity;
use crate::settings::section::Section;
use cormorant_core::Result;
use cormorant_core::units::Dimension;

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

/// `[model]` with `start_from`: sizes, elements and the unit of energy are those of the other model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StartInput {
    /// Folder or file of the other model.
    pub start_from: PathBuf,
    /// SHA-256 that its file must have, hexadecimal; noted when the fit begins, so that it goes on with the same one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_sha256: Option<String>,
    /// Distance of two knots, see [`ModelInput::knot_spacing`].
    pub knot_spacing: Quantity,
}

impl NetworkInput {
    const START: [&'static str; 3] = ["start_from", "start_sha256", "knot_spacing"];

    pub(super) fn read(section: &Section<'_>, preset: Preset) -> Result<Self> {
        let Some(start_from) = section.path("start_from")? else {
            if let Some((kind, new)) = RegisteredInput::meant(section)? {
                return RegisteredInput::read(section, kind, new).map(Self::Registered);
            }
            return ModelInput::read(section, preset).map(Self::New);
        };
        for (key, place) in section.keys() {
            if ModelInput::KEYS.contains(&key) && !Self::START.contains(&key) {
                let remedy = "leave it out; or leave `start_from` out to begin with a new network";
                return Err(section.error(place, format!("`{key}` is that of the model in `start_from`"), remedy));
            }
        }
        section.allow(&Self::START)?;
        let mut start = StartInput::new(start_from);
        start.start_sha256 = sha256(section, "start_sha256")?;
        if let Some(spacing) = section.positive("knot_spacing", Dimension::Length)? {
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

    pub(super) fn paths(&mut self) -> Option<&mut PathBuf> {
        match self {
            Self::New(_) | Self::Registered(_) => None,
            Self::Started(start) => Some(&mut start.start_from),
        }
    }
}

impl StartInput {
    pub(super) fn new(start_from: PathBuf) -> Self {
        Self { start_from, start_sha256: None, knot_spacing: ModelInput::default().knot_spacing }
    }
}
