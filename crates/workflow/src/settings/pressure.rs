//! Pressures of bulks, slabs and wires.

use super::Quantity;
use cormorant_core::system::Cell;
use cormorant_core::units::Dimension;
use cormorant_core::{Error, Result};

/// Dimensions of a pressure: of a bulk, of a slab (a force per length), of a wire (a force).
pub(super) const PRESSURES: [Dimension; 3] = [Dimension::Pressure, Dimension::SurfacePressure, Dimension::Force];
/// Dimensions of a compressibility: of a bulk, of a slab, of a wire.
pub(super) const COMPRESSIBILITIES: [Dimension; 3] =
    [Dimension::Compressibility, Dimension::SurfaceCompressibility, Dimension::InverseForce];

impl Quantity {
    /// The value of a pressure or compressibility, called `key`, for a system with `cell`: in eV and powers of Å as its repeating
    /// directions ask for. Zero is zero in any unit.
    ///
    /// # Errors
    /// When it has the dimension of something that repeats in more or fewer directions.
    pub(crate) fn for_cell(&self, key: &str, cell: &Cell) -> Result<f64> {
        let family = if PRESSURES.contains(&self.dimension()) { PRESSURES } else { COMPRESSIBILITIES };
        let expected = family[3 - cell.dimensions().clamp(1, 3)];
        if self.dimension() == expected || self.value() == 0.0 {
            return Ok(self.value());
        }
        let (count, what) = match cell.dimensions() {
            2 => ("in two directions", "it has no volume; its pressure is a force per length"),
            1 => ("in one direction", "it has no volume; its pressure is a force"),
            _ => ("in all three directions", "a pressure is a force per area"),
        };
        Err(Error::Invalid(format!(
            "the cell repeats {count}: {what}, but `{key}` is \"{self}\"; write it in {}, such as \"{}\"",
            expected.unit(),
            expected.example()
        )))
    }
}
