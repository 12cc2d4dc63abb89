//! Random numbers keyed by what they are for.
//!
//! A [`Stream`] is addressed by (seed, consumer, step, index); two addresses never share numbers, and the numbers at one
//! address never depend on what was drawn elsewhere, in which order, or by how many threads. A run that is resumed at
//! step k therefore draws what the uninterrupted run would have drawn, without any generator state in the restart file.
//!
//! The four 64-bit words of the address are the 256-bit key of a ChaCha8 generator (D. J. Bernstein, ChaCha, a variant of
//! Salsa20, 2008), so no hashing stands between address and stream. Checked by: `suite::noise`.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Gamma, StandardNormal};

/// What random numbers are drawn for; part of the address of a stream.
///
/// The numbers are part of what makes a run repeatable: never change one, only add.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u64)]
pub enum Consumer {
    /// Initial velocities.
    Velocities = 1,
    /// Langevin friction; index is the application within the step.
    Langevin = 2,
    /// Stochastic velocity rescaling.
    VelocityRescaling = 3,
    /// Andersen collisions.
    Andersen = 4,
    /// Barostats.
    Barostat = 5,
    /// Replica exchange.
    ReplicaExchange = 6,
    /// Splitting a data set.
    Split = 7,
    /// Order of frames within an epoch; step is the epoch.
    Shuffle = 8,
    /// Initial parameters of a network; index is the parameter tensor.
    Parameters = 9,
    /// Random changes of training data.
    Augmentation = 10,
    /// Displacements of atoms, for instance to start from a perturbed structure.
    Displacement = 11,
    /// Tests and examples.
    Test = 12,
    /// Langevin bath on the normal modes of ring polymers.
    PathIntegralLangevin = 13,
    /// Which frames are labeled while a potential is learned; step is the round.
    ActiveLearning = 14,
    /// Frames that are drawn from a pool.
    Selection = 20,
    /// Noise on the weights that a fit starts from; index is the parameter tensor.
    StartingWeights = 21,
}

/// The source of all random numbers of a run: a seed, and nothing that changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Noise {
    seed: u64,
}

impl Noise {
    /// The source with this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// The seed it was made with.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The stream at an address. `step` and `index` mean what the consumer wants them to mean.
    #[must_use]
    pub fn stream(&self, consumer: Consumer, step: u64, index: u64) -> Stream {
        let mut key = [0_u8; 32];
        for (part, word) in key.chunks_exact_mut(8).zip([self.seed, consumer as u64, step, index]) {
            part.copy_from_slice(&word.to_le_bytes());
        }
        Stream { generator: ChaCha8Rng::from_seed(key) }
    }
}

/// A sequence of random numbers, always the same at the same address.
#[derive(Debug, Clone)]
pub struct Stream {
    generator: ChaCha8Rng,
}

impl Stream {
    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.generator.next_u64()
    }

    /// Uniform in [0, 1), all multiples of 2⁻⁵³ equally likely.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit the mantissa exactly")]
    pub fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// Standard normal: mean 0, variance 1.
    pub fn normal(&mut self) -> f64 {
        StandardNormal.sample(&mut self.generator)
    }

    /// Three independent standard normal numbers.
    pub fn normal_vector(&mut self) -> [f64; 3] {
        [self.normal(), self.normal(), self.normal()]
    }

    /// Gamma distributed with the given shape and scale 1: mean and variance both equal `shape`.
    ///
    /// A shape that is not positive gives 0, the limit of the distribution for shape → 0.
    pub fn gamma(&mut self, shape: f64) -> f64 {
        Gamma::new(shape, 1.0).map_or(0.0, |gamma| gamma.sample(&mut self.generator))
    }

    /// Uniform among 0, 1, …, `bound` − 1; 0 if `bound` is 0. Unbiased (Lemire 2019, doi:10.1145/3230636).
    #[expect(clippy::cast_possible_truncation, reason = "the halves of a 128-bit product are taken on purpose")]
    pub fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        let refused = bound.wrapping_neg() % bound;
        loop {
            let product = u128::from(self.bits()) * u128::from(bound);
            if product as u64 >= refused {
                return (product >> 64) as u64;
            }
        }
    }

    /// Put `items` in random order, every order equally likely (Fisher and Yates).
    #[expect(clippy::cast_possible_truncation, reason = "the number drawn is at most an index of the slice")]
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u64 + 1) as usize);
        }
    }
}
