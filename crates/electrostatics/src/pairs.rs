//! Multipoles without a cell: the sum over all pairs.
//!
//!   E = k_e Σ_{i<j} M_i M_j G(r),   M_i = q_i + μ_i·∇ + Θ_i:∇∇,   M_j = q_j − μ_j·∇ + Θ_j:∇∇,   r = r_i − r_j
//!     = k_e Σ_{i<j} Σ_n f_n(r) A_n
//!
//! | n | A_n                                                                              |
//! |---|----------------------------------------------------------------------------------|
//! | 0 | q_i q_j                                                                          |
//! | 1 | q_j a − q_i b − μ_i·μ_j                                                          |
//! | 2 | −a b + q_j A + q_i B − 2 μ_j·Θ_i r + 2 μ_i·Θ_j r + 2 Θ_i:Θ_j                     |
//! | 3 | a B − A b + 4 (Θ_i r)·(Θ_j r)                                                    |
//! | 4 | A B                                                                              |
//!
//! with a = μ_i·r, b = μ_j·r, A = r·Θ_i r, B = r·Θ_j r; k_e is [`COULOMB`], f_n are [`functions`](super::functions). A site does not act on itself.
//! Source: Smith 1982 (CCP5 Newsletter 4, 13); Aguado and Madden 2003 (doi:10.1063/1.1605941).
//! Checked by: `suite::electrostatics::pairs_are_clusters_of_charges` and against differences.

use super::kernel::first_functions;
use super::sites::{Interaction, Sites};
use cormorant_core::units::COULOMB;

type Vector = [f64; 3];

/// Energy of `sites` with Gaussians of width `smearing` in Å, written over what `into` held.
pub fn pairs(sites: &Sites<'_>, smearing: f64, into: &mut Interaction) {
    into.clear(sites);
    match sites.degree() {
        0 => sum(sites, smearing, into, charges),
        1 => sum(sites, smearing, into, dipoles),
        _ => sum(sites, smearing, into, quadrupoles),
    }
}

