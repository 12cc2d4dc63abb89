//! The arrays of an archive as frames.

use std::path::Path;

use super::npz::Archive;
use cormorant_core::system::{Cell, Element};
use cormorant_core::{Error, Result};
use cormorant_io::{Column, Frame, Value, names_charge, names_spin};

/// Names of the arrays, by quantity; the first that an archive has is read.
pub(super) const ELEMENTS: [&str; 5] = ["nuclear_charges", "z", "Z", "atomic_numbers", "numbers"];
pub(super) const POSITIONS: [&str; 5] = ["coords", "R", "coordinates", "positions", "pos"];
pub(super) const ENERGIES: [&str; 3] = ["energies", "E", "energy"];
pub(super) const FORCES: [&str; 3] = ["forces", "F", "force"];
const LATTICES: [&str; 5] = ["lattice", "cell", "cells", "box", "boxes"];
const PERIODICITY: [&str; 2] = ["pbc", "periodic"];
const STRESSES: [&str; 2] = ["stress", "stresses"];
const VIRIALS: [&str; 2] = ["virial", "virials"];

/// The frames of an archive, in its units, and the names of the arrays that they were made of.
pub(super) struct ArchiveFrames {
    pub frames: Vec<Frame>,
    pub used: Vec<String>,
}

/// One array with its shape.
struct Numbers {
    name: String,
    shape: Vec<usize>,
    values: Vec<f64>,
}

/// An archive as it is read.
struct Reading<'a, 'p> {
    archive: &'a mut Archive<'p>,
    path: &'p Path,
    names: Vec<String>,
    used: Vec<String>,
}

/// Reads all frames.
pub(super) fn read<'p>(archive: &mut Archive<'p>, path: &'p Path) -> Result<ArchiveFrames> {
    let names = archive.names();
    let mut reading = Reading { archive, path, names, used: Vec::new() };
    let elements = reading.required(&ELEMENTS)?;
    let positions = reading.required(&POSITIONS)?;
    let (energies, forces) = (reading.first(&ENERGIES)?, reading.first(&FORCES)?);
    let (count, atoms) = reading.size(&elements, &positions)?;
    if energies.as_ref().is_some_and(|energies| energies.values.is_empty()) {
        return Err(reading.error("holds no energies, so there is nothing to read; use another file"));
    }
    let per_atom = |numbers: &Numbers| numbers.values.len() == 3 * count * atoms && numbers.shape.last() == Some(&3);
    if let Some(numbers) = std::iter::once(&positions).chain(&forces).find(|numbers| !per_atom(numbers)) {
        return Err(reading.wrong(numbers, &format!("[{count}, {atoms}, 3]"), count, atoms));
    }
    let per_frame =
        |numbers: &Numbers| numbers.values.len() == count && matches!(numbers.shape.as_slice(), [] | [_] | [_, 1]);
    if let Some(energies) = energies.as_ref().filter(|energies| !per_frame(energies)) {
        return Err(reading.wrong(energies, &format!("[{count}]"), count, atoms));
    }
    let cells = reading.cells(count)?;
    let (stresses, virials) = (reading.tensors(&STRESSES, count)?, reading.tensors(&VIRIALS, count)?);
    let states = reading.states(count)?;
    let per_element = reading.elements(&elements, count, atoms)?;
    let frame = |index: usize| {
        let row = |values: &[f64]| values[3 * atoms * index..3 * atoms * (index + 1)].to_vec();
        let mut properties: Vec<(String, Value)> = Vec::new();
        let mut put = |key: &str, values: &[f64]| properties.push((key.to_string(), Value::Reals(values.to_vec())));
        if let Some(energies) = &energies {
            put("energy", &energies.values[index..=index]);
        }
        for (key, tensors) in [("stress", &stresses), ("virial", &virials)] {
            if let Some((values, width)) = tensors {
                put(key, &values[width * index..width * (index + 1)]);
            }
        }
        for state in &states {
            put(&state.name, &state.values[if state.values.len() == 1 { 0..1 } else { index..index + 1 }]);
        }
        let vector = |xyz: &[f64]| [xyz[0], xyz[1], xyz[2]];
        Frame {
            elements: per_element[index % per_element.len()].clone(),
            positions: row(&positions.values).chunks_exact(3).map(vector).collect(),
            cell: (!cells.is_empty()).then(|| cells[index % cells.len()]).flatten(),
            properties,
            columns: forces
                .iter()
                .map(|forces| ("forces".to_string(), 3, Column::Reals(row(&forces.values))))
                .collect(),
            ..Frame::default()
        }
    };
    let frames = (0..count).map(frame).collect();
    Ok(ArchiveFrames { frames, used: reading.used })
}

