//! The network of a regression.

use serde::Serialize;

use super::RegressionData;
use crate::settings::declare::{Key, Table, Value, integer, word};
use crate::settings::section::Section;
use crate::settings::{ModelInput, Quantity, RegisteredInput};
use cormorant_core::Result;
use cormorant_core::units::Dimension;
use cormorant_network::{ORIGINAL_KIND, OriginalConfig, OriginalHarmonics, OriginalInput, OriginalOutput};

/// Words for the heads of `mu`.
const INTENSIVE: &str = "intensive";
const DIPOLE: &str = "dipole";
/// Knots as far apart as here change values by less than a ten-thousandth (`suite::network::splines_are_their_functions`); only
/// forces, which are slopes, need closer ones.
const KNOT_SPACING: &str = "0.04 Å";

/// `[model]`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum RegressionModel {
    /// The network of 2019.
    Original(OriginalModelInput),
    /// The production network.
    Production {
        /// `cormorant`.
        kind: &'static str,
        /// Its settings.
        #[serde(flatten)]
        model: ModelInput,
        /// How `mu` is predicted: as the length of a vector (`dipole`), or as a number of its own (`intensive`).
        #[serde(skip_serializing_if = "Option::is_none")]
        head: Option<&'static str>,
    },
}

/// `[model]` with `kind = "cormorant-2019"`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OriginalModelInput {
    /// `cormorant-2019`.
    pub kind: &'static str,
    /// The settings.
    #[serde(flatten)]
    pub config: OriginalConfig,
}

const COUNT: Key = integer(0, 1024);

const ORIGINAL: Table = Table {
    about: "`[model]` with `kind = \"cormorant-2019\"`.",
    keys: &[
        ModelInput::KIND,
        COUNT.described("channels", "Channels of every activation."),
        COUNT.described("max_degree", "Highest degree of the activations."),
        COUNT.described("max_edge_degree", "Highest degree of the harmonics of an edge."),
        COUNT.described("levels", "Rounds of messages."),
        COUNT.described("charge_power", "Highest power of the nuclear charge at the input."),
        word(&[("unit", "Of the direction."), ("solid", "Times a power of the distance.")])
            .described("harmonics", "Harmonics of an edge."),
        word(&[("linear", "A linear map."), ("message-passing", "A round of scalar messages.")])
            .described("input", "Input layer; linear for energies, message-passing for properties, when left out."),
        word(&[("linear", "A linear map."), ("perceptron", "A perceptron.")])
            .described("output", "Output layer; linear for energies, perceptron for properties, when left out."),
    ],
    kinds: &[],
};

const HEAD: Key = word(&[(INTENSIVE, "A number of its own."), (DIPOLE, "The length of a vector.")]).described(
    "head",
    "How `mu` is predicted; as the length of a vector when left out, where `max_degree` allows one.",
);

const PRODUCTION: Table = Table {
    about: "`[model]`.",
    keys: &[ModelInput::KIND, Key::of(Value::Inline(ModelInput::TABLE.keys)), HEAD],
    kinds: &[],
};

impl RegressionModel {
    /// The declaration of both.
    pub(crate) const VALUE: Value = Value::Either(&[Value::Table(&PRODUCTION), Value::Table(&ORIGINAL)]);

    /// Whether `mu` is the length of a predicted vector.
    pub(crate) fn predicts_vector(&self) -> bool {
        matches!(self, Self::Production { head: Some(DIPOLE), .. })
    }

