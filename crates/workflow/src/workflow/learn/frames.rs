//! Frames in files of a round.

use std::path::Path;

use cormorant_core::noise::{Consumer, Noise};
use cormorant_core::system::{NeighborList, System};
use cormorant_core::{Error, Result, atomic};
use cormorant_io::{TrajectoryReader, Value, extended_xyz};
use cormorant_learn::label::{Request, Theory};

/// Atoms closer than this times the sum of their covalent radii are not worth a label.
const SHORTEST: f64 = 0.6;

/// Writes requests as a file.
///
/// # Errors
/// When it cannot be written.
pub(super) fn write_requests(path: &Path, requests: &[Request]) -> Result<()> {
    atomic::write_with(path, |out| requests.iter().try_for_each(|request| request.write(out)))
}

/// The requests in a file, with keys for `theory`.
///
/// # Errors
/// When it cannot be read.
pub(super) fn read_requests(path: &Path, theory: &Theory) -> Result<Vec<Request>> {
    let mut requests = Vec::new();
    for frame in TrajectoryReader::open(path)? {
        let frame = frame?;
        let reason = match frame.property("reason") {
            Some(Value::Text(reason)) => reason.clone(),
            _ => {
                return Err(Error::structure(
                    path,
                    "has a frame without a reason; it was not written by cormorant learn",
                ));
            }
        };
        let [charge, multiplicity] = ["charge", "multiplicity"].map(|key| frame.number(key));
        let cell = frame.repeating_cell();
        let system = System::new(frame.elements, frame.positions, cell).map_err(|error| error.in_structure(path))?;
        let (charge, multiplicity) = (charge.unwrap_or(0.0) as i64, multiplicity.unwrap_or(1.0) as u64);
        requests.push(Request::new(system, charge, multiplicity, theory, &reason));
    }
    Ok(requests)
}

/// Appends a frame without labels to `out`.
pub(super) fn write_system(out: &mut dyn std::io::Write, system: &System) -> std::io::Result<()> {
    extended_xyz::write_frame(out, &system.elements, &cormorant_io::TrajectoryFrame::new(system))
}

/// `system` with every atom moved by a normal number of `amplitude` Å in each direction.
#[must_use]
pub(super) fn displaced(system: &System, amplitude: f64, noise: Noise, index: u64) -> System {
    let mut moved = system.clone();
    for (atom, position) in moved.positions.iter_mut().enumerate() {
        let shift = noise.stream(Consumer::ActiveLearning, index, atom as u64).normal_vector();
        *position = [0, 1, 2].map(|axis| position[axis] + amplitude * shift[axis]);
    }
    moved
}

/// Whether no two atoms are so close that a program would fail.
#[must_use]
pub(super) fn is_open(system: &System) -> bool {
    let radius = |atom: usize| system.elements[atom].covalent_radius();
    let largest = (0..system.atom_count()).map(radius).fold(0.0, f64::max);
    let mut list = NeighborList::new(2.0 * SHORTEST * largest, 0.0);
    let Ok(neighbors) = list.update(system) else { return false };
    (0..system.atom_count()).all(|atom| {
        (neighbors.offsets[atom]..neighbors.offsets[atom + 1]).all(|edge| {
            let other = neighbors.senders[edge] as usize;
            let distance = cormorant_core::system::vector::norm(neighbors.vectors[edge]);
            distance >= SHORTEST * (radius(atom) + radius(other))
        })
    })
}
