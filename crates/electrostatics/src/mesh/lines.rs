//! Lines of real numbers, two of which are transformed as the real and imaginary parts of one.
//!
//!   C = E + i O,    2 E_n = C_n + C*_−n,    2i O_n = C_n − C*_−n
//!
//! E and O are the even and the odd line of a pair, E_n and O_n their waves.

use rustfft::num_complex::Complex;

/// Lines of a plane as pairs.
pub fn join_points(plane: &[f64], stride: usize, pairs: &mut [Complex<f64>], points: usize) {
    for (pair, lines) in pairs.chunks_exact_mut(points).zip(plane.chunks_exact(2 * stride)) {
        let (even, odd) = lines.split_at(stride);
        for (value, (even, odd)) in pair.iter_mut().zip(even.iter().zip(odd)) {
            *value = Complex::new(*even, *odd);
        }
    }
}

/// The waves of the lines from those of the pairs. // [periods][lines]
pub fn part_waves(pairs: &[Complex<f64>], points: usize, into: &mut [Complex<f64>], lines: usize) {
    for (periods, row) in into.chunks_exact_mut(lines).enumerate() {
        let mirror = (points - periods) % points;
        for (pair, both) in pairs.chunks_exact(points).zip(row.chunks_exact_mut(2)) {
            let (here, there) = (pair[periods], pair[mirror].conj());
            let (sum, difference) = (here + there, here - there);
            both[0] = sum * 0.5;
            both[1] = Complex::new(0.5 * difference.im, -0.5 * difference.re);
        }
    }
}

/// The waves of the pairs from those of the lines; waves of more periods are zero. // [periods][lines]
pub fn join_waves(waves: &[Complex<f64>], lines: usize, pairs: &mut [Complex<f64>], points: usize) {
    pairs.fill(Complex::default());
    for (periods, row) in waves.chunks_exact(lines).enumerate() {
        for (pair, both) in pairs.chunks_exact_mut(points).zip(row.chunks_exact(2)) {
            let (even, odd) = (both[0], both[1]);
            pair[(points - periods) % points] = Complex::new(even.re + odd.im, odd.re - even.im);
            pair[periods] = Complex::new(even.re - odd.im, even.im + odd.re);
        }
    }
}

/// Pairs as lines of a plane, each continued by its start.
pub fn part_points(pairs: &[Complex<f64>], points: usize, plane: &mut [f64], stride: usize) {
    for (pair, lines) in pairs.chunks_exact(points).zip(plane.chunks_exact_mut(2 * stride)) {
        let (even, odd) = lines.split_at_mut(stride);
        for (value, (even, odd)) in pair.iter().zip(even.iter_mut().zip(odd.iter_mut())) {
            (*even, *odd) = (value.re, value.im);
        }
        for line in [even, odd] {
            line.copy_within(..stride - points, points);
        }
    }
}
