//! Internal coordinates with their derivatives.

use cormorant_core::system::vector::{cross, difference, dot, norm, plus};

/// Sines below this are taken for it, so that a bend that becomes straight keeps finite derivatives.
const LEAST_SINE: f64 = 0.02;
/// Areas (Å⁴) below this have no plane.
const NO_PLANE: f64 = 1.0e-8;

/// An atom or an image of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Site {
    /// The atom, counted from 0.
    pub atom: usize,
    /// From the atom to the image in Å.
    pub shift: [f64; 3],
}

/// An internal coordinate of a few sites.
///
/// | variant       | value                              | unit |
/// |---------------|------------------------------------|------|
/// | `Stretch`     | distance                           | Å    |
/// | `Bend`        | angle at the second site           | rad  |
/// | `LinearBend`  | e · (û + v̂), the angle that is missing to π towards a fixed direction e | rad |
/// | `Torsion`     | dihedral angle, with the sign of [`Internal`](super::Internal) | rad |
///
/// û and v̂ are unit vectors from the middle site to the outer ones. Source of the derivatives: Wilson, Decius and Cross 1955,
/// Molecular Vibrations, chapter 4. Checked by `suite::sample` and `suite::scan`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Coordinate {
    /// The distance of two sites.
    Stretch([Site; 2]),
    /// The angle at the second of three.
    Bend([Site; 3]),
    /// The bend of three sites in a line towards a direction of unit length.
    LinearBend([Site; 3], [f64; 3]),
    /// The dihedral angle of four.
    Torsion([Site; 4]),
}

impl Coordinate {
    /// Its sites.
    #[must_use]
    pub fn sites(&self) -> &[Site] {
        match self {
            Self::Stretch(sites) => sites,
            Self::Bend(sites) | Self::LinearBend(sites, _) => sites,
            Self::Torsion(sites) => sites,
        }
    }

    /// Its value in Å or rad, and the derivative with respect to each site, zero for those that it does not have.
    #[must_use]
    pub fn evaluate(&self, positions: &[[f64; 3]]) -> (f64, [[f64; 3]; 4]) {
        let at = |site: &Site| plus(positions[site.atom], 1.0, site.shift);
        let unit = |vector: [f64; 3]| {
            let length = norm(vector);
            (vector.map(|x| x / length), length)
        };
        match self {
            Self::Stretch([i, j]) => {
                let (along, length) = unit(difference(at(j), at(i)));
                (length, [along.map(|x| -x), along, [0.0; 3], [0.0; 3]])
            }
            Self::Bend([i, j, k]) => {
                let ((u, first), (v, second)) = (unit(difference(at(i), at(j))), unit(difference(at(k), at(j))));
                let (cosine, sine) = (dot(u, v), norm(cross(u, v)));
                let scale = 1.0 / sine.max(LEAST_SINE);
                let left = [0, 1, 2].map(|x| (cosine * u[x] - v[x]) * scale / first);
                let right = [0, 1, 2].map(|x| (cosine * v[x] - u[x]) * scale / second);
                (sine.atan2(cosine), outer(left, right))
            }
            Self::LinearBend([i, j, k], axis) => {
                let ((u, first), (v, second)) = (unit(difference(at(i), at(j))), unit(difference(at(k), at(j))));
                let left = plus(*axis, -dot(*axis, u), u).map(|x| x / first);
                let right = plus(*axis, -dot(*axis, v), v).map(|x| x / second);
                (dot(*axis, plus(u, 1.0, v)), outer(left, right))
            }
            Self::Torsion(sites) => torsion(sites.map(|site| at(&site))),
        }
    }

    /// From `rest` to `value`, for a torsion by the shorter way around.
    #[must_use]
    pub fn change(&self, value: f64, rest: f64) -> f64 {
        let change = value - rest;
        match self {
            Self::Torsion(_) => change - std::f64::consts::TAU * (change / std::f64::consts::TAU).round(),
            _ => change,
        }
    }
}

/// Derivatives of three sites of which the middle one balances the others.
fn outer(left: [f64; 3], right: [f64; 3]) -> [[f64; 3]; 4] {
    [left, [0, 1, 2].map(|x| -left[x] - right[x]), right, [0.0; 3]]
}

fn torsion([i, j, k, l]: [[f64; 3]; 4]) -> (f64, [[f64; 3]; 4]) {
    let (first, middle, last) = (difference(j, i), difference(k, j), difference(l, k));
    let (m, n) = (cross(first, middle), cross(middle, last));
    let length = norm(middle);
    let angle = (length * dot(first, n)).atan2(dot(m, n));
    let (left, right) = (dot(m, m), dot(n, n));
    if left < NO_PLANE || right < NO_PLANE {
        return (angle, [[0.0; 3]; 4]);
    }
    let (at_i, at_l) = (m.map(|x| -x * length / left), n.map(|x| x * length / right));
    let (p, q) = (-dot(first, middle) / (length * length), -dot(last, middle) / (length * length));
    let shared = [0, 1, 2].map(|x| p * at_i[x] - q * at_l[x]);
    (angle, [at_i, difference(shared, at_i), [0, 1, 2].map(|x| -at_l[x] - shared[x]), at_l])
}
