//! Values of atoms in the columns of a frame.

use crate::tensor::symmetric;
use cormorant_core::system::Element;
use cormorant_io::{Column, Frame};
use cormorant_network::AtomTarget;

/// Which columns of extended XYZ hold values of atoms, and which atoms have them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AtomColumns {
    /// Names of the columns, all of one shape.
    pub names: Vec<String>,
    /// The column that says which atoms have values: logical, or numbers other than zero.
    pub mask: Option<String>,
    /// Whether six numbers are a symmetric tensor: xx, yy, zz, yz, xz, xy.
    pub voigt: bool,
    /// The elements whose values count; all where this is empty.
    pub elements: Vec<Element>,
}

/// The values of one frame.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AtomValues {
    /// Numbers of a value: 1, 3 or 9.
    pub width: usize,
    /// The values, `[atoms][columns][width]`; zero where there is none.
    pub values: Vec<f64>,
    /// Which are there, `[atoms][columns]`.
    pub known: Vec<bool>,
    /// Largest trace of a tensor.
    pub trace: f64,
    /// Largest size of a tensor: the root of the sum of the squares of its numbers.
    pub size: f64,
}

impl AtomColumns {
    /// The columns that `target` was fitted to.
    #[must_use]
    pub fn of(target: &AtomTarget) -> Self {
        Self { names: target.columns.clone(), mask: target.mask.clone(), voigt: target.voigt, elements: Vec::new() }
    }

    /// Whether these columns read the one called `name`.
    #[must_use]
    pub fn use_column(&self, name: &str) -> bool {
        self.mask.as_deref() == Some(name) || self.names.iter().any(|known| known == name)
    }

    /// The values of `frame`; none if it has none of the columns.
    ///
    /// # Errors
    /// When it has some of the columns alone, they are no numbers or of several shapes, a tensor is not symmetric, a value is infinite, or
    /// there is no such mask.
    pub fn read(&self, frame: &Frame) -> Result<Option<AtomValues>, String> {
        let found: Vec<Option<(usize, Vec<f64>)>> =
            self.names.iter().map(|name| numbers(frame, name)).collect::<Result<_, _>>()?;
        if found.iter().all(Option::is_none) {
            return Ok(None);
        }
        let mut columns = Vec::new();
        for (name, found) in self.names.iter().zip(found) {
            let (width, values) = found.ok_or_else(|| {
                format!("there is no column `{name}`, but other targets; add it, with nan where it is not known")
            })?;
            columns.push(self.shaped(name, width, values)?);
        }
        let width = columns[0].0;
        if let Some(place) = columns.iter().position(|column| column.0 != width) {
            let (first, other) = (&self.names[0], &self.names[place]);
            return Err(format!("the columns `{first}` and `{other}` are of different shapes; fit them one by one"));
        }
        let atoms = frame.elements.len();
        let mask = self.mask.as_ref().map(|name| mask(frame, name)).transpose()?;
        let mut all = AtomValues { width, ..AtomValues::default() };
        for atom in 0..atoms {
            let element = frame.elements[atom];
            let counts = (self.elements.is_empty() || self.elements.contains(&element))
                && mask.as_ref().is_none_or(|mask| mask[atom]);
            for (name, (_, values)) in self.names.iter().zip(&columns) {
                let value = &values[atom * width..][..width];
                if let Some(number) = value.iter().find(|x| x.is_infinite()) {
                    return Err(format!(
                        "`{name}` of atom {} is {number}; write nan where a value is not known",
                        atom + 1
                    ));
                }
                let known = counts && value.iter().all(|x| x.is_finite());
                all.known.push(known);
                if known {
                    all.add(value).map_err(|reason| format!("`{name}` of atom {} ({element}) {reason}", atom + 1))?;
                } else {
                    all.values.extend(std::iter::repeat_n(0.0, width));
                }
            }
        }
        Ok(Some(all))
    }

    /// Numbers of a value, and the values, six numbers as nine.
    fn shaped(&self, name: &str, width: usize, values: Vec<f64>) -> Result<(usize, Vec<f64>), String> {
        match width {
            1 | 3 | 9 => Ok((width, values)),
            6 if self.voigt => {
                let nine = |v: &[f64]| [v[0], v[5], v[4], v[5], v[1], v[3], v[4], v[3], v[2]];
                Ok((9, values.chunks_exact(6).flat_map(nine).collect()))
            }
            6 => Err(format!(
                "`{name}` has 6 numbers for each atom; if they are xx, yy, zz, yz, xz, xy, write target_order = \"voigt\" in [data]"
            )),
            other => Err(format!(
                "`{name}` has {other} numbers for each atom; a target has 1, 3 (a vector) or 9 (a symmetric tensor, row by row)"
            )),
        }
    }
}

impl AtomValues {
    fn add(&mut self, value: &[f64]) -> Result<(), String> {
        let &[xx, xy, xz, yx, yy, yz, zx, zy, zz] = value else {
            self.values.extend(value);
            return Ok(());
        };
        let tensor = symmetric([[xx, xy, xz], [yx, yy, yz], [zx, zy, zz]])
            .ok_or("is not symmetric; fit its symmetric part, and leave the frame out or correct it")?;
        let size = tensor.iter().flatten().map(|x| x * x).sum::<f64>().sqrt();
        self.trace = self.trace.max((xx + yy + zz).abs());
        self.size = self.size.max(size);
        self.values.extend(tensor.as_flattened());
        Ok(())
    }
}

/// Width and numbers of a column, if it is there.
fn numbers(frame: &Frame, name: &str) -> Result<Option<(usize, Vec<f64>)>, String> {
    let Some((_, width, column)) = frame.columns.iter().find(|(key, ..)| key == name) else { return Ok(None) };
    match column {
        Column::Reals(values) => Ok(Some((*width, values.clone()))),
        Column::Integers(values) => Ok(Some((*width, values.iter().map(|&value| value as f64).collect()))),
        Column::Text(_) | Column::Logicals(_) => {
            Err(format!("the column `{name}` does not hold numbers; name another one"))
        }
    }
}

/// Which atoms the column `name` of truth values or numbers marks.
fn mask(frame: &Frame, name: &str) -> Result<Vec<bool>, String> {
    let column = frame.columns.iter().find(|(key, width, _)| key == name && *width == 1);
    match column {
        Some((.., Column::Logicals(values))) => Ok(values.clone()),
        Some((.., Column::Integers(values))) => Ok(values.iter().map(|&value| value != 0).collect()),
        Some((.., Column::Reals(values))) => {
            Ok(values.iter().map(|&value| value != 0.0 && value.is_finite()).collect())
        }
        _ => Err(format!(
            "there is no column `{name}` of one truth value or number for each atom, which `target_mask` names; add it, as {name}:L:1"
        )),
    }
}
