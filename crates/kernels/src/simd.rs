//! Sixteen numbers at a time.

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

/// Sixteen lanes of one floating-point type.
///
/// # Safety of `load` and `store`
/// The pointer must be valid for sixteen scalars; no alignment is needed, though 64 bytes are twice as fast.
pub trait Lanes: Copy {
    /// Type of a lane.
    type Scalar: Scalar;
    /// Whether loops over degrees are written out.
    const UNROLL: bool;
    /// Whether products are written out term by term: not for plain code, where it gains nothing and compiles slowly.
    const WRITTEN_OUT: bool;
    /// All lanes zero.
    fn zero() -> Self;
    /// All lanes `x`.
    fn splat(x: Self::Scalar) -> Self;
    /// Sixteen consecutive scalars.
    unsafe fn load(pointer: *const Self::Scalar) -> Self;
    /// Writes sixteen consecutive scalars.
    unsafe fn store(self, pointer: *mut Self::Scalar);
    /// Lane by lane sum.
    fn add(self, other: Self) -> Self;
    /// Lane by lane difference.
    fn sub(self, other: Self) -> Self;
    /// Lane by lane product.
    fn mul(self, other: Self) -> Self;
    /// self + a·b, fused where the machine can.
    fn fma(self, a: Self, b: Self) -> Self;
    /// Sum over the lanes.
    fn sum(self) -> Self::Scalar;
}

/// Any machine: the compiler vectorizes the arrays with what the target has as baseline (SSE2, NEON).
#[derive(Clone, Copy)]
pub struct Plain<T>([T; 16]);

impl<T: Scalar> Lanes for Plain<T> {
    type Scalar = T;
    const UNROLL: bool = false;
    const WRITTEN_OUT: bool = false;
    #[inline(always)]
    fn zero() -> Self {
        Self([T::ZERO; 16])
    }
    #[inline(always)]
    fn splat(x: T) -> Self {
        Self([x; 16])
    }
    #[inline(always)]
    unsafe fn load(pointer: *const T) -> Self {
        Self(unsafe { pointer.cast::<[T; 16]>().read_unaligned() })
    }
    #[inline(always)]
    unsafe fn store(self, pointer: *mut T) {
        unsafe { pointer.cast::<[T; 16]>().write_unaligned(self.0) }
    }
    #[inline(always)]
    fn add(mut self, other: Self) -> Self {
        for k in 0..16 {
            self.0[k] += other.0[k];
        }
        self
    }
    #[inline(always)]
    fn sub(mut self, other: Self) -> Self {
        for k in 0..16 {
            self.0[k] = self.0[k] - other.0[k];
        }
        self
    }
    #[inline(always)]
    fn mul(mut self, other: Self) -> Self {
        for k in 0..16 {
            self.0[k] *= other.0[k];
        }
        self
    }
    #[inline(always)]
    fn fma(mut self, a: Self, b: Self) -> Self {
        for k in 0..16 {
            self.0[k] += a.0[k] * b.0[k];
        }
        self
    }
    #[inline(always)]
    fn sum(self) -> T {
        let mut half = [T::ZERO; 8];
        for k in 0..8 {
            half[k] = self.0[k] + self.0[k + 8];
        }
        ((half[0] + half[4]) + (half[2] + half[6])) + ((half[1] + half[5]) + (half[3] + half[7]))
    }
}

/// Intel and AMD.
#[cfg(target_arch = "x86_64")]
pub mod x86 {
    #[allow(clippy::wildcard_imports, reason = "dozens of intrinsics, all with telling names")]
    use std::arch::x86_64::*;

    use super::Lanes;

