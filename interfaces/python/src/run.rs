//! Simulations from Python.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use cormorant::simulation::{Observer, Schedule, Snapshot, Stop};
use cormorant::units::PICOSECOND;
use cormorant::workflow::{RunMode, run_input, simulate};
use cormorant::{Error, Result};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::errors::{Raise, exception};

/// Steps, picoseconds, seconds, and the files written.
type Done = (u64, f64, f64, Vec<PathBuf>);
/// The exception that a callback raised, or the one of Ctrl-C.
type Raised = Arc<Mutex<Option<PyErr>>>;

/// Calls a Python function with the state of the run; `False` or an exception stops it.
struct Callback {
    function: Option<Py<PyAny>>,
    schedule: Schedule,
    stop: Stop,
    raised: Raised,
}

impl Callback {
    fn call(&self, now: &Snapshot<'_>) -> PyResult<bool> {
        Python::attach(|py| {
            py.check_signals()?;
            let Some(function) = &self.function else { return Ok(true) };
            let state = PyDict::new(py);
            state.set_item("step", now.system.step)?;
            state.set_item("steps", now.run_steps)?;
            state.set_item("time", now.system.time / PICOSECOND)?;
            state.set_item("energy", now.evaluation.energy)?;
            state.set_item("kinetic", now.kinetic)?;
            state.set_item("temperature", now.temperature)?;
            state.set_item("conserved", now.conserved)?;
            state.set_item("positions", &now.system.positions)?;
            state.set_item("forces", &now.evaluation.forces)?;
            let answer = function.bind(py).call1((state,))?;
            Ok(answer.is_none() || answer.is_truthy()?)
        })
    }
}

impl Observer for Callback {
    fn schedule(&self) -> Schedule {
        self.schedule
    }

    fn observe(&mut self, now: &Snapshot<'_>) -> Result<()> {
        match self.call(now) {
            Ok(true) => {}
            Ok(false) => self.stop.ask(),
            Err(error) => {
                *self.raised.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                self.stop.ask();
            }
        }
        Ok(())
    }

    // It leaves nothing on disk, so a run may continue with or without it.
    fn persistent(&self) -> bool {
        false
    }
}

/// Run the simulation that `input` describes; `callback` is given the state every `every` steps.
///
/// Returns steps done, picoseconds, seconds, and the files written; `None` in place of them when the callback stopped it.
#[pyfunction]
#[pyo3(signature = (input, callback=None, every=100, force=false, resume=false))]
pub fn run(
    py: Python<'_>,
    input: PathBuf,
    callback: Option<Py<PyAny>>,
    every: u64,
    force: bool,
    resume: bool,
) -> PyResult<Option<Done>> {
    let (stop, raised) = (Stop::new(), Raised::default());
    let schedule = Schedule::every(every).raise()?;
    let observer = Callback { function: callback, schedule, stop: stop.clone(), raised: Arc::clone(&raised) };
    let mode = RunMode { force, resume };
    let result = py.detach(|| simulate(&run_input(&input)?, mode, stop, Box::new(observer), &mut |_, _| {}));
    if let Some(error) = raised.lock().unwrap_or_else(PoisonError::into_inner).take() {
        return Err(error);
    }
    match result {
        Ok(done) => {
            let outcome = done.outcome;
            Ok(Some((outcome.steps, outcome.picoseconds, outcome.elapsed.as_secs_f64(), outcome.files)))
        }
        Err(Error::Interrupted(_)) => Ok(None),
        Err(error) => Err(exception(&error)),
    }
}
