//! Which frames of a pool are worth a label: numbers of frames in, numbers of those that are chosen out.
//!
//! | rule | function | what it takes |
//! |---|---|---|
//! | evenly in time | [`evenly`] | the frame in the middle of each of N blocks |
//! | at random | [`at_random`] | any N, every choice equally likely |
//! | largest score | [`largest_of_blocks`] | the frame with the largest spread, or grade, of each of N blocks |
//! | farthest | [`farthest`] | one after the other the frame with the atom whose [`Surroundings`] are farthest from all known |
//!
//! Blocks are runs of frames in their order, as equal as they can be: what is chosen is apart in time, and not N neighbors of the one
//! frame where a model knows least.
//!
//! ```
//! use cormorant_learn::select::{evenly, largest_of_blocks};
//!
//! assert_eq!(evenly(9, 3), [1, 4, 7]);
//! assert_eq!(largest_of_blocks(&[0.1, 0.3, 0.2, 0.9, 0.8, 0.7], 2), [1, 3]);
//! ```

mod blocks;
mod farthest;
mod surroundings;

pub use blocks::{at_random, evenly, largest_of_blocks};
pub use farthest::{Chosen, farthest};
pub use surroundings::Surroundings;
