//! Symmetry operations of crystals.

use cormorant_core::system::Cell;
use cormorant_core::system::vector::{difference, norm};

/// Sites nearer than this, in Å, are one site on a special position.
const SAME_SITE: f64 = 0.1;

/// x′ = R·x + t in fractions of the cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Operation {
    rotation: [[f64; 3]; 3],
    translation: [f64; 3],
}

impl Operation {
    /// `-x+1/2,y,z` and the like.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
        let parts: Vec<&str> = text.split(',').collect();
        let [first, second, third] = parts.as_slice() else { return None };
        let mut operation = Self { rotation: [[0.0; 3]; 3], translation: [0.0; 3] };
        for (k, part) in [first, second, third].into_iter().enumerate() {
            (operation.rotation[k], operation.translation[k]) = component(part)?;
        }
        Some(operation)
    }

    /// The image of a site.
    fn apply(&self, x: [f64; 3]) -> [f64; 3] {
        [0, 1, 2].map(|k| self.translation[k] + self.rotation[k].iter().zip(x).map(|(r, x)| r * x).sum::<f64>())
    }
}

/// `1/2-x+y` apart into the factors of x, y and z, and the shift.
fn component(text: &str) -> Option<([f64; 3], f64)> {
    let (mut row, mut shift) = ([0.0; 3], 0.0);
    let separated = text.replace('-', "+-");
    for term in separated.split('+').filter(|term| !term.is_empty()) {
        match term.find(['x', 'y', 'z']) {
            Some(at) => {
                let axis = usize::from(term.as_bytes()[at] - b'x');
                let factor = match term[..at].trim_end_matches('*') {
                    "" => 1.0,
                    "-" => -1.0,
                    number => ratio(number)?,
                };
                if at + 1 != term.len() {
                    return None;
                }
                row[axis] += factor;
            }
            None => shift += ratio(term)?,
        }
    }
    Some((row, shift))
}

fn ratio(text: &str) -> Option<f64> {
    match text.split_once('/') {
        Some((above, below)) => Some(above.parse::<f64>().ok()? / below.parse::<f64>().ok()?),
        None => text.parse().ok(),
    }
}

/// The different images of a site within the cell, the first in its own place.
pub(super) fn images(site: [f64; 3], operations: &[Operation], cell: &Cell) -> Vec<[f64; 3]> {
    let mut found: Vec<[f64; 3]> = Vec::new();
    for operation in operations {
        let position = cell.cartesian(operation.apply(site).map(|x| x - x.floor()));
        let new = |other: &[f64; 3]| norm(cell.nearest_image(difference(position, *other))) > SAME_SITE;
        if found.iter().all(new) {
            found.push(position);
        }
    }
    found
}
