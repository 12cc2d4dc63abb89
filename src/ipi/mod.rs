//! A client of i-PI: i-PI moves the atoms, we say what the forces are.
//!
//! i-PI (Litman et al. 2024, doi:10.1063/5.0215869) has path integrals, replica exchange, multiple time steps and more, and
//! asks its clients over a socket. Everything on the wire is in atomic units, little-endian on every machine of today:
//!
//! | from i-PI  | followed by                                              | our answer                                    |
//! |------------|----------------------------------------------------------|-----------------------------------------------|
//! | `STATUS`   |                                                          | `READY` or `HAVEDATA`                         |
//! | `INIT`     | bead (i32), length (i32), text                           |                                               |
//! | `POSDATA`  | cell (9 f64, vectors in columns), its inverse, N (i32), 3N f64 |                                         |
//! | `GETFORCE` |                                                          | `FORCEREADY`, energy, N, forces, virial (9 f64), length of more (i32) |
//! | `EXIT`     |                                                          |                                               |
//!
//! Every word has 12 bytes, filled up with spaces. Checked by `suite::ipi` and, against i-PI itself, by `make interfaces`.

mod client;

pub use client::{Client, Ending, serve_all};
pub use cormorant_learn::ipi::Address;