    macro_rules! lanes {
        ($name:ident, $scalar:ty, $register:ty, $count:literal, $width:literal, $zero:ident, $set:ident, $load:ident,
         $store:ident, $add:ident, $sub:ident, $mul:ident, $fma:ident, $doc:literal) => {
            #[doc = $doc]
            #[derive(Clone, Copy)]
            pub struct $name([$register; $count]);

            // Only reached through `dispatch`, which has checked that the machine has the instructions.
            impl Lanes for $name {
                type Scalar = $scalar;
                const UNROLL: bool = size_of::<$scalar>() == 4;
                const WRITTEN_OUT: bool = true;
                #[inline(always)]
                fn zero() -> Self {
                    Self([unsafe { $zero() }; $count])
                }
                #[inline(always)]
                fn splat(x: $scalar) -> Self {
                    Self([unsafe { $set(x) }; $count])
                }
                #[inline(always)]
                unsafe fn load(pointer: *const $scalar) -> Self {
                    let mut value = Self::zero();
                    for k in 0..$count {
                        value.0[k] = unsafe { $load(pointer.add(k * $width)) };
                    }
                    value
                }
                #[inline(always)]
                unsafe fn store(self, pointer: *mut $scalar) {
                    for k in 0..$count {
                        unsafe { $store(pointer.add(k * $width), self.0[k]) };
                    }
                }
                #[inline(always)]
                fn add(mut self, other: Self) -> Self {
                    for k in 0..$count {
                        self.0[k] = unsafe { $add(self.0[k], other.0[k]) };
                    }
                    self
                }
                #[inline(always)]
                fn sub(mut self, other: Self) -> Self {
                    for k in 0..$count {
                        self.0[k] = unsafe { $sub(self.0[k], other.0[k]) };
                    }
                    self
                }
                #[inline(always)]
                fn mul(mut self, other: Self) -> Self {
                    for k in 0..$count {
                        self.0[k] = unsafe { $mul(self.0[k], other.0[k]) };
                    }
                    self
                }
                #[inline(always)]
                fn fma(mut self, a: Self, b: Self) -> Self {
                    for k in 0..$count {
                        self.0[k] = unsafe { $fma(a.0[k], b.0[k], self.0[k]) };
                    }
                    self
                }
                #[inline(always)]
                fn sum(self) -> $scalar {
                    // The same tree for every instruction set.
                    let mut x = [0.0; 16];
                    unsafe { self.store(x.as_mut_ptr()) };
                    let mut half = [0.0; 8];
                    for k in 0..8 {
                        half[k] = x[k] + x[k + 8];
                    }
                    ((half[0] + half[4]) + (half[2] + half[6])) + ((half[1] + half[5]) + (half[3] + half[7]))
                }
            }
        };
    }

    lanes!(
        Single512,
        f32,
        __m512,
        1,
        16,
        _mm512_setzero_ps,
        _mm512_set1_ps,
        _mm512_loadu_ps,
        _mm512_storeu_ps,
        _mm512_add_ps,
        _mm512_sub_ps,
        _mm512_mul_ps,
        _mm512_fmadd_ps,
        "Sixteen f32 in one AVX-512 register."
    );
    lanes!(
        Double512,
        f64,
        __m512d,
        2,
        8,
        _mm512_setzero_pd,
        _mm512_set1_pd,
        _mm512_loadu_pd,
        _mm512_storeu_pd,
        _mm512_add_pd,
        _mm512_sub_pd,
        _mm512_mul_pd,
        _mm512_fmadd_pd,
        "Sixteen f64 in two AVX-512 registers."
    );
    lanes!(
        Single256,
        f32,
        __m256,
        2,
        8,
        _mm256_setzero_ps,
        _mm256_set1_ps,
        _mm256_loadu_ps,
        _mm256_storeu_ps,
        _mm256_add_ps,
        _mm256_sub_ps,
        _mm256_mul_ps,
        _mm256_fmadd_ps,
        "Sixteen f32 in two AVX2 registers."
    );
    lanes!(
        Double256,
        f64,
        __m256d,
        4,
        4,
        _mm256_setzero_pd,
        _mm256_set1_pd,
        _mm256_loadu_pd,
        _mm256_storeu_pd,
        _mm256_add_pd,
        _mm256_sub_pd,
        _mm256_mul_pd,
        _mm256_fmadd_pd,
        "Sixteen f64 in four AVX2 registers."
    );
}
