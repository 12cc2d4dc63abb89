//! The report of a run: what was simulated, what came of it.

mod analyzed_chart;
mod animation;
mod columns;
mod energies;
mod kinetic;
mod moving;
mod overview;
mod plan;
mod quantum;
mod record;
mod report;
mod stage_figures;
mod structure;

pub use analyzed_chart::Tabled;
pub use columns::Columns;
pub(super) use overview::{count, describe_system};
pub use plan::{RunPlan, StagePlan, WrittenTrajectory};
pub use record::{Conservation, OUTCOME, RunRecord, Session, StageMotion, StagePart};
pub(super) use report::potential_energies;
pub use report::report_run;
use report::tables;
pub use stage_figures::StageFigures;
