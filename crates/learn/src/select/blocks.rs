//! Frames of blocks of time, and frames at random.

use std::ops::Range;

use cormorant_core::noise::{Consumer, Noise};

/// `count` frames in `number` runs, as equal as they can be; one for each frame where there are fewer frames.
fn blocks(count: usize, number: usize) -> impl Iterator<Item = Range<usize>> {
    let number = number.min(count);
    (0..number).map(move |block| block * count / number..(block + 1) * count / number)
}

/// The frame in the middle of each of `number` blocks of `count` frames.
#[must_use]
pub fn evenly(count: usize, number: usize) -> Vec<usize> {
    blocks(count, number).map(|block| block.start + (block.len() - 1) / 2).collect()
}

/// `number` of `count` frames in their order, every choice equally likely.
#[must_use]
pub fn at_random(count: usize, number: usize, noise: &Noise) -> Vec<usize> {
    let mut all: Vec<usize> = (0..count).collect();
    noise.stream(Consumer::Selection, 0, 0).shuffle(&mut all);
    all.truncate(number);
    all.sort_unstable();
    all
}

/// The frame with the largest of `scores` in each of `number` blocks, the first of equal ones. What is not a number is beyond
/// all: a model that gives none there knows nothing.
#[must_use]
pub fn largest_of_blocks(scores: &[f64], number: usize) -> Vec<usize> {
    let score = |frame: usize| if scores[frame].is_nan() { f64::INFINITY } else { scores[frame] };
    let largest =
        |block: Range<usize>| block.reduce(|best, frame| if score(frame) > score(best) { frame } else { best });
    blocks(scores.len(), number).filter_map(largest).collect()
}
