//! What `cormorant --version` says.

use std::sync::LazyLock;

use cormorant_kernels::{InstructionSet, instruction_set};
use cormorant_network::ShippedModel;

/// Version, commit, instruction sets, models.
static TEXT: LazyLock<String> = LazyLock::new(|| {
    let commit = option_env!("CORMORANT_COMMIT").unwrap_or("not recorded (built by hand, not by `make dist`)");
    let sets =
        [InstructionSet::Plain, InstructionSet::Avx2, InstructionSet::Avx512].map(InstructionSet::name).join(", ");
    format!(
        "{}\ncommit: {commit}\ninstruction sets: {sets}; this machine uses {}\nmodels: {}",
        env!("CARGO_PKG_VERSION"),
        instruction_set().name(),
        ShippedModel::list()
    )
});

/// The whole text, without the name of the program, which clap puts before it.
pub(super) fn text() -> &'static str {
    &TEXT
}
