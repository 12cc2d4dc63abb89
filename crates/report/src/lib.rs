//! What a run or a fit leaves behind: trajectories, tables, progress, a closing summary, a report to look at.
//!
//! | items | what they are |
//! |---|---|
//! | [`Trajectory`], [`Table`], [`Analyzed`], [`Quantum`], [`Progress`] | observers of a run that write |
//! | [`page`] | a self-contained HTML page: facts, charts, tables, animations |
//! | [`plot`], [`Sparkline`] | charts as SVG and CSV |
//! | [`molecule`] | images and animations of molecules |
//! | [`run`], [`fit`], [`replicas`] | the reports of runs, fits and replica exchange |
//! | [`compare_runs`], [`compare_fits`], [`certified`], [`draw_findings`] | the other reports |
//! | [`Summary`] | what the program shows at the end of a run |
//! | [`write_vibrations`], [`write_path`], [`write_scan`], [`write_views`] | tables, charts and files for viewers |
//!
//! Nothing here prints. Progress goes to a [`Display`] that the program gives; a summary is a value that it may show.
//!
//! # Example
//! A chart and the numbers behind it:
//!
//! ```
//! use cormorant_report::plot::{Axis, Chart, PlotStyle, Series};
//!
//! let energies = vec![[0.0, -4.0], [1.0, -4.2], [2.0, -4.1]];
//! let chart = Chart::new("energy", "Energy", Axis::new("time/ps"), Axis::new("energy/eV"));
//! let chart = chart.with(Series::new("potential", PlotStyle::Line, 0, energies));
//! assert!(chart.csv().contains("-4.2"));
//! ```

mod analyzed;
mod certified;
mod compare;
mod compare_fits;
pub mod fit;
mod found;
pub mod molecule;
pub mod page;
mod path;
pub mod plot;
mod progress;
mod quantum;
pub mod replicas;
pub mod run;
mod scan;
mod sparkline;
mod summary;
mod table;
mod trajectory;
mod vibrations;
mod view;

pub use analyzed::Analyzed;
pub use certified::certified;
pub use compare::compare_runs;
pub use compare_fits::compare_fits;
pub use found::draw_findings;
pub use path::{PathSummary, write_path};
pub use progress::{Display, Progress};
pub use quantum::Quantum;
pub use scan::{ScanResults, ScanSummary, write_scan};
pub use sparkline::Sparkline;
pub use summary::Summary;
pub use table::Table;
pub use trajectory::Trajectory;
pub use vibrations::{Animations, VibrationsSummary, write_vibrations};
pub use view::{view_files, write_views};
