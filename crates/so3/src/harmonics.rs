//! Real spherical harmonics by recursion.

use super::{clebsch_gordan, row, rows};

/// Y_lm(u) for a unit vector `u`, all degrees up to `max_degree`, component normalization.
///
/// Y⁰ = 1, Y¹ = √3 (y, z, x), and Y^l = s_l (Y^{l−1} ⊗ Y¹)^l, where s_l restores Σ_m Y_lm² = 2l + 1.
/// Checked by: `suite::so3::{addition_theorem, explicit_polynomials}`.
#[must_use]
pub fn harmonics(max_degree: usize, u: [f64; 3]) -> Vec<f64> {
    let mut values = vec![0.0; rows(max_degree)];
    values[0] = 1.0;
    if max_degree >= 1 {
        let root = 3f64.sqrt();
        values[row(1, -1)] = root * u[1];
        values[row(1, 0)] = root * u[2];
        values[row(1, 1)] = root * u[0];
    }
    for l in 2..=max_degree {
        let (terms, scale) = harmonics_recursion(l);
        for (m, a, b, coefficient) in terms {
            values[row(l, m)] += scale * coefficient * values[row(l - 1, a)] * values[row(1, b)];
        }
    }
    values
}

/// The terms (m, a, b, C) of Y^l_m = s Σ C Y^{l−1}_a Y¹_b, and s.
///
/// At the pole Y^l_0 = √(2l+1), so s = √(2l+1) / (C^{l0}_{(l−1)0,10} √(2l−1) √3).
#[must_use]
pub fn harmonics_recursion(l: usize) -> (Vec<(isize, isize, isize, f64)>, f64) {
    let degree = l as isize;
    let mut terms = Vec::new();
    for m in -degree..=degree {
        for a in -(degree - 1)..degree {
            for b in -1..=1 {
                let coefficient = clebsch_gordan(l - 1, a, 1, b, l, m);
                if coefficient.abs() > 1e-12 {
                    terms.push((m, a, b, coefficient));
                }
            }
        }
    }
    let at_pole = clebsch_gordan(l - 1, 0, 1, 0, l, 0) * ((2 * l - 1) as f64).sqrt() * 3f64.sqrt();
    (terms, ((2 * l + 1) as f64).sqrt() / at_pole)
}
