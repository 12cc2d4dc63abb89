//! Cormorant as a portable model of the KIM API (openkim.org): what LAMMPS, ASE (kimpy) and others load.
//!
//! One shared library serves every model. When it is loaded it looks at the folder it is in: the folder's name is the
//! name of the model, and the weights are beside the library. `cormorant export kim` lays such a folder down.
//!
//! No symbol of the KIM API is linked: they are looked up when the model is created, so this builds on machines without
//! it. Nothing unwinds into the caller, and no thread is started: an MPI program runs one rank on each core.

mod alone;
mod api;
mod buffer;
mod compute;
mod create;
mod place;
mod schema;

use std::panic::{AssertUnwindSafe, catch_unwind};

/// The result of `work`; a panic becomes an error, because it must not unwind into the caller.
fn guarded<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err("the model panicked, which is a fault of cormorant; please report it".into()))
}
