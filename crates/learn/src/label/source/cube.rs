//! The box of structures that do not repeat in all directions.

use cormorant_core::Result;
use cormorant_core::system::{Cell, System};

/// Å that the cube has beyond the first structure, unless its edge is given.
const VACUUM: f64 = 20.0;
/// Its edge is a multiple of this, in Å, so that it can be written into the input of a client.
const STEP: f64 = 5.0;
/// Å that are free on each side of a structure.
const MARGIN: f64 = 2.0;

/// The cell that clients of i-PI's protocol get for structures without one. It is the same for all structures: programs with plane waves or grids keep what they made for the cell of their own input, and their energies jump with it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cube {
    /// In Å.
    pub edge: f64,
}

impl Cube {
    /// About `system` and what may grow out of it.
    pub(super) fn about(system: &System) -> Self {
        Self { edge: STEP * ((longest(system) + VACUUM) / STEP).ceil() }
    }

    /// Why `system` cannot stand in it.
    pub(super) fn fault(self, system: &System) -> Option<String> {
        let longest = if system.cell.is_none() { longest(system) } else { 0.0 };
        let most = self.edge - 2.0 * MARGIN;
        (longest > most).then(|| {
            format!(
                "the structure is {longest:.1} Å long, and the cube of {} Å that clients of i-PI get has room for {most}: set a \
                 larger `box_edge`, and the same cell in the inputs of the clients",
                self.edge
            )
        })
    }

    /// The cell of `system` for programs that want three vectors, and its positions in that, in Å: a structure without a cell stands in
    /// the middle of the cube, and open directions get its edge.
    ///
    /// # Errors
    /// When the edge is not a possible length.
    pub(super) fn enclose(self, system: &System) -> Result<(Cell, Vec<[f64; 3]>)> {
        if let Some(cell) = &system.cell {
            return Ok((cell.closed(self.edge)?, system.positions.clone()));
        }
        let shift = extents(system).map(|[low, high]| 0.5 * (self.edge - low - high));
        let moved = |r: &[f64; 3]| [0, 1, 2].map(|axis| r[axis] + shift[axis]);
        Ok((Cell::cubic(self.edge)?, system.positions.iter().map(moved).collect()))
    }
}

/// Lowest and highest coordinate along each axis.
fn extents(system: &System) -> [[f64; 2]; 3] {
    [0, 1, 2].map(|axis| {
        let along = system.positions.iter().map(|r| r[axis]);
        along.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], x| [low.min(x), high.max(x)])
    })
}

/// The largest extent along an axis.
fn longest(system: &System) -> f64 {
    extents(system).into_iter().map(|[low, high]| high - low).fold(0.0, f64::max)
}
