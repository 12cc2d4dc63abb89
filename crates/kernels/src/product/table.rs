//! Products by a table of terms: any degrees, any instruction set.

use crate::LANES;
use crate::dispatch::Vectorized;
use crate::simd::Lanes;
use cormorant_so3::{Path, ProductTerm, ProductTerms, product_paths};

/// One term: row of the first factor, row of the second, coefficient.
#[derive(Clone, Copy)]
pub(super) struct Term<T> {
    first: u32,
    second: u32,
    coefficient: T,
}

/// Terms sorted by the row that they add to.
pub(super) struct Terms<T> {
    /// (row, end of its terms), ascending.
    runs: Vec<(u32, u32)>,
    pub(super) terms: Vec<Term<T>>,
}

/// Which terms make the product, sorted for the kernels.
pub struct ProductTable<T> {
    pub(super) forward: Terms<T>,
    pub(super) backward: Terms<T>,
    /// Highest degree of factors and result, where all paths between them are there and code is written out for them.
    pub(super) written_out: Option<usize>,
    /// Paths to each degree.
    pub paths: Vec<usize>,
    /// First row of each degree in the result.
    pub bases: Vec<usize>,
    /// Rows of the result.
    pub rows: usize,
    pub channels: usize,
}

impl<T: Vectorized> ProductTable<T> {
    /// The table for `paths` (ordered by result) on `channels` channels.
    pub fn new(paths: &[Path], max_out: usize, channels: usize) -> Self {
        let ProductTerms { paths: count, bases, rows, terms } = ProductTerms::new(paths, max_out);
        let forward = terms.iter().map(|term| (term.out, term.first, term.second, term.coefficient)).collect();
        let mut reversed = Vec::new();
        for ProductTerm { out, first, second, coefficient } in terms {
            if first == second {
                reversed.push((first, out, second, 2.0 * coefficient));
            } else {
                reversed.push((first, out, second, coefficient));
                reversed.push((second, out, first, coefficient));
            }
        }
        let [forward, backward] = [forward, reversed].map(|terms| Terms::sorted(terms, channels));
        let written_out = (paths == product_paths(max_out, max_out)).then_some(max_out);
        Self { forward, backward, written_out, paths: count, bases, rows, channels }
    }

    /// Number of terms of the product itself, for counting operations.
    pub fn terms(&self) -> usize {
        self.forward.terms.len()
    }
}

impl<T: Vectorized> Terms<T> {
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

/// Rows of the first atom, and how far the next atom's are.
#[derive(Clone, Copy)]
pub(super) struct Strided<T>(pub *const T, pub usize);
/// The same to write to.
#[derive(Clone, Copy)]
pub(super) struct StridedMut<T>(pub *mut T, pub usize);

impl<T> Strided<T> {
    /// Channels from `block` on of the first row of `atom`.
    #[inline(always)]
    pub(super) unsafe fn at(self, atom: usize, block: usize) -> *const T {
        unsafe { self.0.add(atom * self.1 + block) }
    }
}

impl<T> StridedMut<T> {
    /// Channels from `block` on of the first row of `atom`.
    #[inline(always)]
    pub(super) unsafe fn at(self, atom: usize, block: usize) -> *mut T {
        unsafe { self.0.add(atom * self.1 + block) }
    }
}

/// Sums the terms of `atoms` atoms, four at a time; adds to `out` with `ADD`, else writes there.
#[inline(always)]
pub(super) unsafe fn contract_all<S: Lanes, const ADD: bool>(
    terms: &Terms<S::Scalar>,
    channels: usize,
    first: Strided<S::Scalar>,
    second: Strided<S::Scalar>,
    out: StridedMut<S::Scalar>,
    atoms: usize,
) {
    let mut atom = 0;
    unsafe {
        while atom + 4 <= atoms {
            contract::<S, 4, ADD>(terms, channels, first, second, out, atom);
            atom += 4;
        }
        while atom < atoms {
            contract::<S, 1, ADD>(terms, channels, first, second, out, atom);
            atom += 1;
        }
    }
}

/// Sums the terms of atoms `atom` to `atom + N`, which share every coefficient.
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
                a[k] = first.at(atom + k, block);
                b[k] = second.at(atom + k, block);
                o[k] = out.at(atom + k, block);
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
