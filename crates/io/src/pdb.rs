//! PDB, for topologies beside trajectories and for small trajectories.
//!
//! Written by ourselves: chemfiles gives a molecule without a cell a box of zeros, which some viewers refuse.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::path::Path;

use super::format::{Encoder, Start, TextEncoder, cut, enough};
use super::{TrajectoryFrame, convert};
use cormorant_core::atomic;
use cormorant_core::system::{Cell, Element, System, find_bonds};
use cormorant_core::{Error, Result};

/// Write the atoms of `system`, with the bonds that their distances suggest, as the topology beside a trajectory.
///
/// # Errors
/// When the file cannot be written or a coordinate does not fit into the format.
pub fn write_topology(path: &Path, system: &System) -> Result<()> {
    let vacuum = super::empty_box::vacuum(system);
    let own = convert::closed(system.cell.as_ref(), vacuum)?;
    let (cell, positions) = convert::upright(own.as_ref(), &system.positions)?;
    let bonds = bonds(system);
    atomic::write_with(path, |out| {
        write_cell(out, cell.as_ref())?;
        write_atoms(out, &system.elements, &positions)?;
        for (atom, partners) in bonds.iter().enumerate() {
            for four in partners.chunks(4) {
                write!(out, "CONECT{:>5}", atom + 1)?;
                for partner in four {
                    write!(out, "{:>5}", partner + 1)?;
                }
                writeln!(out)?;
            }
        }
        writeln!(out, "END")
    })
}

/// Opens a trajectory for writing, one model for each frame.
pub(super) fn open(start: Start) -> Result<Box<dyn Encoder>> {
    TextEncoder::open(start, write_model)
}

/// Leaves the first `frames` models, which take `bytes` if that is known.
pub(super) fn truncate(path: &Path, frames: u64, bytes: Option<u64>) -> Result<()> {
    cut(path, bytes.map_or_else(|| end(path, frames), Ok)?)
}

/// Writes one frame as a model; `number` counts from 1.
fn write_model(out: &mut Vec<u8>, number: u64, start: &Start, frame: &TrajectoryFrame) -> Result<()> {
    let own = convert::closed(frame.cell.as_ref(), start.memory.empty_box)?;
    let (cell, positions) = convert::upright(own.as_ref(), &frame.positions)?;
    let mut write = || {
        write_cell(out, cell.as_ref())?;
        writeln!(out, "MODEL     {:>4}", number % 10_000)?;
        write_atoms(out, &start.elements, &positions)?;
        writeln!(out, "ENDMDL")
    };
    write().map_err(|source| Error::io(&start.path, source))
}

/// Offset just after model number `frames`.
fn end(path: &Path, frames: u64) -> Result<u64> {
    let failed = |source| Error::io(path, source);
    let mut file = BufReader::new(File::open(path).map_err(failed)?);
    let (mut offset, mut found) = (0, 0);
    let mut line = Vec::new();
    while found < frames {
        line.clear();
        let length = file.read_until(b'\n', &mut line).map_err(failed)? as u64;
        if length == 0 {
            enough(path, found, frames)?;
        }
        offset += length;
        found += u64::from(line.starts_with(b"ENDMDL") && line.ends_with(b"\n"));
    }
    Ok(offset)
}

fn write_cell(out: &mut dyn Write, cell: Option<&Cell>) -> std::io::Result<()> {
    let Some(cell) = cell else { return Ok(()) };
    let [a, b, c] = cell.lengths();
    let [alpha, beta, gamma] = cell.angles();
    writeln!(out, "CRYST1{a:9.3}{b:9.3}{c:9.3}{alpha:7.2}{beta:7.2}{gamma:7.2} P 1           1")
}

fn write_atoms(out: &mut dyn Write, elements: &[Element], positions: &[[f64; 3]]) -> std::io::Result<()> {
    let mut counts = [0_u32; 119];
    for (atom, (element, position)) in elements.iter().zip(positions).enumerate() {
        let [x, y, z] = *position;
        if [x, y, z].iter().any(|coordinate| !(-999.9994..9999.9994).contains(coordinate)) {
            let message = format!("atom {} at {x:.3} {y:.3} {z:.3} Å does not fit into a PDB file", atom + 1);
            return Err(std::io::Error::new(ErrorKind::InvalidData, message));
        }
        let count = &mut counts[usize::from(element.number())];
        *count += 1;
        // One-letter elements are in the second column of the name.
        let label = format!("{element}{count}");
        let label = if label.len() > 4 { element.symbol().to_owned() } else { label };
        let name =
            if element.symbol().len() == 1 && label.len() < 4 { format!(" {label:<3}") } else { format!("{label:<4}") };
        let serial = (atom + 1) % 100_000;
        let symbol = element.symbol();
        writeln!(
            out,
            "HETATM{serial:>5} {name} MOL A   1    {x:8.3}{y:8.3}{z:8.3}  1.00  0.00          {symbol:>2}  "
        )?;
    }
    Ok(())
}

/// For each atom the atoms it is bonded to within one cell.
fn bonds(system: &System) -> Vec<Vec<usize>> {
    let mut bonds = vec![Vec::new(); system.atom_count()];
    if system.atom_count() > 99_999 {
        return bonds; // numbers of atoms no longer fit
    }
    // Beads of a ring polymer may stand on each other, and have no bonds worth writing.
    let Ok(found) = find_bonds(system) else { return bonds };
    for bond in found.iter().filter(|bond| bond.shift == [0; 3]) {
        bonds[bond.first].push(bond.second);
        bonds[bond.second].push(bond.first);
    }
    for partners in &mut bonds {
        partners.sort_unstable();
    }
    bonds
}
