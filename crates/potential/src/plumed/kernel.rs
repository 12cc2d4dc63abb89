//! The C interface of PLUMED: the only file of this module with unsafe code.
#![allow(unsafe_code, reason = "a library found at run time can be called in no other way")]

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::path::Path;

use cormorant_core::{Error, Result};

/// Called by PLUMED when it fails: our pointer, a code, a message, an option.
type Handler = extern "C" fn(*mut c_void, c_int, *const c_char, *const c_void);

/// `plumed_nothrow_handler` of Plumed.h.
#[repr(C)]
struct Catch {
    ours: *mut c_void,
    handler: Handler,
}

/// `plumed_symbol_table_type` of Plumed.h, as far as version 2 (PLUMED 2.8 and later).
#[repr(C)]
#[derive(Clone, Copy)]
struct Table {
    version: c_int,
    create: extern "C" fn() -> *mut c_void,
    cmd: *const c_void,
    finalize: extern "C" fn(*mut c_void),
    cmd_nothrow: unsafe extern "C" fn(*mut c_void, *const c_char, *const c_void, Catch),
}

/// What a system gives to PLUMED and gets back, in units that were set before.
pub(super) struct Exchange<'a> {
    /// Number of the step.
    pub(super) step: i64,
    /// `[atoms][3]`.
    pub(super) positions: &'a [[f64; 3]],
    /// `[atoms]`.
    pub(super) masses: &'a [f64],
    /// Rows are vectors.
    pub(super) cell: Option<[[f64; 3]; 3]>,
    /// The forces of the bias are added to these, `[atoms][3]`.
    pub(super) forces: &'a mut [[f64; 3]],
    /// +∂E/∂strain of the bias is added to this.
    pub(super) virial: &'a mut [[f64; 3]; 3],
}

/// An instance of PLUMED for a fixed number of atoms.
pub(super) struct Kernel {
    instance: *mut c_void,
    table: Table,
    atoms: usize,
    /// Last, so that the code outlives the instance.
    _library: libloading::Library,
}

// SAFETY: an instance belongs to one `Kernel`, and `&mut self` in every call lets one thread at a time in; PLUMED keeps no
// state that is bound to a thread.
unsafe impl Send for Kernel {}

impl Kernel {
    /// Load the library at `path` (or by its name alone from where the system looks) and make an instance for `atoms` atoms.
    pub(super) fn load(path: &Path, atoms: usize) -> Result<Self> {
        let failed = |reason: String| {
            Error::External(format!(
                "PLUMED cannot be used: {}: {reason}. Set PLUMED_KERNEL, or `kernel` in [plumed], to the file libplumedKernel.so \
                 of PLUMED 2.8 or later; conda-forge has it as plumed, and of PyPI's packages hillclimber holds one in \
                 plumed/_lib/lib",
                path.display()
            ))
        };
        // SAFETY: loading runs the initializers of the library, which the user named as PLUMED's.
        let library = unsafe { libloading::Library::new(path) }.map_err(|error| failed(whole(&error)))?;
        // SAFETY: the symbol is a table that PLUMED 2.5 and later export under this name; its first field is the version, and
        // the fields that we read are part of every version from 2 on.
        let table = unsafe {
            let table =
                library.get::<*const Table>(b"plumed_symbol_table\0").map_err(|error| failed(error.to_string()))?;
            let version = *(*table).cast::<c_int>();
            if version < 2 {
                return Err(failed(format!("its interface has version {version}, older than 2")));
            }
            **table
        };
        let instance = (table.create)();
        if instance.is_null() {
            return Err(failed("it makes no instance".into()));
        }
        Ok(Self { instance, table, atoms, _library: library })
    }

    /// One command with a pointer to its value.
    ///
    /// # Safety
    /// `value` has to point to what `key` takes, for as long as PLUMED keeps it.
    unsafe fn command(&mut self, key: &CStr, value: *const c_void) -> Result<()> {
        extern "C" fn note(ours: *mut c_void, _code: c_int, message: *const c_char, _option: *const c_void) {
            // SAFETY: `ours` is the text below, which lives until the command returns; PLUMED gives a C string.
            unsafe {
                if !message.is_null() {
                    *ours.cast::<Option<String>>() = Some(CStr::from_ptr(message).to_string_lossy().into_owned());
                }
            }
        }
        let mut message: Option<String> = None;
        let catch = Catch { ours: (&raw mut message).cast(), handler: note };
        // SAFETY: the instance is alive until `drop`; exceptions do not come through, but call `note`.
        unsafe { (self.table.cmd_nothrow)(self.instance, key.as_ptr(), value, catch) };
        match message {
            Some(message) => Err(Error::External(format!("PLUMED: {}", message.trim()))),
            None => Ok(()),
        }
    }

    /// A command without a value.
    pub(super) fn order(&mut self, key: &CStr) -> Result<()> {
        // SAFETY: commands without a value do not read the pointer.
        unsafe { self.command(key, std::ptr::null()) }
    }

    /// A command with a whole number, which PLUMED copies.
    pub(super) fn integer(&mut self, key: &CStr, value: c_int) -> Result<()> {
        // SAFETY: the number lives as long as the call.
        unsafe { self.command(key, (&raw const value).cast()) }
    }

    /// A command with a real number, which PLUMED copies.
    pub(super) fn real(&mut self, key: &CStr, value: f64) -> Result<()> {
        // SAFETY: the number lives as long as the call, and the precision was set to 8 bytes.
        unsafe { self.command(key, (&raw const value).cast()) }
    }

    /// A command with a text, which PLUMED copies.
    pub(super) fn text(&mut self, key: &CStr, value: &str) -> Result<()> {
        let value =
            CString::new(value).map_err(|_| Error::Invalid(format!("PLUMED cannot take the text {value:?}")))?;
        // SAFETY: the text lives as long as the call.
        unsafe { self.command(key, value.as_ptr().cast()) }
    }

    /// Compute the bias without letting it grow; its energy is returned, forces and virial are added.
    pub(super) fn compute(&mut self, exchange: Exchange<'_>) -> Result<f64> {
        let Exchange { step, positions, masses, cell, forces, virial } = exchange;
        if positions.len() != self.atoms || masses.len() != self.atoms || forces.len() != self.atoms {
            return Err(Error::Invalid(format!(
                "PLUMED was prepared for {} atoms, not {}",
                self.atoms,
                positions.len()
            )));
        }
        let cell = cell.unwrap_or_default(); // PLUMED takes zeros for no cell
        let mut bias = 0.0_f64;
        // SAFETY: the lengths were checked, and everything pointed to lives until the end of this function; PLUMED looks at the
        // arrays up to the end of performCalcNoUpdate, and new pointers are set before the next one.
        unsafe {
            self.command(c"setStepLongLong", (&raw const step).cast())?;
            self.command(c"setPositions", positions.as_ptr().cast())?;
            self.command(c"setMasses", masses.as_ptr().cast())?;
            self.command(c"setBox", cell.as_ptr().cast())?;
            self.command(c"setForces", forces.as_mut_ptr().cast())?;
            self.command(c"setVirial", virial.as_mut_ptr().cast())?;
            self.command(c"prepareCalc", std::ptr::null())?;
            self.command(c"performCalcNoUpdate", std::ptr::null())?;
            self.command(c"getBias", (&raw mut bias).cast())?;
        }
        Ok(bias)
    }
}

/// An error with its causes; the system's own words, e.g. which file is missing, are the last.
fn whole(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text += &format!(": {inner}");
        cause = inner.source();
    }
    text
}

impl Drop for Kernel {
    fn drop(&mut self) {
        (self.table.finalize)(self.instance);
    }
}
