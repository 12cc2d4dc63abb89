//! Fitting: labeled data in, a model out.
//!
//! | items | what they are |
//! |---|---|
//! | [`DataSet`], [`Configuration`], [`LabelKeys`], [`LabelUnits`], [`StressConvention`] | labeled frames from archives and extended XYZ, in internal units |
//! | [`DataPlan`], [`FitData`], [`Split`], [`SplitList`] | which frames train, choose the best epoch, and test |
//! | [`checks`] | what is wrong with data before hours are spent on them |
//! | [`References`], [`LabelScale`] | reference energies of elements, and the unit of what is left |
//! | [`Objective`], [`Trainer`], [`Optimizer`], [`TrainerConfig`] | the loss, its gradient, and how the weights move |
//! | [`Learner`], [`fn@fit`], [`FitPlan`], [`Checkpoint`], [`Summary`] | the loop around everything that learns: epochs, checkpoints, the closing table |
//! | [`regression`], [`qm9`] | properties of molecules, and values of atoms |
//! | [`surroundings`] | what a model records of its training frames |
//! | [`fetch`] | published data sets, downloaded and checked |
//!
//! A fit has the same bits for any number of threads and after any interruption. `examples/fit_in_memory.rs` fits a network to
//! frames that are made in memory.
//!
//! # Example
//! Reference energies of the elements, by least squares over energies of molecules:
//!
//! ```
//! use cormorant_core::system::Element;
//! use cormorant_fit::{Configuration, References};
//!
//! # fn main() -> cormorant_core::Result<()> {
//! let [hydrogen, oxygen] = [Element::from_symbol("H")?, Element::from_symbol("O")?];
//! let frame = |elements: Vec<Element>, energy| Configuration {
//!     positions: vec![[0.0; 3]; elements.len()],
//!     elements,
//!     energy: Some(energy),
//!     ..Configuration::default()
//! };
//! let frames = [frame(vec![hydrogen, hydrogen], -27.0), frame(vec![oxygen, hydrogen, hydrogen], -2067.0)];
//! let references = References::fitted(&frames.iter().collect::<Vec<_>>())?;
//! assert!((references.energies[&oxygen] + 2040.0).abs() < 1e-6);
//! # Ok(())
//! # }
//! ```

mod about_means;
mod alike;
mod amsgrad;
mod any_precision;
mod archive_frames;
mod atom_metrics;
mod batch_sizes;
mod batches;
mod checkpoint;
pub mod checks;
mod comment_units;
mod configuration;
mod cover;
mod curve;
mod data_identity;
mod dataset;
mod descent;
mod difference;
pub mod fetch;
mod fit_event;
mod fit_plan;
mod frame_notes;
mod frame_weights;
mod frames;
mod graph;
mod group_errors;
mod group_split;
mod label_counts;
mod label_frame;
mod label_keys;
mod label_names;
mod label_scale;
mod label_units;
mod labeled_atoms;
mod labeled_moments;
mod labeled_xyz;
mod learner;
mod md17;
mod metrics;
mod npz;
mod objective;
mod of_theory;
mod optimizer;
mod original_splits;
mod pass;
mod penalty;
mod prepare;
pub mod qm9;
mod recovery;
mod references;
pub mod regression;
mod relative_energies;
mod replay;
mod reserve;
mod run;
mod schedule;
mod seen_bonding;
mod seen_bonds;
mod shared_frames;
mod shown_frames;
mod split;
mod split_list;
mod split_plan;
mod start_noise;
mod state_arrays;
mod state_check;
mod stated_split;
mod stress_convention;
mod summary;
pub mod surroundings;
mod tensor;
mod theories;
mod theory_data;
mod time_budget;
mod trainer;
mod trainer_passes;
mod typical_loss;
mod variety;

pub use any_precision::{
    AtomLearner, AtomPoint, EnergyLearner, PropertyLearner, atom_learner, energy_learner, property_learner,
};
pub use batch_sizes::BatchSizes;
pub use checkpoint::{CHECKPOINT, Checkpoint, Header, PREVIOUS};
pub use configuration::Configuration;
pub use cormorant_network::{AtomErrors, QuantityErrors};
pub use data_identity::data_identity;
pub use dataset::{DataSet, fingerprint, index_digest};
pub use descent::{Descent, DescentSettings};
pub use difference::difference;
pub use fit_event::FitEvent;
pub use fit_plan::FitPlan;
pub use frame_weights::FrameWeights;
pub use graph::Graph;
pub use group_errors::{GroupErrors, GroupMetrics, PartGroups, RelativeErrors};
pub use group_split::{FORMULA, Wanted};
pub use label_counts::LabelCounts;
pub use label_keys::LabelKeys;
pub use label_scale::LabelScale;
pub use label_units::{ForceUnit, LabelUnit, LabelUnits};
pub use labeled_atoms::{LabeledAtoms, count_labels, labeled_atoms};
pub use labeled_moments::labeled_moments;
pub use learner::{Array, AskStop, EpochReport, Learner, Part, State, UnderWay, Values};
pub use metrics::{ElementErrors, Errors, Metrics};
pub use objective::{
    AtomObjective, EnergyObjective, EnergyPrediction, FrameEvaluation, FrameLoss, Objective, ObjectiveWeights,
    PropertyObjective, Sides, StepPlace,
};
pub use optimizer::Optimizer;
pub use original_splits::{legacy_permutation, md17_split, qm9_split};
pub use prepare::{DataPlan, FitData};
pub use references::References;
pub use references::elements_of;
pub use replay::Replay;
pub use reserve::Reserve;
pub use run::{CURVE, fit};
pub use schedule::{LearningRate, MOST_GRAPHS, TrainerConfig, TrainerSettings};
pub use seen_bonding::seen_bonding;
pub use shared_frames::shared_frames;
pub use split::Split;
pub use split_list::{Numbering, SplitList};
pub use split_plan::SplitPlan;
pub use start_noise::with_noise;
pub use stress_convention::{StressConvention, StressSign, StressUnit};
pub use summary::Summary;
pub use theories::{Theories, TheoryPlan};
pub use theory_data::TheoryData;
pub use time_budget::{PassPlace, TimeBudget};
pub use trainer::Trainer;
pub use typical_loss::TypicalLoss;
pub use variety::MANY;
