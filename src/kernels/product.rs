//! The product of an atom's activation with itself, all independent paths, channel by channel.
//!
//!   s^{l,path}_m = Σ_{m1 m2} C^{lm}_{l1m1,l2m2} ψ_{l1m1} ψ_{l2m2}
//!
//! Rows of the result are ordered (l, m, path), so that the mixing of one degree reads one contiguous run of
//! `paths(l) · channels` numbers. Checked by: `suite::network` against the plain composition.

use super::LANES;
use super::dispatch::{Operation, dispatch};
use super::real::Real;
use super::simd::Lanes;
use crate::so3::{Path, clebsch_gordan, product_paths, row};

/// One term: row of the first factor, row of the second, coefficient.
#[derive(Clone, Copy)]
struct Term<T> {
    first: u32,
    second: u32,
    coefficient: T,
}

/// Terms sorted by the row that they add to.
struct Terms<T> {
    /// (row, end of its terms), ascending.
    runs: Vec<(u32, u32)>,
    terms: Vec<Term<T>>,
}

/// Which terms make the product, sorted for the kernels.
pub struct ProductTable<T> {
    forward: Terms<T>,
    backward: Terms<T>,
    /// Paths to each degree.
    pub paths: Vec<usize>,
    /// First row of each degree in the result.
    pub bases: Vec<usize>,
    /// Rows of the result.
    pub rows: usize,
    channels: usize,
}

impl<T: Real> ProductTable<T> {
    /// The table for `paths` (ordered by result) on `channels` channels.
    pub fn new(paths: &[Path], max_out: usize, channels: usize) -> Self {
        let count: Vec<usize> = (0..=max_out).map(|l| paths.iter().filter(|path| path.out == l).count()).collect();
        let mut bases = Vec::new();
        let mut rows = 0;
        for (l, count) in count.iter().enumerate() {
            bases.push(rows);
            rows += (2 * l + 1) * count;
        }
        let mut seen = vec![0; max_out + 1];
        let mut all = Vec::new();
        for path in paths {
            let (l, place) = (path.out, seen[path.out]);
            seen[l] += 1;
            let range = |degree: usize| -(degree as isize)..=degree as isize;
            for m in range(l) {
                let out = bases[l] + (m + l as isize) as usize * count[l] + place;
                for m1 in range(path.left) {
                    for m2 in range(path.right) {
                        let mut coefficient = clebsch_gordan(path.left, m1, path.right, m2, l, m);
                        let (first, second) = (row(path.left, m1), row(path.right, m2));
                        if path.left == path.right {
                            // ψ_a ψ_b = ψ_b ψ_a: one term for both orders.
                            if first > second {
                                continue;
                            }
                            if first < second {
                                coefficient += clebsch_gordan(path.left, m2, path.right, m1, l, m);
                            }
                        }
                        if coefficient.abs() > 1e-12 {
                            all.push((out, first, second, coefficient));
                        }
                    }
                }
            }
        }
        let forward = Terms::sorted(all.clone(), channels);
        let mut reversed = Vec::new();
        for (out, first, second, coefficient) in all {
            if first == second {
                reversed.push((first, out, second, 2.0 * coefficient));
            } else {
                reversed.push((first, out, second, coefficient));
                reversed.push((second, out, first, coefficient));
            }
        }
        let backward = Terms::sorted(reversed, channels);
        Self { forward, backward, paths: count, bases, rows, channels }
    }

    /// Number of terms of the product itself, for counting operations.
    pub fn terms(&self) -> usize {
        self.forward.terms.len()
    }
}

impl<T: Real> Terms<T> {
    fn sorted(mut all: Vec<(usize, usize, usize, f64)>, channels: usize) -> Self {
        all.sort_by_key(|&(out, first, second, _)| (out, first, second));
        let mut sorted = Self { runs: Vec::new(), terms: Vec::new() };
        for (out, first, second, coefficient) in all {
            let place = |row: usize| (row * channels) as u32;
            sorted.terms.push(Term {
                first: place(first),
                second: place(second),
                coefficient: T::from_f64(coefficient),
            });
            let end = sorted.terms.len() as u32;
            match sorted.runs.last_mut() {
                Some(run) if run.0 == place(out) => run.1 = end,
                _ => sorted.runs.push((place(out), end)),
            }
        }
        sorted
    }
}

