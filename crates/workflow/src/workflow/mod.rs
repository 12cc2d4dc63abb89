//! What the library does as a whole: run, fit, evaluate, certify, and the rest of the verbs.
//!
//! The command line, Python and programs of others call the same functions. Nothing here prints: results are values, and
//! what takes long reports to a closure or an observer that the caller gives.
//!
//! | verb | function | result |
//! |---|---|---|
//! | run | [`simulate`], [`run_replicas`] | [`Simulated`], [`ReplicasRun`] |
//! | fit | [`train`], [`train_committee`], [`train_regression`], [`train_atoms`] | [`Trained`], [`TrainedMember`], [`TrainedRegression`], [`TrainedAtoms`] |
//! | evaluate | [`compare_with_labels`], [`predict_file`], [`predict_property`], [`predict_atoms`] | [`Comparison`], [`Predictions`], [`PropertyValues`], [`AtomPredictions`] |
//! | stream | [`stream`] | frames answered one by one |
//! | minimize | [`minimize_file`] | [`Minimized`] |
//! | learn | [`fn@learn`] | [`Learned`] |
//! | label | [`label_files`], [`label_queue`] | [`Labeled`] |
//! | select | [`select`](fn@select) | [`Picked`] |
//! | rank | [`rank_file`] | [`RankedConformers`] |
//! | sample | [`sample_file`] | [`Sampled`] |
//! | build | [`build_molecule`] | [`BuiltMolecule`] |
//! | vibrations | [`vibrations`] | [`VibrationsFound`] |
//! | path | [`find_path`] | [`PathFound`] |
//! | scan | [`fn@scan`] | [`ScanFound`] |
//! | elastic | [`elastic`] | [`ElasticFound`] |
//! | certify | [`certify`] | a [`Certificate`](cormorant_network::Certificate) in the header |
//! | analyze | [`analyze`] | [`Analyzed`] |
//! | bench | [`bench`](fn@bench) | [`Speed`] |
//! | report, compare | [`report`], [`compare`] | the page |
//! | export | [`export_kim`] | [`KimModel`] |

mod analyze;
mod atom_fit;
mod atoms;
mod batch;
mod bench;
mod build;
mod build_molecule;
mod certify;
mod committee_fit;
mod committee_room;
mod depth;
mod dipoles;
mod elastic;
mod errors;
mod evaluate;
mod export;
mod fit;
mod fit_budget;
mod fit_call;
mod folder;
mod group_file;
mod label;
mod learn;
mod mdl;
mod minimize;
mod path;
mod property;
mod rank;
mod regression;
mod replay;
mod replicas;
mod report;
mod resume;
mod run;
mod run_input;
mod sample;
mod sample_method;
mod sample_summary;
mod scan;
mod select;
mod spread_comparison;
mod stream;
mod structure_mark;
mod trained_theory;
mod vibrations;

pub use analyze::{Analyzed, analyze};
pub use atom_fit::{TrainedAtoms, train_atoms};
pub use atoms::{AtomFrame, AtomPredictions, predict_atoms, predicts_atoms};
pub use batch::{Computing, Structures, WrittenResults, read_structures, require_free, structures_of};
pub use bench::{Speed, bench};
use build::too_alike;
pub use build::{AtomSet, LoadedStructure, ModelOrigin, Models, RegressionSet, learned, learned_together};
pub use build_molecule::{BuildRequest, BuiltMolecule, build_molecule};
pub use certify::certify;
pub use committee_fit::{MemberEvent, TrainedMember, is_finished_committee, train_committee};
pub use depth::{Depth, DepthSummary, FrameDepth};
pub use dipoles::require_charges;
pub use elastic::{ElasticFound, elastic};
pub use evaluate::{Comparison, Predictions, compare_with_labels, predict_file, theory_keys};
pub use export::{KimModel, export_kim};
pub use fit::{Trained, fit_input, is_finished, read_fit, train, train_call, train_with};
pub use fit_call::{Closing, FitCall};
pub use folder::shown_path;
pub use group_file::GROUP_ERRORS;
pub use label::{Labeled, label_files, label_queue};
pub use learn::{Ending, LearnEvent, Learned, Round, learn};
pub use minimize::{Minimized, minimize_file};
pub use path::{PathFound, find_path};
pub use property::{PropertyValues, predict_property, predicts_property};
pub use rank::{Ranked, RankedConformers, Ranking, energy_in, rank_file};
pub use regression::{TrainedRegression, train_regression};
pub use replicas::{ReplicasRun, ReplicasWatch, run_replicas};
pub use report::{compare, report};
pub use run::{Simulated, simulate, simulate_with};
pub use run_input::{RunMode, run_input};
pub use sample::{Sampled, Sampling, sample_file};
pub use sample_method::SampleMethod;
pub use sample_summary::SampleSummary;
pub use scan::{ScanFound, scan};
pub use select::{Picked, Pool, SelectRequest, Selection, select, write_selection};
pub use spread_comparison::SpreadComparison;
pub use stream::stream;
pub use trained_theory::TrainedTheory;
pub use vibrations::{VibrationsFound, vibrations};
