//! The algebra of rotations, computed and never tabulated by hand.
//!
//! # Conventions
//! - Real basis. The components of degree l are ordered m = −l..l and packed one degree after the other, so that (l, m)
//!   stands at row l² + l + m ([`row`]). Degree 1 is (y, z, x).
//! - Harmonics carry component normalization: Σ_m Y_lm(u)² = 2l + 1 for a unit vector u.
//! - Clebsch-Gordan blocks (l1, l2) → l are orthogonal: Σ_{m1 m2} C² = 1 for every m.
//! - A vector ψ rotates like the harmonics: Y(R u) = D(R) Y(u), ψ → D(R) ψ, with D¹ = R in the order (y, z, x).

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
