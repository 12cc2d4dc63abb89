//! A model and what it says of configurations.

use std::collections::HashSet;
use std::ffi::CString;
use std::sync::{Mutex, PoisonError};

use cormorant::model::{Facts, load};
use cormorant::potential::{Evaluation, LearnedPotential, Potential, RequestedProperties, evaluate_batch};
use cormorant::settings::{DeviceInput, Precision};
use cormorant::system::{Element, System};
use pyo3::buffer::PyBuffer;
use pyo3::exceptions::PyUserWarning;
use pyo3::prelude::*;

use crate::buffers::{fill, system};
use crate::errors::{CormorantError, Raise};

/// Atoms of one configuration: numbers, positions, cell, along which of its vectors it repeats, total charge and multiplicity.
type Atoms<'py> = (PyBuffer<i64>, PyBuffer<f64>, Option<PyBuffer<f64>>, (bool, bool, bool), (Option<i32>, Option<u32>));
/// Where results go: forces `[atoms][3]`, virial `[3][3]`, atom energies `[atoms]`, charges `[atoms]`, dipole `[3]`.
type Results = (PyBuffer<f64>, PyBuffer<f64>, PyBuffer<f64>, PyBuffer<f64>, PyBuffer<f64>);

/// A fitted model, ready to be evaluated.
#[pyclass(module = "cormorant._native", frozen)]
pub struct Model {
    potential: Mutex<LearnedPotential>,
    facts: Facts,
    header: String,
    /// What a user was told of charge, spin and structure: each remark once.
    told: Mutex<HashSet<String>>,
    /// The atoms of the last configuration whose structure was looked at: those of a trajectory are all alike.
    looked: Mutex<Vec<Element>>,
}

impl Model {
    /// Everything that the network gives.
    fn all(&self) -> RequestedProperties {
        RequestedProperties { virial: true, atom_energies: self.facts.gives_atom_energies() }
    }

    /// Warns of `remark`, if there is one and none was before.
    fn tell(&self, py: Python<'_>, remark: Option<String>) -> PyResult<()> {
        let Some(remark) = remark else { return Ok(()) };
        if !self.told.lock().unwrap_or_else(PoisonError::into_inner).insert(remark.clone()) {
            return Ok(());
        }
        let Ok(remark) = CString::new(remark) else { return Ok(()) };
        // The first frame is the method of the package, the second who calls it.
        PyErr::warn(py, &py.get_type::<PyUserWarning>(), &remark, 2)
    }

    /// Whether its atoms are others than those of the last configuration.
    fn is_new(&self, system: &System) -> bool {
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        let new = *looked != system.elements;
        if new {
            looked.clone_from(&system.elements);
        }
        new
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, LearnedPotential> {
        // After a panic the caches are rebuilt by the next evaluation, so the potential is still good.
        self.potential.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Model {
    #[new]
    fn new(py: Python<'_>, path: std::path::PathBuf, precision: &str, threads: usize, device: &str) -> PyResult<Self> {
        let precision = match precision {
            "f32" => Precision::F32,
            "f64" => Precision::F64,
            other => {
                return Err(CormorantError::new_err(format!("precision {other:?} is neither \"f32\" nor \"f64\"")));
            }
        };
        let device = DeviceInput::new(device).map_err(CormorantError::new_err)?;
        py.detach(|| {
            let network = load(&path)?;
            let potential = Mutex::new(LearnedPotential::new(network.as_ref(), device.options(precision), threads)?);
            let (facts, header) = (network.facts()?, network.header_json()?);
            Ok(Self { potential, facts, header, told: Mutex::default(), looked: Mutex::default() })
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

    /// Whether it gives atoms charges.
    #[getter]
    fn gives_charges(&self) -> bool {
        self.facts.has_charges()
    }

    /// Energy in eV of one configuration; the rest goes into `results`.
    fn evaluate(&self, py: Python<'_>, atoms: Atoms<'_>, results: Results) -> PyResult<f64> {
        let system = system(py, &atoms.0, &atoms.1, atoms.2.as_ref(), atoms.3.into(), atoms.4)?;
        let evaluated = py.detach(|| {
            let mut into = Evaluation::default();
            let mut potential = self.locked();
            let remark = if self.is_new(&system) {
                potential.check_structure(&system)?
            } else {
                potential.check_state(&system)?
            };
            potential.evaluate(&system, self.all(), &mut into).map(|()| (into, remark))
        });
        let (evaluation, remark) = evaluated.raise()?;
        self.tell(py, remark)?;
        give(py, &system, &evaluation, &results)
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
            let mut remark = None;
            for system in &systems {
                remark = remark.or(twin.check_state(system)?);
            }
            pool.install(|| evaluate_batch(&twin, &systems, self.all())).map(|found| (found, remark))
        });
        let (found, remark) = evaluated.raise()?;
        self.tell(py, remark)?;
        let pairs = systems.iter().zip(&found).zip(&results);
        pairs.map(|((system, one), target)| give(py, system, one, target)).collect()
    }
}

/// Copies an evaluation of `system` into the arrays and returns its energy.
fn give(py: Python<'_>, system: &System, evaluation: &Evaluation, results: &Results) -> PyResult<f64> {
    let (forces, virial, atom_energies, charges, dipole) = results;
    fill(py, forces, evaluation.forces.as_flattened())?;
    fill(py, virial, evaluation.virial.unwrap_or_default().as_flattened())?;
    // The array of a network that does not divide its energy among the atoms stays as it was, and so do those of one without charges.
    if !evaluation.atom_energies.is_empty() {
        fill(py, atom_energies, &evaluation.atom_energies)?;
    }
    if let Some(found) = evaluation.dipole(system) {
        fill(py, charges, &evaluation.charges)?;
        fill(py, dipole, &found)?;
    }
    Ok(evaluation.energy)
}
