//! Fits from Python.

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use cormorant::Error;
use cormorant::fit::{Errors, FitEvent};
use cormorant::workflow::{Models, RunMode, fit_input, train_with};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::errors::{Raise, exception};

/// Fit the model that `input` describes; `callback` is given every epoch.
///
/// Returns the folder of the model; `None` when the callback stopped the fit, which `resume` continues.
#[pyfunction]
#[pyo3(signature = (input, callback=None, force=false, resume=false))]
pub fn fit(
    py: Python<'_>,
    input: PathBuf,
    callback: Option<Py<PyAny>>,
    force: bool,
    resume: bool,
) -> PyResult<Option<PathBuf>> {
    let input = fit_input(&input, resume).raise()?;
    let mode = RunMode { force, resume };
    let result = py.detach(|| {
        let (stopped, raised) = (AtomicBool::new(false), RefCell::new(None));
        let mut report = |event: FitEvent<'_>| match tell(callback.as_ref(), &event) {
            Ok(go_on) => {
                stopped.fetch_or(!go_on, Ordering::Relaxed);
            }
            Err(error) => {
                stopped.store(true, Ordering::Relaxed);
                *raised.borrow_mut() = Some(error);
            }
        };
        let networks = Models::default();
        let data = input.data_plan_with(&networks).read();
        let stop = || stopped.load(Ordering::Relaxed);
        let fitted = data.and_then(|data| train_with(&input, &data, &networks, mode, &stop, &mut |_| {}, &mut report));
        (fitted, raised.into_inner())
    });
    match result {
        (_, Some(error)) => Err(error),
        (Ok(_), None) => Ok(Some(input.output.folder.clone())),
        (Err(Error::Interrupted(_)), None) => Ok(None),
        (Err(error), None) => Err(exception(&error)),
    }
}

/// Calls `callback` at the end of an epoch; whether to continue. A signal counts within an epoch too.
fn tell(callback: Option<&Py<PyAny>>, event: &FitEvent<'_>) -> PyResult<bool> {
    let FitEvent::Epoch { epoch, progress, report, validation, best, elapsed, left } = event else {
        return Python::attach(|py| py.check_signals().map(|()| true));
    };
    Python::attach(|py| {
        py.check_signals()?;
        let Some(callback) = callback else { return Ok(true) };
        let state = PyDict::new(py);
        state.set_item("epoch", epoch)?;
        state.set_item("progress", progress)?;
        state.set_item("train_energy_mae", report.energy_mae)?;
        state.set_item("train_force_mae", report.force_mae)?;
        let errors = |pick: fn(&Errors) -> f64| validation.map(pick);
        state.set_item("validation_energy_mae", errors(|errors| errors.energy_mae))?;
        state.set_item("validation_force_mae", errors(|errors| errors.force_mae))?;
        state.set_item("best", best)?;
        state.set_item("seconds", elapsed.as_secs_f64())?;
        state.set_item("seconds_left", left.as_secs_f64())?;
        let answer = callback.bind(py).call1((state,))?;
        Ok(answer.is_none() || answer.is_truthy()?)
    })
}
