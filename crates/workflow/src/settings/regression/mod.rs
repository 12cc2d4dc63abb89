//! The input of a fit to molecular properties: energies alone, a property of QM9, dipole moments or polarizabilities; or to values
//! of atoms.

mod data;
mod model;
mod optimizer;
mod targets;

use std::path::PathBuf;

use serde::Serialize;

pub use data::{MomentDataInput, PropertyDataInput, RegressionData};
pub use model::{OriginalModelInput, RegressionModel};
pub use optimizer::RegressionOptimizer;
pub use targets::{ColumnNames, TargetDataInput, TargetScale, TargetShift, TensorOrder};

use super::declare::{Key, settings, table};
use super::fit::Preset;
use super::run::{NAME, SEED, VERSION, name};
use super::section::Section;
use super::{FitRunInput, OutputInput};
use cormorant_core::Result;

settings! {
    /// A fit of the network of 2019, or of the production network to energies alone or to a property.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct RegressionInput {
        /// Version of the input format.
        pub version: u64 = VERSION,
        /// Name of the model; it goes to `models/<name>` unless `[output]` says otherwise.
        pub name: String = NAME,
        /// Seed of first weights, split and order.
        pub seed: u64 = SEED,
        /// The folder of the model.
        pub output: OutputInput = table(&OutputInput::TABLE),
        /// What it is fitted to.
        pub data: RegressionData = Key::of(RegressionData::VALUE).required("{ file = \"qm9\", property = \"U0\" }"),
        /// The network.
        pub model: RegressionModel = Key::of(RegressionModel::VALUE),
        /// How the loss is minimized.
        pub optimizer: RegressionOptimizer = table(&RegressionOptimizer::TABLE),
        /// For how long, and with what.
        pub run: FitRunInput = table(&FitRunInput::TABLE),
    }
}

impl RegressionInput {
    /// Whether an input with these tables is read here.
    pub(super) fn is_meant(root: &Section<'_>) -> Result<bool> {
        let data = root.section_or_empty("data")?;
        let model = root.section_or_empty("model")?;
        let original = RegressionModel::is_original(&model)?;
        Ok(original || data.has("property") || data.has("target") || RegressionData::is_energies(&data)?)
    }

    pub(super) fn read(root: &Section<'_>, version: u64) -> Result<Self> {
        root.declared(&[Self::TABLE.keys])?;
        let name = name(root)?;
        let data = RegressionData::read(root)?;
        let model = RegressionModel::read(&root.section_or_empty("model")?, &data)?;
        let optimizer = RegressionOptimizer::read(&root.section_or_empty("optimizer")?, &model, &data)?;
        let section = root.section_or_empty("run")?;
        let mut run = FitRunInput::read(&section, Preset::default())?;
        let open = run.epochs_at_950_frames.is_some() && !section.has("epochs_at_950_frames");
        if open && matches!(model, RegressionModel::Original(_)) {
            (run.epochs, run.epochs_at_950_frames) = (Some(EPOCHS_OF_2019), None);
        }
        Ok(Self {
            version,
            seed: root.get(&Self::seed)?,
            output: OutputInput::read(root, "models", &name)?,
            name,
            data,
            optimizer,
            model,
            run,
        })
    }

    pub(super) fn paths(&mut self) -> Vec<&mut PathBuf> {
        let mut paths = vec![&mut self.output.folder];
        paths.extend(self.data.paths());
        paths
    }
}

/// Epochs of the released code.
const EPOCHS_OF_2019: u64 = 255;
