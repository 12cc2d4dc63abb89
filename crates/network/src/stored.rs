//! A network in a file of its own: header and packed weights. The kinds of this crate are headers.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::atom_target::AtomTarget;
use super::container::{self, NamedArray, damaged};
use super::fitting::TrainableNetwork;
use super::kind::{foreign, header_text};
use super::model_file::ModelFile;
use super::network::{Backend, Engine, Facts, Network, Precision, Record, RecordMut};
use cormorant_core::json;
use cormorant_core::system::Element;
use cormorant_core::{Error, Result};

/// What a kind of network says of itself in the header of its files; with the weights it is the network.
///
/// Errors are reasons, to be put behind the name of the model.
pub trait NetworkHeader: Clone + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Name of the kind, in headers and inputs.
    const KIND: &'static str;
    /// What another kind is not, e.g. `the network of 2019`.
    const WHAT: &'static str;
    /// Whether weights are written in single precision where that loses nothing.
    const COMPACT: bool = false;

    /// The first thing that cannot be right.
    fn fault(&self) -> Option<String>;

    /// Says in the present way what older files say in another.
    fn modernize(&mut self) {}

    /// Name and shape of the tensors of the packed weights, in their order.
    ///
    /// # Errors
    /// What is wrong with the header.
    fn tensors(&self) -> Result<Vec<(String, Vec<usize>)>, String>;

    /// Further arrays of the file, in single precision, with the shapes that the header gives them.
    fn arrays(&self) -> Vec<(String, Vec<usize>, &[f64])> {
        Vec::new()
    }

    /// Fills these arrays in, in their order.
    fn set_arrays(&mut self, arrays: Vec<Vec<f64>>) {
        let _ = arrays;
    }

    /// As [`Network::facts`], for so many parameters.
    ///
    /// # Errors
    /// What is wrong with the header.
    fn facts(&self, parameters: usize) -> Result<Facts, String>;

    /// As [`Network::sizes`].
    fn sizes(&self, parameters: usize) -> String;

    /// As [`Network::record`].
    fn record(&self) -> Record<'_>;

    /// As [`Network::record_mut`].
    fn record_mut(&mut self) -> RecordMut<'_>;

    /// As [`Network::atoms`].
    fn atoms(&self) -> Option<&AtomTarget> {
        None
    }

    /// As [`Network::engine`], for packed `weights`.
    ///
    /// # Errors
    /// What is wrong with the header.
    fn engine(&self, weights: &[f64], precision: Precision) -> Result<Box<dyn Engine>, String>;

    /// An engine for packed `weights` on the graphics processor that `choice` means, for the model at `path`.
    ///
    /// # Errors
    /// When networks of this kind are not computed there, or it cannot be used.
    fn graphics_engine(&self, weights: &[f64], choice: &str, path: &Path) -> Result<Box<dyn Engine>> {
        let _ = (weights, choice);
        let reason =
            format!("is of kind `{}`, which graphics processors do not compute; take device = \"cpu\"", Self::KIND);
        Err(Error::model(path, reason))
    }

    /// As [`Network::trainable`], for packed `weights`.
    ///
    /// # Errors
    /// What is wrong with the header, or that networks of this kind are not fitted.
    fn trainable(&self, weights: &[f64], precision: Precision) -> Result<TrainableNetwork, String>;

    /// Changes `settings` that leave the weights as they are, for a fit that starts from this network. Unknown ones are refused.
    ///
    /// # Errors
    /// What is wrong with a setting.
    fn change(&mut self, settings: &Value) -> Result<(), String> {
        match settings.as_object().and_then(|settings| settings.keys().next()) {
            None => Ok(()),
            Some(key) => Err(format!("`{key}` is that of the model that the fit starts from; leave it out")),
        }
    }

    /// Header and packed weights of the same network for other elements, from its own `weights`.
    ///
    /// # Errors
    /// Why the elements cannot be changed.
    fn with_elements(&self, weights: &[f64], elements: &[Element]) -> Result<(Self, Vec<f64>), String> {
        let _ = (weights, elements);
        Err(format!("is of kind `{}`, whose elements cannot be changed", Self::KIND))
    }

    /// A page about the model for people.
    fn readme(&self) -> Option<String> {
        None
    }
}

/// A network whose kind is that of its header.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredNetwork<H> {
    /// The folder or file it was read from, or will be written to.
    pub path: PathBuf,
    /// What the file says about itself.
    pub header: H,
    /// Packed weights in the order of the tensors.
    pub weights: Vec<f64>,
}

impl<H: NetworkHeader> StoredNetwork<H> {
    /// A network that is fitted to nothing yet: all weights are zero.
    ///
    /// # Errors
    /// What is wrong with the header.
    pub fn fresh(path: PathBuf, header: H) -> Result<Self, String> {
        let count = header.tensors()?.iter().map(|(_, shape)| shape.iter().product::<usize>()).sum();
        Ok(Self { path, header, weights: vec![0.0; count] })
    }

    /// Reads the model in folder `path` (or the file itself).
    ///
    /// # Errors
    /// When there is no such file, or it is of another format, version or kind, or a tensor is missing, unexpected, of the
    /// wrong shape or type, or holds a number that is not finite.
    pub fn load(path: &Path) -> Result<Self> {
        let found = ModelFile::read(path)?;
        Self::decode(&found.bytes, &found.path).map_err(|reason| Error::model(&found.file, reason))
    }

