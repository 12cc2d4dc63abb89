//! The network of a regression.

use serde::Serialize;

use crate::Result;
use crate::input::ModelInput;
use crate::input::fit::Preset;
use crate::input::section::Section;
use crate::model::{ORIGINAL_KIND, OriginalConfig, OriginalHarmonics, OriginalInput, OriginalOutput};

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

impl RegressionModel {
    pub(super) fn is_original(section: &Section<'_>) -> Result<bool> {
        Ok(section.choice("kind", &[("cormorant", false), (ORIGINAL_KIND, true)])?.unwrap_or(false))
    }

    pub(super) fn read(section: &Section<'_>, qm9: bool) -> Result<Self> {
        if !Self::is_original(section)? {
            return Ok(Self::Production { kind: "cormorant", model: ModelInput::read(section, Preset::default())? });
        }
        let keys = [
            "kind",
            "channels",
            "max_degree",
            "max_edge_degree",
            "levels",
            "charge_power",
            "harmonics",
            "input",
            "output",
        ];
        section.allow(&keys)?;
        let mut default = OriginalConfig::default();
        if qm9 {
            default.input = OriginalInput::MessagePassing;
            default.output = OriginalOutput::Perceptron;
        }
        let count =
            |key, default| Ok::<_, crate::Error>(section.integer(key, 0, 1024)?.map_or(default, |n| n as usize));
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
}
