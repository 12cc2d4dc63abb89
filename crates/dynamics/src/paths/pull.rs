//! The force on an image of an elastic band.

use super::FreeMotion;
use super::band::{Band, length, product};
use cormorant_core::system::vector::{norm, plus};

/// What pulls at an image:
///
///   F_i = F − (F·τ)·τ + k·(|R_{i+1} − R_i| − |R_i − R_{i−1}|)·τ        climbing: F_i = F − 2·(F·τ)·τ
///
/// | symbol | here      | unit  | shape        |
/// |--------|-----------|-------|--------------|
/// | F      | true force | eV/Å | `[atoms][3]` |
/// | τ      | tangent of unit length over all atoms: towards the higher neighbor, mixed at extrema | 1 | `[atoms][3]` |
/// | R      | positions | Å     | `[atoms][3]` |
/// | k      | `spring`  | eV/Å² | scalar       |
///
/// Source: Henkelman and Jónsson 2000, doi:10.1063/1.1323224, eqs. 8 to 12; Henkelman, Uberuaga and Jónsson 2000,
/// doi:10.1063/1.1329672, eq. 5. Checked by `suite::paths`.
pub(super) struct Pull {
    /// The force that moves the image, in eV/Å.
    pub(super) force: Vec<[f64; 3]>,
    /// Largest force on an atom across the path in eV/Å; of a climbing image the largest force.
    pub(super) residual: f64,
}

impl Pull {
    /// At image `image`, which is not an end.
    pub(super) fn of(band: &Band, image: usize, spring: f64, climbs: bool, free: FreeMotion) -> Self {
        let tangent = tangent(band, image, free);
        let forces = &band.evaluations[image].forces;
        let along = product(forces, &tangent);
        let combined = |factor: f64| -> Vec<[f64; 3]> {
            forces.iter().zip(&tangent).map(|(force, part)| plus(*force, factor, *part)).collect()
        };
        let largest = |vectors: &[[f64; 3]]| vectors.iter().map(|vector| norm(*vector)).fold(0.0, f64::max);
        let force = if climbs {
            combined(-2.0 * along)
        } else {
            let stretch = length(&band.step(image, image + 1)) - length(&band.step(image - 1, image));
            combined(spring * stretch - along)
        };
        let residual = if climbs { largest(forces) } else { largest(&combined(-along)) };
        Self { force, residual }
    }
}

/// The improved tangent at an image, of unit length; at an end the direction to the neighbor.
pub(super) fn tangent(band: &Band, image: usize, free: FreeMotion) -> Vec<[f64; 3]> {
    let last = band.len() - 1;
    let mut tangent = if image == 0 {
        band.step(0, 1)
    } else if image == last {
        band.step(last - 1, last)
    } else {
        let (forward, backward) = (band.step(image, image + 1), band.step(image - 1, image));
        let [before, here, after] = [image - 1, image, image + 1].map(|image| band.energy(image));
        let (up, down) = (after - here, before - here);
        if after > here && here > before {
            forward
        } else if after < here && here < before {
            backward
        } else {
            let (most, least) = (up.abs().max(down.abs()), up.abs().min(down.abs()));
            let (ahead, behind) = if after > before { (most, least) } else { (least, most) };
            // On a plain both weights are zero, and the direction is that of the neighbors.
            let (ahead, behind) = if most > 0.0 { (ahead, behind) } else { (1.0, 1.0) };
            forward
                .iter()
                .zip(&backward)
                .map(|(f, b)| [0, 1, 2].map(|axis| ahead * f[axis] + behind * b[axis]))
                .collect()
        }
    };
    free.remove(&band.positions[image], &mut tangent);
    let size = length(&tangent).max(f64::MIN_POSITIVE);
    tangent.iter().map(|part| part.map(|x| x / size)).collect()
}
