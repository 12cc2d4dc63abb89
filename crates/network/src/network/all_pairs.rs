//! The graph of networks without a cutoff.

use cormorant_core::Result;
use cormorant_core::system::neighbors::{SAME_SPOT, same_spot};
use cormorant_core::system::vector::{difference, dot};
use cormorant_core::system::{Neighbors, System};

/// Every other atom as a neighbor of every atom of a system without a cell, in their order.
///
/// # Errors
/// When two atoms overlap.
pub fn all_pairs(system: &System, pairs: &mut Neighbors) -> Result<()> {
    let positions = &system.positions;
    pairs.offsets.clear();
    pairs.senders.clear();
    pairs.vectors.clear();
    pairs.offsets.push(0);
    for (receiver, here) in positions.iter().enumerate() {
        for (sender, there) in positions.iter().enumerate().filter(|(sender, _)| *sender != receiver) {
            let vector = difference(*there, *here);
            if dot(vector, vector) < SAME_SPOT * SAME_SPOT {
                return Err(same_spot(system, receiver, sender));
            }
            pairs.senders.push(sender as u32);
            pairs.vectors.push(vector);
        }
        pairs.offsets.push(pairs.senders.len());
    }
    Ok(())
}
