//! Everything that moves atoms, and what is measured of their motion.
//!
//! | module         | what it holds |
//! |----------------|---------------|
//! | [`dynamics`]   | integrators, thermostats, barostats |
//! | [`simulation`] | runs in stages with guards, observers, restart files |
//! | [`minimize`]   | local minima of the energy, with and without the cell |
//! | [`vibrations`] | Hessians, normal modes, thermochemistry |
//! | [`elastic`]    | elastic constants |
//! | [`replicas`]   | copies at several temperatures, with exchange |
//! | [`analysis`]   | averages with errors, distributions, correlation functions, spectra |
//! | [`certify`]    | trials of a finished model |

pub mod analysis;
pub mod certify;
pub mod dynamics;
pub mod elastic;
pub mod minimize;
pub mod replicas;
pub mod simulation;
pub mod vibrations;