impl Reading<'_, '_> {
    fn error(&self, reason: impl Into<String>) -> Error {
        Error::data(self.path, reason)
    }

    fn wrong(&self, numbers: &Numbers, right: &str, count: usize, atoms: usize) -> Error {
        let Numbers { name, shape, .. } = numbers;
        self.error(format!(
            "`{name}` has shape {shape:?}, but {} has {count} frames and {} has {atoms} atoms; save it with shape {right}",
            self.nth(1),
            self.nth(0)
        ))
    }

    /// The array that was read as number `place`.
    fn nth(&self, place: usize) -> String {
        self.used.get(place).map_or_else(|| "the archive".to_string(), |name| format!("`{name}`"))
    }

    /// The first of `names` that is there.
    fn first(&mut self, names: &[&str]) -> Result<Option<Numbers>> {
        let Some(name) = names.iter().find(|name| self.names.iter().any(|there| there == *name)) else {
            return Ok(None);
        };
        let Some(array) = self.archive.array(name)? else { return Ok(None) };
        self.used.push((*name).to_string());
        Ok(Some(Numbers {
            name: (*name).to_string(),
            shape: array.shape().to_vec(),
            values: array.numbers(self.path)?,
        }))
    }

    fn required(&mut self, names: &[&str; 5]) -> Result<Numbers> {
        let found = self.first(names)?;
        found.ok_or_else(|| self.error(format!("has no array `{}`; add it", names[0])))
    }

    /// Numbers of frames and atoms.
    fn size(&self, elements: &Numbers, positions: &Numbers) -> Result<(usize, usize)> {
        let (name, shape) = (&elements.name, &elements.shape);
        let (&[atoms] | &[_, atoms]) = shape.as_slice() else {
            return Err(self.error(format!("`{name}` has shape {shape:?}; save it with shape [atoms]")));
        };
        let count = match *positions.shape.as_slice() {
            [count, _, 3] => count,
            [_, 3] => 1,
            _ => {
                let Numbers { name, shape, .. } = positions;
                return Err(
                    self.error(format!("`{name}` has shape {shape:?}; save it with shape [frames, {atoms}, 3]"))
                );
            }
        };
        if atoms == 0 || count == 0 {
            let reason =
                format!("holds {count} frames of {atoms} atoms, so there is nothing to read; use another file");
            return Err(self.error(reason));
        }
        if let [_, found, 3] = *positions.shape.as_slice()
            && found != atoms
        {
            let reason = format!(
                "`{name}` has shape {shape:?}, but `{}` has shape {:?}; save it with shape [atoms]",
                positions.name, positions.shape
            );
            return Err(self.error(reason));
        }
        if shape.len() == 2 && shape[0] != count && shape[0] != 1 {
            return Err(self.wrong(elements, &format!("[{atoms}] or [{count}, {atoms}]"), count, atoms));
        }
        Ok((count, atoms))
    }

    /// The elements of every frame, or of all.
    fn elements(&self, numbers: &Numbers, count: usize, atoms: usize) -> Result<Vec<Vec<Element>>> {
        let element = |(place, &number): (usize, &f64)| {
            // Atomic numbers are small whole numbers, so that the comparison is exact.
            let whole = (1.0..=118.0).contains(&number) && number.fract() == 0.0;
            whole.then(|| Element::from_number(number as u8)).flatten().ok_or_else(|| {
                self.error(format!(
                    "`{}` says that atom {} has atomic number {number}; write a whole number from 1 to 118{}",
                    numbers.name,
                    place % atoms + 1,
                    if count > 1 && number == 0.0 { "; frames of different sizes belong in extended XYZ" } else { "" }
                ))
            })
        };
        let all = numbers.values.iter().enumerate().map(element).collect::<Result<Vec<_>>>()?;
        Ok(all.chunks_exact(atoms).map(<[Element]>::to_vec).collect())
    }

