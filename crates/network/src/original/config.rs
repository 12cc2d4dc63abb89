//! Hyper-parameters of the network of 2019.

use serde::{Deserialize, Serialize};

use cormorant_kernels::original::{HarmonicKind, InputKind, OutputKind, Shape};

/// What a user may choose; the defaults are those of the paper for MD-17.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OriginalConfig {
    /// Complex channels of every activation.
    pub channels: usize,
    /// Highest degree of the activations, 0 to 3.
    pub max_degree: usize,
    /// Highest degree of the harmonics, 0 to 3.
    pub max_edge_degree: usize,
    /// Clebsch-Gordan levels.
    pub levels: usize,
    /// Highest power of the nuclear charge among the features of an atom.
    pub charge_power: usize,
    /// Length of the harmonics.
    pub harmonics: OriginalHarmonics,
    /// How elements become activations.
    pub input: OriginalInput,
    /// How activations become a number.
    pub output: OriginalOutput,
}

/// Length of the harmonics of an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OriginalHarmonics {
    /// Of unit length, as in the paper.
    Unit,
    /// Growing like r^l, as in the released code.
    Solid,
}

/// How elements become activations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OriginalInput {
    /// A linear map of the features of each atom (MD-17).
    Linear,
    /// One round of messages between close atoms (QM9).
    MessagePassing,
}

/// How activations become a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OriginalOutput {
    /// A linear map of the sum over atoms (MD-17).
    Linear,
    /// A perceptron for each atom and one for their sum (QM9).
    Perceptron,
}

impl Default for OriginalConfig {
    fn default() -> Self {
        Self {
            channels: 16,
            max_degree: 3,
            max_edge_degree: 3,
            levels: 4,
            charge_power: 2,
            harmonics: OriginalHarmonics::Unit,
            input: OriginalInput::Linear,
            output: OriginalOutput::Linear,
        }
    }
}

impl OriginalConfig {
    /// The first value that cannot work, as (key, what is accepted).
    #[must_use]
    pub fn fault(&self) -> Option<(&'static str, &'static str)> {
        let checks = [
            ("channels", (1..=256).contains(&self.channels), "1 to 256"),
            ("max_degree", self.max_degree <= 3, "0, 1, 2 or 3"),
            ("max_edge_degree", self.max_edge_degree <= 3, "0, 1, 2 or 3"),
            ("levels", (1..=8).contains(&self.levels), "1 to 8"),
            ("charge_power", self.charge_power <= 8, "0 to 8"),
        ];
        checks.into_iter().find(|check| !check.1).map(|(key, _, accepted)| (key, accepted))
    }

    /// Sizes of the network for these atomic numbers, ascending.
    #[must_use]
    pub fn shape(&self, numbers: Vec<u8>) -> Shape {
        Shape {
            numbers,
            channels: self.channels,
            max_degree: self.max_degree,
            max_edge_degree: self.max_edge_degree,
            levels: self.levels,
            charge_power: self.charge_power,
            harmonics: match self.harmonics {
                OriginalHarmonics::Unit => HarmonicKind::Unit,
                OriginalHarmonics::Solid => HarmonicKind::Solid,
            },
            input: match self.input {
                OriginalInput::Linear => InputKind::Linear,
                OriginalInput::MessagePassing => InputKind::Messages(1),
            },
            output: match self.output {
                OriginalOutput::Linear => OutputKind::Linear,
                OriginalOutput::Perceptron => OutputKind::Perceptron,
            },
        }
    }
}