    /// The model in the `bytes` of its file.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn decode(bytes: &[u8], path: &Path) -> Result<Self, String> {
        let (kind, text) = header_text(bytes)?;
        if kind != H::KIND {
            return Err(foreign(&kind, H::WHAT));
        }
        Self::parse(&text, bytes, path).map_err(|reason| damaged(&reason))
    }

    fn parse(header: &str, bytes: &[u8], path: &Path) -> Result<Self, String> {
        let mut header: H = serde_json::from_str(header).map_err(|error| format!("has a broken header: {error}"))?;
        header.modernize();
        if let Some(fault) = header.fault() {
            return Err(fault);
        }
        let mut places = header.tensors()?;
        let tensors = places.len();
        places.extend(header.arrays().into_iter().map(|(name, shape, _)| (name, shape)));
        let mut read = container::decode(bytes, &places)?;
        header.set_arrays(read.split_off(tensors));
        let weights = read.concat();
        Ok(Self { path: path.to_path_buf(), header, weights })
    }

    /// Writes `model.safetensors`, and `README.md` where the kind has one, into `folder` (made if necessary), each atomically.
    ///
    /// # Errors
    /// When a number of the model is not finite or the bytes cannot be read back, in which case a model that was there stays; or
    /// when the folder cannot be written.
    pub fn save(&self, folder: &Path) -> Result<()> {
        let bytes = self.bytes().map_err(|reason| Error::model(folder, reason))?;
        Self::decode(&bytes, folder).map_err(|reason| {
            Error::model(folder, format!("was not written, because it could not be read back: {reason}"))
        })?;
        container::write(folder, &bytes)?;
        match self.header.readme() {
            Some(page) => cormorant_core::atomic::write(&folder.join("README.md"), page.as_bytes()),
            None => Ok(()),
        }
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        let single = H::COMPACT && self.weights.iter().all(|&x| f64::from(x as f32) == x);
        let mut arrays = Vec::new();
        let mut rest = self.weights.as_slice();
        for (name, shape) in self.header.tensors()? {
            let values = rest.split_off(..shape.iter().product()).ok_or("has too few weights")?;
            arrays.push(NamedArray { name, shape, values, single });
        }
        if !rest.is_empty() {
            return Err(format!("cannot be written: it has {} weights too many", rest.len()));
        }
        let further = self.header.arrays().into_iter();
        arrays.extend(further.map(|(name, shape, values)| NamedArray { name, shape, values, single: true }));
        let header =
            json::text(&self.header).map_err(|reason| format!("would get a header that nobody can read: {reason}"))?;
        container::encode(header, arrays)
    }

    fn wrong(&self, reason: String) -> Error {
        Error::model(&self.path, reason)
    }
}

impl<H: NetworkHeader> Network for StoredNetwork<H> {
    fn path(&self) -> &Path {
        &self.path
    }

    fn facts(&self) -> Result<Facts> {
        self.header.facts(self.weights.len()).map_err(|reason| self.wrong(reason))
    }

    fn sizes(&self) -> String {
        self.header.sizes(self.weights.len())
    }

    fn record(&self) -> Record<'_> {
        self.header.record()
    }

    fn record_mut(&mut self) -> Option<RecordMut<'_>> {
        Some(self.header.record_mut())
    }

    fn atoms(&self) -> Option<&AtomTarget> {
        self.header.atoms()
    }

    fn header_json(&self) -> Result<String> {
        serde_json::to_string(&self.header).map_err(|error| self.wrong(error.to_string()))
    }

    fn encode(&self) -> Result<Vec<u8>> {
        self.bytes().map_err(|reason| self.wrong(reason))
    }

    fn write(&self, folder: &Path) -> Result<()> {
        self.save(folder)
    }

    fn engine(&self, backend: &Backend, precision: Precision) -> Result<Box<dyn Engine>> {
        match backend {
            Backend::Processor => self.header.engine(&self.weights, precision).map_err(|reason| self.wrong(reason)),
            Backend::Graphics(_) if precision == Precision::F64 => Err(Error::Invalid(
                "graphics processors compute networks in single precision; leave `precision` out, or compute on the processor: device = \"cpu\""
                    .into(),
            )),
            Backend::Graphics(choice) => self.header.graphics_engine(&self.weights, choice, &self.path),
        }
    }

    fn trainable(&self, precision: Precision) -> Result<TrainableNetwork> {
        self.header.trainable(&self.weights, precision).map_err(|reason| self.wrong(reason))
    }

    fn renewed(&self, path: &Path, settings: &Value) -> Result<Box<dyn Network>> {
        let mut renewed = Self { path: path.to_path_buf(), ..self.clone() };
        renewed.header.change(settings).map_err(|reason| self.wrong(reason))?;
        renewed.header.record_mut().clear();
        Ok(Box::new(renewed))
    }

    fn with_elements(&self, elements: &[Element]) -> Result<Box<dyn Network>> {
        let changed = self.header.with_elements(&self.weights, elements);
        let (mut header, weights) = changed.map_err(|reason| self.wrong(reason))?;
        header.record_mut().clear();
        Ok(Box::new(Self { path: self.path.clone(), header, weights }))
    }

    fn weights(&self) -> Option<&[f64]> {
        Some(&self.weights)
    }

    fn set_weights(&mut self, weights: Vec<f64>) -> Result<()> {
        let count: usize = self
            .header
            .tensors()
            .map_err(|reason| self.wrong(reason))?
            .iter()
            .map(|(_, shape)| shape.iter().product::<usize>())
            .sum();
        if weights.len() != count {
            return Err(self.wrong(format!("has {count} weights, not {}", weights.len())));
        }
        self.weights = weights;
        Ok(())
    }
}
