//! Packed weights as named tensors with a header, for models in double precision.

use std::collections::{BTreeMap, HashMap};

use safetensors::tensor::{Dtype, SafeTensors, TensorView};

use super::file::FORMAT;

/// Name, shape and offset of an array of the packed weights.
pub type Place<'a> = (&'a str, &'a [usize], usize);

/// The bytes of a model file.
pub(super) fn encode(places: &[Place<'_>], weights: &[f64], header: String) -> Result<Vec<u8>, String> {
    let mut data = BTreeMap::new();
    for &(name, shape, offset) in places {
        let count: usize = shape.iter().product();
        let values = weights.get(offset..offset + count).ok_or("has too few weights")?;
        if let Some(number) = values.iter().find(|number| !number.is_finite()) {
            return Err(format!("cannot be written: `{name}` holds {number}, which is not a finite number"));
        }
        data.insert(name, (shape.to_vec(), values.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>()));
    }
    let mut views = Vec::with_capacity(data.len());
    for (name, (shape, bytes)) in &data {
        views.push((*name, TensorView::new(Dtype::F64, shape.clone(), bytes).map_err(|error| error.to_string())?));
    }
    let metadata = HashMap::from([("format".to_string(), FORMAT.to_string()), ("header".to_string(), header)]);
    safetensors::serialize(views, Some(metadata)).map_err(|error| error.to_string())
}

/// The packed weights of a model file.
pub(super) fn decode(bytes: &[u8], places: &[Place<'_>]) -> Result<Vec<f64>, String> {
    let tensors = SafeTensors::deserialize(bytes).map_err(|error| format!("is damaged ({error}); copy it again"))?;
    let foreign = |name: &str| !places.iter().any(|(known, ..)| *known == name);
    if let Some(name) = tensors.names().into_iter().find(|name| foreign(name)) {
        return Err(format!("holds a tensor {name:?} that its network does not have"));
    }
    let mut weights = Vec::new();
    for &(name, shape, offset) in places {
        let tensor = tensors.tensor(name).map_err(|_| format!("lacks the tensor {name:?}"))?;
        if tensor.shape() != shape || tensor.dtype() != Dtype::F64 || weights.len() != offset {
            let (dtype, found) = (tensor.dtype(), tensor.shape());
            return Err(format!("tensor {name:?} has type {dtype:?} and shape {found:?}, not F64 and {shape:?}"));
        }
        weights.extend(tensor.data().as_chunks::<8>().0.iter().map(|&x| f64::from_le_bytes(x)));
        if weights[offset..].iter().any(|x: &f64| !x.is_finite()) {
            return Err(format!("tensor {name:?} holds a number that is not finite"));
        }
    }
    Ok(weights)
}