/// Over all pairs, by their gradient with respect to r from N radial functions; the rest `of_pair` adds.
#[inline]
fn sum<const N: usize>(
    sites: &Sites<'_>,
    smearing: f64,
    into: &mut Interaction,
    of_pair: impl Fn(&Sites<'_>, (usize, usize), Vector, &[f64; N], &mut Interaction) -> Vector,
) {
    let mut by_strain = [[0.0; 3]; 3];
    for i in 0..sites.positions.len() {
        let mut of_site = [0.0; 3];
        for j in 0..i {
            let r: Vector = [0, 1, 2].map(|axis| sites.positions[i][axis] - sites.positions[j][axis]);
            let f = first_functions(dot(r, r), smearing).map(|value| COULOMB * value);
            let gradient = of_pair(sites, (i, j), r, &f, into);
            for axis in 0..3 {
                of_site[axis] += gradient[axis];
                into.gradient[j][axis] -= gradient[axis];
                for other in 0..3 {
                    by_strain[axis][other] += gradient[axis] * r[other];
                }
            }
        }
        for axis in 0..3 {
            into.gradient[i][axis] += of_site[axis];
        }
    }
    into.by_strain = by_strain;
}

/// A pair of charges; the gradient with respect to r.
#[inline]
fn charges(sites: &Sites<'_>, (i, j): (usize, usize), r: Vector, f: &[f64; 2], into: &mut Interaction) -> Vector {
    let (qi, qj) = (sites.charges[i], sites.charges[j]);
    into.energy += qi * qj * f[0];
    into.by_charge[i] += qj * f[0];
    into.by_charge[j] += qi * f[0];
    r.map(|x| qi * qj * f[1] * x)
}

/// A pair of charges and dipoles; the gradient with respect to r.
#[inline]
fn dipoles(sites: &Sites<'_>, (i, j): (usize, usize), r: Vector, f: &[f64; 4], into: &mut Interaction) -> Vector {
    let (qi, qj) = (sites.charges[i], sites.charges[j]);
    let (mi, mj) = (sites.dipoles[i], sites.dipoles[j]);
    let (a, b) = (dot(mi, r), dot(mj, r));
    let (first, second) = (qj * a - qi * b - dot(mi, mj), -a * b);
    into.energy += qi * qj * f[0] + first * f[1] + second * f[2];
    into.by_charge[i] += qj * f[0] - b * f[1];
    into.by_charge[j] += qi * f[0] + a * f[1];
    let along = qi * qj * f[1] + first * f[2] + second * f[3];
    let (at_i, at_j) = (qj * f[1] - b * f[2], qi * f[1] + a * f[2]);
    let mut gradient = [0.0; 3];
    for axis in 0..3 {
        gradient[axis] = along * r[axis] + at_i * mi[axis] - at_j * mj[axis];
        into.by_dipole[i][axis] += r[axis] * at_i - mj[axis] * f[1];
        into.by_dipole[j][axis] -= r[axis] * at_j + mi[axis] * f[1];
    }
    gradient
}

/// A pair of charges, dipoles and quadrupoles; the gradient with respect to r.
#[inline]
fn quadrupoles(sites: &Sites<'_>, (i, j): (usize, usize), r: Vector, f: &[f64; 6], into: &mut Interaction) -> Vector {
    let (qi, qj) = (sites.charges[i], sites.charges[j]);
    let (mi, mj) = (sites.dipoles[i], sites.dipoles[j]);
    let (ti, tj) = (sites.quadrupoles[i], sites.quadrupoles[j]);
    let (a, b) = (dot(mi, r), dot(mj, r));
    let (vi, vj) = (apply(&ti, r), apply(&tj, r));
    let (aa, bb) = (dot(vi, r), dot(vj, r));
    let terms = [
        qi * qj,
        qj * a - qi * b - dot(mi, mj),
        -a * b + qj * aa + qi * bb - 2.0 * dot(mj, vi) + 2.0 * dot(mi, vj) + 2.0 * double_dot(&ti, &tj),
        a * bb - aa * b + 4.0 * dot(vi, vj),
        aa * bb,
    ];
    into.energy += terms.iter().zip(f).map(|(term, f)| term * f).sum::<f64>();
    into.by_charge[i] += qj * f[0] - b * f[1] + bb * f[2];
    into.by_charge[j] += qi * f[0] + a * f[1] + aa * f[2];
    let along: f64 = terms.iter().zip(&f[1..]).map(|(term, f)| term * f).sum();
    let (ti_mj, tj_mi) = (apply(&ti, mj), apply(&tj, mi));
    let (ti_vj, tj_vi) = (apply(&ti, vj), apply(&tj, vi));
    let mut gradient = [0.0; 3];
    for axis in 0..3 {
        gradient[axis] = along * r[axis]
            + f[1] * (qj * mi[axis] - qi * mj[axis])
            + f[2] * (2.0 * (qj * vi[axis] + qi * vj[axis] - ti_mj[axis] + tj_mi[axis]) - mi[axis] * b - a * mj[axis])
            + f[3]
                * (mi[axis] * bb + 2.0 * a * vj[axis] - 2.0 * vi[axis] * b - aa * mj[axis]
                    + 4.0 * (ti_vj[axis] + tj_vi[axis]))
            + f[4] * 2.0 * (vi[axis] * bb + aa * vj[axis]);
        let x = r[axis];
        into.by_dipole[i][axis] += x * (qj * f[1] - b * f[2] + bb * f[3]) - mj[axis] * f[1] + 2.0 * vj[axis] * f[2];
        into.by_dipole[j][axis] -= x * (qi * f[1] + a * f[2] + aa * f[3]) + mi[axis] * f[1] + 2.0 * vi[axis] * f[2];
    }
    // ∇∇ of the potential of the other site; a trace does not count, since the quadrupoles have none.
    let of = |q: f64, m: Vector, b: f64, t: &[f64; 6], v: Vector, bb: f64| -> [f64; 6] {
        let radial = q * f[2] - b * f[3] + bb * f[4];
        let mut tensor = [0.0; 6];
        for (component, (x, y)) in super::SYMMETRIC.into_iter().enumerate() {
            tensor[component] = r[x] * r[y] * radial - (m[x] * r[y] + r[x] * m[y]) * f[2]
                + 2.0 * (r[x] * v[y] + v[x] * r[y]) * f[3]
                + 2.0 * t[component] * f[2];
        }
        tensor
    };
    // Seen from j, r points the other way: odd terms change sign.
    let (at_i, at_j) = (of(qj, mj, b, &tj, vj, bb), of(qi, mi.map(|x| -x), -a, &ti, vi, aa));
    for component in 0..6 {
        into.by_quadrupole[i][component] += at_i[component];
        into.by_quadrupole[j][component] += at_j[component];
    }
    gradient
}

fn dot(a: Vector, b: Vector) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// The product of a tensor in the order of `SYMMETRIC` with a vector.
fn apply(t: &[f64; 6], v: Vector) -> Vector {
    [
        t[0] * v[0] + t[3] * v[1] + t[4] * v[2],
        t[3] * v[0] + t[1] * v[1] + t[5] * v[2],
        t[4] * v[0] + t[5] * v[1] + t[2] * v[2],
    ]
}

/// Σ_ab s_ab t_ab.
fn double_dot(s: &[f64; 6], t: &[f64; 6]) -> f64 {
    let terms = [0, 1, 2, 3, 4, 5].map(|component| s[component] * t[component]);
    terms[0] + terms[1] + terms[2] + 2.0 * (terms[3] + terms[4] + terms[5])
}
