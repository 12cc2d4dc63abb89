//! Values of atoms that a network predicts, and how they come from its outputs.
//!
//!   y_ic = s_cZ · o_ic + b_cZ 1
//!
//! | symbol | here              | meaning                                                                    |
//! |--------|-------------------|----------------------------------------------------------------------------|
//! | y_ic   | values            | value of atom i in column c, `[atoms][columns][width]`                     |
//! | o_ic   | [`AtomTarget::outputs`] | the same in deviations: q_ic, v_ic, or q_ic 1 + Σ_m Q_icm E^m          |
//! | q_ic   | `scalars`, then `multipoles` | number of the readout: of the first column, then of the others  |
//! | v, Q   | `multipoles`      | components of degree 1 or 2, one set for each column                       |
//! | E^m    | [`quadrupole_basis`] |                                                                         |
//! | b_cZ   | `shifts`          | mean of element Z, of what does not turn                                   |
//! | s_cZ   | `scales`          | deviation of the labels                                                    |
//!
//! Checked by: `suite::atoms`.

use serde::{Deserialize, Serialize};

use super::atom_shape::AtomShape;
use super::config::{CormorantConfig, MOST_COLUMNS};
use cormorant_so3::{quadrupole_basis, vector, vector_components};

/// Values of atoms that a network predicts: one or several columns of one shape.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AtomTarget {
    /// Names of the columns of extended XYZ.
    pub columns: Vec<String>,
    /// What a value is made of.
    pub shape: AtomShape,
    /// Unit of the values.
    pub unit: String,
    /// The column that says which atoms have labels, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mask: Option<String>,
    /// Whether the columns hold six numbers: xx, yy, zz, yz, xz, xy.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub voigt: bool,
    /// Whether atoms of each element had labels in training; the others have no prediction.
    pub labeled: Vec<bool>,
    /// What is added for an atom of each element, in `unit`, `[columns][elements]`.
    pub shifts: Vec<Vec<f64>>,
    /// What one unit of output stands for, in `unit`, `[columns][elements]`.
    pub scales: Vec<Vec<f64>>,
}

impl AtomTarget {
    /// The columns in words.
    #[must_use]
    pub fn names(&self) -> String {
        self.columns.join(", ")
    }

    /// Name of the errors of all columns together: that of the column where there is one.
    #[must_use]
    pub fn quantity(&self) -> &str {
        if let [one] = self.columns.as_slice() { one } else { ALL }
    }

    /// Numbers of an atom in all columns.
    #[must_use]
    pub fn width(&self) -> usize {
        self.columns.len() * self.shape.width()
    }

    /// `config` with a readout for these values.
    #[must_use]
    pub fn configured(&self, config: CormorantConfig) -> CormorantConfig {
        let (multipole, columns) = (self.shape.multipole(), self.columns.len());
        CormorantConfig {
            multipole,
            multipole_copies: if multipole > 0 { columns } else { 1 },
            further_numbers: self.further_numbers(),
            ..config
        }
    }

    /// Numbers that the readout gives beside its first.
    fn further_numbers(&self) -> usize {
        if self.shape.has_invariant() { self.columns.len() - 1 } else { 0 }
    }

    /// Components of a multipole.
    fn components(&self) -> usize {
        if self.shape.multipole() > 0 { 2 * self.shape.multipole() + 1 } else { 0 }
    }

    /// What the readout gives of an atom beside its first number.
    fn stride(&self) -> usize {
        self.further_numbers() + self.columns.len() * self.components()
    }

    /// The values in deviations, `[atoms][columns][width]`, from the outputs of a network.
    pub fn outputs(&self, scalars: &[f64], multipoles: &[f64], into: &mut Vec<f64>) {
        into.clear();
        let (stride, further, components) = (self.stride(), self.further_numbers(), self.components());
        for (atom, scalar) in scalars.iter().enumerate() {
            let others = &multipoles[atom * stride..][..stride];
            for column in 0..self.columns.len() {
                let number = if column == 0 { *scalar } else { others.get(column - 1).copied().unwrap_or_default() };
                let turning = &others[further + column * components..][..components];
                match self.shape {
                    AtomShape::Scalar => into.push(number),
                    AtomShape::Vector => into.extend(vector([turning[0], turning[1], turning[2]])),
                    AtomShape::TracelessTensor | AtomShape::SymmetricTensor => {
                        let mut tensor = [0.0; 9];
                        for (component, matrix) in turning.iter().zip(quadrupole_basis()) {
                            let entries = tensor.iter_mut().zip(matrix.as_flattened());
                            entries.for_each(|(sum, entry)| *sum += component * entry);
                        }
                        self.shape.shift(&mut tensor, number);
                        into.extend(tensor);
                    }
                }
            }
        }
    }

