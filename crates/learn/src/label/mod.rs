//! Labels from other programs: energies and forces of structures, made once and kept.

mod answer;
mod checks;
mod energy_and_forces;
mod labeling;
mod ledger;
mod nearby;
mod request;
mod source;
mod spool;
mod theory;

pub use answer::{Answer, answers};
pub use checks::{LabelLimits, WorkCheck, work_check};
pub use energy_and_forces::Label;
pub use labeling::{Batch, LabelEvent, Labeling, Outcome};
pub use ledger::{Entry, FAILURES, Failure, LABELS, Ledger};
pub use nearby::nearby;
pub use request::Request;
pub use source::{CommandSource, HandSource, IpiSource, LabelSource, QueueSource, QueueWorker, Yielded};
pub use theory::{Theory, TheoryFile};
