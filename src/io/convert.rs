//! Between our frames and those of chemfiles.
//!
//! chemfiles has Å, degrees and ps, and velocities in Å/ps (its TRR reader multiplies nm/ps by 10). Its cell matrix has the
//! lattice vectors as columns, ours as rows. Checked by: `suite::io`.

use std::path::Path;
use std::sync::Once;

use super::{Frame, TrajectoryFrame};
use crate::system::vector::{cross, dot, times};
use crate::system::{Cell, Element};
use crate::{Error, Result};

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

/// A frame that chemfiles read.
pub(super) fn from_chemfiles(path: &Path, source: &chemfiles::Frame, with_velocities: bool) -> Result<Frame> {
    let mut elements = Vec::with_capacity(source.size());
    for atom in 0..source.size() {
        let entry = source.atom(atom);
        let number = u8::try_from(entry.atomic_number()).unwrap_or(0);
        let element = Element::from_number(number).or_else(|| Element::from_symbol(&entry.name()).ok());
        let Some(element) = element else {
            let name = entry.name();
            return Err(Error::structure(
                path,
                if name.is_empty() {
                    "the file does not say which elements its atoms are; give a topology beside it, such as a PDB file"
                        .into()
                } else {
                    format!("atom {} is called {name:?}, which names no chemical element", atom + 1)
                },
            ));
        };
        elements.push(element);
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
    Ok(Frame {
        elements,
        positions,
        velocities: source.velocities().filter(|_| with_velocities).map(<[_]>::to_vec),
        cell,
        step: Some(source.step() as u64),
        time,
        ..Frame::default()
    })
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
    if dot(rows[0], crate::system::vector::cross(rows[1], rows[2])) < 0.0 {
        return Err(Error::Invalid(
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
