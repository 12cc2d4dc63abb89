//! QM9: properties of 130,831 small molecules.
//!
//! Source: Ramakrishnan, Dral, Rupp, von Lilienfeld 2014, Quantum chemistry structures and properties of 134 kilo molecules
//! (doi:10.1038/sdata.2014.22). Of 133,885 molecules 3,054 failed the authors' check of consistency and are left out.

mod csv;
mod property;
mod read;

pub use property::Property;
pub use read::{Qm9, Qm9Molecule};
