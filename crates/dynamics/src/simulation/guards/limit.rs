//! A number that a run must not pass, and what happens when it does.

/// What happens when a limit is passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// The run ends with an error; the frame is saved.
    Stop,
    /// The run continues; the first such frame is saved, and the summary says how often it happened and how bad it was.
    Warn,
}

/// A limit with what happens beyond it. A limit that is ignored is no limit at all: `None` in [`super::Guards`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit {
    /// The largest (of distances between atoms: smallest) value that is still good.
    pub value: f64,
    /// What happens beyond it.
    pub action: Action,
}

impl From<f64> for Limit {
    /// A limit that stops the run.
    fn from(value: f64) -> Self {
        Self { value, action: Action::Stop }
    }
}
