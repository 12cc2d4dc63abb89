//! What a run or a fit leaves behind: trajectories, tables, progress, a closing summary, a report to look at.
//!
//! Nothing here prints: progress goes to a display that the program gives, the summary is a value that it may show.

mod analyzed;
mod certified;
mod compare;
pub mod fit;
mod found;
pub mod molecule;
pub mod page;
pub mod plot;
mod progress;
mod quantum;
pub mod replicas;
pub mod run;
mod sparkline;
mod summary;
mod table;
mod trajectory;
mod vibrations;
mod view;

pub use analyzed::Analyzed;
pub use certified::certified;
pub use compare::{compare_fits, compare_runs};
pub use found::draw_findings;
pub use progress::{Display, Progress};
pub use quantum::Quantum;
pub use sparkline::Sparkline;
pub use summary::Summary;
pub use table::Table;
pub use trajectory::Trajectory;
pub use vibrations::{Films, VibrationsSummary, write_vibrations};
pub use view::{view_files, write_views};
