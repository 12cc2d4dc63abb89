//! Structures from files.

use std::path::PathBuf;

use cormorant::io;
use pyo3::prelude::*;

use crate::errors::Raise;

/// Total charge in e and multiplicity, as far as they are stated.
type State = (Option<i32>, Option<u32>);
/// Atomic numbers, positions in Å, cell vectors in Å of a structure, along which of them it repeats, and its state.
type Atoms = (Vec<i64>, Vec<[f64; 3]>, Option<[[f64; 3]; 3]>, (bool, bool, bool), State);

/// Read one frame of a structure or trajectory file; counted from 0.
#[pyfunction]
#[pyo3(signature = (path, frame=0))]
pub fn read(py: Python<'_>, path: PathBuf, frame: usize) -> PyResult<Atoms> {
    let system = py.detach(|| io::read_structure(&path, Some(frame))).raise()?;
    let numbers = system.elements.iter().map(|element| i64::from(element.number())).collect();
    let [a, b, c] = system.cell.map_or([false; 3], |cell| cell.periodic());
    let state = (system.state.charge, system.state.multiplicity);
    Ok((numbers, system.positions, system.cell.map(|cell| cell.rows()), (a, b, c), state))
}
