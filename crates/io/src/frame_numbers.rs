//! Numbers that belong to a whole frame.

/// Numbers of a frame under a name: a property of a molecule, one number, a vector or a tensor row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct FrameNumbers {
    /// The key, e.g. `dipole`.
    pub name: String,
    /// Their unit, written beside them under the key with `_unit` behind it.
    pub unit: String,
    /// The numbers.
    pub values: Vec<f64>,
}
