//! Frames in files of a round.

use std::path::Path;

use cormorant_core::system::System;
use cormorant_core::{Result, atomic};
use cormorant_io::{Frame, TrajectoryReader, extended_xyz};
use cormorant_learn::label::Request;
use cormorant_learn::sample::closest_contact;

/// Atoms closer than this times the sum of their covalent radii are not worth a label.
const SHORTEST: f64 = 0.6;

/// Writes requests as a file.
///
/// # Errors
/// When it cannot be written.
pub(super) fn write_requests(path: &Path, requests: &[Request]) -> Result<()> {
    atomic::write_with(path, |out| requests.iter().try_for_each(|request| request.write(out)))
}

/// The requests in a file.
///
/// # Errors
/// When it cannot be read.
pub(super) fn read_requests(path: &Path) -> Result<Vec<Request>> {
    let request = |frame: Result<Frame>| Request::from_frame(frame?).map_err(|error| error.in_structure(path));
    TrajectoryReader::open(path)?.map(request).collect()
}

/// Appends a frame without labels to `out`.
pub(super) fn write_system(out: &mut dyn std::io::Write, system: &System) -> std::io::Result<()> {
    extended_xyz::write_frame(out, &system.elements, &cormorant_io::TrajectoryFrame::new(system))
}

/// Whether no two atoms are so close that a program would fail.
#[must_use]
pub(super) fn is_open(system: &System) -> bool {
    closest_contact(system).is_ok_and(|contact| contact.is_none_or(|contact| contact.ratio >= SHORTEST))
}
