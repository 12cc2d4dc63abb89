//! The report of a run: what was simulated, what came of it.

mod columns;
mod energies;
mod film;
mod kinetic;
mod moving;
mod overview;
mod plan;
mod record;
mod report;
mod stage_figures;
mod structure;

pub use columns::Columns;
pub use plan::{RunPlan, StagePlan, WrittenTrajectory};
pub use record::{Conservation, OUTCOME, RunRecord, Session};
pub use report::report_run;
use report::tables;
pub use stage_figures::StageFigures;
