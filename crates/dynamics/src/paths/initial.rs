//! First images of a path.

use super::elastic_band::{BandSettings, ElasticBand};
use super::idpp::Idpp;
use super::{Ends, FreeMotion};
use cormorant_core::system::vector::{difference, norm, plus};
use cormorant_core::{Error, Result};

/// How the first images are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InitialPath {
    /// All distances change evenly, as far as they can at once.
    #[default]
    Idpp,
    /// All atoms go straight.
    Linear,
}

/// Atoms nearer to each other than this (Å) are at one place.
const MEETING: f64 = 0.01;

/// Springs, tolerance and steps of the path on the image-dependent pair potential, whose energy has the unit 1/Å².
const ON_PAIRS: BandSettings = BandSettings { spring: 0.1, climb: false, force_tolerance: 0.005, most_steps: 500 };

/// So many images between `ends`, which have been superposed; `[images][atoms][3]` in Å.
///
/// # Errors
/// When the interpolation gives numbers that are not finite, or two atoms meet on the way.
pub fn interpolate(ends: &Ends, images: usize, free: FreeMotion, initial: InitialPath) -> Result<Vec<Vec<[f64; 3]>>> {
    let steps = |share: f64| {
        let pairs = ends.first.positions.iter().zip(&ends.second.positions);
        pairs.map(|(from, to)| plus(*from, share, difference(*to, *from))).collect::<Vec<_>>()
    };
    let straight: Vec<Vec<[f64; 3]>> = (1..=images).map(|image| steps(image as f64 / (images + 1) as f64)).collect();
    if initial == InitialPath::Linear {
        require_apart(ends, &straight)?;
        return Ok(straight);
    }
    let mut pairs = Idpp::new(ends, images);
    let nothing = [0.0, 0.0].map(|energy| Idpp::end(energy, ends.first.atom_count()));
    let mut band = ElasticBand::new(ends, nothing, straight, &ON_PAIRS, free, &mut pairs)?;
    band.relax(&mut pairs, &mut |_| Ok(()))?;
    let mut found = band.into_band().positions;
    found.pop();
    found.remove(0);
    require_apart(ends, &found)?;
    Ok(found)
}

/// Refuses images in which two atoms are at one place: forces there say nothing, and no step leads out of it.
fn require_apart(ends: &Ends, images: &[Vec<[f64; 3]>]) -> Result<()> {
    for (image, positions) in images.iter().enumerate() {
        for (first, one) in positions.iter().enumerate() {
            let near = |other: &[f64; 3]| {
                let direct = difference(*other, *one);
                norm(ends.first.cell.map_or(direct, |cell| cell.nearest_image(direct))) < MEETING
            };
            let Some(second) = positions[first + 1..].iter().position(near).map(|at| first + 1 + at) else { continue };
            let [a, b] = [first, second].map(|atom| format!("{} ({})", atom + 1, ends.first.elements[atom]));
            return Err(Error::Structure(format!(
                "atoms {a} and {b} meet in image {} of the first path: they would have to pass through each other. Move one of them off their \
                 common line in one of the ends, keep the ends as they are then (minimize_ends = false, --keep-ends), or ask for another \
                 number of images",
                image + 1
            )));
        }
    }
    Ok(())
}
