//! Strained cells.

use super::Redrawn;
use super::rattle::shake;
use super::redraw::redraw;
use cormorant_core::noise::{Noise, Stream};
use cormorant_core::system::vector::times;
use cormorant_core::system::{Cell, System, molecules};
use cormorant_core::{Error, Result};
use cormorant_dynamics::dynamics::not_negative;

/// How cells are strained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StrainSettings {
    /// Smallest and largest volume over that of the structure; of the area of a slab and the length of a wire.
    pub volumes: [f64; 2],
    /// Largest component of the random strain, before it is scaled to the volume.
    pub largest_strain: f64,
    /// Standard deviation in Å of each coordinate of an atom.
    pub amplitude: f64,
    /// No two atoms come nearer than this times the sum of their covalent radii.
    pub shortest: f64,
}

/// `count` strained copies of `system`, with rattled atoms. Their volumes are evenly apart from the smallest to the largest:
///
///   H → H·F,  r → r·F,   F = (1 + ε)·[1 + (s − 1) P],   ε_ab = ε_ba uniform in [−e, e],   s^d = v·V / V(H·(1 + ε))
///
/// | symbol | here             | unit | shape    |
/// |--------|------------------|------|----------|
/// | H, V   | cell and its [measure](Cell::measure) | Å, Å³ (Å², Å) | `[3][3]`, scalar |
/// | e, v   | `largest_strain`, a number in `volumes` | 1 | scalar |
/// | P, d   | projector on the d repeating directions | 1 | `[3][3]` |
///
/// Where the bonds make [molecules], r is the center of mass of a molecule, and its atoms keep their places about it: a cell gives
/// way between molecules, not within them. Where bonds continue through the cell, as in covalent and many ionic solids, r is each atom.
///
/// # Errors
/// When there is no cell, a number is out of range, two atoms of the system are too close, or no frame can be drawn in which they are
/// not.
pub fn strain(system: &System, settings: &StrainSettings, count: usize, noise: &Noise) -> Result<Redrawn> {
    let StrainSettings { volumes: [low, high], largest_strain, amplitude, shortest } = *settings;
    let Some(cell) = system.cell else {
        let reason = "has no cell that could be strained: use the method thermal or rattle for molecules";
        return Err(Error::Structure(reason.into()));
    };
    if !(low > 0.3 && high >= low && high < 3.0) {
        return Err(Error::Invalid(format!(
            "volumes from {low} to {high} of that of the structure make no sense; write for instance 0.94..1.06"
        )));
    }
    if !(0.0..=0.2).contains(&largest_strain) {
        return Err(Error::Invalid(format!("a largest strain of {largest_strain} is not between 0 and 0.2")));
    }
    not_negative("the amplitude", amplitude)?;
    let groups = molecules(system);
    redraw(system, shortest, count, *noise, &mut |frame, stream| {
        let place = if count > 1 { frame as f64 / (count - 1) as f64 } else { 0.5 };
        let gradient = gradient(&cell, low + (high - low) * place, largest_strain, stream)?;
        let mut system = system.clone();
        if let Some(groups) = &groups {
            groups.deform(&mut system, &gradient)?;
        } else {
            system.cell = Some(cell.deformed(&gradient)?);
            system.positions.iter_mut().for_each(|position| *position = times(*position, &gradient));
        }
        shake(&mut system, amplitude, stream);
        Ok(Some(system))
    })
}

/// F for the volume `ratio`.
fn gradient(cell: &Cell, ratio: f64, largest: f64, stream: &mut Stream) -> Result<[[f64; 3]; 3]> {
    let mut random = [[0.0; 3]; 3];
    for a in 0..3 {
        for b in a..3 {
            random[a][b] = largest * (2.0 * stream.uniform() - 1.0);
            random[b][a] = random[a][b];
        }
    }
    let mut shape = cell.along_repeating(&random);
    (0..3).for_each(|k| shape[k][k] += 1.0);
    let scale = (ratio * cell.measure() / cell.deformed(&shape)?.measure()).powf(1.0 / cell.dimensions() as f64);
    let mut swell = cell.projector().map(|row| row.map(|entry| (scale - 1.0) * entry));
    (0..3).for_each(|k| swell[k][k] += 1.0);
    Ok(shape.map(|row| times(row, &swell)))
}
