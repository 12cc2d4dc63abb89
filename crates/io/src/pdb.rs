//! PDB, for topologies beside trajectories and for small trajectories.
//!
//! Written by ourselves: chemfiles gives a molecule without a cell a box of zeros, which some viewers refuse.

use std::io::{Error, ErrorKind, Write};
use std::path::Path;

use cormorant_core::Result;
use cormorant_core::atomic;
use cormorant_core::system::{Cell, Element, System, find_bonds};

/// Write the atoms of `system`, with the bonds that their distances suggest, as the topology beside a trajectory.
///
/// # Errors
/// When the file cannot be written or a coordinate does not fit into the format.
pub fn write_topology(path: &Path, system: &System) -> Result<()> {
    let vacuum = super::write::vacuum(system);
    let own = super::convert::closed(system.cell.as_ref(), vacuum)?;
    let (cell, positions) = super::convert::upright(own.as_ref(), &system.positions)?;
    let bonds = bonds(system)?;
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

/// Write one frame as a model; `number` counts from 1.
pub(super) fn write_model(
    out: &mut dyn Write,
    number: u64,
    elements: &[Element],
    positions: &[[f64; 3]],
    cell: Option<&Cell>,
) -> std::io::Result<()> {
    write_cell(out, cell)?;
    writeln!(out, "MODEL     {:>4}", number % 10_000)?;
    write_atoms(out, elements, positions)?;
    writeln!(out, "ENDMDL")
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
            return Err(Error::new(ErrorKind::InvalidData, message));
        }
        let count = &mut counts[usize::from(element.number())];
        *count += 1;
        // One-letter elements stand in the second column of the name.
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
fn bonds(system: &System) -> Result<Vec<Vec<usize>>> {
    let mut bonds = vec![Vec::new(); system.atom_count()];
    if system.atom_count() > 99_999 {
        return Ok(bonds); // numbers of atoms no longer fit
    }
    for bond in find_bonds(system)?.iter().filter(|bond| bond.shift == [0; 3]) {
        bonds[bond.first].push(bond.second);
        bonds[bond.second].push(bond.first);
    }
    for partners in &mut bonds {
        partners.sort_unstable();
    }
    Ok(bonds)
}
