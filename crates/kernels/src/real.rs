//! The kernel entry points: compiled here once for each type instead of in every crate that calls a generic function.

use super::dispatch::{Vectorized, dispatch};
use super::{add_rows, first_message, frame, matmul, message, product};

/// f32 or f64, with every operation of the kernels.
pub trait Real: Vectorized {
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
    fn add_rows(operation: add_rows::AddRows<'_, Self>);
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
    ($type:ty) => {
        impl Real for $type {
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
            fn add_rows(operation: add_rows::AddRows<'_, Self>) {
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

real!(f32);
real!(f64);
