//! Arrays of numpy and other libraries, by the buffer protocol.

use cormorant::system::{Cell, ElectronicState, Element, System};
use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;

use crate::errors::{CormorantError, Raise};

/// The system that atomic numbers `[atoms]`, positions `[atoms][3]` in Å and cell vectors `[3][3]` in Å describe; `periodic` says along
/// which vectors it repeats; total charge in e and multiplicity as far as they are stated.
pub fn system(
    py: Python<'_>,
    numbers: &PyBuffer<i64>,
    positions: &PyBuffer<f64>,
    cell: Option<&PyBuffer<f64>>,
    periodic: [bool; 3],
    (charge, multiplicity): (Option<i32>, Option<u32>),
) -> PyResult<System> {
    let elements = numbers.to_vec(py)?.into_iter().map(element).collect::<PyResult<Vec<_>>>()?;
    let flat = positions.to_vec(py)?;
    let (triples, rest) = flat.as_chunks::<3>();
    if !rest.is_empty() {
        return Err(CormorantError::new_err(format!("{} coordinates are not triples", flat.len())));
    }
    let cell = match cell {
        None => None,
        Some(rows) => Some(matrix(py, rows, periodic)?),
    };
    let system = System::new(elements, triples.to_vec(), cell).raise()?;
    Ok(System { state: ElectronicState { charge, multiplicity }, ..system })
}

fn element(number: i64) -> PyResult<Element> {
    let found = u8::try_from(number).ok().and_then(Element::from_number);
    found.ok_or_else(|| CormorantError::new_err(format!("{number} is not an atomic number; those are 1 to 118")))
}

fn matrix(py: Python<'_>, rows: &PyBuffer<f64>, periodic: [bool; 3]) -> PyResult<Cell> {
    let flat = rows.to_vec(py)?;
    let Ok(rows) = <[[f64; 3]; 3]>::try_from(flat.as_chunks::<3>().0) else {
        return Err(CormorantError::new_err(format!("a cell has nine numbers, not {}", flat.len())));
    };
    Cell::with_periodicity(rows, periodic).raise()
}

/// Copies `values` into an array of the same length.
pub fn fill(py: Python<'_>, target: &PyBuffer<f64>, values: &[f64]) -> PyResult<()> {
    target.copy_from_slice(py, values)
}
