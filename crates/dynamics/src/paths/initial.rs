//! First images of a path.

use super::elastic_band::{BandSettings, ElasticBand};
use super::idpp::Idpp;
use super::{Ends, FreeMotion};
use cormorant_core::Result;
use cormorant_core::system::vector::{difference, plus};

/// How the first images are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InitialPath {
    /// All distances change evenly, as far as they can at once.
    #[default]
    Idpp,
    /// All atoms go straight.
    Linear,
}

/// Springs, tolerance and steps of the path on the image-dependent pair potential, whose energy has the unit 1/Å².
const ON_PAIRS: BandSettings = BandSettings { spring: 0.1, climb: false, force_tolerance: 0.005, most_steps: 500 };

/// So many images between `ends`, which have been superposed; `[images][atoms][3]` in Å.
///
/// # Errors
/// When the interpolation gives numbers that are not finite.
pub fn interpolate(ends: &Ends, images: usize, free: FreeMotion, initial: InitialPath) -> Result<Vec<Vec<[f64; 3]>>> {
    let steps = |share: f64| {
        let pairs = ends.first.positions.iter().zip(&ends.second.positions);
        pairs.map(|(from, to)| plus(*from, share, difference(*to, *from))).collect::<Vec<_>>()
    };
    let straight: Vec<Vec<[f64; 3]>> = (1..=images).map(|image| steps(image as f64 / (images + 1) as f64)).collect();
    if initial == InitialPath::Linear {
        return Ok(straight);
    }
    let mut pairs = Idpp::new(ends, images);
    let nothing = [0.0, 0.0].map(|energy| Idpp::end(energy, ends.first.atom_count()));
    let mut band = ElasticBand::new(ends, nothing, straight, &ON_PAIRS, free, &mut pairs)?;
    band.relax(&mut pairs, &mut |_| Ok(()))?;
    let mut found = band.into_band().positions;
    found.pop();
    found.remove(0);
    Ok(found)
}