/// Products of consecutive atoms; writes to `out`.
pub struct Forward<'a, T> {
    pub table: &'a ProductTable<T>,
    pub atoms: usize,
    pub features: *const T,
    pub feature_stride: usize,
    pub out: *mut T,
}

/// Adds the gradient with respect to the features.
pub struct Backward<'a, T> {
    pub table: &'a ProductTable<T>,
    pub atoms: usize,
    pub features: *const T,
    pub feature_stride: usize,
    pub gradient: *const T,
    pub feature_gradient: *mut T,
}

impl<T: Real> Operation<T> for Forward<'_, T> {
    type Output = ();
    #[inline(always)]
    fn call<S: Lanes<Scalar = T>>(self) {
        let stride = self.table.rows * self.table.channels;
        let (features, out) = (Strided(self.features, self.feature_stride), StridedMut(self.out, stride));
        let terms = &self.table.forward;
        let mut atom = 0;
        unsafe {
            while atom + 4 <= self.atoms {
                contract::<S, 4, false>(terms, self.table.channels, features, features, out, atom);
                atom += 4;
            }
            while atom < self.atoms {
                contract::<S, 1, false>(terms, self.table.channels, features, features, out, atom);
                atom += 1;
            }
        }
    }
}

impl<T: Real> Operation<T> for Backward<'_, T> {
    type Output = ();
    #[inline(always)]
    fn call<S: Lanes<Scalar = T>>(self) {
        let features = Strided(self.features, self.feature_stride);
        let gradient = Strided(self.gradient, self.table.rows * self.table.channels);
        let out = StridedMut(self.feature_gradient, self.feature_stride);
        let terms = &self.table.backward;
        let mut atom = 0;
        unsafe {
            while atom + 4 <= self.atoms {
                contract::<S, 4, true>(terms, self.table.channels, gradient, features, out, atom);
                atom += 4;
            }
            while atom < self.atoms {
                contract::<S, 1, true>(terms, self.table.channels, gradient, features, out, atom);
                atom += 1;
            }
        }
    }
}

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

#[derive(Clone, Copy)]
struct Strided<T>(*const T, usize);
#[derive(Clone, Copy)]
struct StridedMut<T>(*mut T, usize);

/// N atoms share every coefficient, which is what makes a table as quick as generated code.
#[inline(always)]
unsafe fn contract<S: Lanes, const N: usize, const ADD: bool>(
    terms: &Terms<S::Scalar>,
    channels: usize,
    first: Strided<S::Scalar>,
    second: Strided<S::Scalar>,
    out: StridedMut<S::Scalar>,
    atom: usize,
) {
    unsafe {
        for block in (0..channels).step_by(LANES) {
            let mut a = [first.0; N];
            let mut b = [second.0; N];
            let mut o = [out.0; N];
            for k in 0..N {
                a[k] = first.0.add((atom + k) * first.1 + block);
                b[k] = second.0.add((atom + k) * second.1 + block);
                o[k] = out.0.add((atom + k) * out.1 + block);
            }
            let mut next = 0;
            for &(row, end) in &terms.runs {
                let mut sums = [S::zero(); N];
                for term in terms.terms.get_unchecked(next..end as usize) {
                    let c = S::splat(term.coefficient);
                    for k in 0..N {
                        let x = S::load(a[k].add(term.first as usize));
                        let y = S::load(b[k].add(term.second as usize));
                        sums[k] = sums[k].fma(c, x.mul(y));
                    }
                }
                next = end as usize;
                for k in 0..N {
                    let place = o[k].add(row as usize);
                    if ADD { S::load(place).add(sums[k]).store(place) } else { sums[k].store(place) }
                }
            }
        }
    }
}
