//! Models on disk: `model.safetensors`, whose header is the truth, and a README for people.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use safetensors::tensor::{Dtype, SafeTensors, TensorView};

use super::engine::engine;
use super::head::Head;
use super::header::Header;
use super::kind::{PRODUCTION, foreign, header_text};
use super::network::{Backend, Engine, Facts, Network, Precision, Record, RecordMut};
use cormorant_core::json;
use cormorant_core::{Error, Result};
use cormorant_kernels::network::Layout;

/// Name of the file in a model's folder.
pub const FILE: &str = "model.safetensors";
/// Marks our files among other safetensors files.
pub(super) const FORMAT: &str = "cormorant-model";
/// Larger files are refused before they are read.
pub(super) const LARGEST: u64 = 1 << 30;

/// A model: weights and all that is known about them.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// The folder or file it was read from, or will be written to.
    pub path: PathBuf,
    /// What the file says about itself.
    pub header: Header,
    /// Packed weights in the order of [`Layout`].
    pub weights: Vec<f64>,
}

impl Model {
    /// Reads the model in folder `path` (or the file itself).
    ///
    /// # Errors
    /// When there is no such file, or it is of another format, version or kind, or a tensor is missing, unexpected, of the
    /// wrong shape or type, or holds a number that is not finite.
    pub fn load(path: &Path) -> Result<Self> {
        let file = if path.is_dir() { path.join(FILE) } else { path.to_path_buf() };
        let size = std::fs::metadata(&file).map_err(|source| Error::io(&file, source))?.len();
        if size > LARGEST {
            return Err(Error::model(
                &file,
                format!("is {size} bytes long; models are at most {LARGEST}; name another file"),
            ));
        }
        let bytes = std::fs::read(&file).map_err(|source| Error::io(&file, source))?;
        Self::decode(&bytes, path).map_err(|reason| Error::model(&file, remedied(reason)))
    }

    pub(super) fn decode(bytes: &[u8], path: &Path) -> Result<Self, String> {
        let damaged = |error| format!("is not a whole safetensors file ({error}); copy or fit the model again");
        let (kind, text) = header_text(bytes)?;
        if kind != PRODUCTION {
            return Err(foreign(&kind, "one of the production network"));
        }
        let header: Header = serde_json::from_str(&text).map_err(|error| format!("has a broken header: {error}"))?;
        if let Some(fault) = header.fault() {
            return Err(fault);
        }
        let layout = Layout::new(&header.shape());
        let tensors = SafeTensors::deserialize(bytes).map_err(damaged)?;
        let mut header = header;
        read_envelope(&mut header, &tensors)?;
        let envelope: Vec<String> = arrays(&header).map(|(name, _, _)| name).collect();
        let known =
            |name: &str| layout.blocks.iter().any(|block| block.name == name) || envelope.iter().any(|one| one == name);
        if let Some(name) = tensors.names().into_iter().find(|name| !known(name)) {
            return Err(format!("holds a tensor {name:?} that its network does not have"));
        }
        let mut weights = Vec::with_capacity(layout.len());
        for block in &layout.blocks {
            let tensor = tensors.tensor(&block.name).map_err(|_| format!("lacks the tensor {:?}", block.name))?;
            if tensor.shape() != block.shape {
                return Err(format!("tensor {:?} has shape {:?}, not {:?}", block.name, tensor.shape(), block.shape));
            }
            weights.extend(numbers(&block.name, &tensor)?);
        }
        Ok(Self { path: path.to_path_buf(), header, weights })
    }

    /// Writes `model.safetensors` and `README.md` into `folder` (made if need be), each atomically.
    ///
    /// Weights are written in f32, the precision they are fitted in, unless one of them needs f64.
    ///
    /// # Errors
    /// When a number of the model is not finite or the bytes cannot be read back, in which case a model that was there stays; or
    /// when the folder cannot be written.
    pub fn save(&self, folder: &Path) -> Result<()> {
        std::fs::create_dir_all(folder).map_err(|source| Error::io(folder, source))?;
        let bytes = self.encode().map_err(|reason| Error::model(folder, reason))?;
        Self::decode(&bytes, folder).map_err(|reason| unreadable(folder, &reason))?;
        cormorant_core::atomic::write(&folder.join(FILE), &bytes)?;
        cormorant_core::atomic::write(&folder.join("README.md"), super::readme::readme(&self.header).as_bytes())
    }

    /// The model as a reader of its file gets it.
    ///
    /// # Errors
    /// When a number of the model is not finite, or its bytes cannot be read back.
    pub fn as_read(&self) -> Result<Self> {
        let bytes = self.encode().map_err(|reason| Error::model(&self.path, reason))?;
        Self::decode(&bytes, &self.path).map_err(|reason| unreadable(&self.path, &reason))
    }

