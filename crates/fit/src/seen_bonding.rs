//! What atoms of the training frames are bonded to.

use crate::Configuration;
use cormorant_core::Result;
use cormorant_network::SeenBonding;

/// More kinds than this are no bonds: of atoms in a metal or a plasma nothing is learned from them.
const MOST_KINDS: usize = 5000;

/// The bonding of all atoms of `frames`; none where there are no frames, or too many kinds of it.
///
/// # Errors
/// When two atoms overlap.
pub fn seen_bonding(frames: &[Configuration]) -> Result<Option<SeenBonding>> {
    let mut seen = SeenBonding::default();
    for frame in frames {
        seen.add(&frame.system()?)?;
        if seen.counts.len() > MOST_KINDS {
            return Ok(None);
        }
    }
    Ok((seen.frames > 0).then_some(seen))
}
