//! Averages over a stream of unknown length, with errors from blocks.

use super::StateReader;
use cormorant_core::{Error, Result};

/// Fewest blocks that an error is taken from.
const FEWEST: usize = 5;

/// Sums of a stream of vectors over consecutive blocks of equal length.
///
/// There are never more than `capacity` blocks: when the last one is full, neighbors are added up and blocks become twice
/// as long. The memory is bounded for a stream of any length, and there are always between half of `capacity` and all of it.
///
/// The error of a mean is that of the means of the n full blocks, √(Σ (x_b − x̄)² / (n (n − 1))): right when blocks are
/// longer than the correlation time of the stream, too small when the whole stream is hardly longer than that.
/// Checked by `suite::analysis::blocks_see_correlation`.
#[derive(Debug, Clone, PartialEq)]
pub struct Blocks {
    width: usize,
    capacity: usize,
    length: u64,         // vectors in a full block
    full: Vec<Vec<f64>>, // sums of full blocks, [blocks][width]
    open: Vec<f64>,      // sum of the block that is being filled, [width]
    filled: u64,         // vectors in it
}

impl Blocks {
    /// No vectors yet, each of which will have `width` numbers; 16 blocks at most.
    #[must_use]
    pub fn new(width: usize) -> Self {
        Self::with_capacity(width, 16)
    }

    /// The same with `capacity` blocks at most, rounded up to an even number.
    #[must_use]
    pub fn with_capacity(width: usize, capacity: usize) -> Self {
        let capacity = capacity.max(2).next_multiple_of(2);
        Self { width, capacity, length: 1, full: Vec::new(), open: vec![0.0; width], filled: 0 }
    }

    /// Take one more vector; numbers past the width are left out.
    pub fn add(&mut self, vector: &[f64]) {
        for (sum, value) in self.open.iter_mut().zip(vector) {
            *sum += value;
        }
        self.filled += 1;
        if self.filled < self.length {
            return;
        }
        self.full.push(std::mem::replace(&mut self.open, vec![0.0; self.width]));
        self.filled = 0;
        if self.full.len() == self.capacity {
            self.full = self
                .full
                .chunks_exact(2)
                .map(|pair| pair[0].iter().zip(&pair[1]).map(|(first, second)| first + second).collect())
                .collect();
            self.length *= 2;
        }
    }

    /// Number of vectors.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.length * self.full.len() as u64 + self.filled
    }

    /// Vectors in each of the full blocks.
    #[must_use]
    pub fn block_length(&self) -> u64 {
        self.length
    }

    /// Sums of the full blocks, in the order of the stream; each `[width]`.
    pub fn full_blocks(&self) -> impl Iterator<Item = &[f64]> {
        self.full.iter().map(Vec::as_slice)
    }

    /// Sum of the block that is not full yet, and the number of its vectors.
    #[must_use]
    pub fn open_block(&self) -> (&[f64], u64) {
        (&self.open, self.filled)
    }

    /// Sum of all vectors.
    #[must_use]
    pub fn sum(&self) -> Vec<f64> {
        let mut sum = self.open.clone();
        for block in &self.full {
            for (total, value) in sum.iter_mut().zip(block) {
                *total += value;
            }
        }
        sum
    }

    /// Mean of all vectors; zeros without any.
    #[must_use]
    pub fn mean(&self) -> Vec<f64> {
        let count = self.count().max(1) as f64;
        self.sum().into_iter().map(|sum| sum / count).collect()
    }

    /// Standard error of each number of the mean; `None` with fewer than five full blocks.
    #[must_use]
    pub fn error(&self) -> Option<Vec<f64>> {
        let length = self.length as f64;
        (0..self.width)
            .map(|at| standard_error(&self.full.iter().map(|block| block[at] / length).collect::<Vec<_>>()))
            .collect()
    }

    /// All numbers, for a restart.
    #[must_use]
    pub fn state(&self) -> Vec<f64> {
        let head = [self.width as f64, self.capacity as f64, self.length as f64, self.filled as f64];
        let mut state = head.to_vec();
        state.push(self.full.len() as f64);
        state.extend(&self.open);
        state.extend(self.full.iter().flatten());
        state
    }

    /// The blocks that [`Blocks::state`] gave.
    ///
    /// # Errors
    /// When the numbers are not valid.
    pub fn read(state: &mut StateReader<'_>) -> Result<Self> {
        let (width, capacity) = (state.count()? as usize, state.count()? as usize);
        let (length, filled, blocks) = (state.count()?, state.count()?, state.count()? as usize);
        if capacity < 2 || blocks >= capacity || filled >= length {
            return Err(Error::Restart("the saved blocks of an analysis make no sense".into()));
        }
        let open = state.numbers(width)?.to_vec();
        let full = (0..blocks).map(|_| state.numbers(width).map(<[f64]>::to_vec)).collect::<Result<_>>()?;
        Ok(Self { width, capacity, length, full, open, filled })
    }
}

/// Standard error of the mean of independent `values`; `None` for fewer than five.
#[must_use]
pub fn standard_error(values: &[f64]) -> Option<f64> {
    if values.len() < FEWEST {
        return None;
    }
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    Some((squares / (count * (count - 1.0))).sqrt())
}
