//! Which random stream a bath draws from at each application.

use cormorant_core::noise::{Consumer, Noise, Stream};
use cormorant_core::system::System;

/// Numbers the applications of a bath within a step, so that two of them never share a random stream.
///
/// The stream is keyed by the step counter of the system and the number of the application within the step. Between
/// steps there is therefore nothing to save: a resumed run draws the very numbers of one that never stopped.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::dynamics) struct Streams {
    consumer: Consumer,
    step: u64,
    application: u64,
}

impl Streams {
    pub(in crate::dynamics) fn new(consumer: Consumer) -> Self {
        Self { consumer, step: u64::MAX, application: 0 }
    }

    /// The stream of the next application.
    pub(in crate::dynamics) fn next(&mut self, system: &System, noise: Noise) -> Stream {
        if system.step == self.step {
            self.application += 1;
        } else {
            self.step = system.step;
            self.application = 0;
        }
        noise.stream(self.consumer, system.step, self.application)
    }

    /// Forget the last application (after a restart or when the step counter was set back).
    pub(in crate::dynamics) fn reset(&mut self) {
        self.step = u64::MAX;
        self.application = 0;
    }
}
