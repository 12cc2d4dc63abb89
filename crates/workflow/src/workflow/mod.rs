//! What the library does as a whole: run, fit, evaluate, certify, and the rest of the verbs.
//!
//! The command line, Python and programs of others call the same functions. Nothing here prints: results are values, and
//! what takes long reports to a closure or an observer that the caller gives.
//!
//! | verb | function | result |
//! |---|---|---|
//! | run | [`simulate`], [`run_replicas`] | [`Simulated`], [`ReplicasRun`] |
//! | fit | [`train`], [`train_regression`] | [`Trained`], [`TrainedRegression`] |
//! | evaluate | [`compare_with_labels`], [`predict_file`], [`predict_property`] | [`Comparison`], [`Predictions`], [`PropertyValues`] |
//! | minimize | [`minimize_file`] | [`Minimized`] |
//! | rank | [`rank_file`] | [`RankedConformers`] |
//! | sample | [`sample_file`] | [`Sampled`] |
//! | build | [`build_molecule`] | [`BuiltMolecule`] |
//! | vibrations | [`vibrations`] | [`VibrationsFound`] |
//! | elastic | [`elastic`] | [`ElasticFound`] |
//! | certify | [`certify`] | a [`Certificate`](cormorant_network::Certificate) in the header |
//! | analyze | [`analyze`] | [`Analyzed`] |
//! | bench | [`bench`](fn@bench) | [`Speed`] |
//! | report, compare | [`report`], [`compare`] | the page |
//! | export | [`export_kim`] | [`KimModel`] |

mod analyze;
mod batch;
mod bench;
mod build;
mod build_molecule;
mod certify;
mod depth;
mod elastic;
mod errors;
mod evaluate;
mod export;
mod fit;
mod fit_budget;
mod folder;
mod group_file;
mod mdl;
mod minimize;
mod property;
mod rank;
mod regression;
mod replicas;
mod report;
mod resume;
mod run;
mod run_input;
mod sample;
mod sample_method;
mod sample_summary;
mod vibrations;

pub use analyze::{Analyzed, analyze};
pub use batch::{Computing, Structures, WrittenResults, read_structures, structures_of};
pub use bench::{Speed, bench};
pub use build::{LoadedStructure, ModelOrigin, Models, RegressionSet, learned};
pub use build_molecule::{BuildRequest, BuiltMolecule, build_molecule};
pub use certify::certify;
pub use depth::{Depth, DepthSummary, FrameDepth};
pub use elastic::{ElasticFound, elastic};
pub use evaluate::{Comparison, Predictions, compare_with_labels, predict_file};
pub use export::{KimModel, export_kim};
pub use fit::{Trained, fit_input, is_finished, read_fit, train, train_with};
pub use folder::shown_path;
pub use group_file::GROUP_ERRORS;
pub use minimize::{Minimized, minimize_file};
pub use property::{PropertyValues, predict_property, predicts_property};
pub use rank::{Ranked, RankedConformers, Ranking, energy_in, rank_file};
pub use regression::{TrainedRegression, train_regression};
pub use replicas::{ReplicasRun, ReplicasWatch, run_replicas};
pub use report::{compare, report};
pub use run::{Simulated, simulate};
pub use run_input::{RunMode, run_input};
pub use sample::{Sampled, Sampling, sample_file};
pub use sample_method::SampleMethod;
pub use sample_summary::SampleSummary;
pub use vibrations::{VibrationsFound, vibrations};
