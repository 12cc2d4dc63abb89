//! Where components are in a packed array of degrees.

/// Row of component (l, m) in a packed array of degrees.
#[inline(always)]
#[must_use]
pub const fn row(l: usize, m: isize) -> usize {
    ((l * l + l) as isize + m) as usize
}

/// Number of rows of all degrees up to `max_degree`.
#[inline(always)]
#[must_use]
pub const fn rows(max_degree: usize) -> usize {
    (max_degree + 1) * (max_degree + 1)
}
