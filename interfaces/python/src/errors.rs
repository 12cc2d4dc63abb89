//! Errors of the library as Python exceptions with the text that the program prints.

use cormorant::{Error, ErrorKind};
use pyo3::PyErr;
use pyo3::create_exception;
use pyo3::exceptions::PyException;

create_exception!(cormorant, CormorantError, PyException, "Base of every error of cormorant.");
create_exception!(cormorant, InputError, CormorantError, "An input file says something that cannot be accepted.");
create_exception!(cormorant, UnitError, CormorantError, "A quantity without a unit, or with a wrong one.");
create_exception!(cormorant, StructureError, CormorantError, "A structure or trajectory that cannot be read.");
create_exception!(cormorant, DataError, CormorantError, "A data set that cannot be used.");
create_exception!(cormorant, ModelError, CormorantError, "A model that cannot be loaded.");
create_exception!(cormorant, RestartError, CormorantError, "A restart or checkpoint file that cannot be used.");
create_exception!(cormorant, ElementError, CormorantError, "An element that the model does not know.");
create_exception!(cormorant, NumericalError, CormorantError, "A number that left every sensible range.");
create_exception!(cormorant, Interrupted, CormorantError, "The run or fit was asked to stop; its state was saved.");

/// The exception for `error`.
pub fn exception(error: &Error) -> PyErr {
    let text = cormorant::explain(error, false);
    let text = text.trim_end().trim_start_matches("error: ").to_owned();
    match error.kind() {
        ErrorKind::Input => InputError::new_err(text),
        ErrorKind::Unit => UnitError::new_err(text),
        ErrorKind::Structure => StructureError::new_err(text),
        ErrorKind::Data => DataError::new_err(text),
        ErrorKind::Model => ModelError::new_err(text),
        ErrorKind::Restart => RestartError::new_err(text),
        ErrorKind::Element => ElementError::new_err(text),
        ErrorKind::Numerical => NumericalError::new_err(text),
        ErrorKind::Interrupted => Interrupted::new_err(text),
        ErrorKind::Invalid
        | ErrorKind::TooFewFrames
        | ErrorKind::Occupied
        | ErrorKind::External
        | ErrorKind::Io
        | ErrorKind::Internal => CormorantError::new_err(text),
    }
}

/// A result of the library as one of Python.
pub trait Raise<T> {
    /// The same, with the error as an exception.
    fn raise(self) -> pyo3::PyResult<T>;
}

impl<T> Raise<T> for cormorant::Result<T> {
    fn raise(self) -> pyo3::PyResult<T> {
        self.map_err(|error| exception(&error))
    }
}
