//! Sixteen numbers at a time.

#[cfg(target_arch = "x86_64")]
pub mod x86;

use super::scalar::Scalar;

/// A loop over degrees that is written out, so that arrays of vectors become registers: the compiler unrolls triangular
/// loops too late for that. `unroll!(S, l, low, high, { .. })` runs for l from `low` to `high`, at most 3. Where a vector
/// takes many registers (`S::UNROLL` is false: f64 and plain code) it stays a loop, which compiles much sooner.
macro_rules! unroll {
    ($lanes:ident, $index:ident, $low:expr, $high:expr, $body:block) => {{
        if $lanes::UNROLL {
            unroll!(@one $index, 0, $low, $high, $body);
            unroll!(@one $index, 1, $low, $high, $body);
            unroll!(@one $index, 2, $low, $high, $body);
            unroll!(@one $index, 3, $low, $high, $body);
        } else {
            for $index in $low..=$high $body
        }
    }};
    (@one $index:ident, $value:literal, $low:expr, $high:expr, $body:block) => {{
        let $index: usize = $value;
        #[allow(unused_comparisons, clippy::absurd_extreme_comparisons, reason = "a loop from 0")]
        if $index >= $low && $index <= $high $body
    }};
}
pub(super) use unroll;

/// Calls a method with the highest degree as a constant: `with_degree!(self.run::<S>, degree)`.
macro_rules! with_degree {
    ($this:ident.$method:ident::<$lanes:ident>, $degree:expr) => {
        match $degree {
            0 => $this.$method::<$lanes, 0>(),
            1 => $this.$method::<$lanes, 1>(),
            2 => $this.$method::<$lanes, 2>(),
            _ => $this.$method::<$lanes, 3>(),
        }
    };
}
pub(super) use with_degree;

/// Some numbers of one floating-point type, on all of which an operation works at once.
///
/// # Safety of `load` and `store`
/// The pointer must be valid for `WIDTH` scalars; no alignment is needed, though 64 bytes are twice as fast.
pub trait Vector: Copy {
    /// Type of a lane.
    type Scalar: Scalar;
    /// Number of lanes.
    const WIDTH: usize;
    /// All lanes zero.
    fn zero() -> Self;
    /// All lanes `x`.
    fn splat(x: Self::Scalar) -> Self;
    /// Consecutive scalars.
    unsafe fn load(pointer: *const Self::Scalar) -> Self;
    /// Writes consecutive scalars.
    unsafe fn store(self, pointer: *mut Self::Scalar);
    /// Lane by lane sum.
    fn add(self, other: Self) -> Self;
    /// Lane by lane difference.
    fn sub(self, other: Self) -> Self;
    /// Lane by lane product.
    fn mul(self, other: Self) -> Self;
    /// self + a·b, fused where the machine can.
    fn fma(self, a: Self, b: Self) -> Self;
    /// self − a·b, fused where the machine can.
    fn fnma(self, a: Self, b: Self) -> Self;
}

/// Sixteen lanes, or eight for networks of eight channels.
pub trait Lanes: Vector {
    /// As many lanes as one register holds.
    type Register: Vector<Scalar = Self::Scalar>;
    /// Whether loops over degrees are written out.
    const UNROLL: bool;
    /// Whether products are written out term by term: not for plain code, where it gains nothing and compiles slowly.
    const WRITTEN_OUT: bool;
    /// Sum over the lanes, by the same tree for every instruction set: what is eight lanes apart, then four, two and one.
    fn sum(self) -> Self::Scalar;
}

/// Any machine: the compiler vectorizes the arrays with what the target has as baseline (SSE2, NEON).
#[derive(Clone, Copy)]
pub struct Plain<T, const N: usize = 16>([T; N]);

impl<T: Scalar, const N: usize> Vector for Plain<T, N> {
    type Scalar = T;
    const WIDTH: usize = N;
    #[inline(always)]
    fn zero() -> Self {
        Self([T::ZERO; N])
    }
    #[inline(always)]
    fn splat(x: T) -> Self {
        Self([x; N])
    }
    #[inline(always)]
    unsafe fn load(pointer: *const T) -> Self {
        Self(unsafe { pointer.cast::<[T; N]>().read_unaligned() })
    }
    #[inline(always)]
    unsafe fn store(self, pointer: *mut T) {
        unsafe { pointer.cast::<[T; N]>().write_unaligned(self.0) }
    }
    #[inline(always)]
    fn add(mut self, other: Self) -> Self {
        for k in 0..N {
            self.0[k] += other.0[k];
        }
        self
    }
    #[inline(always)]
    fn sub(mut self, other: Self) -> Self {
        for k in 0..N {
            self.0[k] = self.0[k] - other.0[k];
        }
        self
    }
    #[inline(always)]
    fn mul(mut self, other: Self) -> Self {
        for k in 0..N {
            self.0[k] *= other.0[k];
        }
        self
    }
    #[inline(always)]
    fn fma(mut self, a: Self, b: Self) -> Self {
        for k in 0..N {
            self.0[k] += a.0[k] * b.0[k];
        }
        self
    }
    #[inline(always)]
    fn fnma(mut self, a: Self, b: Self) -> Self {
        for k in 0..N {
            self.0[k] = self.0[k] - a.0[k] * b.0[k];
        }
        self
    }
}

impl<T: Scalar, const N: usize> Lanes for Plain<T, N> {
    type Register = Self;
    const UNROLL: bool = false;
    const WRITTEN_OUT: bool = false;
    #[inline(always)]
    fn sum(self) -> T {
        let mut half = [T::ZERO; 8];
        half.copy_from_slice(&self.0[..8]);
        for k in 8..N {
            half[k - 8] += self.0[k];
        }
        ((half[0] + half[4]) + (half[2] + half[6])) + ((half[1] + half[5]) + (half[3] + half[7]))
    }
}
