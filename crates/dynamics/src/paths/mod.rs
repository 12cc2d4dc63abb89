//! Paths between structures and along coordinates: nudged elastic bands and one-dimensional scans.
//!
//! | items | what they are |
//! |---|---|
//! | [`Ends`], [`interpolate`] | two structures that are laid upon each other, and first images between them |
//! | [`ElasticBand`], [`BandSettings`] | images that relax to a minimum energy path, with a climbing image |
//! | [`FoundPath`] | what came of it: saddle point, barriers, check by frequencies |
//! | [`PathState`] | a path under way on disk |
//! | [`Profile`] | energies along the path as a smooth curve |
//! | [`Scan`], [`rigid_scan`], [`relaxed_scan`] | a bond, an angle or a dihedral angle in steps |

mod band;
mod elastic_band;
mod ends;
mod found_path;
mod idpp;
mod initial;
mod path_state;
mod profile;
mod pull;
mod rigid_move;
mod scan;
mod scan_point;
mod surface;

pub use crate::free_motion::FreeMotion;
pub use band::Band;
pub use elastic_band::{BandSettings, ElasticBand};
pub use ends::Ends;
pub use found_path::FoundPath;
pub use initial::{InitialPath, interpolate};
pub use path_state::PathState;
pub use profile::Profile;
pub use rigid_move::RigidMove;
pub use scan::{Scan, relaxed_scan, rigid_scan};
pub use scan_point::ScanPoint;
pub use surface::{PotentialSurface, Surface};
