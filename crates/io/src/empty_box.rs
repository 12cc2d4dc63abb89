//! Boxes for systems that have none, or too small ones, in formats that need one.

use super::convert;
use cormorant_core::system::System;

/// Å of vacuum that replace the open directions of the cell of `system` in formats that know none; none where the vectors that
/// were stated leave room enough, or no direction is open.
pub(super) fn vacuum(system: &System) -> Option<f64> {
    let cell = system.cell.as_ref().filter(|cell| cell.dimensions() < 3)?;
    (!convert::has_room(cell, &system.positions)).then(|| empty_box(system))
}

/// Edge in Å of a cube that is far larger than the system, for formats that need a box.
pub(super) fn empty_box(system: &System) -> f64 {
    let coordinates = system.positions.as_flattened();
    let farthest = coordinates.iter().fold(0.0_f64, |largest, x| largest.max(x.abs()));
    ((2.0 * farthest + 100.0) / 10.0).ceil() * 10.0
}
