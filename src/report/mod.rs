//! What a run leaves behind: trajectories, tables, progress, a closing summary.
//!
//! Nothing here prints: progress goes to a display that the program gives, the summary is a value that it may show.

mod analyzed;
mod lines;
mod progress;
mod summary;
mod table;
mod trajectory;
mod vibrations;
mod view;

pub use analyzed::Analyzed;
pub(crate) use lines::LineFile;
pub use progress::{Display, Progress};
pub use summary::Summary;
pub use table::Table;
pub use trajectory::Trajectory;
pub use vibrations::{Films, VibrationsSummary, write_vibrations};
pub use view::write_view;
