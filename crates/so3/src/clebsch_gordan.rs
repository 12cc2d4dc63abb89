//! Clebsch-Gordan coefficients in the real basis.

/// ⟨l1 m1 l2 m2 | l m⟩ with Condon-Shortley phases, by Racah's formula.
///
/// Source: Varshalovich, Moskalev, Khersonskii, Quantum Theory of Angular Momentum (1988), section 8.2, eq. 3.
/// Checked by: `suite::so3` against an independent implementation.
#[must_use]
pub fn complex_clebsch_gordan(l1: isize, m1: isize, l2: isize, m2: isize, l: isize, m: isize) -> f64 {
    let forbidden = m1 + m2 != m || l < (l1 - l2).abs() || l > l1 + l2;
    if forbidden || m1.abs() > l1 || m2.abs() > l2 || m.abs() > l {
        return 0.0;
    }
    let triangle = (2 * l + 1) as f64 * factorial(l + l1 - l2) * factorial(l - l1 + l2) * factorial(l1 + l2 - l)
        / factorial(l1 + l2 + l + 1);
    let projections = factorial(l + m)
        * factorial(l - m)
        * factorial(l1 - m1)
        * factorial(l1 + m1)
        * factorial(l2 - m2)
        * factorial(l2 + m2);
    let sum: f64 = (0..=l1 + l2 - l)
        .map(|k| {
            let arguments = [k, l1 + l2 - l - k, l1 - m1 - k, l2 + m2 - k, l - l2 + m1 + k, l - l1 - m2 + k];
            if arguments.iter().any(|&argument| argument < 0) {
                return 0.0;
            }
            let denominator: f64 = arguments.iter().map(|&argument| factorial(argument)).product();
            if k % 2 == 0 { 1.0 / denominator } else { -1.0 / denominator }
        })
        .sum();
    triangle.sqrt() * projections.sqrt() * sum
}

/// Coefficient C of the product of two real vectors, (x ⊗ y)_lm = Σ C x_{l1 m1} y_{l2 m2}.
///
/// Where l1 + l2 + l is odd the transformed block is purely imaginary and is divided by i, which keeps it real and
/// orthogonal. Source: the unitary change of basis from complex to real harmonics, Y_real = U Y.
/// Checked by: `suite::so3::{orthogonality, equivariance}`.
#[must_use]
pub fn clebsch_gordan(l1: usize, m1: isize, l2: usize, m2: isize, l: usize, m: isize) -> f64 {
    let (l1, l2, l) = (l1 as isize, l2 as isize, l as isize);
    let (mut real, mut imaginary) = (0.0, 0.0);
    for (k1, u1) in basis_change(m1) {
        for (k2, u2) in basis_change(m2) {
            for (k, u) in basis_change(m) {
                let coefficient = complex_clebsch_gordan(l1, k1, l2, k2, l, k);
                if coefficient == 0.0 {
                    continue;
                }
                // u · conj(u1) · conj(u2)
                let (a, b) = (u1.0 * u2.0 - u1.1 * u2.1, -(u1.0 * u2.1 + u1.1 * u2.0));
                real += coefficient * (u.0 * a - u.1 * b);
                imaginary += coefficient * (u.0 * b + u.1 * a);
            }
        }
    }
    if (l1 + l2 + l) % 2 == 0 { real } else { imaginary }
}

/// Row m of the change of basis: real component m as a sum over complex components, each (k, (re, im)).
fn basis_change(m: isize) -> Vec<(isize, (f64, f64))> {
    let half = std::f64::consts::FRAC_1_SQRT_2;
    let sign = if m % 2 == 0 { 1.0 } else { -1.0 };
    match m.signum() {
        0 => vec![(0, (1.0, 0.0))],
        1 => vec![(-m, (half, 0.0)), (m, (sign * half, 0.0))],
        _ => vec![(m, (0.0, half)), (-m, (0.0, -sign * half))],
    }
}

fn factorial(n: isize) -> f64 {
    (1..=n).map(|k| k as f64).product()
}
