//! The algebra of rotations that the networks are built from. Every table is computed, none is typed in by hand.
//!
//! | item | what it gives |
//! |---|---|
//! | [`harmonics`], [`harmonics_recursion`] | real spherical harmonics of a unit vector |
//! | [`clebsch_gordan`], [`complex_clebsch_gordan`] | coupling coefficients of two degrees |
//! | [`wigner`], [`wigner_generator`] | rotation matrices D^l of all degrees, and their derivatives |
//! | [`rotation_about_x`], [`rotation_about_y`], [`rotation_about_z`] | rotations of space |
//! | [`message_paths`], [`product_paths`] | which products of degrees a network has |
//! | [`ProductTerms`] | the nonzero terms of a product, for kernels |
//! | [`row`], [`rows`] | place of component (l, m) in a packed array |
//! | [`vector_components`], [`vector`], [`quadrupole_basis`] | degrees 1 and 2 as Cartesian vectors and tensors |
//!
//! # Conventions
//! - Real basis. The components of degree l are ordered m = −l..l and packed degree after degree, so that (l, m) has row
//!   l² + l + m ([`row`]). Degree 1 is (y, z, x).
//! - Harmonics carry component normalization: Σ_m Y_lm(u)² = 2l + 1 for a unit vector u.
//! - Clebsch-Gordan blocks (l1, l2) → l are orthogonal: Σ_{m1 m2} C² = 1 for every m.
//! - A vector ψ rotates like the harmonics: Y(R u) = D(R) Y(u), ψ → D(R) ψ, with D¹ = R in the order (y, z, x).
//!
//! # Example
//! Harmonics of a rotated vector are the rotated harmonics:
//!
//! ```
//! use cormorant_so3::{harmonics, rotation_about_x, row, wigner};
//! use nalgebra::Vector3;
//!
//! let rotation = rotation_about_x(0.3);
//! let vector = Vector3::new(0.6, 0.0, 0.8);
//! let rotated = rotation * vector;
//! let (before, after) = (harmonics(2, vector.into()), harmonics(2, rotated.into()));
//! let matrix = &wigner(2, &rotation)[2]; // [5][5]
//! for m in 0..5 {
//!     let expected: f64 = (0..5).map(|n| matrix[(m, n)] * before[row(2, -2) + n]).sum();
//!     assert!((after[row(2, -2) + m] - expected).abs() < 1e-12);
//! }
//! ```

mod cartesian;
mod clebsch_gordan;
mod harmonics;
mod paths;
mod product_terms;
mod rows;
mod wigner;

pub use cartesian::{quadrupole_basis, vector, vector_components};
pub use clebsch_gordan::{clebsch_gordan, complex_clebsch_gordan};
pub use harmonics::{harmonics, harmonics_recursion};
pub use paths::{Path, message_paths, product_paths};
pub use product_terms::{ProductTerm, ProductTerms};
pub use rows::{row, rows};
pub use wigner::{rotation_about_x, rotation_about_y, rotation_about_z, wigner, wigner_generator};
