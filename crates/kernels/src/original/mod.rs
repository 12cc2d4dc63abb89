//! The network of 2019 on plain slices: complex activations, all pairs of atoms, learned soft cutoffs.
//!
//! Source: Anderson, Hy, Kondor 2019, Cormorant: Covariant Molecular Neural Networks (arXiv:1906.04015).
//!
//! # Conventions
//! - Activations are in the real basis of [`cormorant_so3`] with complex coefficients. The change of basis is unitary and acts on
//!   components alone, while weights act on channels alone, so that energies and weights are those of the complex basis.
//!   A product of odd l1 + l2 + l is then −i times the product with the real coefficients.
//! - Layout `[..][rows][2][channels]`: real parts, then imaginary parts; channels are padded with zeros to a multiple of
//!   [`super::LANES`].
//! - A gradient with respect to a complex number z is ∂E/∂(Re z) + i ∂E/∂(Im z).
//! - r_ij = x_i − x_j, i the receiving atom, as in the original (the production network points the other way).

mod aggregate;
mod channel_product;
mod contraction;
mod dense;
mod dots;
mod edges;
mod expand;
mod geometry;
mod harmonics;
mod input;
mod layout;
mod level;
mod messages;
mod network;
mod operations;
mod output;
mod radial;
mod readout;
mod shape;
mod weights;
mod workspace;

pub use harmonics::solid_harmonics;
pub use layout::{Block, Layout, Start};
pub use network::{Molecule, Network};
pub use operations::Operations;
pub use shape::{HarmonicKind, InputKind, OutputKind, Shape};
pub use weights::{Gradient, Weights};
pub use workspace::Workspace;
