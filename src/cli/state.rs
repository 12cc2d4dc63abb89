//! Total charge and spin as the command line states them.

use clap::Args;

use cormorant_core::Result;
use cormorant_core::system::ElectronicState;
use cormorant_fit::DataSet;
use cormorant_io::ReadOptions;
use cormorant_workflow::settings::StructureInput;

/// Total charge and spin of the structures.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(super) struct StateArguments {
    #[arg(
        long,
        help = StructureInput::charge.help(),
        allow_negative_numbers = true,
        value_parser = clap::value_parser!(i32).range(-1000..=1000)
    )]
    pub charge: Option<i32>,
    #[arg(long, help = StructureInput::multiplicity.help(), value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub multiplicity: Option<u32>,
}

impl StateArguments {
    /// What is stated.
    pub(super) fn given(self) -> ElectronicState {
        ElectronicState { charge: self.charge, multiplicity: self.multiplicity }
    }

    /// `options` with it, for every frame.
    pub(super) fn beside(self, options: ReadOptions) -> ReadOptions {
        ReadOptions { state: self.given(), ..options }
    }

    /// States it for every frame of `set`.
    ///
    /// # Errors
    /// When a frame states something else.
    pub(super) fn apply(self, set: &mut DataSet) -> Result<()> {
        for (index, frame) in set.configurations.iter_mut().enumerate() {
            let both = frame.state.and(self.given());
            let wrong = |reason| cormorant_core::Error::Data(reason).at_frame(index as u64).in_data(&set.path);
            frame.state = both.map_err(wrong)?;
        }
        Ok(())
    }
}
