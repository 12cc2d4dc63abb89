//! The loop: stages that share one state, observers that watch, guards, restarts.

mod equipartition;
mod exchange;
mod flow;
mod guards;
mod line_file;
mod motion;
mod observer;
mod observer_file;
mod outcome;
mod overall_motion;
mod restart;
mod resume;
mod run;
mod save;
mod schedule;
mod stage;
mod statistics;
mod stiffness;
mod stop;
mod watch;

pub use equipartition::PartTemperature;
pub use guards::{Action, Finding, Guard, GuardCounts, Guards, Limit};
pub use line_file::LineFile;
pub use motion::Motion;
pub use observer::{FileMark, Observer, Progressed, Snapshot};
pub use observer_file::ObserverFile;
pub use outcome::{Outcome, StageOutcome};
pub use restart::Restart;
pub use run::Simulation;
pub use schedule::{Schedule, whole_steps};
pub use stage::Stage;
pub use statistics::Statistics;
pub use stop::Stop;
