//! Frames for the 3D view of a page, small enough to travel.

use base64::Engine;
use serde::Serialize;

use super::orientation::orientation;
use super::{Scene, looks};
use cormorant_core::system::Cell;

/// Largest size of all coordinates before they become text, in bytes; a third more as text.
const MOST_BYTES: usize = 7_000_000;
/// Largest value of a coordinate in the animation.
const LARGEST: f64 = 32_767.0;

/// Frames of one set of atoms, as the page's script takes them.
///
/// Coordinates are whole numbers of 16 bits, to be multiplied by `scale` (Å); they are relative to `origin` and follow each
/// other by frame, atom and axis. The rounding is below a thousandth of the extent over 32.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Animation {
    /// Name for the list of animations.
    pub title: String,
    /// Symbols.
    pub symbols: Vec<&'static str>,
    /// Colors, `#rrggbb`.
    pub colors: Vec<String>,
    /// Radii of the balls in Å.
    pub radii: Vec<f64>,
    /// Atoms that are joined.
    pub bonds: Vec<(usize, usize)>,
    /// Text of every frame, such as its time.
    pub labels: Vec<String>,
    /// Rows of the cell in Å: one cell of all frames, one for each, or none.
    pub cells: Vec<[[f64; 3]; 3]>,
    /// Å for a unit of the coordinates.
    pub scale: f64,
    /// Subtracted from every coordinate, in Å.
    pub origin: [f64; 3],
    /// Little-endian coordinates as base64.
    pub coordinates: String,
    /// Of every frame and atom, the labeled and the predicted force in eV/Å; empty if there is nothing to compare.
    pub forces: Vec<Vec<[[f64; 3]; 2]>>,
    /// Length of an arrow of 1 eV/Å, in Å.
    pub force_scale: f64,
    /// The rotation of the first view, as a quaternion x, y, z, w.
    pub turn: [f64; 4],
}

impl Animation {
    /// How many frames of `atoms` atoms fit.
    #[must_use]
    pub fn most_frames(atoms: usize) -> usize {
        (MOST_BYTES / (6 * atoms.max(1))).max(1)
    }

    /// An animation of `frames` (Å), each with its label, of the atoms of `scene`.
    #[must_use]
    pub fn new(title: impl Into<String>, scene: &Scene, frames: &[Vec<[f64; 3]>], labels: Vec<String>) -> Self {
        let mut low = [f64::INFINITY; 3];
        let mut high = [f64::NEG_INFINITY; 3];
        for point in frames.iter().flatten() {
            for axis in 0..3 {
                low[axis] = low[axis].min(point[axis]);
                high[axis] = high[axis].max(point[axis]);
            }
        }
        let origin = [0, 1, 2].map(|axis| if low[axis] <= high[axis] { 0.5 * (low[axis] + high[axis]) } else { 0.0 });
        let extent = (0..3).map(|axis| high[axis] - origin[axis]).fold(1.0, f64::max);
        let scale = extent / LARGEST;
        let whole = |value: f64| (value / scale).round() as i16;
        let bytes: Vec<u8> = frames
            .iter()
            .flatten()
            .flat_map(|point| [0, 1, 2].map(|axis| whole(point[axis] - origin[axis])))
            .flat_map(i16::to_le_bytes)
            .collect();
        let color = |[red, green, blue]: [u8; 3]| format!("#{red:02x}{green:02x}{blue:02x}");
        Self {
            title: title.into(),
            symbols: scene.elements.iter().map(|element| element.symbol()).collect(),
            colors: scene.elements.iter().map(|&element| color(looks(element).color)).collect(),
            radii: scene.elements.iter().map(|&element| looks(element).radius).collect(),
            bonds: scene.bonds.clone(),
            labels,
            cells: scene.cell.iter().map(rounded).collect(),
            scale,
            origin,
            coordinates: base64::engine::general_purpose::STANDARD.encode(bytes),
            forces: Vec::new(),
            force_scale: 1.0,
            turn: turn(scene),
        }
    }

    /// With the cell of every frame, where it changes.
    #[must_use]
    pub fn with_cells(mut self, cells: &[Cell]) -> Self {
        if cells.len() == self.labels.len() && cells.iter().any(|cell| *cell != cells[0]) {
            self.cells = cells.iter().map(rounded).collect();
        }
        self
    }
}

/// Rows in Å, as finely as anybody can see.
fn rounded(cell: &Cell) -> [[f64; 3]; 3] {
    cell.repeating_rows().map(|row| row.map(|x| (x * 1.0e3).round() * 1.0e-3))
}

/// The side from which the still picture looks, too.
fn turn(scene: &Scene) -> [f64; 4] {
    let rotation = nalgebra::Rotation3::from_matrix(&orientation(scene));
    let [x, y, z, w]: [f64; 4] = nalgebra::UnitQuaternion::from_rotation_matrix(&rotation).coords.into();
    [x, y, z, w]
}
