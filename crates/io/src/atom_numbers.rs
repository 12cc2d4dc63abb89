//! Numbers that belong to each atom of a frame.

/// A column of extended XYZ under a name: one number of each atom, a vector or a tensor row by row. What is not known is NaN.
#[derive(Debug, Clone, PartialEq)]
pub struct AtomNumbers {
    /// The name, e.g. `mobility`.
    pub name: String,
    /// Numbers of an atom.
    pub width: usize,
    /// The numbers, `[atoms][width]`.
    pub values: Vec<f64>,
}
