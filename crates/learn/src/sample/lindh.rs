//! Force constants of a molecule from its geometry alone.
//!
//!   ρ_ij = exp[α_ij (r_ref,ij² − r_ij²)]
//!   k_stretch = k_r ρ_ij      k_bend = k_φ ρ_ij ρ_jk      k_torsion = k_τ ρ_ij ρ_jk ρ_kl
//!
//! | symbol | here        | unit  | shape  |
//! |--------|-------------|-------|--------|
//! | ρ_ij   | [`decay`]   | 1     | scalar |
//! | α_ij   | `ALPHA`, by the rows of the periodic table of both atoms | 1/bohr² | `[3][3]` |
//! | r_ref  | `REFERENCE`, likewise | bohr | `[3][3]` |
//! | k_r    | [`STRETCH`] | eV/Å² | scalar |
//! | k_φ    | [`BEND`]    | eV    | scalar |
//! | k_τ    | [`TORSION`] | eV    | scalar |
//!
//! Source: Lindh, Bernhardsson, Karlström, Malmqvist 1995, Chem. Phys. Lett. 241, 423, doi:10.1016/0009-2614(95)00646-L. It has
//! parameters for the first three rows; elements below are taken for those of the third. Checked by `suite::sample`.

use cormorant_core::system::Element;
use cormorant_core::units::{BOHR, HARTREE};

/// Of a stretch: 0.45 hartree/bohr², in eV/Å².
pub const STRETCH: f64 = 0.45 * HARTREE / (BOHR * BOHR);
/// Of a bend: 0.15 hartree, in eV.
pub const BEND: f64 = 0.15 * HARTREE;
/// Of a torsion: 0.005 hartree, in eV.
pub const TORSION: f64 = 0.005 * HARTREE;

const ALPHA: [[f64; 3]; 3] = [[1.0, 0.3949, 0.3949], [0.3949, 0.28, 0.28], [0.3949, 0.28, 0.28]];
const REFERENCE: [[f64; 3]; 3] = [[1.35, 2.10, 2.53], [2.10, 2.87, 3.40], [2.53, 3.40, 3.40]];

/// ρ of two atoms at `distance` (Å): about 1 for a bond, near 0 for what is not bonded.
#[must_use]
pub fn decay(first: Element, second: Element, distance: f64) -> f64 {
    let (i, j) = (row(first), row(second));
    let squared = (distance / BOHR).powi(2);
    (ALPHA[i][j] * (REFERENCE[i][j] * REFERENCE[i][j] - squared)).exp()
}

/// Distance in Å beyond which ρ is below `least` for every pair of elements.
#[must_use]
pub(super) fn reach(least: f64) -> f64 {
    let pairs = ALPHA.as_flattened().iter().zip(REFERENCE.as_flattened());
    pairs.map(|(alpha, reference)| (reference * reference - least.ln() / alpha).sqrt() * BOHR).fold(0.0, f64::max)
}

fn row(element: Element) -> usize {
    match element.number() {
        0..=2 => 0,
        3..=10 => 1,
        _ => 2,
    }
}
