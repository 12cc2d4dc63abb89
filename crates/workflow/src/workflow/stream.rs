//! Frames in, the same frames with energies and forces out: a potential as a label source of other programs, and of our own loop.

use std::io::{BufRead, Write};
use std::path::Path;

use super::Models;
use crate::settings::PotentialInput;
use cormorant_core::system::System;
use cormorant_core::{Error, Result};
use cormorant_io::{ExtendedXyzReader, Frame, TrajectoryFrame, extended_xyz};
use cormorant_potential::{Evaluation, Potential, RequestedProperties};

/// Answers every frame of `input` (extended XYZ) on `output` as soon as it is there; the number of frames. A frame that cannot be
/// evaluated goes back with a key `error`.
///
/// # Errors
/// When the input is damaged, a model cannot be read, or the output cannot be written.
pub fn stream(potential: &PotentialInput, input: impl BufRead + Send + 'static, output: &mut dyn Write) -> Result<u64> {
    let place = Path::new("standard input");
    let networks = Models::default();
    potential.networks(&networks)?;
    let mut reader = ExtendedXyzReader::new(place, input);
    let mut ready: Option<(System, Box<dyn Potential>)> = None;
    let mut count = 0;
    while let Some(frame) = reader.next_frame()? {
        let (elements, bare) = (frame.elements.clone(), bare(&frame));
        let answer = match evaluate(potential, &networks, frame, &mut ready) {
            Ok(answer) => answer,
            Err(error) => {
                let text = error.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
                TrajectoryFrame { keys: vec![("error", text)], ..bare }
            }
        };
        let written = extended_xyz::write_frame(output, &elements, &answer).and_then(|()| output.flush());
        written.map_err(|source| Error::io("standard output", source))?;
        count += 1;
    }
    Ok(count)
}

/// The frame without anything but its atoms.
fn bare(frame: &Frame) -> TrajectoryFrame {
    TrajectoryFrame::of_positions(frame.positions.clone(), frame.repeating_cell())
}

/// The frame with its energy and forces. The potential of the frame before serves it if its atoms are the same.
fn evaluate(
    potential: &PotentialInput,
    networks: &Models,
    frame: Frame,
    ready: &mut Option<(System, Box<dyn Potential>)>,
) -> Result<TrajectoryFrame> {
    let mut frame = frame;
    frame.bring_to_angstrom().map_err(Error::Structure)?;
    let system = frame.into_system()?;
    let serves = |(other, _): &(System, Box<dyn Potential>)| {
        other.elements == system.elements && other.cell.is_some() == system.cell.is_some()
    };
    if !ready.as_ref().is_some_and(serves) {
        *ready = Some((system.clone(), potential.build(&system, networks)?));
    }
    let Some((_, potential)) = ready else { return Err(Error::Internal("there is no potential".into())) };
    super::batch::require_known(potential.as_ref(), &system)?;
    let mut found = Evaluation::default();
    let virial = system.cell.is_some();
    potential.evaluate(&system, RequestedProperties { virial, atom_energies: false }, &mut found)?;
    let mut answer = TrajectoryFrame::new(&system).with_energy_and_forces(found.energy, &found.forces);
    answer = answer.with_charges(&found.charges, found.dipole(&system));
    if let Some(virial) = &found.virial {
        answer = answer.with_virial(virial);
    }
    Ok(answer)
}
