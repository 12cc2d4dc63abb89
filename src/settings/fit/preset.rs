//! Starting points for the settings of a fit.

use crate::settings::section::Section;
use cormorant_core::{Error, Result};
use cormorant_network::CormorantConfig;

/// `preset`: what the keys that are left out of `[model]` and `[run]` default to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Preset {
    /// The smaller network and the shorter fit.
    #[default]
    Fast,
    /// Twice the channels and a longer fit: more accurate, and a step costs about twice as much (`benches/README.md`).
    Accurate,
    /// Twice the channels again, with product matrices that all elements share, and twice the epochs: a fifth less error in the
    /// forces of ethanol, for three to seven times the time of a fit (`benches/accuracy.md`).
    Finest,
}

impl Preset {
    const WORDS: [(&'static str, Self); 3] =
        [("fast", Self::Fast), ("accurate", Self::Accurate), ("finest", Self::Finest)];

    pub(super) fn read(root: &Section<'_>) -> Result<Self> {
        Ok(root.choice("preset", &Self::WORDS)?.unwrap_or_default())
    }

    /// The network.
    pub(super) fn model(self) -> CormorantConfig {
        match self {
            Self::Fast => CormorantConfig::default(),
            Self::Accurate => CormorantConfig { channels: 32, ..CormorantConfig::default() },
            Self::Finest => CormorantConfig { channels: 64, element_products: false, ..CormorantConfig::default() },
        }
    }

    /// Passes over 950 training frames.
    pub(super) fn epochs(self) -> u64 {
        match self {
            Self::Fast => 100,
            Self::Accurate => 150,
            Self::Finest => 300,
        }
    }
}

impl std::str::FromStr for Preset {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let found = Self::WORDS.iter().find(|(word, _)| *word == text);
        found.map(|(_, preset)| *preset).ok_or_else(|| {
            let words = Self::WORDS.map(|(word, _)| word).join(", ");
            Error::Invalid(format!("{text:?} is not a preset; give {words}"))
        })
    }
}
