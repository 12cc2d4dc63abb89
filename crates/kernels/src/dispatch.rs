//! The instruction set, chosen once when the program runs.

use std::sync::OnceLock;

use super::scalar::Scalar;
#[cfg(target_arch = "x86_64")]
use super::simd::x86;
use super::simd::{Lanes, Plain};

/// Instruction sets that the kernels exist for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InstructionSet {
    /// What the compiler assumes of every machine of the architecture.
    Plain,
    /// AVX2 with fused multiply-add.
    Avx2,
    /// AVX-512 foundation.
    Avx512,
}

impl InstructionSet {
    /// Name as accepted by the environment variable `CORMORANT_INSTRUCTION_SET`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        }
    }

    /// Whether this machine can execute it.
    #[must_use]
    pub fn is_available(self) -> bool {
        #[cfg(target_arch = "x86_64")]
        {
            match self {
                Self::Plain => true,
                Self::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
                Self::Avx512 => is_x86_feature_detected!("avx512f") && Self::Avx2.is_available(),
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        {
            self == Self::Plain
        }
    }
}

/// The instruction set in use: the best that the machine has, or the one named by `CORMORANT_INSTRUCTION_SET` (`plain`,
/// `avx2` or `avx512`) if the machine has it.
#[must_use]
pub fn instruction_set() -> InstructionSet {
    static CHOICE: OnceLock<InstructionSet> = OnceLock::new();
    *CHOICE.get_or_init(|| {
        let best_first = [InstructionSet::Avx512, InstructionSet::Avx2, InstructionSet::Plain];
        let wanted = std::env::var("CORMORANT_INSTRUCTION_SET").ok();
        let named = best_first.into_iter().find(|set| wanted.as_deref() == Some(set.name()) && set.is_available());
        named.or_else(|| best_first.into_iter().find(|set| set.is_available())).unwrap_or(InstructionSet::Plain)
    })
}

/// A number with the vector types that serve it.
pub trait Vectorized: Scalar {
    /// Sixteen lanes with AVX-512.
    type Avx512: Lanes<Scalar = Self>;
    /// Sixteen lanes with AVX2 and FMA.
    type Avx2: Lanes<Scalar = Self>;
    /// Eight lanes with AVX2 and FMA.
    type Narrow: Lanes<Scalar = Self>;
}

macro_rules! vectorized {
    ($type:ty, $avx512:ty, $avx2:ty, $narrow:ty) => {
        impl Vectorized for $type {
            type Avx512 = $avx512;
            type Avx2 = $avx2;
            type Narrow = $narrow;
        }
    };
}

#[cfg(target_arch = "x86_64")]
vectorized!(f32, x86::Single512, x86::Pair<x86::Single256>, x86::Single256);
#[cfg(target_arch = "x86_64")]
vectorized!(f64, x86::Pair<x86::Double512>, x86::Pair<x86::Pair<x86::Double256>>, x86::Pair<x86::Double256>);
#[cfg(not(target_arch = "x86_64"))]
vectorized!(f32, Plain<f32>, Plain<f32>, Plain<f32, 8>);
#[cfg(not(target_arch = "x86_64"))]
vectorized!(f64, Plain<f64>, Plain<f64>, Plain<f64, 8>);

/// A piece of work written once for any vector type. `call` and all that it calls must be `#[inline(always)]`: a function
/// that is not inlined loses the instruction set and becomes a hundred times slower.
pub trait Operation<T: Vectorized> {
    /// What it gives.
    type Output;
    /// Does the work with vectors of type `S`.
    fn call<S: Lanes<Scalar = T>>(self) -> Self::Output;
    // Methods, so that the compiler counts the code to the module of the operation, not to this one: it compiles module by
    // module, side by side, and after a change only those that it touches.
    /// The work with AVX-512, on a machine that has it.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx2,fma")]
    #[doc(hidden)]
    unsafe fn with_avx512(self) -> Self::Output
    where
        Self: Sized,
    {
        self.call::<T::Avx512>()
    }
    /// The work with AVX2 and FMA, on a machine that has them.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma")]
    #[doc(hidden)]
    unsafe fn with_avx2(self) -> Self::Output
    where
        Self: Sized,
    {
        self.call::<T::Avx2>()
    }
    /// The work on any machine.
    #[inline(never)]
    #[doc(hidden)]
    fn plainly(self) -> Self::Output
    where
        Self: Sized,
    {
        self.call::<Plain<T>>()
    }
    /// The work on eight channels with the registers of AVX-512 at half their width, on a machine that has them.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512vl,avx2,fma")]
    #[doc(hidden)]
    unsafe fn narrow_with_avx512(self) -> Self::Output
    where
        Self: Sized,
    {
        self.call::<T::Narrow>()
    }
    /// The work on eight channels, on a machine that has AVX2 and FMA.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma")]
    #[doc(hidden)]
    unsafe fn narrow_with_avx2(self) -> Self::Output
    where
        Self: Sized,
    {
        self.call::<T::Narrow>()
    }
    /// The work on eight channels, on any machine.
    #[inline(never)]
    #[doc(hidden)]
    fn narrow_plainly(self) -> Self::Output
    where
        Self: Sized,
    {
        self.call::<Plain<T, 8>>()
    }
}

/// Runs `operation` with the chosen instruction set.
#[inline]
pub fn dispatch<T: Vectorized, O: Operation<T>>(operation: O) -> O::Output {
    match instruction_set() {
        #[cfg(target_arch = "x86_64")]
        InstructionSet::Avx512 => unsafe { operation.with_avx512() },
        #[cfg(target_arch = "x86_64")]
        InstructionSet::Avx2 => unsafe { operation.with_avx2() },
        _ => operation.plainly(),
    }
}

/// Runs `operation` on eight channels with the chosen instruction set: registers of eight lanes, for half of those of sixteen would idle.
#[inline]
pub fn dispatch_narrow<T: Vectorized, O: Operation<T>>(operation: O) -> O::Output {
    match instruction_set() {
        #[cfg(target_arch = "x86_64")]
        InstructionSet::Avx512 if is_x86_feature_detected!("avx512vl") => unsafe { operation.narrow_with_avx512() },
        #[cfg(target_arch = "x86_64")]
        InstructionSet::Avx512 | InstructionSet::Avx2 => unsafe { operation.narrow_with_avx2() },
        _ => operation.narrow_plainly(),
    }
}

/// Floating-point operations per second that independent fused multiply-adds reach on one thread of this machine.
#[must_use]
pub fn peak_flops<T: Vectorized>() -> f64 {
    struct Loop<T>(std::marker::PhantomData<T>, usize);
    impl<T: Vectorized> Operation<T> for Loop<T> {
        type Output = T;
        #[inline(always)]
        fn call<S: Lanes<Scalar = T>>(self) -> T {
            let factor = S::splat(T::from_f64(0.999_999));
            let mut sums = [S::splat(T::ONE); 12];
            for _ in 0..self.1 {
                for sum in &mut sums {
                    *sum = factor.fma(*sum, factor);
                }
            }
            sums.iter().map(|sum| sum.sum()).sum()
        }
    }
    let rounds = 200_000;
    let mut best = 0.0f64;
    for _ in 0..20 {
        let start = std::time::Instant::now();
        std::hint::black_box(dispatch(Loop(std::marker::PhantomData::<T>, std::hint::black_box(rounds))));
        best = best.max((rounds * 12 * 32) as f64 / start.elapsed().as_secs_f64());
    }
    best
}
