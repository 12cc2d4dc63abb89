//! Networks that are fitted to nothing yet.

use std::path::Path;

use serde_json::Value;

use super::head::Head;
use super::network::Network;
use super::scaling::Scaling;
use cormorant_core::Result;

/// How a kind makes a network that is fitted to nothing yet, from settings of its own.
#[derive(Debug, Clone, Copy)]
pub struct NewKind {
    /// Keys of its settings in inputs; others are refused.
    pub keys: &'static [&'static str],
    /// The network, or what is wrong with a setting: `` `key` is not ACCEPTED ``.
    pub make: fn(&NewNetwork<'_>) -> Result<Box<dyn Network>, String>,
}

/// What a new network is made of.
pub struct NewNetwork<'a> {
    /// Where its model will be written.
    pub path: &'a Path,
    /// Settings of the kind: an object with keys of [`NewKind::keys`], numbers in Å where they are lengths.
    pub settings: &'a Value,
    /// Elements of the data, their references, and what one unit of output stands for, in `unit`.
    pub scaling: Scaling,
    /// What it shall predict: `energy`, or the name of a property.
    pub quantity: &'a str,
    /// Unit of the quantity.
    pub unit: &'a str,
    /// How the quantity comes from numbers of the atoms, for networks that give these.
    pub head: Head,
    /// Constant part of a molecule, in `unit`.
    pub constant: f64,
    /// Mean number of neighbors in the training frames within a cutoff in Å.
    pub mean_neighbors: &'a dyn Fn(f64) -> Result<f64>,
}
