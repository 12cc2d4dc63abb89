use crate::adapter::Adapter;

/// Why a graphics processor cannot be used.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum GpuError {
    /// No driver offers one.
    #[error(
        "no graphics processor was found; install a Vulkan driver for it (the package of its vendor, or `mesa-vulkan-drivers`), \
         or compute on the processor with `device = \"cpu\"`"
    )]
    NoAdapter,

    /// There are programs alone that behave like one.
    #[error(
        "no graphics processor was found but {}, which is a program on the processor and slower than computing there; name it to use it all the same",
        known.iter().map(|adapter| format!("gpu:{} {}", adapter.index, adapter.name)).collect::<Vec<_>>().join(", ")
    )]
    SoftwareAlone {
        /// What there is.
        known: Vec<Adapter>,
    },

    /// None is called so.
    #[error(
        "no graphics processor is called {choice:?}; there are {}",
        known.iter().map(|adapter| format!("gpu:{} {}", adapter.index, adapter.name)).collect::<Vec<_>>().join(", ")
    )]
    NoSuchAdapter {
        /// What was asked for.
        choice: String,
        /// What there is.
        known: Vec<Adapter>,
    },

    /// The kernels for it are not written for so few channels.
    #[error(
        "networks of {channels} channels run on the processor alone; compute there with `device = \"cpu\"`, or fit a model of 16 channels"
    )]
    TooNarrow {
        /// How many the network has.
        channels: usize,
    },

    /// It has less of something than the kernels need.
    #[error(
        "the graphics processor {adapter} has {has} {what}, but this network needs {needs}; compute on the processor"
    )]
    TooSmall {
        /// Which.
        adapter: String,
        /// What it has too little of.
        what: &'static str,
        /// How much it has.
        has: u64,
        /// How much is needed.
        needs: u64,
    },

    /// One of the arrays of so many atoms would be larger than the driver allows.
    #[error(
        "the graphics processor {adapter} allows no arrays for {atoms} atoms of this network, but for {most}; simulate fewer, or compute on the \
         processor"
    )]
    TooManyAtoms {
        /// Which.
        adapter: String,
        /// How many there are.
        atoms: usize,
        /// How many there may be.
        most: usize,
    },

    /// Its memory is full.
    #[error("the memory of the graphics processor {adapter} does not suffice for an array of {} MB more", bytes / 1_000_000)]
    OutOfMemory {
        /// Which.
        adapter: String,
        /// Size of the array that found no room.
        bytes: usize,
    },

    /// The driver gave up.
    #[error("the graphics processor {adapter} failed: {reason}")]
    Lost {
        /// Which.
        adapter: String,
        /// What the driver says.
        reason: String,
    },
}
