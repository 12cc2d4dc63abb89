//! Vectors of Intel and AMD.

#[allow(clippy::wildcard_imports, reason = "dozens of intrinsics, all with telling names")]
use std::arch::x86_64::*;

use super::{Lanes, Vector};

macro_rules! register {
    ($name:ident, $scalar:ty, $register:ty, $width:literal, $zero:ident, $set:ident, $load:ident, $store:ident,
     $add:ident, $sub:ident, $mul:ident, $fma:ident, $fnma:ident, $doc:literal) => {
        #[doc = $doc]
        #[derive(Clone, Copy)]
        pub struct $name($register);

        // Only reached through `dispatch`, which has checked that the machine has the instructions.
        impl Vector for $name {
            type Scalar = $scalar;
            const WIDTH: usize = $width;
            #[inline(always)]
            fn zero() -> Self {
                Self(unsafe { $zero() })
            }
            #[inline(always)]
            fn splat(x: $scalar) -> Self {
                Self(unsafe { $set(x) })
            }
            #[inline(always)]
            unsafe fn load(pointer: *const $scalar) -> Self {
                Self(unsafe { $load(pointer) })
            }
            #[inline(always)]
            unsafe fn store(self, pointer: *mut $scalar) {
                unsafe { $store(pointer, self.0) }
            }
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                Self(unsafe { $add(self.0, other.0) })
            }
            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                Self(unsafe { $sub(self.0, other.0) })
            }
            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                Self(unsafe { $mul(self.0, other.0) })
            }
            #[inline(always)]
            fn fma(self, a: Self, b: Self) -> Self {
                Self(unsafe { $fma(a.0, b.0, self.0) })
            }
            #[inline(always)]
            fn fnma(self, a: Self, b: Self) -> Self {
                Self(unsafe { $fnma(a.0, b.0, self.0) })
            }
        }
    };
}

register!(
    Single512,
    f32,
    __m512,
    16,
    _mm512_setzero_ps,
    _mm512_set1_ps,
    _mm512_loadu_ps,
    _mm512_storeu_ps,
    _mm512_add_ps,
    _mm512_sub_ps,
    _mm512_mul_ps,
    _mm512_fmadd_ps,
    _mm512_fnmadd_ps,
    "Sixteen f32 in an AVX-512 register."
);
register!(
    Double512,
    f64,
    __m512d,
    8,
    _mm512_setzero_pd,
    _mm512_set1_pd,
    _mm512_loadu_pd,
    _mm512_storeu_pd,
    _mm512_add_pd,
    _mm512_sub_pd,
    _mm512_mul_pd,
    _mm512_fmadd_pd,
    _mm512_fnmadd_pd,
    "Eight f64 in an AVX-512 register."
);
register!(
    Single256,
    f32,
    __m256,
    8,
    _mm256_setzero_ps,
    _mm256_set1_ps,
    _mm256_loadu_ps,
    _mm256_storeu_ps,
    _mm256_add_ps,
    _mm256_sub_ps,
    _mm256_mul_ps,
    _mm256_fmadd_ps,
    _mm256_fnmadd_ps,
    "Eight f32 in an AVX2 register."
);
register!(
    Double256,
    f64,
    __m256d,
    4,
    _mm256_setzero_pd,
    _mm256_set1_pd,
    _mm256_loadu_pd,
    _mm256_storeu_pd,
    _mm256_add_pd,
    _mm256_sub_pd,
    _mm256_mul_pd,
    _mm256_fmadd_pd,
    _mm256_fnmadd_pd,
    "Four f64 in an AVX2 register."
);

/// Twice as many lanes. Not a loop over an array of registers: a thousand such loops in one function take the compiler
/// minutes, though they come to nothing.
#[derive(Clone, Copy)]
pub struct Pair<V>(V, V);

impl<V: Vector> Vector for Pair<V> {
    type Scalar = V::Scalar;
    const WIDTH: usize = 2 * V::WIDTH;
    #[inline(always)]
    fn zero() -> Self {
        Self(V::zero(), V::zero())
    }
    #[inline(always)]
    fn splat(x: V::Scalar) -> Self {
        Self(V::splat(x), V::splat(x))
    }
    #[inline(always)]
    unsafe fn load(pointer: *const V::Scalar) -> Self {
        unsafe { Self(V::load(pointer), V::load(pointer.add(V::WIDTH))) }
    }
    #[inline(always)]
    unsafe fn store(self, pointer: *mut V::Scalar) {
        unsafe {
            self.0.store(pointer);
            self.1.store(pointer.add(V::WIDTH));
        }
    }
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(self.0.add(other.0), self.1.add(other.1))
    }
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(self.0.sub(other.0), self.1.sub(other.1))
    }
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(self.0.mul(other.0), self.1.mul(other.1))
    }
    #[inline(always)]
    fn fma(self, a: Self, b: Self) -> Self {
        Self(self.0.fma(a.0, b.0), self.1.fma(a.1, b.1))
    }
    #[inline(always)]
    fn fnma(self, a: Self, b: Self) -> Self {
        Self(self.0.fnma(a.0, b.0), self.1.fnma(a.1, b.1))
    }
}

/// The sum of eight lanes.
#[inline(always)]
fn sum_of_eight(x: Single256) -> f32 {
    unsafe {
        let four = _mm_add_ps(_mm256_castps256_ps128(x.0), _mm256_extractf128_ps::<1>(x.0));
        let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
        _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)))
    }
}

/// The sum of four lanes.
#[inline(always)]
fn sum_of_four(x: Double256) -> f64 {
    unsafe {
        let two = _mm_add_pd(_mm256_castpd256_pd128(x.0), _mm256_extractf128_pd::<1>(x.0));
        _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)))
    }
}

/// Both halves of a register.
#[inline(always)]
fn halves_of_sixteen(x: Single512) -> [Single256; 2] {
    unsafe {
        let high = _mm256_castpd_ps(_mm512_extractf64x4_pd::<1>(_mm512_castps_pd(x.0)));
        [Single256(_mm512_castps512_ps256(x.0)), Single256(high)]
    }
}

/// Both halves of a register.
#[inline(always)]
fn halves_of_eight(x: Double512) -> [Double256; 2] {
    unsafe { [Double256(_mm512_castpd512_pd256(x.0)), Double256(_mm512_extractf64x4_pd::<1>(x.0))] }
}

macro_rules! lanes {
    ($name:ty, $register:ty, $unroll:literal, $this:ident => $sum:expr) => {
        impl Lanes for $name {
            type Register = $register;
            const UNROLL: bool = $unroll;
            const WRITTEN_OUT: bool = true;
            #[inline(always)]
            fn sum(self) -> Self::Scalar {
                let $this = self;
                $sum
            }
        }
    };
}

lanes!(Single512, Single512, true, x => {
    let [low, high] = halves_of_sixteen(x);
    sum_of_eight(low.add(high))
});
lanes!(Pair<Double512>, Double512, false, x => {
    let [low, high] = halves_of_eight(x.0.add(x.1));
    sum_of_four(low.add(high))
});
lanes!(Pair<Single256>, Single256, true, x => sum_of_eight(x.0.add(x.1)));
lanes!(Pair<Pair<Double256>>, Double256, false, x => {
    let eight = x.0.add(x.1);
    sum_of_four(eight.0.add(eight.1))
});
lanes!(Single256, Single256, true, x => sum_of_eight(x));
lanes!(Pair<Double256>, Double256, false, x => sum_of_four(x.0.add(x.1)));
