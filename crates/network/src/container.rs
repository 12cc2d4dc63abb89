//! The file of a model: a header, and named tensors of finite numbers.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use safetensors::tensor::{Dtype, SafeTensors, TensorView};

use cormorant_core::{Error, Result};

/// Name of the file in a model's folder.
pub const FILE: &str = "model.safetensors";
/// Marks our files among other safetensors files.
pub(super) const FORMAT: &str = "cormorant-model";
/// Larger files are refused before they are read.
pub(super) const LARGEST: u64 = 1 << 30;

/// Name, shape and offset of an array of the packed weights.
pub type Place<'a> = (&'a str, &'a [usize], usize);

/// A model file that was read: its header, and named tensors.
#[derive(Debug, Clone, Copy)]
pub struct Container<'a> {
    /// The folder or file that it was read from.
    pub path: &'a Path,
    /// The header: a JSON object with `version`, `kind` and whatever the kind wants.
    pub header: &'a str,
    /// The whole file.
    pub bytes: &'a [u8],
}

/// A named array of a file.
#[derive(Debug, Clone)]
pub(super) struct NamedArray<'a> {
    pub name: String,
    pub shape: Vec<usize>,
    pub values: &'a [f64],
    /// Whether it is written in single precision.
    pub single: bool,
}

impl Container<'_> {
    /// The tensors one behind the other; `places` gives name, shape and offset of each.
    ///
    /// # Errors
    /// Which tensor is missing, unexpected, of the wrong shape or type, or not finite.
    pub fn weights(&self, places: &[Place<'_>]) -> Result<Vec<f64>, String> {
        let named: Vec<_> = places.iter().map(|(name, shape, _)| ((*name).to_string(), shape.to_vec())).collect();
        Ok(decode(self.bytes, &named).map_err(|reason| damaged(&reason))?.concat())
    }

    /// The bytes of a model file, for [`super::Network::encode`].
    ///
    /// # Errors
    /// When there are too few weights, or one of them is not finite.
    pub fn encode(header: String, places: &[Place<'_>], weights: &[f64]) -> Result<Vec<u8>, String> {
        let arrays = places.iter().map(|&(name, shape, offset)| {
            let values = weights.get(offset..offset + shape.iter().product::<usize>()).ok_or("has too few weights")?;
            Ok(NamedArray { name: name.into(), shape: shape.to_vec(), values, single: false })
        });
        encode(header, arrays.collect::<Result<Vec<_>, String>>()?)
    }

    /// Writes a model file into `folder` (made if necessary), atomically.
    ///
    /// # Errors
    /// When there are too few weights, or the folder cannot be written.
    pub fn write(folder: &Path, header: String, places: &[Place<'_>], weights: &[f64]) -> Result<()> {
        let bytes = Self::encode(header, places, weights).map_err(|reason| Error::model(folder, reason))?;
        write(folder, &bytes)
    }
}

/// Writes the bytes of a model into `folder` (made if necessary), atomically.
pub(super) fn write(folder: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|source| Error::io(folder, source))?;
    cormorant_core::atomic::write(&folder.join(FILE), bytes)
}

/// The bytes of a model file.
pub(super) fn encode(header: String, arrays: Vec<NamedArray<'_>>) -> Result<Vec<u8>, String> {
    let mut data = BTreeMap::new();
    for NamedArray { name, shape, values, single } in arrays {
        if let Some(number) = values.iter().find(|number| !number.is_finite()) {
            return Err(format!("cannot be written: `{name}` holds {number}, which is not a finite number"));
        }
        let (dtype, bytes): (_, Vec<u8>) = if single {
            (Dtype::F32, values.iter().flat_map(|&x| (x as f32).to_le_bytes()).collect())
        } else {
            (Dtype::F64, values.iter().flat_map(|x| x.to_le_bytes()).collect())
        };
        data.insert(name, (dtype, shape, bytes));
    }
    let views = data.iter().map(|(name, (dtype, shape, bytes))| {
        let view = TensorView::new(*dtype, shape.clone(), bytes).map(|view| (name, view));
        view.map_err(|error| error.to_string())
    });
    let views = views.collect::<Result<Vec<_>, _>>()?;
    let metadata = HashMap::from([("format".to_string(), FORMAT.to_string()), ("header".to_string(), header)]);
    safetensors::serialize(views, Some(metadata)).map_err(|error| error.to_string())
}

/// The numbers of each of the named tensors; there must be no others.
pub(super) fn decode(bytes: &[u8], places: &[(String, Vec<usize>)]) -> Result<Vec<Vec<f64>>, String> {
    let tensors =
        SafeTensors::deserialize(bytes).map_err(|error| format!("is not a whole safetensors file ({error})"))?;
    let read = places.iter().map(|(name, shape)| numbers(&tensors, name, shape)).collect::<Result<_, _>>()?;
    let foreign = |name: &str| !places.iter().any(|(known, _)| known == name);
    match tensors.names().into_iter().find(|name| foreign(name)) {
        Some(name) => Err(format!("holds a tensor {name:?} that its network does not have")),
        None => Ok(read),
    }
}

/// The numbers of the tensor `name`, which has this shape.
fn numbers(tensors: &SafeTensors<'_>, name: &str, shape: &[usize]) -> Result<Vec<f64>, String> {
    let tensor = tensors.tensor(name).map_err(|_| format!("lacks the tensor {name:?}"))?;
    if tensor.shape() != shape {
        return Err(format!("tensor {name:?} has shape {:?}, not {shape:?}", tensor.shape()));
    }
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

/// What is wrong with a damaged file, with what to do about it.
pub(super) fn damaged(reason: &str) -> String {
    format!("{reason}; copy or fit the model again")
}
