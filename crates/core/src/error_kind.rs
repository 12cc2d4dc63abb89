//! The kinds of errors.

/// What sort of thing went wrong; what callers decide by, in place of the text of a message.
///
/// The list is meant to be matched without a wildcard, so that a new kind does not compile until every caller has placed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// An input file says something that cannot be accepted.
    Input,
    /// A quantity without a unit, or with a wrong one.
    Unit,
    /// Atoms, cells, structures or trajectories that cannot be read or do not make sense.
    Structure,
    /// A data set that cannot be used for fitting or evaluation.
    Data,
    /// A model that cannot be loaded, or that does not fit what it is used for.
    Model,
    /// A restart or checkpoint file that cannot be used.
    Restart,
    /// An element that a potential does not know.
    Element,
    /// A number that is not finite, or left every sensible range.
    Numerical,
    /// Arguments that contradict each other or the state of things.
    Invalid,
    /// An analysis that has seen too few frames.
    TooFewFrames,
    /// A file or folder that is there already, or in use by another program.
    Occupied,
    /// Another program or library refused or failed.
    External,
    /// The user or the system asked to stop; the state was saved.
    Interrupted,
    /// A file or folder that cannot be read or written.
    Io,
    /// A fault of this program.
    Internal,
}

impl ErrorKind {
    /// The exit status of the program: 1 for mistakes of the user and failures of the machine, 2 for faults of this program, 130
    /// after a signal.
    #[must_use]
    pub fn exit_status(self) -> u8 {
        match self {
            Self::Internal => 2,
            Self::Interrupted => 130,
            Self::Input
            | Self::Unit
            | Self::Structure
            | Self::Data
            | Self::Model
            | Self::Restart
            | Self::Element
            | Self::Numerical
            | Self::Invalid
            | Self::TooFewFrames
            | Self::Occupied
            | Self::External
            | Self::Io => 1,
        }
    }
}
