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
use super::symmetric::{SYMMETRIC, apply, double_dot};
use cormorant_core::system::vector::{difference, dot};
use cormorant_core::units::COULOMB;

type Vector = [f64; 3];

/// Energy of `sites` with Gaussians of width `smearing` in Å, written over what `into` held.
pub fn pairs(sites: &Sites<'_>, smearing: f64, into: &mut Interaction) {
    into.clear(sites);
    match sites.degree() {
        0 => sum::<0, 2>(sites, into, |square| coulomb(square, smearing), charges),
        1 => sum::<1, 4>(sites, into, |square| coulomb(square, smearing), dipoles),
        _ => sum::<2, 6>(sites, into, |square| coulomb(square, smearing), quadrupoles),
    }
}

/// Energy of sites that act by what they have in place of charges, written over what `into` held: `radial` gives it and (1/r) d/dr of it, of two
/// of one unit each, at the square of their distance.
pub(crate) fn central(sites: &Sites<'_>, into: &mut Interaction, radial: impl Fn(f64) -> [f64; 2]) {
    into.clear(sites);
    sum::<0, 2>(sites, into, radial, charges);
}

/// k_e f_n of the first N orders.
#[inline]
fn coulomb<const N: usize>(square: f64, smearing: f64) -> [f64; N] {
    first_functions(square, smearing).map(|value| COULOMB * value)
}

/// Charge, dipole and quadrupole of a site, or the derivatives of an energy by them.
type Moments = (f64, Vector, [f64; 6]);

/// Energy of a pair, its gradient with respect to r, and its derivatives by what the one and the other site have.
type OfPair = (f64, Vector, [Moments; 2]);

/// Over all pairs, from N radial functions, for multipoles up to degree D.
#[inline]
fn sum<const D: usize, const N: usize>(
    sites: &Sites<'_>,
    into: &mut Interaction,
    radial: impl Fn(f64) -> [f64; N],
    of_pair: impl Fn(&Moments, &Moments, Vector, &[f64; N]) -> OfPair,
) {
    let moments = |site: usize| {
        let dipole = if D > 0 { sites.dipoles[site] } else { [0.0; 3] };
        (sites.charges[site], dipole, if D > 1 { sites.quadrupoles[site] } else { [0.0; 6] })
    };
    let (mut energy, mut by_strain) = (0.0, [[0.0; 3]; 3]);
    for i in 0..sites.positions.len() {
        let (place, own) = (sites.positions[i], moments(i));
        let (mut slope, mut by_own) = ([0.0; 3], (0.0, [0.0; 3], [0.0; 6]));
        for j in 0..i {
            let r = difference(place, sites.positions[j]);
            let f = radial(dot(r, r));
            let (of_pair, gradient, [by_i, by_j]) = of_pair(&own, &moments(j), r, &f);
            energy += of_pair;
            by_own.0 += by_i.0;
            into.by_charge[j] += by_j.0;
            for axis in 0..3 {
                slope[axis] += gradient[axis];
                into.gradient[j][axis] -= gradient[axis];
                for other in 0..3 {
                    by_strain[axis][other] += gradient[axis] * r[other];
                }
            }
            if D > 0 {
                plus(&mut by_own.1, &by_i.1);
                plus(&mut into.by_dipole[j], &by_j.1);
            }
            if D > 1 {
                plus(&mut by_own.2, &by_i.2);
                plus(&mut into.by_quadrupole[j], &by_j.2);
            }
        }
        into.by_charge[i] = by_own.0;
        into.gradient[i] = slope;
        if D > 0 {
            into.by_dipole[i] = by_own.1;
        }
        if D > 1 {
            into.by_quadrupole[i] = by_own.2;
        }
    }
    (into.energy, into.by_strain) = (energy, by_strain);
}

#[inline]
fn plus<const N: usize>(sum: &mut [f64; N], values: &[f64; N]) {
    for (sum, value) in sum.iter_mut().zip(values) {
        *sum += value;
    }
}

#[inline]
fn charges((qi, ..): &Moments, (qj, ..): &Moments, r: Vector, f: &[f64; 2]) -> OfPair {
    let by = |q: f64| (q * f[0], [0.0; 3], [0.0; 6]);
    (qi * qj * f[0], r.map(|x| qi * qj * f[1] * x), [by(*qj), by(*qi)])
}

