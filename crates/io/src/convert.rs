//! Between our frames and those of chemfiles.
//!
//! chemfiles has Å, degrees and ps, and velocities in Å/ps (its TRR reader multiplies nm/ps by 10). Its cell matrix has the
//! lattice vectors as columns, ours as rows. Checked by: `suite::io`.

use std::path::Path;
use std::sync::Once;

use super::labels::{AtomLabel, assign};
use super::text::set_species;
use super::{Frame, ReadOptions, Species, StructureFormat, TrajectoryFrame};
use cormorant_core::system::Cell;
use cormorant_core::system::vector::{cross, dot, times};
use cormorant_core::{Error, Result};

/// Å that a stated cell has to leave between the images of a slab or wire along its open directions.
const LEAST_VACUUM: f64 = 5.0;

/// chemfiles prints its warnings unless told otherwise; the library prints nothing.
pub(super) fn silence() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| chemfiles::set_warning_callback(|_| {}));
}

/// The error of chemfiles for a file.
pub(super) fn failed(path: &Path, error: &chemfiles::Error) -> Error {
    Error::structure(path, error.message.clone())
}

/// A frame that chemfiles read in `format`, whose atoms are `species` where another file names them.
pub(super) fn from_chemfiles(
    path: &Path,
    source: &chemfiles::Frame,
    format: StructureFormat,
    species: Option<&[Species]>,
    options: &ReadOptions,
) -> Result<Frame> {
    let mut frame = Frame::default();
    match species {
        Some(species) if species.len() == source.size() => set_species(&mut frame, species),
        Some(species) => {
            let reason = format!("has {} atoms, but the topology names {}", source.size(), species.len());
            return Err(Error::structure(path, reason));
        }
        None => {
            let named = assign(&labels(source, format), options).map_err(|reason| Error::structure(path, reason))?;
            set_species(&mut frame, &named);
        }
    }
    let positions = source.positions().to_vec();
    if let Some(atom) = positions.iter().position(|position| position.iter().any(|x| !x.is_finite())) {
        return Err(Error::structure(path, format!("the position of atom {} is not finite", atom + 1)));
    }
    // A cube of 1 Å is how PDB files of molecules say that there is no cell.
    let placeholder = source.cell().lengths() == [1.0; 3] && source.cell().angles() == [90.0; 3];
    let cell = if source.cell().shape() == chemfiles::CellShape::Infinite || placeholder {
        None
    } else {
        let columns = source.cell().matrix();
        let rows = [0, 1, 2].map(|k| [0, 1, 2].map(|i| columns[i][k]));
        Some(Cell::new(rows).map_err(|error| Error::structure(path, error.to_string()))?)
    };
    let time = match source.get("time") {
        Some(chemfiles::Property::Double(time)) => Some(time),
        _ => None,
    };
    frame.positions = positions;
    frame.cell = cell;
    frame.step = Some(source.step() as u64);
    frame.time = time;
    // Some readers give zeros to formats that may hold velocities and do not.
    let compressed = format == StructureFormat::ByChemfiles;
    let moving = source.velocities().filter(|found| !compressed || found.iter().flatten().any(|x| *x != 0.0));
    frame.velocities = moving.map(<[_]>::to_vec);
    note_occupancies(source, &mut frame);
    Ok(frame)
}

/// What the file says of its atoms.
fn labels(source: &chemfiles::Frame, format: StructureFormat) -> Vec<AtomLabel> {
    let topology = source.topology();
    let mut labels: Vec<AtomLabel> = (0..source.size())
        .map(|atom| {
            let entry = source.atom(atom);
            let (name, kind) = (entry.name(), entry.atomic_type());
            let symbol = if format.states_elements() || kind != name { kind } else { String::new() };
            AtomLabel { name, symbol, ..AtomLabel::default() }
        })
        .collect();
    for residue in 0..topology.residues_count() {
        let Some(residue) = usize::try_from(residue).ok().and_then(|index| topology.residue(index)) else { continue };
        let name = residue.name();
        for atom in residue.atoms() {
            if let Some(label) = labels.get_mut(atom) {
                label.residue.clone_from(&name);
            }
        }
    }
    labels
}

