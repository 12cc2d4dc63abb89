//! Arrays of a state in the precision of the parameters.

use super::learner::{Array, State, Values};
use cormorant_core::{Error, Result};
use cormorant_kernels::Real;

/// An array in the precision of its numbers.
pub(super) fn array<P: Real>(values: &[P]) -> Array {
    let shape = vec![values.len()];
    if size_of::<P>() == 4 {
        Array { shape, values: Values::F32(values.iter().map(|x| x.to_f64() as f32).collect()) }
    } else {
        doubles(values.iter().map(|x| x.to_f64()).collect())
    }
}

/// An array in double precision.
pub(super) fn doubles(values: Vec<f64>) -> Array {
    Array { shape: vec![values.len()], values: Values::F64(values) }
}

/// The array `name` of a state, which has `length` numbers.
pub(super) fn numbers<P: Real>(state: &State, name: &str, length: usize) -> Result<Vec<P>> {
    let values: Vec<P> = match state.get(name).map(|array| &array.values) {
        Some(Values::F32(values)) => values.iter().map(|&x| P::from_f64(f64::from(x))).collect(),
        Some(Values::F64(values)) => values.iter().map(|&x| P::from_f64(x)).collect(),
        _ => return Err(foreign(name)),
    };
    if values.len() == length { Ok(values) } else { Err(foreign(name)) }
}

/// The error of a state without a fitting array `name`.
pub(super) fn foreign(name: &str) -> Error {
    Error::Invalid(format!("the checkpoint has no matching `{name}`; it belongs to another network"))
}
