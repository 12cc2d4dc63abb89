//! How fast products are.

use super::{Backward, Forward, ProductTable};
use crate::dispatch::dispatch;
use crate::real::Real;
use cormorant_so3::product_paths;

/// Floating-point operations per second of the product alone, forward and backward, on one thread: `atoms` atoms again and again,
/// every natural path of degrees up to `max_degree` on `channels` channels. A term is two multiplications and an addition.
#[must_use]
pub fn product_flops<T: Real>(max_degree: usize, channels: usize, atoms: usize) -> f64 {
    let paths = product_paths(max_degree, max_degree);
    let table = ProductTable::<T>::new(&paths, max_degree, channels);
    let stride = (max_degree + 1) * (max_degree + 1) * channels;
    let features = vec![T::from_f64(0.5); atoms * stride];
    let mut gradient = vec![T::ZERO; atoms * stride];
    let mut out = vec![T::ZERO; atoms * table.rows * channels];
    let operations = 3 * (table.forward.terms.len() + table.backward.terms.len()) * channels * atoms;
    let (rounds, mut best) = (1 + 20_000_000 / operations, 0.0f64);
    for _ in 0..20 {
        let start = std::time::Instant::now();
        for _ in 0..rounds {
            let (table, features, feature_stride) = (&table, std::hint::black_box(features.as_ptr()), stride);
            dispatch(Forward { table, atoms, features, feature_stride, out: out.as_mut_ptr() });
            let feature_gradient = gradient.as_mut_ptr();
            dispatch(Backward { table, atoms, features, feature_stride, gradient: out.as_ptr(), feature_gradient });
        }
        std::hint::black_box((&gradient, &out));
        best = best.max((operations * rounds) as f64 / start.elapsed().as_secs_f64());
    }
    best
}
