//! From points to sites: the potential of the mesh and its derivatives at a seat.
//!
//!   φ_abc = Σ_g φ(g) ∂_a∂_b∂_c M_p(u_x − g_x) M_p(u_y − g_y) M_p(u_z − g_z)
//!
//! are the exact derivatives of the energy of the mesh by q, μ and Θ and, contracted with the multipoles, by the position.

use super::grid::Grid;
use super::placed::{Placed, Seat};
use super::spline::weights;
use crate::symmetric::SYMMETRIC;

/// Derivatives of the energy of the mesh by what a site has.
#[derive(Debug, Clone, Copy, Default)]
pub struct Found {
    pub by_charge: f64,
    pub by_dipole: [f64; 3],
    pub by_quadrupole: [f64; 6],
    pub gradient: [f64; 3],
}

/// At a seat, from the potential on all points; D − 2 is the highest degree of the multipoles.
pub fn gather<const P: usize, const D: usize>(placed: &Placed, seat: &Seat, grid: &Grid, potential: &[f64]) -> Found {
    let [planes, lines, _] = grid.points;
    let stride = grid.stride();
    let [x, y, z] = seat.rest.map(weights::<P, D>);
    let mut all = [[[0.0; D]; D]; D]; // by degrees of derivative along the cell vectors
    for i in 0..P {
        let plane = (seat.first[0] as usize + i) % planes * lines;
        let mut line = [[0.0; P]; D];
        for j in 0..P {
            let y_line = seat.first[1] as usize + j;
            let y_line = if y_line < lines { y_line } else { y_line - lines };
            if let Some(values) = potential[(plane + y_line) * stride + seat.first[2] as usize..].first_chunk::<P>() {
                for degree in 0..D {
                    for point in 0..P {
                        line[degree][point] += y[degree][j] * values[point];
                    }
                }
            }
        }
        for b in 0..D {
            for c in 0..D - b {
                let mut sum = 0.0;
                for point in 0..P {
                    sum += line[b][point] * z[c][point];
                }
                for a in 0..D - b - c {
                    all[a][b][c] += x[a][i] * sum;
                }
            }
        }
    }
    found(placed, seat, |degrees: [usize; 3]| {
        let [a, b, c] = degrees;
        if a + b + c < D { all[a][b][c] } else { 0.0 }
    })
}

/// From derivatives in steps of the grid to those in Å.
fn found(placed: &Placed, seat: &Seat, of: impl Fn([usize; 3]) -> f64) -> Found {
    let by = |axes: &[usize]| {
        let mut degrees = [0; 3];
        for axis in axes {
            degrees[*axis] += 1;
        }
        of(degrees)
    };
    let scale = &placed.scale;
    let mut found = Found { by_charge: by(&[]), ..Found::default() };
    for axis in 0..3 {
        let mut gradient = seat.moments[0] * by(&[axis]);
        for other in 0..3 {
            gradient += seat.moments[1 + other] * by(&[axis, other]);
        }
        for (component, (a, b)) in SYMMETRIC.into_iter().enumerate() {
            gradient += seat.moments[4 + component] * by(&[axis, a, b]);
        }
        for c in 0..3 {
            found.gradient[c] += scale[axis][c] * gradient;
            found.by_dipole[c] += scale[axis][c] * by(&[axis]);
        }
        for other in 0..3 {
            let second = by(&[axis, other]);
            for (component, (a, b)) in SYMMETRIC.into_iter().enumerate() {
                found.by_quadrupole[component] += scale[axis][a] * second * scale[other][b];
            }
        }
    }
    found
}
