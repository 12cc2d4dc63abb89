//! The two floating-point types of the kernels.

use super::dispatch::dispatch;
use super::simd::{Lanes, Plain};
use super::{first_message, frame, matmul, message, product};

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

    // The operations, compiled here once for each type instead of in every crate that calls a generic function.
    #[doc(hidden)]
    fn compute_frames(operation: frame::Compute<'_, Self>);
    #[doc(hidden)]
    fn first_forward(operation: first_message::FirstForward<'_, Self>);
    #[doc(hidden)]
    fn first_backward(operation: first_message::FirstBackward<'_, Self>);
    #[doc(hidden)]
    fn message_forward(operation: message::Forward<'_, Self>);
    #[doc(hidden)]
    fn message_backward(operation: message::Backward<'_, Self>);
    #[doc(hidden)]
    fn product_forward(operation: product::Forward<'_, Self>);
    #[doc(hidden)]
    fn product_backward(operation: product::Backward<'_, Self>);
    #[doc(hidden)]
    fn add_product(operation: matmul::AddProduct<'_, Self>);
    #[doc(hidden)]
    fn add_outer(operation: matmul::AddOuter<'_, Self>);
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
            #[inline(never)]
            fn compute_frames(operation: frame::Compute<'_, Self>) {
                dispatch(operation);
            }
            #[inline(never)]
            fn first_forward(operation: first_message::FirstForward<'_, Self>) {
                dispatch(operation);
            }
            #[inline(never)]
            fn first_backward(operation: first_message::FirstBackward<'_, Self>) {
                dispatch(operation);
            }
            #[inline(never)]
            fn message_forward(operation: message::Forward<'_, Self>) {
                dispatch(operation);
            }
            #[inline(never)]
            fn message_backward(operation: message::Backward<'_, Self>) {
                dispatch(operation);
            }
            #[inline(never)]
            fn product_forward(operation: product::Forward<'_, Self>) {
                dispatch(operation);
            }
            #[inline(never)]
            fn product_backward(operation: product::Backward<'_, Self>) {
                dispatch(operation);
            }
            #[inline(never)]
            fn add_product(operation: matmul::AddProduct<'_, Self>) {
                dispatch(operation);
            }
            #[inline(never)]
            fn add_outer(operation: matmul::AddOuter<'_, Self>) {
                dispatch(operation);
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
