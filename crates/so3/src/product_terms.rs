//! The product of a vector with itself, written out in its terms.
//!
//!   s^{l,path}_m = Σ_{m1 m2} C^{lm}_{l1m1,l2m2} ψ_{l1m1} ψ_{l2m2}
//!
//! Rows of the result are ordered (l, m, path), so that the mixing of one degree reads one contiguous run of rows.

use super::{Path, clebsch_gordan, row};

/// One term: s_out += C ψ_first ψ_second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProductTerm {
    /// Row of the result.
    pub out: usize,
    /// Row of one factor; never above `second`.
    pub first: usize,
    /// Row of the other factor.
    pub second: usize,
    /// C, or the sum of both where ψ_a ψ_b and ψ_b ψ_a both occur.
    pub coefficient: f64,
}

/// All terms of a product.
#[derive(Debug, Clone, PartialEq)]
pub struct ProductTerms {
    /// Paths to each degree.
    pub paths: Vec<usize>,
    /// First row of each degree in the result.
    pub bases: Vec<usize>,
    /// Rows of the result.
    pub rows: usize,
    /// Terms, path by path.
    pub terms: Vec<ProductTerm>,
}

impl ProductTerms {
    /// The terms of `paths` (ordered by result), whose results have degrees up to `max_out`.
    #[must_use]
    pub fn new(paths: &[Path], max_out: usize) -> Self {
        let count: Vec<usize> = (0..=max_out).map(|l| paths.iter().filter(|path| path.out == l).count()).collect();
        let mut bases = Vec::new();
        let mut rows = 0;
        for (l, count) in count.iter().enumerate() {
            bases.push(rows);
            rows += (2 * l + 1) * count;
        }
        let mut seen = vec![0; max_out + 1];
        let mut terms = Vec::new();
        for path in paths {
            let (l, place) = (path.out, seen[path.out]);
            seen[l] += 1;
            for m in components(l) {
                let out = bases[l] + (m + l as isize) as usize * count[l] + place;
                for m1 in components(path.left) {
                    for m2 in components(path.right) {
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
                            terms.push(ProductTerm { out, first, second, coefficient });
                        }
                    }
                }
            }
        }
        Self { paths: count, bases, rows, terms }
    }
}

fn components(degree: usize) -> std::ops::RangeInclusive<isize> {
    -(degree as isize)..=degree as isize
}
