//! A complete basis for a cell that repeats in some of its directions only.

use crate::system::vector::{cross, dot, norm};
use crate::{Error, Result};

/// The shortest and the longest vector that is accepted, in Å.
const LENGTHS: std::ops::RangeInclusive<f64> = 1.0e-3..=1.0e6;
const DIRECTIONS: [&str; 3] = ["first", "second", "third"];

/// The lattice vectors along repeating directions; along open ones unit vectors (1 Å) at right angles to all others.
///
/// The stated vectors of open directions play no part: they may be zero, short, or oblique.
///
/// # Errors
/// When a number is not finite, a repeating vector is too short or too long, or the repeating vectors do not span a volume
/// (three), an area (two).
pub(super) fn complete(rows: &[[f64; 3]; 3], periodic: [bool; 3]) -> Result<[[f64; 3]; 3]> {
    if rows.iter().flatten().any(|x| !x.is_finite()) {
        return Err(Error::Structure("a cell vector is not finite; write three vectors in Å".into()));
    }
    for k in 0..3 {
        let length = norm(rows[k]);
        if periodic[k] && !LENGTHS.contains(&length) || length > *LENGTHS.end() {
            return Err(Error::Structure(bad_length(k, length)));
        }
    }
    Ok(match periodic {
        [true, true, true] => *rows,
        [false, false, false] => [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        _ => match (0..3).filter(|&k| periodic[k]).collect::<Vec<_>>()[..] {
            [only] => beside_one(rows, only),
            _ => beside_two(rows, periodic),
        },
    })
}

fn bad_length(k: usize, length: f64) -> String {
    if length == 0.0 {
        return format!(
            "the {} cell vector is zero, but the cell repeats along it; write the vector, or state that this direction is open \
             (pbc=\"T T F\" for the third)",
            DIRECTIONS[k]
        );
    }
    format!("a cell vector has a length of {length} Å; lengths from 0.001 to 1000000 Å are accepted")
}

/// Two vectors repeat: the third is their normal, so that the three are right-handed.
fn beside_two(rows: &[[f64; 3]; 3], periodic: [bool; 3]) -> [[f64; 3]; 3] {
    let mut basis = *rows;
    if let Some(open) = (0..3).find(|&k| !periodic[k]) {
        let normal = cross(rows[(open + 1) % 3], rows[(open + 2) % 3]);
        let length = norm(normal);
        // Two vectors along one line have none; the caller refuses the basis that comes of it.
        basis[open] = if length > 0.0 { normal.map(|x| x / length) } else { [0.0; 3] };
    }
    basis
}

/// One vector repeats: the others are, as far as possible, Cartesian axes.
fn beside_one(rows: &[[f64; 3]; 3], only: usize) -> [[f64; 3]; 3] {
    let length = norm(rows[only]);
    let along = rows[only].map(|x| x / length);
    let [next, last] = [(only + 1) % 3, (only + 2) % 3];
    let mut axis = next;
    for other in [last, only] {
        if along[other].abs() < along[axis].abs() {
            axis = other;
        }
    }
    let mut beside = along.map(|x| -along[axis] * x);
    beside[axis] += 1.0;
    let length = norm(beside);
    let mut basis = *rows;
    basis[next] = beside.map(|x| x / length);
    basis[last] = cross(along, basis[next]);
    basis
}

/// Whether the vectors of `basis` are not (nearly) in one plane, with their determinant; `repeating` of them are of the cell.
///
/// # Errors
/// When they are.
pub(super) fn determinant(basis: &[[f64; 3]; 3], repeating: usize) -> Result<f64> {
    let determinant = dot(basis[0], cross(basis[1], basis[2]));
    let product: f64 = basis.iter().map(|row| norm(*row)).product();
    if determinant.abs() < 1.0e-6 * product || determinant == 0.0 {
        return Err(Error::Structure(
            if repeating == 3 {
                "the three cell vectors lie in one plane; write three that span a volume"
            } else {
                "the two cell vectors of the repeating directions lie along one line; write two that span an area"
            }
            .into(),
        ));
    }
    Ok(determinant)
}
