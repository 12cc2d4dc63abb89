//! From sites to points: the density of multipoles on a plane of the grid.
//!
//!   Q(g) = Σ_j (q_j + μ_j·∇ + Θ_j:∇∇) M_p(u_j,x − g_x) M_p(u_j,y − g_y) M_p(u_j,z − g_z)
//!
//! with the multipoles in steps of the grid: `moments` of a seat. Each plane is the work of one thread, in the order of the seats.

use super::grid::Grid;
use super::placed::{Placed, Seat};
use std::array::from_fn;

/// Q on plane `x`, written over `plane`; D − 1 is the highest degree of the multipoles. // [lines][points + P − 1]
pub fn spread<const P: usize, const D: usize>(placed: &Placed, grid: &Grid, x: usize, plane: &mut [f64]) {
    let [planes, lines, points] = grid.points;
    let stride = grid.stride();
    plane.fill(0.0);
    for offset in 0..P {
        let first = (x + planes - offset) % planes;
        for rank in placed.planes[first]..placed.planes[first + 1] {
            let seat = &placed.seats[rank];
            let (weights, _) = placed.weights[3 * D * P * rank..][..3 * D * P].as_chunks::<P>().0.as_chunks::<D>();
            let factors = factors::<D>(seat, from_fn(|degree| weights[0][degree][offset]));
            for step in 0..P {
                let line = seat.first[1] as usize + step;
                let line = if line < lines { line } else { line - lines };
                let mut along = [0.0; D];
                for degree in 0..D {
                    for y in 0..D - degree {
                        along[degree] += factors[degree][y] * weights[1][y][step];
                    }
                }
                if let Some(values) = plane[line * stride + seat.first[2] as usize..].first_chunk_mut::<P>() {
                    for point in 0..P {
                        let mut sum = values[point];
                        for degree in 0..D {
                            sum += along[degree] * weights[2][degree][point];
                        }
                        values[point] = sum;
                    }
                }
            }
        }
    }
    // What lies beyond the end of a line belongs to its start.
    for line in plane.chunks_exact_mut(stride) {
        for point in 0..P - 1 {
            line[point] += line[points + point];
        }
    }
}

/// What the weights along the second and third cell vector are multiplied with: by degrees of derivative along the third and second.
fn factors<const D: usize>(seat: &Seat, x: [f64; D]) -> [[f64; D]; D] {
    let [q, mx, my, mz, xx, yy, zz, xy, xz, yz] = seat.moments;
    let mut factors = [[0.0; D]; D];
    factors[0][0] = q * x[0];
    if D > 1 {
        factors[0][0] += mx * x[1];
        factors[0][1] = my * x[0];
        factors[1][0] = mz * x[0];
    }
    if D > 2 {
        factors[0][0] += xx * x[2];
        factors[0][1] += xy * x[1];
        factors[1][0] += xz * x[1];
        factors[0][2] = yy * x[0];
        factors[1][1] = yz * x[0];
        factors[2][0] = zz * x[0];
    }
    factors
}
