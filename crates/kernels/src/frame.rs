//! The frame of every edge: the rotation that takes the edge's direction to the z axis.
//!
//! In that frame the harmonics of the edge vanish except for m = 0, so that a Clebsch-Gordan product with them becomes
//! one small matrix per |m| (Passaro, Zitnick 2023, arXiv:2302.03655). The rotation is R = R_y(−β) R_z(−α) with
//! u = (sin β cos α, sin β sin α, cos β). R_z mixes m with −m only; R_y mixes cosine-like (m ≥ 0) and sine-like (m < 0)
//! components apart, and its entries are short Fourier series in β, found once from [`cormorant_so3::wigner`].
//! The angle about the edge is free; every choice gives the same message, so the pole needs no care beyond 0/0.

use cormorant_so3::{rotation_about_y, row, rows, wigner};

use super::aligned::Aligned;
use super::dispatch::{Operation, Vectorized};
use super::simd::Lanes;

/// Edges whose frames are computed together; entry `k` of edge `e` of a group is at `16 k + e`.
pub const GROUP: usize = 16;

/// Where the entries of a frame stand.
pub mod entry {
    /// 1 / distance.
    pub const INVERSE_DISTANCE: usize = 0;
    /// Unit vector along the edge (3).
    pub const DIRECTION: usize = 1;
    /// First axis of the frame (3).
    pub const AXIS_X: usize = 4;
    /// Second axis of the frame (3).
    pub const AXIS_Y: usize = 7;
    /// Weights of (value, slope) at the lower and (value, slope) at the upper knot for the radial functions (4).
    pub const VALUE_WEIGHTS: usize = 10;
    /// The same for their derivatives (4).
    pub const SLOPE_WEIGHTS: usize = 14;
    /// cos mα for m = 1..=L, then sin mα.
    pub const AZIMUTH: usize = 18;
    /// Blocks of R_y: for l = 1..=L the cosine block (l+1)², then the sine block l².
    #[inline(always)]
    pub const fn polar(max_degree: usize, l: usize) -> usize {
        let mut offset = AZIMUTH + 2 * max_degree;
        let mut degree = 1;
        while degree < l {
            offset += (degree + 1) * (degree + 1) + degree * degree;
            degree += 1;
        }
        offset
    }
    /// Harmonics of the direction, (L+1)² rows.
    #[inline(always)]
    pub const fn harmonics(max_degree: usize) -> usize {
        polar(max_degree, max_degree + 1)
    }
    /// Entries in all.
    pub const fn count(max_degree: usize) -> usize {
        harmonics(max_degree) + (max_degree + 1) * (max_degree + 1)
    }
}

/// Fourier coefficients of the blocks of R_y.
pub struct FrameTable<T> {
    max_degree: usize,
    /// For each entry of the blocks: (function, coefficient) with functions 1, cos β, sin β, cos 2β, sin 2β ...
    series: Vec<Vec<(usize, T)>>,
}

/// The entries of the blocks of R_y(−β) for degrees up to `max_degree`, in the order of a frame: for each the terms (function, coefficient)
/// with functions 1, cos β, sin β, cos 2β, sin 2β ...
#[must_use]
pub fn polar_series(max_degree: usize) -> Vec<Vec<(usize, f64)>> {
    let samples = 2 * max_degree + 2;
    let angles: Vec<f64> = (0..samples).map(|k| std::f64::consts::TAU * k as f64 / samples as f64).collect();
    let matrices: Vec<_> = angles.iter().map(|&beta| wigner(max_degree, &rotation_about_y(-beta))).collect();
    let mut series = Vec::new();
    let mut push = |l: usize, m: isize, k: isize| {
        let values: Vec<f64> =
            matrices.iter().map(|d| d[l][((l as isize + m) as usize, (l as isize + k) as usize)]).collect();
        let functions = 2 * max_degree + 1;
        let coefficients = (0..functions).map(|function| {
            let frequency = function.div_ceil(2) as f64;
            let sum: f64 = values
                .iter()
                .zip(&angles)
                .map(|(value, angle)| {
                    let phase = frequency * angle;
                    value * if function % 2 == 1 || function == 0 { phase.cos() } else { phase.sin() }
                })
                .sum();
            (function, sum * if function == 0 { 1.0 } else { 2.0 } / samples as f64)
        });
        series.push(coefficients.filter(|(_, c)| c.abs() > 1e-12).collect());
    };
    for l in 1..=max_degree {
        let degree = l as isize;
        for m in 0..=degree {
            for k in 0..=degree {
                push(l, m, k);
            }
        }
        for m in 1..=degree {
            for k in 1..=degree {
                push(l, -m, -k);
            }
        }
    }
    series
}

