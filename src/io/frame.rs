//! One configuration as it stands in a file.

use super::{Column, Value};
use crate::system::{Cell, Element, System};
use crate::units::ANGSTROM_PER_PICOSECOND;
use crate::{Error, Result};

/// Atoms, cell and whatever else a structure or trajectory file says about one frame.
///
/// Positions are in Å in every format. `properties` and `columns` are as written in the file, in the units of the file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Frame {
    /// Chemical element of each atom; `[atoms]`.
    pub elements: Vec<Element>,
    /// Positions in Å; `[atoms][3]`.
    pub positions: Vec<[f64; 3]>,
    /// Velocities in Å/ps, where the format fixes their unit; `[atoms][3]`.
    pub velocities: Option<Vec<[f64; 3]>>,
    /// The cell, which knows along which of its vectors it repeats; in a file that may be none.
    pub cell: Option<Cell>,
    /// Step number, where the format has one.
    pub step: Option<u64>,
    /// Time in ps, where the format has one.
    pub time: Option<f64>,
    /// `key=value` pairs of an extended XYZ comment, in their order, without `Lattice`, `Properties` and `pbc`.
    pub properties: Vec<(String, Value)>,
    /// Name, width w and values `[atoms × w]` of extended XYZ columns, without species and positions.
    pub columns: Vec<(String, usize, Column)>,
    /// The comment of an XYZ file that is not extended.
    pub comment: String,
    /// Keys that the comment gives twice with different values; the last value counts.
    pub repeated: Vec<String>,
    /// Numbers behind the position of each atom of an XYZ file that is not extended, where every atom has as many; `[atoms][k]`.
    pub trailing: Vec<Vec<f64>>,
}

impl Frame {
    /// The value of a frame property.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&Value> {
        self.properties.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// A frame property that is one number, e.g. `number("energy")`.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<f64> {
        match self.property(name)?.reals()?.as_slice() {
            [number] => Some(*number),
            _ => None,
        }
    }

    /// A frame property that is a tensor: nine numbers row by row, or six in the order xx yy zz yz xz xy.
    #[must_use]
    pub fn tensor(&self, name: &str) -> Option<[[f64; 3]; 3]> {
        match *self.property(name)?.reals()?.as_slice() {
            [xx, yy, zz, yz, xz, xy] => Some([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]]),
            [a, b, c, d, e, f, g, h, i] => Some([[a, b, c], [d, e, f], [g, h, i]]),
            _ => None,
        }
    }

    /// A column of one number for each atom, e.g. `numbers("charges")`.
    #[must_use]
    pub fn numbers(&self, name: &str) -> Option<Vec<f64>> {
        self.reals(name, 1)
    }

    /// Columns that are a vector for each atom, e.g. `vectors("forces")`.
    #[must_use]
    pub fn vectors(&self, name: &str) -> Option<Vec<[f64; 3]>> {
        Some(self.reals(name, 3)?.chunks_exact(3).map(|v| [v[0], v[1], v[2]]).collect())
    }

    fn reals(&self, name: &str, width: usize) -> Option<Vec<f64>> {
        let (_, _, column) = self.columns.iter().find(|(key, columns, _)| key == name && *columns == width)?;
        match column {
            Column::Reals(values) => Some(values.clone()),
            Column::Integers(values) => Some(values.iter().map(|&value| value as f64).collect()),
            Column::Text(_) | Column::Logicals(_) => None,
        }
    }

    /// The frame as a system, at rest unless the file says velocities in a unit that is certain.
    ///
    /// # Errors
    /// When the comment states a total charge other than zero, a velocity is not finite, or [`System::new`] refuses.
    pub fn into_system(self) -> Result<System> {
        self.require_neutral().map_err(Error::Invalid)?;
        let cell = self.repeating_cell();
        let mut system = System::new(self.elements, self.positions, cell)?;
        if let Some(velocities) = &self.velocities {
            for (atom, velocity) in velocities.iter().enumerate().take(system.atom_count()) {
                if let Some(value) = velocity.iter().find(|x| !x.is_finite()) {
                    return Err(Error::Invalid(format!("the velocity of atom {} is {value}", atom + 1)));
                }
                system.momenta[atom] = velocity.map(|x| x * ANGSTROM_PER_PICOSECOND * system.masses[atom]);
            }
        }
        Ok(system)
    }

    /// The cell if it repeats in any direction.
    #[must_use]
    pub fn repeating_cell(&self) -> Option<Cell> {
        self.cell.filter(|cell| cell.dimensions() > 0)
    }
}
