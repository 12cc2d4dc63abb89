//! Work shared among threads, with results that do not depend on their number.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::{Error, Result};

/// Number of threads that the machine can run at once.
#[must_use]
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// A pool of `threads` threads; none for a single one, which works where it is asked.
///
/// # Errors
/// When the threads cannot be started.
pub fn pool(threads: usize) -> Result<Option<rayon::ThreadPool>> {
    if threads <= 1 {
        return Ok(None);
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.map(Some).map_err(|error| Error::Invalid(format!("cannot start {threads} threads: {error}")))
}

/// Lists made by `make` for pieces of 0..`count`, one after the other into `into` by `append`.
///
/// Within a pool of several threads some pieces are made side by side, few enough that what waits for its turn stays small; elsewhere
/// `make` adds to `into` directly. What it adds for a number must not depend on the numbers before, so that both give the same.
pub fn append_pieces<T: Default + Send>(
    count: usize,
    piece: usize,
    into: &mut T,
    make: impl Fn(Range<usize>, &mut T) + Sync,
    append: impl Fn(&mut T, T),
) {
    let threads = if rayon::current_thread_index().is_some() { rayon::current_num_threads() } else { 1 };
    if threads == 1 || count <= piece {
        return make(0..count, into);
    }
    let wave = 4 * threads * piece;
    for first in (0..count).step_by(wave) {
        let end = count.min(first + wave);
        let pieces: Vec<usize> = (first..end).step_by(piece).collect();
        let made: Vec<T> = pieces
            .into_par_iter()
            .map(|start| {
                let mut list = T::default();
                make(start..end.min(start + piece), &mut list);
                list
            })
            .collect();
        for list in made {
            append(into, list);
        }
    }
}

/// Do `work` for 0, 1, …, `count` − 1. Each worker is a thread that takes the next number as soon as it is free, so that long
/// pieces hold up nobody. Results are in the order of the numbers.
///
/// A worker carries what a thread needs for itself, such as a potential; what `work` gives may depend on the number alone.
///
/// # Errors
/// Of the numbers that fail the error of the lowest; no more are started then.
pub fn share<W: Send, T: Send>(
    workers: &mut [W],
    count: usize,
    work: impl Fn(&mut W, usize) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    let labour = |worker: &mut W| {
        let mut done = Vec::new();
        while !failed.load(Ordering::Relaxed) {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                break;
            }
            let result = work(worker, number);
            failed.fetch_or(result.is_err(), Ordering::Relaxed);
            done.push((number, result));
        }
        done
    };
    let mut done: Vec<(usize, Result<T>)> = match workers {
        [] => return Err(Error::Internal("there is no thread to do the work".into())),
        [alone] => labour(alone),
        several => std::thread::scope(|scope| {
            let threads: Vec<_> = several.iter_mut().map(|worker| scope.spawn(|| labour(worker))).collect();
            let lost = |_| Error::Internal("a thread failed; see the output above".into());
            // All are waited for before the first loss is reported: the scope panics for those that nobody asked.
            let parts: Vec<_> = threads.into_iter().map(|thread| thread.join().map_err(lost)).collect();
            parts.into_iter().collect::<Result<Vec<_>>>().map(|parts| parts.into_iter().flatten().collect())
        })?,
    };
    // Numbers are handed out in order, so the lowest that fails is always among those done.
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, result)| result).collect()
}