#[inline]
fn dipoles((qi, mi, _): &Moments, (qj, mj, _): &Moments, r: Vector, f: &[f64; 4]) -> OfPair {
    let (a, b) = (dot(*mi, r), dot(*mj, r));
    let (first, second) = (qj * a - qi * b - dot(*mi, *mj), -a * b);
    let energy = qi * qj * f[0] + first * f[1] + second * f[2];
    let along = qi * qj * f[1] + first * f[2] + second * f[3];
    let (at_i, at_j) = (qj * f[1] - b * f[2], qi * f[1] + a * f[2]);
    let (mut gradient, mut by_i, mut by_j) = ([0.0; 3], [0.0; 3], [0.0; 3]);
    for axis in 0..3 {
        gradient[axis] = along * r[axis] + at_i * mi[axis] - at_j * mj[axis];
        by_i[axis] = r[axis] * at_i - mj[axis] * f[1];
        by_j[axis] = -r[axis] * at_j - mi[axis] * f[1];
    }
    (energy, gradient, [(qj * f[0] - b * f[1], by_i, [0.0; 6]), (qi * f[0] + a * f[1], by_j, [0.0; 6])])
}

#[inline]
fn quadrupoles((qi, mi, ti): &Moments, (qj, mj, tj): &Moments, r: Vector, f: &[f64; 6]) -> OfPair {
    let (a, b) = (dot(*mi, r), dot(*mj, r));
    let (vi, vj) = (apply(ti, r), apply(tj, r));
    let (aa, bb) = (dot(vi, r), dot(vj, r));
    let terms = [
        qi * qj,
        qj * a - qi * b - dot(*mi, *mj),
        -a * b + qj * aa + qi * bb - 2.0 * dot(*mj, vi) + 2.0 * dot(*mi, vj) + 2.0 * double_dot(ti, tj),
        a * bb - aa * b + 4.0 * dot(vi, vj),
        aa * bb,
    ];
    let along = |f: &[f64]| terms.iter().zip(f).map(|(term, f)| term * f).sum::<f64>();
    let (energy, along) = (along(f), along(&f[1..]));
    let (ti_mj, tj_mi) = (apply(ti, *mj), apply(tj, *mi));
    let (ti_vj, tj_vi) = (apply(ti, vj), apply(tj, vi));
    // What acts on μ and Θ along r; seen from j, r points the other way: odd terms change sign.
    let (at_i, at_j) = (qj * f[1] - b * f[2] + bb * f[3], qi * f[1] + a * f[2] + aa * f[3]);
    let (on_i, on_j) = (qj * f[2] - b * f[3] + bb * f[4], qi * f[2] + a * f[3] + aa * f[4]);
    let (mut gradient, mut by_i, mut by_j) = ([0.0; 3], [0.0; 3], [0.0; 3]);
    for x in 0..3 {
        gradient[x] = along * r[x] + at_i * mi[x] - at_j * mj[x]
            + 2.0 * (on_i * vi[x] + on_j * vj[x])
            + 2.0 * f[2] * (tj_mi[x] - ti_mj[x])
            + 4.0 * f[3] * (ti_vj[x] + tj_vi[x]);
        by_i[x] = r[x] * at_i - mj[x] * f[1] + 2.0 * vj[x] * f[2];
        by_j[x] = -r[x] * at_j - mi[x] * f[1] - 2.0 * vi[x] * f[2];
    }
    // ∇∇ of the potential of the other site; a trace does not count, since the quadrupoles have none.
    let (mut on_ti, mut on_tj) = ([0.0; 6], [0.0; 6]);
    for (component, (x, y)) in SYMMETRIC.into_iter().enumerate() {
        let square = r[x] * r[y];
        on_ti[component] = square * on_i - (mj[x] * r[y] + r[x] * mj[y]) * f[2]
            + 2.0 * (r[x] * vj[y] + vj[x] * r[y]) * f[3]
            + 2.0 * tj[component] * f[2];
        on_tj[component] = square * on_j
            + (mi[x] * r[y] + r[x] * mi[y]) * f[2]
            + 2.0 * (r[x] * vi[y] + vi[x] * r[y]) * f[3]
            + 2.0 * ti[component] * f[2];
    }
    let (by_qi, by_qj) = (qj * f[0] - b * f[1] + bb * f[2], qi * f[0] + a * f[1] + aa * f[2]);
    (energy, gradient, [(by_qi, by_i, on_ti), (by_qj, by_j, on_tj)])
}
