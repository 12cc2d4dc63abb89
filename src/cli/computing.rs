//! How a model computes, as arguments.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use cormorant_workflow::settings::{DeviceInput, Precision};
use cormorant_workflow::workflow::Computing;

/// What `--precision` means.
pub(super) const PRECISION: &str = "Floating-point format of the network";

/// One of several words, as an argument.
pub(super) fn words<T: Copy + Send + Sync + 'static>(
    words: &'static [(&'static str, T)],
) -> impl TypedValueParser<Value = T> {
    let known = PossibleValuesParser::new(words.iter().map(|(word, _)| *word));
    known.try_map(|text| words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value).ok_or("not known"))
}

/// How a model is evaluated.
#[derive(Debug, Clone, Args)]
pub(super) struct ComputingArguments {
    /// Threads [default: 1 for bench, one per core for evaluate and minimize]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    #[arg(long, help = PRECISION, default_value = "f32", value_parser = words(Precision::WORDS))]
    pub precision: Precision,
    /// Where the network computes: cpu, gpu (the first graphics processor), gpu:1 (the second), or a part of its name
    #[arg(long, default_value = "cpu", value_parser = DeviceInput::new)]
    pub device: DeviceInput,
}

impl From<&ComputingArguments> for Computing {
    fn from(ComputingArguments { threads, precision, device }: &ComputingArguments) -> Self {
        Self { threads: *threads, precision: *precision, device: device.clone() }
    }
}