/// Sites of a crystal that are not wholly occupied are whole atoms for us; say so.
fn note_occupancies(source: &chemfiles::Frame, frame: &mut Frame) {
    let partly = |atom: &usize| matches!(source.atom(*atom).get("occupancy"), Some(chemfiles::Property::Double(share)) if share < 0.999);
    let count = (0..source.size()).filter(partly).count();
    if count > 0 {
        frame.notes.push(format!(
            "{count} of {} sites are partially occupied (occupancy below 1) and are read as full atoms, so composition and contacts are \
             not those of the crystal; choose one arrangement and write it as a file of its own",
            source.size()
        ));
    }
}

/// Fill a frame of chemfiles, which already has its atoms.
pub(super) fn to_chemfiles(frame: &TrajectoryFrame, empty_box: Option<f64>, into: &mut chemfiles::Frame) -> Result<()> {
    let own = closed(frame.cell.as_ref(), empty_box)?;
    let (cell, positions) = upright(own.as_ref(), &frame.positions)?;
    into.positions_mut().copy_from_slice(&positions);
    into.set_cell(&match (cell, empty_box) {
        (Some(cell), _) if cell.angles() == [90.0; 3] => chemfiles::UnitCell::new(cell.lengths()),
        (Some(cell), _) => chemfiles::UnitCell::triclinic(cell.lengths(), cell.angles()),
        (None, Some(edge)) => chemfiles::UnitCell::new([edge; 3]),
        (None, None) => chemfiles::UnitCell::infinite(),
    });
    if let Some(velocities) = &frame.velocities {
        let (_, velocities) = upright(own.as_ref(), velocities)?;
        into.add_velocities();
        if let Some(room) = into.velocities_mut() {
            room.copy_from_slice(&velocities);
        }
    }
    into.set_step(usize::try_from(frame.step).unwrap_or(usize::MAX));
    into.set("time", frame.time);
    Ok(())
}

/// The cell for a format that knows no open directions: as it was stated, or with a `vacuum` of so many Å along them.
///
/// # Errors
/// When it was stated without a volume and no vacuum is given.
pub(super) fn closed(cell: Option<&Cell>, vacuum: Option<f64>) -> Result<Option<Cell>> {
    let Some(cell) = cell.filter(|cell| cell.dimensions() > 0) else { return Ok(None) };
    match vacuum {
        _ if cell.dimensions() == 3 => Ok(Some(*cell)),
        Some(vacuum) => cell.closed(vacuum).map(Some),
        None => Cell::new(cell.rows()).map(Some),
    }
}

/// Whether the vectors of `cell`, as they were stated, span a box with room for the atoms along its open directions.
pub(super) fn has_room(cell: &Cell, positions: &[[f64; 3]]) -> bool {
    let Ok(stated) = Cell::new(cell.rows()) else { return false };
    let (heights, periodic) = (stated.heights(), cell.periodic());
    let extent = |k: usize| {
        let along = positions.iter().map(|position| stated.fractional(*position)[k]);
        along.clone().fold(f64::NEG_INFINITY, f64::max) - along.fold(f64::INFINITY, f64::min)
    };
    let right_handed = dot(stated.rows()[0], cross(stated.rows()[1], stated.rows()[2])) > 0.0;
    right_handed && (0..3).all(|k| periodic[k] || extent(k) * heights[k] + LEAST_VACUUM <= heights[k])
}

/// Cell and vectors turned so that the first cell vector lies along x and the second in the xy plane.
///
/// Formats that keep only lengths and angles of the cell need it so; most cells are so already and nothing changes.
///
/// # Errors
/// When the cell vectors are left-handed: no turn helps.
pub(super) fn upright(cell: Option<&Cell>, vectors: &[[f64; 3]]) -> Result<(Option<Cell>, Vec<[f64; 3]>)> {
    let Some(cell) = cell else { return Ok((None, vectors.to_vec())) };
    let rows = cell.rows();
    if dot(rows[0], cormorant_core::system::vector::cross(rows[1], rows[2])) < 0.0 {
        return Err(Error::Structure(
            "the cell vectors are left-handed, which only extended XYZ can store; exchange two of them".into(),
        ));
    }
    if rows[0][1] == 0.0 && rows[0][2] == 0.0 && rows[1][2] == 0.0 && rows[0][0] > 0.0 && rows[1][1] > 0.0 {
        return Ok((Some(*cell), vectors.to_vec()));
    }
    let turned = Cell::from_lengths_and_angles(cell.lengths(), cell.angles())?;
    let turn = cell.inverse().map(|row| times(row, &turned.rows())); // H⁻¹ H′, a rotation
    Ok((Some(turned), vectors.iter().map(|vector| times(*vector, &turn)).collect()))
}
