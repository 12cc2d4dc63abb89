//! Input files: text in, plain structs out.
//!
//! An input begins with `version = 1`. Every quantity is a text with a unit, checked for its dimension; every path is
//! relative to the file that names it; a key that is not known is refused and the nearest known one is named. What was
//! left out is filled with defaults, and [`Input::to_toml`] prints the result in full: it reads back as the same input.
//!
//! ```text
//! text ─ Source ─ Section (one table at a time) ─ RunInput or FitInput; `crate::workflow` makes a simulation or a fit of them
//! ```

mod analysis;
mod barostat;
mod calculator;
mod choice;
mod constraints;
pub mod declare;
mod device;
mod diagnose;
mod document;
mod elastic;
mod fit;
mod given;
mod guards;
mod inner;
mod labels;
mod learn;
mod minimize;
mod missing;
mod molecule;
mod output;
mod path;
mod path_integral;
mod plumed;
mod potential;
mod pressure;
mod quantity;
mod read;
mod reference;
mod regression;
mod replicas;
mod run;
mod scan;
mod schema;
mod section;
mod select;
mod source;
mod stage;
mod structure;
mod thermostat;
mod velocities;
mod vibrations;
mod wall_time;
mod write;

pub use analysis::{AnalysisInput, BIN, Compared, Drift, MAX_LAG};
pub use barostat::{BarostatInput, CellScaling, PressureCoupling};
pub use choice::{Contradictions, IntegratorKind, Precision, RemoveMotion};
pub(crate) use constraints::from_zero;
pub use constraints::{AnglesInput, BondsInput, CenterOfMass, ConstraintsInput};
pub use cormorant_core::InputError;
pub use device::DeviceInput;
pub use diagnose::suggestion;
pub use elastic::{ElasticInput, StrainInput};
pub use fit::{
    DataInput, FitInput, FitRunInput, LabelUnitsInput, LossInput, ModelInput, MomentsInput, NetworkInput,
    OptimizerInput, Preset, RegisteredInput, SettingInput, StartInput,
};
pub use given::GivenKeys;
pub use guards::{CLOSE, FAR, GuardInput, GuardsInput};
pub use inner::InnerInput;
pub use labels::{CallsInput, LabelSourceInput, LabelsInput};
pub use learn::{
    CommitteeInput, ExploreInput, LearnInput, SampleMethod, SelectInput, SelectionRule, StartFramesInput, StopInput,
};
pub(crate) use minimize::LARGEST_STRESS;
pub use minimize::{CellMinimization, MinimizeInput, MinimizeMethod};
pub use molecule::{MoleculeInput, MoleculeRun};
pub use output::OutputInput;
pub use path::{BandInput, InitialImages, PathInput};
pub use path_integral::PathIntegralInput;
pub use plumed::PlumedInput;
pub use potential::{
    AnchorInput, EndInput, LennardJonesPairInput, MorsePairInput, PlaneInput, PotentialInput, ShortRangeInput, Side,
    SphereInput, SpringInput, TruncationInput,
};
pub use quantity::Quantity;
pub use read::Input;
pub use reference::reference;
pub use regression::{
    ColumnNames, MomentDataInput, OriginalModelInput, PropertyDataInput, RegressionData, RegressionInput,
    RegressionModel, RegressionOptimizer, TargetDataInput, TargetScale, TargetShift, TensorOrder,
};
pub use replicas::ReplicasInput;
pub use run::RunInput;
pub use scan::{CoordinateInput, ScanInput};
pub use schema::Declaration;
pub use select::SelectBy;
pub use stage::StageInput;
pub use structure::{CellInput, StructureInput};
pub use thermostat::{Coupling, ThermostatInput};
pub use velocities::VelocitiesInput;
pub use vibrations::{ModesInput, ThermochemistryInput, VibrationsInput};
pub use wall_time::WallTime;
pub(crate) use write::RESTART;
pub use write::WriteInput;
