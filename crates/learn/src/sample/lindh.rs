//! Force constants of a molecule from its geometry alone.
//!
//!   ρ_ij = exp[α_ij (r_ref,ij² − r_ij²)]      n_jk = exp[(R_j + R_k − r_jk)/0.3 Å]
//!   k_stretch = s_r k_r ρ_ij      k_bend = s_φ k_φ ρ_ij ρ_jk      k_torsion = s_τ n_jk³ k_τ ρ_ij ρ_jk ρ_kl
//!   k_out-of-plane = s_χ k_χ ρ_ij ρ_ik ρ_il
//!
//! | symbol | here        | unit  | shape  |
//! |--------|-------------|-------|--------|
//! | ρ_ij   | [`decay`]   | 1     | scalar |
//! | α_ij   | `ALPHA`, by the rows of the periodic table of both atoms | 1/bohr² | `[3][3]` |
//! | r_ref  | `REFERENCE`, likewise | bohr | `[3][3]` |
//! | k_r    | [`STRETCH`] | eV/Å² | scalar |
//! | k_φ    | [`BEND`]    | eV    | scalar |
//! | k_τ    | [`TORSION`] | eV    | scalar |
//! | k_χ    | [`OUT_OF_PLANE`] | eV | scalar |
//! | n      | order of the middle bond, 3 at most (Pauling 1947, doi:10.1021/ja01195a024, with natural logarithms) | 1 | scalar |
//! | R      | covalent radius | Å | scalar |
//! | s      | [`SOFTENED_STRETCH`], [`SOFTENED_BEND`], [`SOFTENED_TORSION`] | 1 | scalar |
//!
//! Source: Lindh, Bernhardsson, Karlström, Malmqvist 1995, Chem. Phys. Lett. 241, 423, doi:10.1016/0009-2614(95)00646-L, with s = n = 1. It has
//! parameters for the first three rows; elements below are taken for those of the third.
//!
//! The paper's constants are made for steps of minimizers, which are safe where a model is too stiff: thermal variances of bonds and angles are
//! 0.6 to 0.7 of those of the Hessians of twelve molecules. The factors s and n are fitted to these, and bring the mean energy of a thermal
//! displacement to that of its temperature. The out-of-plane term is ours: without it the planes of aldehydes and ketones are held by soft
//! torsions alone, and formaldehyde's by nothing; the variance of such modes was 3 to 15 times that of GFN2-xTB. Checked by `suite::sample` and `suite::sample_cli`.

use cormorant_core::system::Element;
use cormorant_core::units::{BOHR, HARTREE};

/// Of a stretch: 0.45 hartree/bohr², in eV/Å².
pub const STRETCH: f64 = 0.45 * HARTREE / (BOHR * BOHR);
/// Of a bend: 0.15 hartree, in eV.
pub const BEND: f64 = 0.15 * HARTREE;
/// Of a torsion: 0.005 hartree, in eV.
pub const TORSION: f64 = 0.005 * HARTREE;

/// Of an atom out of the plane of its three neighbors: 0.055 hartree, in eV. Not of the paper, which has no such term.
pub const OUT_OF_PLANE: f64 = 0.055 * HARTREE;

/// What is left of a stretch with hydrogen, and of any other.
pub const SOFTENED_STRETCH: [f64; 2] = [0.75, 0.62];
/// What is left of a bend.
pub const SOFTENED_BEND: f64 = 0.7;
/// What is left of a torsion about a single bond; n³ makes it stiffer about conjugated ones.
pub const SOFTENED_TORSION: f64 = 0.55;
/// Å of bond length in which the order of a bond falls to 1/e, and the highest order.
const ORDER: [f64; 2] = [0.3, 3.0];

const ALPHA: [[f64; 3]; 3] = [[1.0, 0.3949, 0.3949], [0.3949, 0.28, 0.28], [0.3949, 0.28, 0.28]];
const REFERENCE: [[f64; 3]; 3] = [[1.35, 2.10, 2.53], [2.10, 2.87, 3.40], [2.53, 3.40, 3.40]];

/// ρ of two atoms at `distance` (Å): about 1 for a bond, near 0 for what is not bonded.
#[must_use]
pub fn decay(first: Element, second: Element, distance: f64) -> f64 {
    let (i, j) = (row(first), row(second));
    let squared = (distance / BOHR).powi(2);
    (ALPHA[i][j] * (REFERENCE[i][j] * REFERENCE[i][j] - squared)).exp()
}

/// Force constant in eV/Å² of a stretch between two atoms with this ρ.
#[must_use]
pub fn stretch(first: Element, second: Element, decay: f64) -> f64 {
    let [with_hydrogen, other] = SOFTENED_STRETCH;
    let softened = if [first, second].iter().any(|one| one.number() == 1) { with_hydrogen } else { other };
    softened * STRETCH * decay
}

/// Force constant in eV/rad² of a bend with this product of ρ.
#[must_use]
pub fn bend(product: f64) -> f64 {
    SOFTENED_BEND * BEND * product
}

/// Force constant in eV/rad² of a torsion with this product of ρ, about a bond of `distance` (Å) between two elements.
#[must_use]
pub fn torsion(second: Element, third: Element, distance: f64, product: f64) -> f64 {
    SOFTENED_TORSION * order(second, third, distance).powi(3) * TORSION * product
}

/// Order of a bond of `distance` (Å) between two elements, 3 at most.
#[must_use]
pub(super) fn order(first: Element, second: Element, distance: f64) -> f64 {
    let [width, highest] = ORDER;
    ((first.covalent_radius() + second.covalent_radius() - distance) / width).exp().min(highest)
}

/// Force constant in eV/rad² that holds an atom in the plane of its neighbors, with the product of their three ρ and the order n of the bond
/// about which torsions hold it best: s_χ = 2 − n³, from 0 to 1, for those about conjugated bonds suffice.
#[must_use]
pub fn out_of_plane(order: f64, product: f64) -> f64 {
    (2.0 - order.powi(3)).clamp(0.0, 1.0) * OUT_OF_PLANE * product
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
