//! The operations, compiled here once for each type instead of in every crate that calls a generic function.

use super::channel_product::ChannelProduct;
use super::contraction::{Contract, ContractBackward};
use super::dots::{Dots, DotsBackward};
use super::expand::{Expand, ExpandBackward};
use crate::dispatch::dispatch;
use crate::real::Real;

/// f32 or f64 with the vector operations of this network.
pub trait Operations: Real {
    #[doc(hidden)]
    fn channel_product(operation: ChannelProduct<Self>);
    #[doc(hidden)]
    fn contract(operation: Contract<'_, Self>);
    #[doc(hidden)]
    fn contract_backward(operation: ContractBackward<'_, Self>);
    #[doc(hidden)]
    fn dots(operation: Dots<'_, Self>);
    #[doc(hidden)]
    fn dots_backward(operation: DotsBackward<'_, Self>);
    #[doc(hidden)]
    fn expand(operation: Expand<'_, Self>);
    #[doc(hidden)]
    fn expand_backward(operation: ExpandBackward<'_, Self>);
}

macro_rules! operations {
    ($type:ty: $($name:ident($operation:ty)),*) => {
        impl Operations for $type {
            $(#[inline(never)]
            fn $name(operation: $operation) {
                dispatch(operation);
            })*
        }
    };
}
macro_rules! operations_of {
    ($($type:ty),*) => {
        $(operations!($type: channel_product(ChannelProduct<Self>), contract(Contract<'_, Self>),
            contract_backward(ContractBackward<'_, Self>), dots(Dots<'_, Self>), dots_backward(DotsBackward<'_, Self>),
            expand(Expand<'_, Self>), expand_backward(ExpandBackward<'_, Self>));)*
    };
}
operations_of!(f32, f64);
