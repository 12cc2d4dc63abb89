//! Cardinal B-splines, which share out a site among the points of a grid.
//!
//!   M_1(x) = 1 for 0 ≤ x < 1,    M_p(x) = [x M_{p−1}(x) + (p − x) M_{p−1}(x − 1)] / (p − 1)
//!
//! | symbol | here           | unit | definition                                                   |
//! |--------|----------------|------|--------------------------------------------------------------|
//! | p      | `P`            | 1    | points that a site touches along an axis                     |
//! | M_p    | `weights`      | 1    | weights of points that follow each other, and derivatives    |
//! | sinc^p | `attenuation`  | 1    | what the weights leave of a wave of n periods among N points |
//!
//! M_p has p − 2 continuous derivatives. Source: Essmann et al. 1995 (doi:10.1063/1.470117), equations 4.1 to 4.4.
//! Checked by: `suite::electrostatic_mesh`, against differences of the energy and against the sum over wave vectors.

use std::f64::consts::PI;

/// M_p between one point and the next, as polynomials of the distance from the middle.
struct Polynomials<const P: usize>;

impl<const P: usize> Polynomials<P> {
    /// By power, then by point: M_p(s + 1/2 + i) for point p − 1 − i.
    const COEFFICIENTS: [[f64; P]; P] = {
        let mut table = [[0.0; P]; P];
        table[0][P - 1] = 1.0;
        let mut order = 2;
        while order <= P {
            let mut i = order;
            while i > 0 {
                i -= 1;
                let (rise, fall) = (i as f64 + 0.5, (order - i) as f64 - 0.5);
                let (here, before) = (P - 1 - i, P - i);
                let mut power = order;
                while power > 0 {
                    power -= 1;
                    let mut sum = rise * table[power][here];
                    if power > 0 {
                        sum += table[power - 1][here];
                    }
                    if i > 0 {
                        sum += fall * table[power][before];
                        if power > 0 {
                            sum -= table[power - 1][before];
                        }
                    }
                    table[power][here] = sum / (order - 1) as f64;
                }
            }
            order += 1;
        }
        table
    };
}

/// Weights of P points for a site that is `rest` (0 to 1) of a step beyond the last, and derivatives of degree 0 to D − 1.
pub fn weights<const P: usize, const D: usize>(rest: f64) -> [[f64; P]; D] {
    let x = rest - 0.5;
    let mut weights = [[0.0; P]; D];
    for coefficients in Polynomials::<P>::COEFFICIENTS.iter().rev() {
        for degree in (1..D).rev() {
            for point in 0..P {
                weights[degree][point] = weights[degree][point] * x + degree as f64 * weights[degree - 1][point];
            }
        }
        for point in 0..P {
            weights[0][point] = weights[0][point] * x + coefficients[point];
        }
    }
    weights
}

/// sinc^p(π n / N) for a wave of `periods` n among `points` N.
pub fn attenuation(order: usize, periods: f64, points: usize) -> f64 {
    let x = PI * periods / points as f64;
    if x == 0.0 { 1.0 } else { (x.sin() / x).powi(order as i32) }
}
