//! The sum over sites: structure factors of a row of wave vectors.
//!
//!   S(m ± n) = Σ_j [E_j ± O_j] [cos n x_j ± i sin n x_j] = X_n ± Y_n,
//!   X_n = Σ_j E_j cos n x_j + i O_j sin n x_j,    Y_n = Σ_j O_j cos n x_j + i E_j sin n x_j
//!
//! | symbol   | here        | definition                                                                       |
//! |----------|-------------|----------------------------------------------------------------------------------|
//! | m        | `row`       | wave vector at the center of the row                                             |
//! | n        |             | distance of the third index from that at the center                              |
//! | x_j      | `along`     | b·r_j of the third reciprocal vector b                                           |
//! | E_j, O_j | `strengths` | even and odd part in n of the strength of a site, times its phase e^{i m·r_j}    |

use super::phases::{LANES, Phases};
use super::wave_rows::WaveRow;

/// Sites whose sums are in registers at the same time.
const WIDTH: usize = 4;
/// Blocks whose strengths are kept close by.
const CHUNK: usize = 8;

/// Real and imaginary part of X_n and then of Y_n for n from 0 on, of multipoles up to degree D.
pub(crate) fn structure<const D: usize>(row: &WaveRow, phases: &Phases, into: &mut [[f64; 4]]) {
    into.fill([0.0; 4]);
    let mut strengths = [[[[0.0; LANES]; 2]; 3]; CHUNK];
    for start in (0..phases.blocks()).step_by(CHUNK) {
        let count = CHUNK.min(phases.blocks() - start);
        for (offset, strengths) in strengths[..count].iter_mut().enumerate() {
            *strengths = phases.strengths::<D>(row, start + offset);
        }
        for (n, sums) in into.iter_mut().enumerate().take(row.half + 1) {
            let mut parts = [[0.0; WIDTH]; 4];
            for (offset, strengths) in strengths[..count].iter().enumerate() {
                let along = &phases.along(start + offset)[n];
                for first in (0..LANES).step_by(WIDTH) {
                    add::<D>(&mut parts, n as f64, strengths, along, first);
                }
            }
            for (sum, part) in sums.iter_mut().zip(parts) {
                *sum += part.iter().sum::<f64>();
            }
        }
    }
}

/// A few sites of a block, from `first` on.
#[inline]
fn add<const D: usize>(
    parts: &mut [[f64; WIDTH]; 4],
    n: f64,
    strengths: &[[[f64; LANES]; 2]; 3],
    along: &[[f64; LANES]; 2],
    first: usize,
) {
    let [flat, slope, curve] = strengths;
    for lane in 0..WIDTH {
        let site = first + lane;
        let (cosine, sine) = (along[0][site], along[1][site]);
        let mut even = [flat[0][site], flat[1][site]];
        if D > 1 {
            even = [even[0] + n * n * curve[0][site], even[1] + n * n * curve[1][site]];
        }
        if D == 0 {
            parts[0][lane] += even[0] * cosine;
            parts[1][lane] += even[1] * cosine;
            parts[2][lane] -= even[1] * sine;
            parts[3][lane] += even[0] * sine;
        } else {
            let odd = [n * slope[0][site], n * slope[1][site]];
            parts[0][lane] += even[0] * cosine - odd[1] * sine;
            parts[1][lane] += even[1] * cosine + odd[0] * sine;
            parts[2][lane] += odd[0] * cosine - even[1] * sine;
            parts[3][lane] += odd[1] * cosine + even[0] * sine;
        }
    }
}