    /// The cell of every frame, or of all; empty if there is none.
    fn cells(&mut self, count: usize) -> Result<Vec<Option<Cell>>> {
        let Some(lattice) = self.first(&LATTICES)? else { return Ok(Vec::new()) };
        let periodic = self.periodic(count)?;
        let Numbers { name, shape, values } = &lattice;
        let width = match *shape.as_slice() {
            [3, 3] | [9] => 9,
            [3] => 3,
            [frames, 3, 3] | [frames, 9] if frames == count => 9,
            [frames, 3] if frames == count => 3,
            _ => {
                let reason = format!("`{name}` has shape {shape:?}; save it with shape [3, 3] or [{count}, 3, 3]");
                return Err(self.error(reason));
            }
        };
        // sGDML keeps the vectors in columns; others keep them in rows, as ASE does.
        let columns = name == "lattice";
        let own_dialect = self.used.iter().any(|name| name == "z");
        let rows = |numbers: &[f64]| match *numbers {
            [a, b, c] => [[a, 0.0, 0.0], [0.0, b, 0.0], [0.0, 0.0, c]],
            _ => [0, 1, 2].map(|i| [0, 1, 2].map(|j| if columns { numbers[3 * j + i] } else { numbers[3 * i + j] })),
        };
        values
            .chunks_exact(width)
            .enumerate()
            .map(|(index, numbers)| {
                let rows = rows(numbers);
                let symmetric = (0..3).all(|i| (0..i).all(|j| rows[i][j] == rows[j][i]));
                if columns && !own_dialect && !symmetric {
                    return Err(self.error(
                        "`lattice` has its vectors in columns in archives of sGDML, of which these arrays are not; save the vectors in \
                         rows as `cell`",
                    ));
                }
                if rows.as_flattened().iter().all(|&x| x == 0.0) {
                    return Ok(None);
                }
                let cell = Cell::with_periodicity(rows, periodic[index % periodic.len()]);
                cell.map(Some).map_err(|error| self.error(format!("`{name}`: {error}")))
            })
            .collect()
    }

    /// Along which vectors frames repeat; all of them where the archive does not say.
    fn periodic(&mut self, count: usize) -> Result<Vec<[bool; 3]>> {
        let Some(Numbers { name, shape, values }) = self.first(&PERIODICITY)? else { return Ok(vec![[true; 3]]) };
        let is = |value: f64| value != 0.0;
        match (shape.as_slice(), values.len()) {
            (_, 1) => Ok(vec![[is(values[0]); 3]]),
            ([3], _) => Ok(vec![[0, 1, 2].map(|k| is(values[k]))]),
            ([frames, 3], _) if *frames == count => {
                Ok(values.chunks_exact(3).map(|row| [0, 1, 2].map(|k| is(row[k]))).collect())
            }
            _ => Err(self.error(format!("`{name}` has shape {shape:?}; save it with shape [3] or [{count}, 3]"))),
        }
    }

    /// Tensors of every frame and how many numbers each has.
    fn tensors(&mut self, names: &[&str], count: usize) -> Result<Option<(Vec<f64>, usize)>> {
        let Some(Numbers { name, shape, values }) = self.first(names)? else { return Ok(None) };
        match values.len() / count {
            width @ (6 | 9) if values.len() == width * count => Ok(Some((values, width))),
            _ => Err(self.error(format!("`{name}` has shape {shape:?}; save it with shape [{count}, 3, 3]"))),
        }
    }

    /// Total charges and spins, one number or one for each frame.
    fn states(&mut self, count: usize) -> Result<Vec<Numbers>> {
        let names: Vec<String> =
            self.names.iter().filter(|name| names_charge(name) || names_spin(name)).cloned().collect();
        let mut states = Vec::new();
        for name in names {
            let Some(array) = self.archive.array(&name)?.filter(super::npz::RawArray::is_numeric) else { continue };
            let (shape, values) = (array.shape().to_vec(), array.numbers(self.path)?);
            if values.len() == 1 || values.len() == count {
                self.used.push(name.clone());
                states.push(Numbers { name, shape, values });
            }
        }
        Ok(states)
    }
}
