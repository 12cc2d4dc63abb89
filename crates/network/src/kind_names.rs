//! Names of the kinds of this crate, in the headers of models.

/// The production network.
pub(super) const PRODUCTION: &str = "cormorant";
/// The network of 2019; also in inputs.
pub const ORIGINAL: &str = "cormorant-2019";
/// The production network with a head for a property.
pub(super) const PROPERTY: &str = "cormorant-property";
