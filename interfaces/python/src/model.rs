//! A model and what it says of configurations.

use std::sync::{Mutex, PoisonError};

use cormorant::potential::{Evaluation, LearnedPotential, Potential, Precision, Want, evaluate_batch};
use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;

use crate::buffers::{fill, system};
use crate::errors::{CormorantError, Raise};

const ALL: Want = Want { virial: true, atom_energies: true };

/// Atoms of one configuration: numbers, positions, cell, and along which of its vectors it repeats.
type Atoms<'py> = (PyBuffer<i64>, PyBuffer<f64>, Option<PyBuffer<f64>>, (bool, bool, bool));
/// Where results go: forces `[atoms][3]`, virial `[3][3]`, atom energies `[atoms]`.
type Results = (PyBuffer<f64>, PyBuffer<f64>, PyBuffer<f64>);

/// A fitted model, ready to be evaluated.
#[pyclass(module = "cormorant._native", frozen)]
pub struct Model {
    potential: Mutex<LearnedPotential>,
    model: cormorant::model::Model,
}

impl Model {
    fn locked(&self) -> std::sync::MutexGuard<'_, LearnedPotential> {
        // After a panic the caches are rebuilt by the next evaluation, so the potential is still good.
        self.potential.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Model {
    #[new]
    fn new(py: Python<'_>, path: std::path::PathBuf, precision: &str, threads: usize) -> PyResult<Self> {
        let precision = match precision {
            "f32" => Precision::F32,
            "f64" => Precision::F64,
            other => {
                return Err(CormorantError::new_err(format!("precision {other:?} is neither \"f32\" nor \"f64\"")));
            }
        };
        py.detach(|| {
            let model = cormorant::model::Model::load(&path)?;
            let potential = Mutex::new(LearnedPotential::new(&model, precision, threads)?);
            Ok(Self { potential, model })
        })
        .raise()
    }

    /// Range of an edge in Å.
    #[getter]
    fn cutoff(&self) -> f64 {
        self.model.header.config.cutoff
    }

    /// Rounds of messages.
    #[getter]
    fn layers(&self) -> usize {
        self.model.header.config.layers
    }

    /// Chemical symbols that the model knows.
    #[getter]
    fn elements(&self) -> Vec<String> {
        self.model.header.elements.clone()
    }

    /// The header of the model as JSON.
    fn header(&self) -> PyResult<String> {
        serde_json::to_string(&self.model.header).map_err(|error| CormorantError::new_err(error.to_string()))
    }

    /// Energy in eV of one configuration; the rest goes into `results`.
    fn evaluate(&self, py: Python<'_>, atoms: Atoms<'_>, results: Results) -> PyResult<f64> {
        let system = system(py, &atoms.0, &atoms.1, atoms.2.as_ref(), atoms.3.into())?;
        let evaluated = py.detach(|| {
            let mut into = Evaluation::default();
            self.locked().evaluate(&system, ALL, &mut into).map(|()| into)
        });
        give(py, &evaluated.raise()?, &results)
    }

    /// Energies in eV of many configurations, side by side on `threads` threads (0: all cores).
    fn evaluate_batch(
        &self,
        py: Python<'_>,
        atoms: Vec<Atoms<'_>>,
        results: Vec<Results>,
        threads: usize,
    ) -> PyResult<Vec<f64>> {
        let made = |one: &Atoms<'_>| system(py, &one.0, &one.1, one.2.as_ref(), one.3.into());
        let systems = atoms.iter().map(made);
        let systems = systems.collect::<PyResult<Vec<_>>>()?;
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.map_err(|error| CormorantError::new_err(format!("cannot start {threads} threads: {error}")))?;
        let evaluated = py.detach(|| {
            let twin = self.locked().twin();
            pool.install(|| evaluate_batch(&twin, &systems, ALL))
        });
        evaluated.raise()?.iter().zip(&results).map(|(one, target)| give(py, one, target)).collect()
    }
}

/// Copies an evaluation into the arrays and returns its energy.
fn give(py: Python<'_>, evaluation: &Evaluation, (forces, virial, atom_energies): &Results) -> PyResult<f64> {
    fill(py, forces, evaluation.forces.as_flattened())?;
    fill(py, virial, evaluation.virial.unwrap_or_default().as_flattened())?;
    fill(py, atom_energies, &evaluation.atom_energies)?;
    Ok(evaluation.energy)
}
