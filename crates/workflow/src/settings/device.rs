//! Where networks compute.

use serde::Serialize;

use super::Precision;
use super::declare::{Key, Setting};
use super::section::Section;
use cormorant_core::{Result, parallel};
use cormorant_network::{Backend, EngineOptions};

/// Where networks compute: `cpu`, or which graphics processor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct DeviceInput(String);

/// Small graphs that a device evaluates together.
const TOGETHER: usize = 256;

impl DeviceInput {
    /// The processor.
    #[must_use]
    pub fn processor() -> Self {
        Self(Backend::PROCESSOR.into())
    }

    /// The device that `text` means.
    ///
    /// # Errors
    /// When it is empty.
    pub fn new(text: &str) -> Result<Self, String> {
        match text.trim() {
            "" => Err("a device is cpu, gpu, gpu:1 or a part of the name of a graphics processor".into()),
            text if text.eq_ignore_ascii_case(Backend::PROCESSOR) => Ok(Self::processor()),
            text => Ok(Self(text.into())),
        }
    }

    /// Whether it is the processor.
    #[must_use]
    pub fn is_processor(&self) -> bool {
        self.0 == Backend::PROCESSOR
    }

    /// How many of `count` evaluations are begun side by side where the input leaves it open: one for each core, on a device as many as it
    /// evaluates together.
    #[must_use]
    pub fn side_by_side(&self, count: usize) -> usize {
        let threads = if self.is_processor() { parallel::cores() } else { parallel::cores().max(TOGETHER) };
        threads.min(count.max(1))
    }

    /// How engines compute there.
    #[must_use]
    pub fn options(&self, precision: Precision) -> EngineOptions {
        EngineOptions { precision: precision.into(), backend: Backend::named(&self.0) }
    }
}

impl Setting for DeviceInput {
    fn read(section: &Section<'_>, name: &str, _: &Key) -> Result<Option<Self>> {
        let Some((text, _)) = section.text(name)? else { return Ok(None) };
        let wrong = |remedy| section.error_at(name, format!("`{name}` is empty"), remedy);
        Self::new(text).map(Some).map_err(wrong)
    }

    fn default(text: &str, _: &Key) -> Option<Self> {
        Self::new(text).ok()
    }
}