    /// From the gradient `seeds` with respect to [`AtomTarget::outputs`] to that with respect to the outputs of a network: scalars
    /// `[atoms]`, and behind them the rest `[atoms][components]`.
    #[must_use]
    pub fn pull_back(&self, atoms: usize, seeds: &[f64]) -> Vec<f64> {
        let (stride, further, components, width) =
            (self.stride(), self.further_numbers(), self.components(), self.shape.width());
        let mut of_network = vec![0.0; atoms * (1 + stride)];
        let (scalars, others) = of_network.split_at_mut(atoms);
        for (atom, seeds) in seeds.chunks_exact(self.width()).enumerate() {
            let others = &mut others[atom * stride..][..stride];
            for (column, seed) in seeds.chunks_exact(width).enumerate() {
                let number = match self.shape {
                    AtomShape::Scalar => seed[0],
                    AtomShape::SymmetricTensor => seed[0] + seed[4] + seed[8],
                    AtomShape::Vector | AtomShape::TracelessTensor => 0.0,
                };
                if column == 0 {
                    scalars[atom] = number;
                } else if self.shape.has_invariant() {
                    others[column - 1] = number;
                }
                let turning = &mut others[further + column * components..][..components];
                match self.shape {
                    AtomShape::Scalar => {}
                    AtomShape::Vector => turning.copy_from_slice(&vector_components([seed[0], seed[1], seed[2]])),
                    AtomShape::TracelessTensor | AtomShape::SymmetricTensor => {
                        for (component, matrix) in turning.iter_mut().zip(quadrupole_basis()) {
                            *component = matrix.as_flattened().iter().zip(seed).map(|(e, s)| e * s).sum();
                        }
                    }
                }
            }
        }
        of_network
    }

    /// From values in deviations to values in `unit`, for atoms of these `species`.
    pub fn restore(&self, species: &[u32], values: &mut [f64]) {
        self.each(species, values, |shape, value, scale, shift| {
            for x in &mut *value {
                *x *= scale;
            }
            shape.shift(value, shift);
        });
    }

    /// From values in `unit` to values in deviations.
    pub fn standardize(&self, species: &[u32], values: &mut [f64]) {
        self.each(species, values, |shape, value, scale, shift| {
            shape.shift(value, -shift);
            for x in value {
                *x /= scale;
            }
        });
    }

    fn each(&self, species: &[u32], values: &mut [f64], mut change: impl FnMut(AtomShape, &mut [f64], f64, f64)) {
        let (columns, width) = (self.columns.len(), self.shape.width());
        for (index, value) in values.chunks_exact_mut(width).enumerate() {
            let (kind, column) = (species[index / columns] as usize, index % columns);
            change(self.shape, value, self.scales[column][kind], self.shifts[column][kind]);
        }
    }

    /// The first thing that cannot be right, for so many elements.
    pub(super) fn fault(&self, elements: usize) -> Option<String> {
        if self.columns.is_empty() || self.columns.len() > MOST_COLUMNS || self.unit.is_empty() {
            return Some(format!("its header must name 1 to {MOST_COLUMNS} columns of atoms and their unit"));
        }
        let whole = |table: &[Vec<f64>], good: fn(f64) -> bool| {
            table.len() == self.columns.len()
                && table.iter().all(|row| row.len() == elements && row.iter().all(|x| x.is_finite() && good(*x)))
        };
        if self.labeled.len() != elements || !whole(&self.shifts, |_| true) || !whole(&self.scales, |x| x > 0.0) {
            return Some("its header must give a shift and a scale above zero for each column and element".into());
        }
        None
    }
}

/// Name of the errors of several columns together.
const ALL: &str = "targets";