    fn encode(&self) -> Result<Vec<u8>, String> {
        finite(&self.weights, &self.header)?;
        let layout = Layout::new(&self.header.shape());
        let single = self.weights.iter().all(|&x| f64::from(x as f32) == x);
        let mut data = BTreeMap::new();
        for block in &layout.blocks {
            let values = &self.weights[block.offset..block.offset + block.len()];
            let bytes: Vec<u8> = if single {
                values.iter().flat_map(|&x| (x as f32).to_le_bytes()).collect()
            } else {
                values.iter().flat_map(|&x| x.to_le_bytes()).collect()
            };
            data.insert(block.name.clone(), (block.shape.clone(), bytes));
        }
        let dtype = if single { Dtype::F32 } else { Dtype::F64 };
        let weights = data.into_iter().map(|(name, (shape, bytes))| (name, dtype, shape, bytes));
        let envelope = arrays(&self.header).map(|(name, shape, numbers)| {
            (name, Dtype::F32, shape, numbers.iter().flat_map(|&x| (x as f32).to_le_bytes()).collect())
        });
        let data: Vec<(String, Dtype, Vec<usize>, Vec<u8>)> = weights.chain(envelope).collect();
        let views = data
            .iter()
            .map(|(name, dtype, shape, bytes)| {
                let view = TensorView::new(*dtype, shape.clone(), bytes).map(|view| (name, view));
                view.map_err(|error| error.to_string())
            })
            .collect::<Result<Vec<_>, _>>()?;
        let header =
            json::text(&self.header).map_err(|reason| format!("would get a header that nobody can read: {reason}"))?;
        let metadata = HashMap::from([("format".to_string(), FORMAT.to_string()), ("header".to_string(), header)]);
        safetensors::serialize(views, Some(metadata)).map_err(|error| error.to_string())
    }
}

impl Network for Model {
    fn path(&self) -> &Path {
        &self.path
    }

    fn facts(&self) -> Result<Facts> {
        let header = &self.header;
        let scaling = header.scaling().map_err(|reason| Error::model(&self.path, reason))?;
        Ok(Facts {
            kind: header.kind.clone(),
            elements: scaling.elements,
            quantity: "energy".into(),
            unit: "eV".into(),
            head: Some(Head::Extensive),
            scale: scaling.scale,
            constant: 0.0,
            references: scaling.references,
            cutoff: Some(header.config.cutoff),
            hops: header.config.layers,
            parameters: self.weights.len(),
            shortest_distances: Some(header.data.shortest_distances.clone()),
        })
    }

    fn sizes(&self) -> String {
        let config = &self.header.config;
        format!(
            "{} layers, {} channels, degree {}, {} products per layer, {} parameters",
            config.layers,
            config.channels,
            config.max_degree,
            config.products,
            self.weights.len()
        )
    }

    fn record(&self) -> Record<'_> {
        self.header.record()
    }

    fn record_mut(&mut self) -> Option<RecordMut<'_>> {
        let header = &mut self.header;
        Some(RecordMut {
            shortest_distances: &mut header.data.shortest_distances,
            ranges: &mut header.ranges,
            envelope: Some(&mut header.envelope),
            example: &mut header.example,
            certificate: &mut header.certificate,
        })
    }

    fn header_json(&self) -> Result<String> {
        serde_json::to_string(&self.header).map_err(|error| Error::model(&self.path, error.to_string()))
    }

    fn write(&self, folder: &Path) -> Result<()> {
        self.save(folder)
    }

    fn engine(&self, backend: Backend, precision: Precision) -> Result<Box<dyn Engine>> {
        let Backend::Processor = backend;
        Ok(engine(&self.header.shape(), &self.weights, self.header.knot_spacing, precision))
    }
}

/// What to say of bytes that are not a model, before they become a file.
fn unreadable(folder: &Path, reason: &str) -> Error {
    Error::model(folder, format!("was not written, because it could not be read back: {reason}"))
}

/// Refuses weights and arrays of the envelope that are not finite.
fn finite(weights: &[f64], header: &Header) -> Result<(), String> {
    let arrays = arrays(header).map(|(name, _, numbers)| (name, numbers));
    for (name, numbers) in std::iter::once(("weights".to_string(), weights)).chain(arrays) {
        if let Some(number) = numbers.iter().find(|number| !number.is_finite()) {
            return Err(format!("cannot be written: `{name}` holds {number}, which is not a finite number"));
        }
    }
    Ok(())
}

/// The numbers of a tensor.
fn numbers(name: &str, tensor: &TensorView<'_>) -> Result<Vec<f64>, String> {
    let numbers: Vec<f64> = match tensor.dtype() {
        Dtype::F32 => tensor.data().as_chunks::<4>().0.iter().map(|&x| f64::from(f32::from_le_bytes(x))).collect(),
        Dtype::F64 => tensor.data().as_chunks::<8>().0.iter().map(|&x| f64::from_le_bytes(x)).collect(),
        other => return Err(format!("tensor {name:?} has type {other:?}, not F32 or F64")),
    };
    if numbers.iter().all(|x| x.is_finite()) {
        Ok(numbers)
    } else {
        Err(format!("tensor {name:?} holds a number that is not finite"))
    }
}

/// The arrays of the envelope, if there is one.
fn arrays(header: &Header) -> impl Iterator<Item = (String, Vec<usize>, &[f64])> {
    header.envelope.iter().flat_map(|envelope| envelope.arrays(&header.elements))
}

/// Fill in the arrays of the envelope.
fn read_envelope(header: &mut Header, tensors: &SafeTensors<'_>) -> Result<(), String> {
    let mut read = Vec::new();
    for (name, shape, _) in arrays(header) {
        let tensor = tensors.tensor(&name).map_err(|_| format!("lacks the tensor {name:?}"))?;
        if tensor.shape() != shape {
            return Err(format!("tensor {name:?} has shape {:?}, not {shape:?}", tensor.shape()));
        }
        read.push(numbers(&name, &tensor)?);
    }
    let mut read = read.into_iter();
    let elements = header.envelope.iter_mut().flat_map(|envelope| &mut envelope.elements);
    for element in elements.filter(|element| element.environments > 0) {
        (element.projection, element.centers) = (read.next().unwrap_or_default(), read.next().unwrap_or_default());
    }
    Ok(())
}

/// The reason with what to do about it, where it does not say so itself.
pub(super) fn remedied(reason: String) -> String {
    if reason.contains("; ") { reason } else { format!("{reason}; copy or fit the model again") }
}
