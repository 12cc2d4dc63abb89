//! Energies that count only relative to those of other frames.
//!
//! Energies of two theories differ by constants that mean nothing, and by more than those between molecules. Within one scan of one molecule
//! their differences can be compared. With the frames f of one scan that are in a batch,
//!
//!   L = λ_E Σ_f ρ(|d_f − d̄|/√N),   d_f = E_f − E*_f,   d̄ = Σ_f d_f / n
//!
//! | symbol | here | unit |
//! |---|---|---|
//! | E_f    | energy of the network, scaled | |
//! | E*_f   | `Graph::relative_energy`, scaled | |
//! | n      | frames of the scan in the batch | |
//!
//! E*_f + d̄ stands for the label of the frame in this step. Squares have the gradient of this loss exactly, since Σ_f (d_f − d̄) = 0; the
//! linear part of ρ has it with d̄ held where it is. Checked by: `suite::relative_energies`.

use std::collections::BTreeMap;

/// Frames of one scan that come in one batch, as far as they can: fewer have little to be compared with, and more would leave no place
/// for others.
const TOGETHER: usize = 4;

/// An order of frames in which those of one scan come in fours and the `others` by themselves. `shuffle` shuffles a list, with a number of
/// its own for each.
pub(super) fn in_fours(
    mut others: Vec<u32>,
    scans: BTreeMap<&str, Vec<u32>>,
    shuffle: &dyn Fn(u64, &mut [u32]),
) -> Vec<u32> {
    if scans.is_empty() {
        shuffle(0, &mut others);
        return others;
    }
    let mut units: Vec<Vec<u32>> = others.into_iter().map(|frame| vec![frame]).collect();
    for (number, mut scan) in scans.into_values().enumerate() {
        shuffle(1 + number as u64, &mut scan);
        let count = (scan.len() / TOGETHER).max(1);
        // As equal as they can be, so that none is left alone.
        units.extend((0..count).map(|unit| scan[unit * scan.len() / count..(unit + 1) * scan.len() / count].to_vec()));
    }
    let mut places: Vec<u32> = (0..units.len() as u32).collect();
    shuffle(0, &mut places);
    places.into_iter().flat_map(|place| std::mem::take(&mut units[place as usize])).collect()
}

/// A frame whose energy counts relative to those of its scan.
#[derive(Debug, Clone, Copy)]
pub(super) struct Compared<'f> {
    /// Place in the batch.
    pub(super) place: usize,
    /// Its scan.
    pub(super) scan: &'f str,
    /// E*.
    pub(super) label: f64,
    /// E.
    pub(super) energy: f64,
}

/// What stands for the label of each frame of a batch of `size` in this step: E* + d̄; none for frames that are not compared.
pub(super) fn labels(size: usize, compared: &[Compared<'_>]) -> Vec<Option<f64>> {
    let mut sums: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for one in compared {
        let (sum, count) = sums.entry(one.scan).or_default();
        *sum += one.energy - one.label;
        *count += 1.0;
    }
    let mut labels = vec![None; size];
    for one in compared {
        labels[one.place] = sums.get(one.scan).map(|(sum, count)| one.label + sum / count);
    }
    labels
}