impl<T: Vectorized> FrameTable<T> {
    /// Coefficients for degrees up to `max_degree`.
    pub fn new(max_degree: usize) -> Self {
        let of_entry = |terms: Vec<(usize, f64)>| terms.into_iter().map(|(f, c)| (f, T::from_f64(c))).collect();
        Self { max_degree, series: polar_series(max_degree).into_iter().map(of_entry).collect() }
    }
}

/// How a distance becomes a place in the table of radial functions.
#[derive(Debug, Clone, Copy)]
pub enum Knots {
    /// Knots at k·spacing (Å); cubic Hermite interpolation between them.
    Uniform {
        /// Distance of two knots in Å.
        spacing: f64,
        /// Number of knots.
        count: usize,
    },
    /// Every edge has a knot of its own, exactly at its distance.
    PerEdge,
}

/// Frames of a run of edges.
pub struct Frames<T> {
    /// Groups of 16 edges, `[groups][entries][16]`.
    pub values: Aligned<T>,
    /// Lower knot of each edge.
    pub knots: Vec<u32>,
    entries: usize,
}

impl<T: Vectorized> Frames<T> {
    /// Room for frames of degree `max_degree`.
    pub fn new(max_degree: usize) -> Self {
        Self { values: Aligned::zeros(0), knots: Vec::new(), entries: entry::count(max_degree) }
    }

    /// Start of the entries of edge `local`, to be read with stride [`GROUP`].
    #[inline(always)]
    pub fn of(&self, local: usize) -> *const T {
        let group = local / GROUP;
        unsafe { self.values.as_ptr().add(group * self.entries * GROUP + local % GROUP) }
    }
}

/// Computes the frames of a run of edges.
pub struct Compute<'a, T> {
    frames: &'a mut Frames<T>,
    table: &'a FrameTable<T>,
    knots: Knots,
    edges: &'a [u32],
    vectors: &'a [[f64; 3]],
}

impl<'a, T: Vectorized> Compute<'a, T> {
    /// The frames of `edges`, whose vectors are among `vectors`, in `frames`, which gets room for them.
    pub fn new(
        frames: &'a mut Frames<T>,
        table: &'a FrameTable<T>,
        knots: Knots,
        edges: &'a [u32],
        vectors: &'a [[f64; 3]],
    ) -> Self {
        let groups = edges.len().div_ceil(GROUP);
        frames.values.resize(groups * frames.entries * GROUP);
        frames.knots.resize(groups * GROUP, 0);
        Self { frames, table, knots, edges, vectors }
    }
}

impl<T: Vectorized> Operation<T> for Compute<'_, T> {
    type Output = ();
    #[inline(always)]
    fn call<S: Lanes<Scalar = T>>(self) {
        let Self { frames, table, knots, edges, vectors } = self;
        let entries = frames.entries;
        for (index, group) in edges.chunks(GROUP).enumerate() {
            let values = &mut frames.values.as_mut_slice()[index * entries * GROUP..][..entries * GROUP];
            let lower = &mut frames.knots[index * GROUP..][..GROUP];
            compute_group::<T, S>(table, knots, group, vectors, values, lower);
        }
    }
}

