//! The two floating-point types of the kernels.

use super::simd::{Lanes, Plain};

/// f32 or f64, with the vector types that serve it.
pub trait Real:
    Copy
    + Default
    + PartialOrd
    + Send
    + Sync
    + std::fmt::Debug
    + std::iter::Sum
    + std::ops::Add<Output = Self>
    + std::ops::Sub<Output = Self>
    + std::ops::Mul<Output = Self>
    + std::ops::Div<Output = Self>
    + std::ops::Neg<Output = Self>
    + std::ops::AddAssign
    + std::ops::MulAssign
    + 'static
{
    /// Sixteen lanes with AVX-512.
    type Avx512: Lanes<Scalar = Self>;
    /// Sixteen lanes with AVX2 and FMA.
    type Avx2: Lanes<Scalar = Self>;
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// Rounded from f64.
    fn from_f64(value: f64) -> Self;
    /// Widened to f64.
    fn to_f64(self) -> f64;
    /// Square root.
    fn sqrt(self) -> Self;
    /// Exponential.
    fn exp(self) -> Self;
    /// Whether it is neither infinite nor NaN.
    fn is_finite(self) -> bool;
}

macro_rules! real {
    ($type:ty, $avx512:ty, $avx2:ty) => {
        impl Real for $type {
            type Avx512 = $avx512;
            type Avx2 = $avx2;
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            #[inline(always)]
            fn from_f64(value: f64) -> Self {
                value as $type
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                self.sqrt()
            }
            #[inline(always)]
            fn exp(self) -> Self {
                self.exp()
            }
            #[inline(always)]
            fn is_finite(self) -> bool {
                self.is_finite()
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
real!(f32, super::simd::x86::Single512, super::simd::x86::Single256);
#[cfg(target_arch = "x86_64")]
real!(f64, super::simd::x86::Double512, super::simd::x86::Double256);
#[cfg(not(target_arch = "x86_64"))]
real!(f32, Plain<f32>, Plain<f32>);
#[cfg(not(target_arch = "x86_64"))]
real!(f64, Plain<f64>, Plain<f64>);
#[cfg(target_arch = "x86_64")]
const _: Option<Plain<f32>> = None;
