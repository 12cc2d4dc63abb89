//! What a model was trained on, and how far from it an atom stands.
//!
//! ```text
//! training frames ─ Descriptor (a row of numbers for each atom) ─ learn ─ Envelope, stored in the model
//! a running system ─ Descriptor ─ Envelope ─ Grade of each atom ┐
//!                  └ distances of each pair of elements ────────┴─ ExtrapolationCheck ─ the worst over models and beads
//! ```

mod check;
mod descriptor;
mod several;
mod shape;

pub use check::{Contact, Domain, ExtrapolationCheck, Grade};
pub use descriptor::Descriptor;
pub use several::Domains;
pub use shape::Shape;
