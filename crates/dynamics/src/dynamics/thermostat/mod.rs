//! Heat baths, one file each.

mod andersen;
mod bath;
mod berendsen;
mod bussi;
mod langevin;
mod none;
mod nose_hoover;
mod streams;

pub use andersen::Andersen;
pub use bath::Bath;
pub use berendsen::Berendsen;
pub use bussi::Bussi;
pub use langevin::Langevin;
pub use none::NoBath;
pub use nose_hoover::NoseHoover;
pub(super) use streams::Streams;
