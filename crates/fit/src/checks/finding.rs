//! What checks find.

/// One thing that deserves attention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What it is, with numbers and frames (counted from 0).
    pub text: String,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The data are almost certainly wrong.
    Grave,
    /// Worth a look.
    Warning,
}
