//! Atoms sorted into boxes, so that a search looks only at nearby ones.

use crate::system::vector::{dot, times};
use crate::system::{Cell, System};
use crate::{Error, Result};

/// Added to the range, in Å, so that rounding of wrapped positions never loses a pair.
const ROUNDING: f64 = 1.0e-8;

/// A regular grid of boxes: over the cell along repeating directions, over the extent of the atoms along open ones.
pub(super) struct Grid {
    counts: [i64; 3],         // boxes in each direction
    reach: [i64; 3],          // boxes to look at on each side
    periodic: [bool; 3],      // directions that repeat
    basis: [[f64; 3]; 3],     // cell vectors along them
    square: f64,              // range² in Å²
    home: Vec<[i64; 3]>,      // [atoms], box of each atom
    images: Vec<[i32; 3]>,    // [atoms], cell that each atom was moved from
    starts: Vec<usize>,       // [boxes + 1], first of `order` in each box
    order: Vec<u32>,          // [atoms], atoms sorted by box
    positions: Vec<[f64; 3]>, // [atoms], wrapped, in the order of `order`
    own: Vec<[f64; 3]>,       // [atoms], wrapped, in the order of the system
}

impl Grid {
    pub(super) fn new(system: &System, range: f64) -> Result<Self> {
        let atoms = system.atom_count();
        u32::try_from(atoms).map_err(|_| Error::Structure(format!("{atoms} atoms are more than can be numbered")))?;
        let (fractions, images, own, heights) = match &system.cell {
            Some(cell) => within_cell(system, cell, range)?,
            None => open(system),
        };
        let counts = counts(heights, range, atoms);
        let periodic = system.cell.map_or([false; 3], |cell| cell.periodic());
        let mut grid = Self {
            counts,
            reach: reach(heights, counts, periodic, range),
            periodic,
            basis: system.cell.map_or([[0.0; 3]; 3], |cell| cell.basis()),
            square: (range + ROUNDING).powi(2),
            home: fractions.into_iter().map(|fraction| place(fraction, counts)).collect(),
            images,
            starts: Vec::new(),
            order: Vec::new(),
            positions: Vec::new(),
            own,
        };
        grid.sort();
        Ok(grid)
    }

    /// Counting sort of the atoms by box.
    fn sort(&mut self) {
        let boxes = self.counts.iter().product::<i64>() as usize;
        let numbers: Vec<usize> = self.home.iter().map(|home| self.number(*home)).collect();
        self.starts = vec![0; boxes + 1];
        for number in &numbers {
            self.starts[number + 1] += 1;
        }
        for at in 0..boxes {
            self.starts[at + 1] += self.starts[at];
        }
        let mut next = self.starts.clone();
        self.order = vec![0; numbers.len()];
        self.positions = vec![[0.0; 3]; numbers.len()];
        for (atom, number) in numbers.into_iter().enumerate() {
            self.order[next[number]] = atom as u32;
            self.positions[next[number]] = self.own[atom];
            next[number] += 1;
        }
    }

    fn number(&self, home: [i64; 3]) -> usize {
        ((home[0] * self.counts[1] + home[1]) * self.counts[2] + home[2]) as usize
    }

    /// Add every (sender, shift) within the range of `receiver`; with `half` only one of each two directions.
    pub(super) fn around(&self, receiver: usize, half: bool, found: &mut Vec<(u32, [i32; 3])>) {
        let home = self.home[receiver];
        let steps = |k: usize| -self.reach[k]..=self.reach[k];
        for x in steps(0) {
            let Some((x, shift_x)) = self.fold(0, home[0] + x) else { continue };
            for y in steps(1) {
                let Some((y, shift_y)) = self.fold(1, home[1] + y) else { continue };
                for z in steps(2) {
                    let Some((z, shift_z)) = self.fold(2, home[2] + z) else { continue };
                    self.within(receiver, [x, y, z], [shift_x, shift_y, shift_z], half, found);
                }
            }
        }
    }

    /// The box and the cell that a box number beyond the grid stands for; `None` where there is nothing.
    fn fold(&self, direction: usize, number: i64) -> Option<(i64, i32)> {
        let count = self.counts[direction];
        if self.periodic[direction] {
            Some((number.rem_euclid(count), number.div_euclid(count) as i32))
        } else {
            (0..count).contains(&number).then_some((number, 0))
        }
    }

    fn within(&self, receiver: usize, place: [i64; 3], shift: [i32; 3], half: bool, found: &mut Vec<(u32, [i32; 3])>) {
        let number = self.number(place);
        let mut range = self.starts[number]..self.starts[number + 1];
        if half {
            // Atoms within a box are in the order of their numbers: pass over those before the receiver.
            range.start += self.order[range.clone()].partition_point(|&sender| (sender as usize) < receiver);
        }
        let own = self.own[receiver];
        let away = times(shift.map(f64::from), &self.basis);
        let origin = [own[0] - away[0], own[1] - away[1], own[2] - away[2]];
        let image = self.images[receiver];
        for (position, &sender) in self.positions[range.clone()].iter().zip(&self.order[range]) {
            let vector = [position[0] - origin[0], position[1] - origin[1], position[2] - origin[2]];
            if dot(vector, vector) > self.square {
                continue;
            }
            let same = sender as usize == receiver;
            if same && (shift == [0; 3] || half && shift < [0; 3]) {
                continue;
            }
            // Positions of the system are not wrapped: what was moved to and fro belongs to the shift.
            let other = self.images[sender as usize];
            found.push((sender, [0, 1, 2].map(|k| shift[k] - other[k] + image[k])));
        }
    }
}