#[inline(always)]
fn compute_group<T: Vectorized, S: Lanes<Scalar = T>>(
    table: &FrameTable<T>,
    knots: Knots,
    group: &[u32],
    vectors: &[[f64; 3]],
    values: &mut [T],
    lower: &mut [u32],
) {
    let (mut x, mut y, mut z) = ([0.0f64; GROUP], [0.0f64; GROUP], [1.0f64; GROUP]);
    for (lane, &edge) in group.iter().enumerate() {
        [x[lane], y[lane], z[lane]] = vectors[edge as usize];
    }
    // One loop for each quantity over all lanes, so that the compiler makes vectors of them.
    let mut write = |entry: usize, lanes: &[f64; GROUP]| {
        for (place, lane) in values[entry * GROUP..(entry + 1) * GROUP].iter_mut().zip(lanes) {
            *place = T::from_f64(*lane);
        }
    };
    let mut planar = [0.0f64; GROUP];
    let mut distance = [0.0f64; GROUP];
    for lane in 0..GROUP {
        planar[lane] = x[lane] * x[lane] + y[lane] * y[lane];
        distance[lane] = (planar[lane] + z[lane] * z[lane]).sqrt();
        planar[lane] = planar[lane].sqrt();
    }
    let (mut inverse, mut ux, mut uy) = ([0.0f64; GROUP], [0.0f64; GROUP], [0.0f64; GROUP]);
    let (mut ca, mut sa, mut cb, mut sb) = ([0.0f64; GROUP], [0.0f64; GROUP], [0.0f64; GROUP], [0.0f64; GROUP]);
    for lane in 0..GROUP {
        inverse[lane] = 1.0 / distance[lane];
        // At the pole any azimuth will do.
        let at_pole = planar[lane] < 1e-30;
        let across = 1.0 / if at_pole { 1.0 } else { planar[lane] };
        ca[lane] = if at_pole { 1.0 } else { x[lane] * across };
        sa[lane] = if at_pole { 0.0 } else { y[lane] * across };
        cb[lane] = z[lane] * inverse[lane];
        sb[lane] = planar[lane] * inverse[lane];
        ux[lane] = x[lane] * inverse[lane];
        uy[lane] = y[lane] * inverse[lane];
    }
    write(entry::INVERSE_DISTANCE, &inverse);
    write(entry::DIRECTION, &ux);
    write(entry::DIRECTION + 1, &uy);
    write(entry::DIRECTION + 2, &cb);
    let product = |a: &[f64; GROUP], b: &[f64; GROUP]| {
        let mut out = [0.0; GROUP];
        for lane in 0..GROUP {
            out[lane] = a[lane] * b[lane];
        }
        out
    };
    let minus = [-1.0; GROUP];
    write(entry::AXIS_X, &product(&ca, &cb));
    write(entry::AXIS_X + 1, &product(&sa, &cb));
    write(entry::AXIS_X + 2, &product(&minus, &sb));
    write(entry::AXIS_Y, &product(&minus, &sa));
    write(entry::AXIS_Y + 1, &ca);
    write(entry::AXIS_Y + 2, &[0.0; GROUP]);
    let (mut cos_alpha, mut sin_alpha) = ([T::ZERO; GROUP], [T::ZERO; GROUP]);
    // Functions 1, cos β, sin β, cos 2β, sin 2β ... of each edge.
    let mut polar = [[T::ZERO; GROUP]; 9];
    for lane in 0..GROUP {
        cos_alpha[lane] = T::from_f64(ca[lane]);
        sin_alpha[lane] = T::from_f64(sa[lane]);
        polar[0][lane] = T::ONE;
        polar[1][lane] = T::from_f64(cb[lane]);
        polar[2][lane] = T::from_f64(sb[lane]);
    }
    match knots {
        Knots::PerEdge => {
            for (lane, knot) in lower.iter_mut().enumerate() {
                *knot = group[if lane < group.len() { lane } else { 0 }];
            }
            for k in 0..4 {
                write(entry::VALUE_WEIGHTS + k, &[if k == 0 { 1.0 } else { 0.0 }; GROUP]);
                write(entry::SLOPE_WEIGHTS + k, &[if k == 1 { 1.0 } else { 0.0 }; GROUP]);
            }
        }
        Knots::Uniform { spacing, count } => {
            let (per, last) = (1.0 / spacing, (count - 1) as f64 - 1e-9);
            let (mut weights, mut slopes) = ([[0.0; GROUP]; 4], [[0.0; GROUP]; 4]);
            for lane in 0..GROUP {
                let place = distance[lane] * per;
                let place = if place < last { place } else { last };
                lower[lane] = place as u32;
                let (value, slope) = hermite(place - f64::from(lower[lane]), spacing, per);
                for k in 0..4 {
                    weights[k][lane] = value[k];
                    slopes[k][lane] = slope[k];
                }
            }
            for k in 0..4 {
                write(entry::VALUE_WEIGHTS + k, &weights[k]);
                write(entry::SLOPE_WEIGHTS + k, &slopes[k]);
            }
        }
    }
    write_rotations::<T, S>(table, [cos_alpha, sin_alpha], polar, values);
}

