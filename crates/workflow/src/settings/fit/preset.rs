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
        /// One layer of messages and three products: an atom feels others within the cutoff alone, which suits LAMMPS and large
        /// boxes (`docs/guide/src/accuracy.md`).
        Local = "local",
        /// The same with 8 channels of degree 2, for the largest boxes.
        Lean = "lean",
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
            Self::Local => CormorantConfig { layers: 1, products: 3, channels: 32, ..CormorantConfig::default() },
            Self::Lean => CormorantConfig {
                layers: 1,
                products: 3,
                channels: 8,
                max_degree: 2,
                max_edge_degree: 4,
                ..CormorantConfig::default()
            },
        }
    }

    /// Passes over 950 training frames.
    pub(super) fn epochs(self) -> u64 {
        match self {
            Self::Fast | Self::Local | Self::Lean => 100,
            Self::Accurate => 150,
            Self::Finest => 300,
        }
    }
}
