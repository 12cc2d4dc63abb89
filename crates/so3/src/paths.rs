//! Which products of degrees exist.

/// One product (l1, l2) → l of two vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Path {
    /// Degree of the first factor: an atom's activation.
    pub left: usize,
    /// Degree of the second factor: the edge's harmonics, or the atom's activation again.
    pub right: usize,
    /// Degree of the result.
    pub out: usize,
}

/// Products of a neighbor's activation (`left`) with an edge's harmonics (`right`), natural parity only.
///
/// Natural parity means that a vector of degree l changes by (−1)^l under inversion, which holds for the harmonics and is
/// kept by a product exactly when l1 + l2 + l is even. Ordered by result, then left, then right.
#[must_use]
pub fn message_paths(max_left: usize, max_right: usize, max_out: usize) -> Vec<Path> {
    let mut paths = Vec::new();
    for out in 0..=max_out {
        for left in 0..=max_left {
            for right in 0..=max_right {
                if is_natural(left, right, out) {
                    paths.push(Path { left, right, out });
                }
            }
        }
    }
    paths
}

/// Independent products of a vector with itself: left ≤ right, and none that vanishes by antisymmetry.
///
/// With natural parity and left = right the result has even degree, so nothing vanishes.
#[must_use]
pub fn product_paths(max_degree: usize, max_out: usize) -> Vec<Path> {
    message_paths(max_degree, max_degree, max_out).into_iter().filter(|path| path.left <= path.right).collect()
}

fn is_natural(l1: usize, l2: usize, l: usize) -> bool {
    (l1 + l2 + l).is_multiple_of(2) && l <= l1 + l2 && l >= l1.abs_diff(l2)
}