    /// Name of the kind of network.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Original(model) => model.kind,
            Self::Production { kind, .. } => kind,
        }
    }

    /// Settings of the kind, as it takes them.
    pub(crate) fn settings(&self) -> serde_json::Value {
        match self {
            Self::Original(model) => serde_json::json!(model.config),
            Self::Production { model, .. } => {
                let mut settings = serde_json::json!(model.config());
                settings["knot_spacing"] = model.knot_spacing.value().into();
                settings
            }
        }
    }

    pub(super) fn is_original(section: &Section<'_>) -> Result<bool> {
        if RegisteredInput::meant(section)?.is_some() {
            return Ok(false);
        }
        Ok(section.choice("kind", &[("cormorant", false), (ORIGINAL_KIND, true)])?.unwrap_or(false))
    }

    pub(super) fn read(section: &Section<'_>, data: &RegressionData) -> Result<Self> {
        if !Self::is_original(section)? {
            return Self::production(section, data);
        }
        if let Some(moment) = data.moment() {
            return Err(section.error_at(
                "kind",
                format!("the network of 2019 gives one number, and a {} has several", moment.name()),
                "leave `kind` out, or write kind = \"cormorant\"",
            ));
        }
        if matches!(data, RegressionData::Targets(_)) {
            return Err(section.error_at(
                "kind",
                "the network of 2019 gives one number for a molecule, not values of its atoms",
                "leave `kind` out, or write kind = \"cormorant\"",
            ));
        }
        section.declared(&[ORIGINAL.keys])?;
        let mut default = OriginalConfig::default();
        if data.property().is_some() {
            default.input = OriginalInput::MessagePassing;
            default.output = OriginalOutput::Perceptron;
        }
        let count = |key, default| {
            Ok::<_, cormorant_core::Error>(section.integer(key, 0, 1024)?.map_or(default, |n| n as usize))
        };
        let harmonics = [("unit", OriginalHarmonics::Unit), ("solid", OriginalHarmonics::Solid)];
        let input = [("linear", OriginalInput::Linear), ("message-passing", OriginalInput::MessagePassing)];
        let output = [("linear", OriginalOutput::Linear), ("perceptron", OriginalOutput::Perceptron)];
        let config = OriginalConfig {
            channels: count("channels", default.channels)?,
            max_degree: count("max_degree", default.max_degree)?,
            max_edge_degree: count("max_edge_degree", default.max_edge_degree)?,
            levels: count("levels", default.levels)?,
            charge_power: count("charge_power", default.charge_power)?,
            harmonics: section.choice("harmonics", &harmonics)?.unwrap_or(default.harmonics),
            input: section.choice("input", &input)?.unwrap_or(default.input),
            output: section.choice("output", &output)?.unwrap_or(default.output),
        };
        match config.fault() {
            None => Ok(Self::Original(OriginalModelInput { kind: ORIGINAL_KIND, config })),
            Some((key, accepted)) => {
                Err(section.error_at(key, format!("`{key}` is not accepted"), format!("accepted: {accepted}")))
            }
        }
    }

    fn production(section: &Section<'_>, data: &RegressionData) -> Result<Self> {
        if let Some((kind, _)) = RegisteredInput::meant(section)? {
            let reason = format!("networks of kind `{}` are fitted to energies and forces", kind.name);
            return Err(section.error_at("kind", reason, "leave out `property`, `target` and `labels`, or `kind`"));
        }
        let spacing = Quantity::default_of(KNOT_SPACING, Dimension::Length);
        let default = ModelInput { knot_spacing: spacing, ..ModelInput::default() };
        let (model, head) = if data.property() == Some("mu") {
            let model = ModelInput::read_beside(section, default, &[HEAD])?;
            let default = if model.max_degree == 0 { INTENSIVE } else { DIPOLE };
            let head = section.choice("head", &[(INTENSIVE, INTENSIVE), (DIPOLE, DIPOLE)])?;
            (model, Some(head.unwrap_or(default)))
        } else {
            (ModelInput::read_beside(section, default, &[])?, None)
        };
        let degree = data.moment().map_or(0, |moment| moment.head().multipole()).max(usize::from(head == Some(DIPOLE)));
        if model.max_degree < degree {
            let what = if degree == 1 { "a vector" } else { "a tensor" };
            return Err(section.error_at(
                "max_degree",
                format!("{what} needs activations of degree {degree} or more"),
                format!("write max_degree = {degree}, or leave it out"),
            ));
        }
        Ok(Self::Production { kind: "cormorant", model, head })
    }
}
