//! Work on consecutive pieces of a list, alone or among the threads of the pool; the results do not depend on which.

use rayon::prelude::*;

/// Give each piece of `size` items of `list`, and its number, to `work`; results in the order of the pieces. `scratch` makes what a
/// thread needs to work, and which holds nothing between pieces.
pub fn pieces<T: Send, S, R: Send>(
    parallel: bool,
    list: &mut [T],
    size: usize,
    scratch: impl Fn() -> S + Sync + Send,
    work: impl Fn(&mut S, usize, &mut [T]) -> R + Sync + Send,
) -> Vec<R> {
    if parallel {
        list.par_chunks_mut(size).enumerate().map_init(scratch, |scratch, (i, piece)| work(scratch, i, piece)).collect()
    } else {
        let mut scratch = scratch();
        list.chunks_mut(size).enumerate().map(|(i, piece)| work(&mut scratch, i, piece)).collect()
    }
}