type Sorted = (Vec<[f64; 3]>, Vec<[i32; 3]>, Vec<[f64; 3]>, [f64; 3]);

/// Fractions in [0, 1), images, positions wrapped along repeating directions, and heights of what the grid covers.
fn within_cell(system: &System, cell: &Cell, range: f64) -> Result<Sorted> {
    let mut images = Vec::with_capacity(system.atom_count());
    let mut fractions = Vec::with_capacity(system.atom_count());
    let mut own = Vec::with_capacity(system.atom_count());
    let periodic = cell.periodic();
    for (atom, position) in system.positions.iter().enumerate() {
        let fraction = cell.fractional(*position);
        if (0..3).any(|k| periodic[k] && fraction[k].abs() > 1.0e9) {
            return Err(Error::Structure(format!("atom {} is more than 1e9 cells away", atom + 1)));
        }
        let image = [0, 1, 2].map(|k| if periodic[k] { fraction[k].floor() } else { 0.0 });
        images.push(image.map(|x| x as i32));
        let inside = [0, 1, 2].map(|k| fraction[k] - image[k]);
        fractions.push(inside);
        own.push(cell.cartesian(inside));
    }
    // Along open directions a fraction is a coordinate in Å: that of the extent takes its place.
    let (low, extent) = extent(&fractions);
    let mut heights = cell.heights();
    for k in (0..3).filter(|&k| !periodic[k]) {
        heights[k] = extent[k];
        for fraction in &mut fractions {
            fraction[k] = (fraction[k] - low[k]) / extent[k];
        }
    }
    let room = (0..3).filter(|&k| !periodic[k]).fold(cell.measure(), |room, k| room * extent[k].max(range));
    possible(system.atom_count() as f64, room, range)?;
    Ok((fractions, images, own, heights))
}

/// Refuse more neighbors than memory can hold, in `room` Å³.
fn possible(atoms: f64, room: f64, range: f64) -> Result<()> {
    let expected = atoms * atoms / room * 4.2 * range.powi(3);
    if expected > 1.0e9 {
        return Err(Error::Structure(format!(
            "{atoms} atoms in a cell of {room} Å³ would have about {expected:.1e} neighbors within {range} Å; check the cell"
        )));
    }
    Ok(())
}

/// The same for a system without a cell: fractions of its extent.
fn open(system: &System) -> Sorted {
    let (low, extent) = extent(&system.positions);
    let fraction = |position: &[f64; 3]| [0, 1, 2].map(|k| (position[k] - low[k]) / extent[k]);
    let fractions = system.positions.iter().map(fraction).collect();
    (fractions, vec![[0; 3]; system.atom_count()], system.positions.clone(), extent)
}

/// Least coordinates, and how far the others are above them; never nothing, even if all atoms are in one plane.
fn extent(positions: &[[f64; 3]]) -> ([f64; 3], [f64; 3]) {
    let mut low = [f64::INFINITY; 3];
    let mut high = [f64::NEG_INFINITY; 3];
    for position in positions {
        for k in 0..3 {
            low[k] = low[k].min(position[k]);
            high[k] = high[k].max(position[k]);
        }
    }
    (low, [0, 1, 2].map(|k| (high[k] - low[k]).clamp(1.0e-3, 1.0e300)))
}

/// Boxes no narrower than the range, and not many more of them than atoms.
fn counts(heights: [f64; 3], range: f64, atoms: usize) -> [i64; 3] {
    let most = (4 * atoms).max(64) as f64;
    let mut counts = heights.map(|height| (height / range).floor().clamp(1.0, most) as i64);
    while counts.iter().map(|&count| count as f64).product::<f64>() > most {
        let largest = counts.iter_mut().max();
        if let Some(count) = largest {
            *count = (*count + 1) / 2;
        }
    }
    counts
}

/// Boxes within the range on each side; beyond the grid there is nothing along open directions.
fn reach(heights: [f64; 3], counts: [i64; 3], periodic: [bool; 3], range: f64) -> [i64; 3] {
    [0, 1, 2].map(|k| {
        let reach = ((range + ROUNDING) * counts[k] as f64 / heights[k]).ceil().max(1.0) as i64;
        if periodic[k] { reach } else { reach.min(counts[k]) }
    })
}

fn place(fraction: [f64; 3], counts: [i64; 3]) -> [i64; 3] {
    [0, 1, 2].map(|k| ((fraction[k] * counts[k] as f64) as i64).clamp(0, counts[k] - 1))
}
