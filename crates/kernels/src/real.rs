//! The kernel entry points: compiled here once for each type instead of in every crate that calls a generic function.

use super::dispatch::{InstructionSet, Operation, Vectorized, dispatch, dispatch_narrow, instruction_set};
use super::narrow::{NarrowOuter, NarrowProduct};
use super::{LANES, add_rows, first_edges, first_message, frame, matmul, message, product};

/// f32 or f64, with every operation of the kernels.
pub trait Real: Vectorized {
    #[doc(hidden)]
    fn compute_frames(operation: frame::Compute<'_, Self>);
    #[doc(hidden)]
    fn first_forward(operation: first_message::FirstForward<'_, Self>);
    #[doc(hidden)]
    fn first_backward(operation: first_message::FirstBackward<'_, Self>);
    #[doc(hidden)]
    fn first_edges_forward(operation: first_edges::Forward<'_, Self>);
    #[doc(hidden)]
    fn first_edges_backward(operation: first_edges::Backward<'_, Self>);
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

/// Runs `operation` on vectors that fit the number of channels.
#[inline]
fn by_channels<T: Vectorized, O: Operation<T, Output = ()>>(channels: usize, operation: O) {
    if channels < LANES { dispatch_narrow(operation) } else { dispatch(operation) }
}

/// The same for operations that hold many vectors at once: with sixteen registers each vector is a single one.
#[inline]
fn by_registers<T: Vectorized, O: Operation<T, Output = ()>>(channels: usize, operation: O) {
    if channels < LANES || instruction_set() == InstructionSet::Avx2 {
        dispatch_narrow(operation);
    } else {
        dispatch(operation);
    }
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
                by_channels(operation.tile.channels, operation);
            }
            #[inline(never)]
            fn first_backward(operation: first_message::FirstBackward<'_, Self>) {
                by_channels(operation.tile.channels, operation);
            }
            #[inline(never)]
            fn first_edges_forward(operation: first_edges::Forward<'_, Self>) {
                by_registers(operation.tile.channels, operation);
            }
            #[inline(never)]
            fn first_edges_backward(operation: first_edges::Backward<'_, Self>) {
                by_registers(operation.tile.channels, operation);
            }
            #[inline(never)]
            fn message_forward(operation: message::Forward<'_, Self>) {
                by_registers(operation.tile.channels, operation);
            }
            #[inline(never)]
            fn message_backward(operation: message::Backward<'_, Self>) {
                by_registers(operation.tile.channels, operation);
            }
            #[inline(never)]
            fn add_rows(operation: add_rows::AddRows<'_, Self>) {
                if operation.length.is_multiple_of(LANES) {
                    dispatch(operation);
                } else {
                    dispatch_narrow(operation);
                }
            }
            #[inline(never)]
            fn product_forward(operation: product::Forward<'_, Self>) {
                by_channels(operation.table.channels, operation);
            }
            #[inline(never)]
            fn product_backward(operation: product::Backward<'_, Self>) {
                by_channels(operation.table.channels, operation);
            }
            #[inline(never)]
            fn add_product(operation: matmul::AddProduct<'_, Self>) {
                if operation.columns.is_multiple_of(LANES) {
                    dispatch(operation);
                } else {
                    dispatch_narrow(NarrowProduct(operation));
                }
            }
            #[inline(never)]
            fn add_outer(operation: matmul::AddOuter<'_, Self>) {
                if operation.columns.is_multiple_of(LANES) {
                    dispatch(operation);
                } else {
                    dispatch_narrow(NarrowOuter(operation));
                }
            }
        }
    };
}

real!(f32);
real!(f64);
