//! Runs beside the results of an earlier one.

/// What becomes of the results of an earlier run or fit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RunMode {
    /// Replace what an earlier run left.
    pub force: bool,
    /// Go on from the restart file.
    pub resume: bool,
}
