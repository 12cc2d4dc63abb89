//! A model and what it says of configurations.

use std::sync::{Mutex, PoisonError};

use cormorant::model::{Facts, load};
use cormorant::potential::{Evaluation, LearnedPotential, Potential, Precision, RequestedProperties, evaluate_batch};
use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;

use crate::buffers::{fill, system};
use crate::errors::{CormorantError, Raise};

/// Atoms of one configuration: numbers, positions, cell, along which of its vectors it repeats, total charge and multiplicity.
type Atoms<'py> = (PyBuffer<i64>, PyBuffer<f64>, Option<PyBuffer<f64>>, (bool, bool, bool), (Option<i32>, Option<u32>));
/// Where results go: forces `[atoms][3]`, virial `[3][3]`, atom energies `[atoms]`.
type Results = (PyBuffer<f64>, PyBuffer<f64>, PyBuffer<f64>);

/// A fitted model, ready to be evaluated.
#[pyclass(module = "cormorant._native", frozen)]
pub struct Model {
    potential: Mutex<LearnedPotential>,
    facts: Facts,
    header: String,
}

impl Model {
    /// Everything that the network gives.
    fn all(&self) -> RequestedProperties {
        RequestedProperties { virial: true, atom_energies: self.facts.gives_atom_energies() }
    }

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
            let network = load(&path)?;
            let potential = Mutex::new(LearnedPotential::new(network.as_ref(), precision, threads)?);
            Ok(Self { potential, facts: network.facts()?, header: network.header_json()? })
        })
        .raise()
    }

    /// Range of an edge in Å; none where the network couples all atoms.
    #[getter]
    fn cutoff(&self) -> Option<f64> {
        self.facts.cutoff
    }

    /// Rounds of messages.
    #[getter]
    fn layers(&self) -> usize {
        self.facts.hops
    }

    /// Chemical symbols that the model knows.
    #[getter]
    fn elements(&self) -> Vec<String> {
        self.facts.elements.iter().map(|element| element.symbol().to_string()).collect()
    }

    /// The header of the model as JSON.
    fn header(&self) -> String {
        self.header.clone()
    }

    /// Whether the energy is a sum over the atoms, so that energies of atoms mean something.
    #[getter]
    fn gives_atom_energies(&self) -> bool {
        self.facts.gives_atom_energies()
    }

    /// Energy in eV of one configuration; the rest goes into `results`.
    fn evaluate(&self, py: Python<'_>, atoms: Atoms<'_>, results: Results) -> PyResult<f64> {
        let system = system(py, &atoms.0, &atoms.1, atoms.2.as_ref(), atoms.3.into(), atoms.4)?;
        let evaluated = py.detach(|| {
            let mut into = Evaluation::default();
            let mut potential = self.locked();
            potential.check_state(&system)?;
            potential.evaluate(&system, self.all(), &mut into).map(|()| into)
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
        let made = |one: &Atoms<'_>| system(py, &one.0, &one.1, one.2.as_ref(), one.3.into(), one.4);
        let systems = atoms.iter().map(made);
        let systems = systems.collect::<PyResult<Vec<_>>>()?;
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.map_err(|error| CormorantError::new_err(format!("cannot start {threads} threads: {error}")))?;
        let evaluated = py.detach(|| {
            let twin = self.locked().twin();
            systems.iter().try_for_each(|system| twin.check_state(system).map(drop))?;
            pool.install(|| evaluate_batch(&twin, &systems, self.all()))
        });
        evaluated.raise()?.iter().zip(&results).map(|(one, target)| give(py, one, target)).collect()
    }
}

/// Copies an evaluation into the arrays and returns its energy.
fn give(py: Python<'_>, evaluation: &Evaluation, (forces, virial, atom_energies): &Results) -> PyResult<f64> {
    fill(py, forces, evaluation.forces.as_flattened())?;
    fill(py, virial, evaluation.virial.unwrap_or_default().as_flattened())?;
    // The array of a network that does not divide its energy among the atoms stays as it was.
    if !evaluation.atom_energies.is_empty() {
        fill(py, atom_energies, &evaluation.atom_energies)?;
    }
    Ok(evaluation.energy)
}
