//! For how long a fit runs, and with what.

use serde::Serialize;

use super::Preset;
use crate::settings::declare::{Key, integer, settings, wall_time, word};
use crate::settings::section::Section;
use crate::settings::{Precision, WallTime};
use cormorant_core::Result;

settings! {
    /// `[run]`.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct FitRunInput {
        /// Passes over the training frames; those of `epochs_at_950_frames` by default.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub epochs: Option<u64> = COUNT,
        /// Passes over 950 training frames; N of them get (950/N)^⅔ times as many. What counts where neither `epochs` nor
        /// `time_limit` is given: 100, 150 or 300 by preset.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub epochs_at_950_frames: Option<u64> = COUNT,
        /// Wall-clock time in which the fit is finished; the schedule is stretched to end with it.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub time_limit: Option<WallTime> = wall_time(),
        /// Epochs without a better validation after which the fit ends; none by default.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub patience: Option<u64> = COUNT,
        /// Epochs between two validations.
        pub validate_every: u64 = COUNT.or("1"),
        /// Wall-clock time between two checkpoints.
        pub checkpoint_every: WallTime = wall_time().or("1 min"),
        /// Threads; the result does not depend on their number. One for each core by default.
        pub threads: usize = integer(1, 1024),
        /// Floating-point format of the network; energies and sums are always f64.
        pub precision: Precision = word(Precision::ABOUT).or("f32"),
    }
}

const COUNT: Key = integer(1, 10_000_000);

/// Training frames for which the passes of the presets were chosen: those of rMD17.
const USUAL_FRAMES: f64 = 950.0;

/// Power by which passes become more as frames become fewer.
const MORE_PASSES: f64 = 2.0 / 3.0;

impl Default for FitRunInput {
    fn default() -> Self {
        Self::of(Preset::default())
    }
}

impl FitRunInput {
    /// The settings of `preset`.
    pub(super) fn of(preset: Preset) -> Self {
        Self {
            epochs: None,
            epochs_at_950_frames: Some(preset.epochs()),
            time_limit: None,
            patience: None,
            validate_every: 1,
            checkpoint_every: WallTime::default_of("1 min"),
            threads: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            precision: Precision::F32,
        }
    }

    pub(in crate::settings) fn read(section: &Section<'_>, preset: Preset) -> Result<Self> {
        section.declared(&[Self::TABLE.keys])?;
        let default = Self::of(preset);
        let time_limit: Option<WallTime> = section.get(&Self::time_limit)?;
        let epochs: Option<u64> = section.get(&Self::epochs)?;
        let at_950: Option<u64> = section.get(&Self::epochs_at_950_frames)?;
        if at_950.is_some() && (epochs.is_some() || time_limit.is_some()) {
            let other = if epochs.is_some() { "epochs" } else { "time_limit" };
            return Err(section.error_at(
                "epochs_at_950_frames",
                format!("`epochs_at_950_frames` and `{other}` exclude each other"),
                "leave one of them out",
            ));
        }
        let open = epochs.is_none() && time_limit.is_none();
        Ok(Self {
            epochs,
            epochs_at_950_frames: if open { at_950.or(default.epochs_at_950_frames) } else { None },
            time_limit,
            patience: section.get(&Self::patience)?,
            validate_every: section.get(&Self::validate_every)?,
            checkpoint_every: section.get(&Self::checkpoint_every)?,
            threads: section.given(&Self::threads)?.unwrap_or(default.threads),
            precision: section.get(&Self::precision)?,
        })
    }

    /// The same, finished within `limit` instead of after a number of epochs.
    pub fn limit_time(&mut self, limit: WallTime) {
        self.epochs = None;
        self.epochs_at_950_frames = None;
        self.time_limit = Some(limit);
    }

    /// Replaces passes that depend on the number of training frames by those for `frames` of them.
    ///
    /// A fit of few frames that passes over them as often as one of many takes too few steps, and one whose number of steps is
    /// the same passes over them until it has learned them by heart; this is between (`benches/accuracy.md`).
    pub(crate) fn settle(&mut self, frames: usize) {
        if let Some(usual) = self.epochs_at_950_frames.take() {
            let passes = usual as f64 * (USUAL_FRAMES / frames.max(1) as f64).powf(MORE_PASSES);
            self.epochs = Some(passes.round().max(1.0) as u64);
        }
    }
}