/// Azimuths, blocks of R_y and harmonics, from cos α, sin α and the first of the functions 1, cos β, sin β ... of each edge.
#[inline(always)]
fn write_rotations<T: Vectorized, S: Lanes<Scalar = T>>(
    table: &FrameTable<T>,
    [cos_alpha, sin_alpha]: [[T; GROUP]; 2],
    mut polar: [[T; GROUP]; 9],
    values: &mut [T],
) {
    let degree = table.max_degree;
    // Multiple angles by the addition theorem.
    let (mut cm, mut sm) = (cos_alpha, sin_alpha);
    for m in 1..=degree {
        for lane in 0..GROUP {
            values[(entry::AZIMUTH + m - 1) * GROUP + lane] = cm[lane];
            values[(entry::AZIMUTH + degree + m - 1) * GROUP + lane] = sm[lane];
            let next = cm[lane] * cos_alpha[lane] - sm[lane] * sin_alpha[lane];
            sm[lane] = sm[lane] * cos_alpha[lane] + cm[lane] * sin_alpha[lane];
            cm[lane] = next;
        }
        if m >= 2 {
            for lane in 0..GROUP {
                let (c, s) = (polar[2 * m - 3][lane], polar[2 * m - 2][lane]);
                polar[2 * m - 1][lane] = c * polar[1][lane] - s * polar[2][lane];
                polar[2 * m][lane] = s * polar[1][lane] + c * polar[2][lane];
            }
        }
    }
    let start = entry::polar(degree, 1);
    for (k, series) in table.series.iter().enumerate() {
        let mut sum = S::zero();
        for &(function, coefficient) in series {
            sum = sum.fma(S::splat(coefficient), unsafe { S::load(polar[function].as_ptr()) });
        }
        unsafe { sum.store(values[(start + k) * GROUP..].as_mut_ptr()) };
    }
    // Y_l0 = √(2l+1) D_00, Y_l±m = √(2l+1) D_0m (cos mα, sin mα).
    let first_row = entry::harmonics(degree);
    debug_assert_eq!(values.len(), (first_row + rows(degree)) * GROUP);
    let (frame, harmonics) = values.split_at_mut(first_row * GROUP);
    let lanes = |entry: usize| unsafe { S::load(frame[entry * GROUP..(entry + 1) * GROUP].as_ptr()) };
    let mut set = |row: usize, value: S| unsafe {
        value.store(harmonics[row * GROUP..(row + 1) * GROUP].as_mut_ptr());
    };
    set(0, S::splat(T::ONE));
    for l in 1..=degree {
        let scale = S::splat(T::from_f64(((2 * l + 1) as f64).sqrt()));
        let block = entry::polar(degree, l);
        set(row(l, 0), scale.mul(lanes(block)));
        for m in 1..=l {
            let value = scale.mul(lanes(block + m));
            set(row(l, m as isize), value.mul(lanes(entry::AZIMUTH + m - 1)));
            set(row(l, -(m as isize)), value.mul(lanes(entry::AZIMUTH + degree + m - 1)));
        }
    }
}

/// Weights of (value, slope) at both knots for the cubic Hermite interpolant at `x` in 0..1, and for its derivative.
#[inline(always)]
fn hermite(x: f64, spacing: f64, per: f64) -> ([f64; 4], [f64; 4]) {
    let (x2, x3) = (x * x, x * x * x);
    let value = [1.0 - 3.0 * x2 + 2.0 * x3, spacing * (x - 2.0 * x2 + x3), 3.0 * x2 - 2.0 * x3, spacing * (x3 - x2)];
    let bump = 6.0 * per * (x - x2);
    (value, [-bump, 1.0 - 4.0 * x + 3.0 * x2, bump, 3.0 * x2 - 2.0 * x])
}
