//! Starting points for the settings of a fit.

use crate::settings::declare::words;
use cormorant_network::CormorantConfig;

words! {
    /// `preset`: what the keys that are left out of `[model]` and `[run]` default to.
    pub enum Preset {
        /// The smaller network and the shorter fit.
        Fast = "fast",
        /// Twice the channels and a longer fit: more accurate, and a step costs about twice as much (`benches/README.md`).
        Accurate = "accurate",
        /// Twice the channels again, with product matrices that all elements share, and twice the epochs: a fifth less error in
        /// the forces of ethanol, for three to seven times the time of a fit (`benches/accuracy.md`).
        Finest = "finest",
    }
}

#[allow(clippy::derivable_impls, reason = "the enum is made by a macro")]
impl Default for Preset {
    fn default() -> Self {
        Self::Fast
    }
}

impl Preset {
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
