//! Energies along a path.

use super::FreeMotion;
use super::band::{Band, product};
use super::pull::tangent;

/// A path in one dimension.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Distance of each image along the path in Å.
    pub distances: Vec<f64>,
    /// Energy of each image in eV.
    pub energies: Vec<f64>,
    /// Derivative of the energy along the path in eV/Å: minus the tangential force.
    pub slopes: Vec<f64>,
}

impl Profile {
    /// That of `band`.
    #[must_use]
    pub fn of(band: &Band, free: FreeMotion) -> Self {
        let slope = |image: usize| -product(&band.evaluations[image].forces, &tangent(band, image, free));
        Self {
            distances: band.distances(),
            energies: (0..band.len()).map(|image| band.energy(image)).collect(),
            slopes: (0..band.len()).map(slope).collect(),
        }
    }

    /// A smooth curve through energies and slopes, `[points][2]` in Å and eV, with so many points between two images.
    ///
    ///   E(s) = (1 + 2u)(1 − u)²·E₀ + u(1 − u)²·h·E₀′ + u²(3 − 2u)·E₁ − u²(1 − u)·h·E₁′        u = (s − s₀)/h
    ///
    /// | symbol | here                         | unit |
    /// |--------|------------------------------|------|
    /// | s      | distance along the path      | Å    |
    /// | h      | distance of two images       | Å    |
    /// | E, E′  | `energies`, `slopes`         | eV, eV/Å |
    ///
    /// Source: Henkelman and Jónsson 2000, doi:10.1063/1.1323224, appendix. Checked by `suite::paths`.
    #[must_use]
    pub fn curve(&self, between: usize) -> Vec<[f64; 2]> {
        let mut points = Vec::new();
        for image in 1..self.distances.len() {
            let (start, width) = (self.distances[image - 1], self.distances[image] - self.distances[image - 1]);
            let [left, right] = [image - 1, image].map(|image| (self.energies[image], width * self.slopes[image]));
            for point in 0..=between {
                let u = point as f64 / (between + 1) as f64;
                let rest = 1.0 - u;
                let energy = (1.0 + 2.0 * u) * rest * rest * left.0
                    + u * rest * rest * left.1
                    + u * u * (3.0 - 2.0 * u) * right.0
                    - u * u * rest * right.1;
                points.push([start + u * width, energy]);
            }
        }
        points.extend(self.distances.last().zip(self.energies.last()).map(|(s, energy)| [*s, *energy]));
        points
    }
}
