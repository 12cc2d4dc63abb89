//! From elements to the first activations: channel c of an atom is h_2c + i h_2c+1.
//!
//! h = W f + b with f = (Z / Z_max)^p at the place of the atom's species (MD-17), or what the rounds of messages make of f
//! (QM9).

use super::layout::Layout;
use super::operations::Operations;
use super::shape::{InputKind, Shape};
use super::weights::{Gradient, Weights};
use super::workspace::{Workspace, atom_stride};

/// The features of an atom that are not zero, with their places.
fn features(shape: &Shape, species: u32) -> impl Iterator<Item = (usize, f64)> {
    let powers = shape.charge_power + 1;
    let largest = shape.numbers.iter().copied().max().unwrap_or(1);
    let ratio = f64::from(shape.numbers[species as usize]) / f64::from(largest);
    (0..powers).map(move |p| (species as usize * powers + p, ratio.powi(p as i32)))
}

/// Place of number `k` of h in the activations of an atom.
fn place(shape: &Shape, k: usize) -> usize {
    k % 2 * shape.padded() + k / 2
}

pub(super) fn forward<T: Operations>(
    shape: &Shape,
    layout: &Layout,
    weights: &Weights<T>,
    species: &[u32],
    space: &mut Workspace<T>,
) {
    let count = shape.features();
    if let InputKind::Messages(_) = shape.input {
        let mut values = vec![T::ZERO; species.len() * count];
        for (atom, &kind) in species.iter().enumerate() {
            features(shape, kind).for_each(|(index, value)| values[atom * count + index] = T::from_f64(value));
        }
        space.rounds.resize_with(weights.rounds.len(), Default::default);
        for (round, keep) in weights.rounds.iter().zip(&mut space.rounds) {
            values = round.forward(&space.geometry, &values, keep);
        }
        for (atom, h) in values.chunks_exact(2 * shape.channels).enumerate() {
            let psi = &mut space.activations[0].as_mut_slice()[atom * atom_stride(shape)..];
            h.iter().enumerate().for_each(|(k, &x)| psi[place(shape, k)] = x);
        }
        return;
    }
    let (weight, bias) = (layout.block("input.weight"), layout.block("input.bias"));
    for (atom, &kind) in species.iter().enumerate() {
        let psi = &mut space.activations[0].as_mut_slice()[atom * atom_stride(shape)..];
        for k in 0..2 * shape.channels {
            let row = &weights.packed[weight.offset + k * count..][..count];
            let sum: f64 = features(shape, kind).map(|(index, value)| row[index] * value).sum();
            psi[place(shape, k)] = T::from_f64(sum + weights.packed[bias.offset + k]);
        }
    }
}

pub(super) fn backward<T: Operations>(
    shape: &Shape,
    layout: &Layout,
    weights: &Weights<T>,
    species: &[u32],
    space: &mut Workspace<T>,
    mut gradient: Option<&mut Gradient<T>>,
) {
    let h = 2 * shape.channels;
    let own = |space: &Workspace<T>, atom: usize, k: usize| {
        space.by_activation[0].as_slice()[atom * atom_stride(shape) + place(shape, k)]
    };
    let count = shape.features();
    if let InputKind::Messages(_) = shape.input {
        let atoms = species.len();
        let mut by_values: Vec<T> =
            (0..atoms).flat_map(|atom| (0..h).map(move |k| (atom, k))).map(|(atom, k)| own(space, atom, k)).collect();
        let Workspace { geometry, rounds, by_distance, .. } = space;
        for (index, round) in weights.rounds.iter().enumerate().rev() {
            let into = gradient
                .as_deref_mut()
                .map(|Gradient { packed, dense, .. }| (&mut dense[3 * index..3 * index + 3], &mut packed[..]));
            by_values = round.backward(geometry, &mut rounds[index], &by_values, by_distance, into);
        }
        return;
    }
    let Some(gradient) = gradient else { return };
    let (weight, bias) = (layout.block("input.weight"), layout.block("input.bias"));
    for (atom, &kind) in species.iter().enumerate() {
        for k in 0..h {
            let d = own(space, atom, k).to_f64();
            for (index, value) in features(shape, kind) {
                gradient.packed[weight.offset + k * count + index] += d * value;
            }
            gradient.packed[bias.offset + k] += d;
        }
    }
}
