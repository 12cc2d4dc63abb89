//! The input of `fit`: data, network, loss, optimizer, run.

mod data;
mod loss;
mod model;
mod network;
mod optimizer;
mod preset;
mod registered;
mod run;

use std::path::{Path, PathBuf};

use serde::Serialize;

pub use data::{DataInput, LabelUnitsInput};
pub(in crate::settings) use data::{exclude, exclude_other_tests, is_name, key_of_comment};
pub use loss::LossInput;
pub use model::{ModelInput, MomentsInput};
pub use network::{NetworkInput, StartInput};
pub use optimizer::OptimizerInput;
pub use preset::Preset;
pub use registered::{RegisteredInput, SettingInput};
pub use run::FitRunInput;

use super::OutputInput;
use super::declare::{Key, Value, integer, settings, table, word};
use super::run::{NAME, SEED, VERSION, name};
use super::section::Section;
use super::source::tidy;
use cormorant_core::{Error, Result};
use cormorant_network::ShippedModel;

settings! {
    /// A fit of a network to labeled data.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct FitInput {
        /// Version of the input format.
        pub version: u64 = VERSION,
        /// Name of the model; it goes to `models/<name>` unless `[output]` says otherwise.
        pub name: String = NAME,
        /// Seed of every random number: the first weights, the split, the order of the frames.
        pub seed: u64 = SEED,
        /// Models that are fitted. Several are a committee: each is a model in a folder of its own below that of the committee, with
        /// the seeds `seed`, `seed` + 1, … for its first weights and the order of its frames. All divide the data by `seed`.
        pub members: usize = integer(1, FitInput::MOST_MEMBERS as u64).or("1"),
        /// The folder of the model.
        pub output: OutputInput = table(&OutputInput::TABLE),
        /// What it is fitted to.
        pub data: DataInput = table(&DataInput::TABLE).required("{ file = \"data/ethanol.npz\" }"),
        /// The network, or the model that it is taken from.
        pub model: NetworkInput =
            Key::of(Value::Either(&[Value::Table(&NetworkInput::TABLE), Value::Table(&StartInput::TABLE)])),
        /// What is minimized.
        pub loss: LossInput = table(&LossInput::TABLE),
        /// How it is minimized.
        pub optimizer: OptimizerInput = table(&OptimizerInput::TABLE),
        /// For how long, and with what.
        pub run: FitRunInput = table(&FitRunInput::TABLE),
    }
}

impl FitInput {
    /// Members that a committee can have.
    pub const MOST_MEMBERS: usize = 64;

    /// The starting point of the settings, which the resolved input has no key for.
    pub const PRESET: Key = word(Preset::ABOUT)
        .or("fast")
        .described("preset", "What the keys that are left out of `[model]` and `[run]` default to.");

    pub(super) fn read(root: &Section<'_>, version: u64) -> Result<Self> {
        root.declared(&[Self::TABLE.keys, &[Self::PRESET]])?;
        let name = name(root)?;
        let preset = root.get(&Self::PRESET)?;
        let model = NetworkInput::read(&root.section_or_empty("model")?, preset)?;
        Ok(Self {
            version,
            seed: root.get(&Self::seed)?,
            members: root.get(&Self::members)?,
            output: OutputInput::read(root, "models", &name)?,
            name,
            data: DataInput::read(root)?,
            loss: LossInput::read(&root.section_or_empty("loss")?)?,
            optimizer: OptimizerInput::read(&root.section_or_empty("optimizer")?, model.start().is_some())?,
            model,
            run: FitRunInput::read(&root.section_or_empty("run")?, preset)?,
        })
    }

    /// The input that `fit --data DATA --out FOLDER` stands for: the defaults of `preset`, and the model to start from, if any.
    ///
    /// # Errors
    /// When the current folder is gone.
    pub fn with_defaults(
        mut data: DataInput,
        folder: &Path,
        preset: Preset,
        start_from: Option<&Path>,
    ) -> Result<Self> {
        let absolute =
            |path: &Path| std::path::absolute(path).map(|path| tidy(&path)).map_err(|source| Error::io(path, source));
        let folder = absolute(folder)?;
        for path in data.paths() {
            *path = absolute(path)?;
        }
        let named = |path: &Path| absolute(path).map(|whole| ShippedModel::resolve(&path.to_string_lossy(), whole));
        let start = start_from.map(named).transpose()?;
        let plain = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' };
        let last = folder.file_name().map(|name| name.to_string_lossy().chars().map(plain).collect::<String>());
        Ok(Self {
            version: super::read::VERSION,
            name: last.unwrap_or_else(|| "model".into()),
            seed: 1,
            members: 1,
            output: OutputInput { folder },
            data,
            loss: LossInput::default(),
            optimizer: OptimizerInput::of(start.is_some()),
            model: start.map_or_else(
                || NetworkInput::New(ModelInput::of(preset)),
                |model| NetworkInput::Started(StartInput::new(model)),
            ),
            run: FitRunInput::of(preset),
        })
    }

    /// The same from the weights of `model`, with the rate that suits them.
    pub(crate) fn starting_from(self, model: PathBuf) -> Self {
        Self { optimizer: OptimizerInput::of(true), model: NetworkInput::Started(StartInput::new(model)), ..self }
    }

    /// The same with structures in `file` that the model to start from labels, for `--replay`.
    ///
    /// # Errors
    /// When it does not start from a model, or the current folder is gone.
    pub fn replaying(mut self, file: &Path) -> Result<Self> {
        let NetworkInput::Started(start) = &mut self.model else {
            let reason = "--replay keeps what a model knows, and this fit starts from none; name one with --start-from";
            return Err(Error::Invalid(reason.into()));
        };
        start.replay = Some(std::path::absolute(file).map_err(|source| Error::io(file, source))?);
        Ok(self)
    }

    pub(super) fn paths(&mut self) -> Vec<&mut PathBuf> {
        let mut paths = vec![&mut self.output.folder];
        paths.extend(self.data.paths());
        paths.extend(self.model.paths());
        paths
    }
}
