//! Invariants of an atom, in the original's order.

use super::dense::padded;
use super::shape::Shape;
use super::workspace::{Workspace, atom_stride};
use crate::real::Real;

/// For each degree, all levels, all channels: where the two numbers of a channel stand among the scalars of an atom.
///
/// The order is (Re ψ⁰, Im ψ⁰) of all levels and channels, then for each degree l (Re Σ_m ψ_m ψ_m, Σ_m |ψ_m|²) of all levels
/// and channels.
fn places(shape: &Shape) -> Vec<(Option<usize>, usize, usize)> {
    let mut places = Vec::new();
    let mut next = 0;
    let mut group = |degree: Option<usize>| {
        for level in (1..=shape.levels).filter(|&level| degree.is_none_or(|l| l <= shape.degree(level))) {
            places.push((degree, level, next));
            next += 2 * shape.channels;
        }
    };
    group(None);
    (0..=shape.max_degree).for_each(|l| group(Some(l)));
    places
}

pub(super) fn forward<T: Real>(shape: &Shape, space: &mut Workspace<T>) {
    let (c, stride, count) = (shape.padded(), atom_stride(shape), padded(shape.scalars()));
    let atoms = space.geometry.atoms;
    space.scalars.clear();
    space.scalars.resize(atoms * count, T::ZERO);
    for (degree, level, place) in places(shape) {
        for atom in 0..atoms {
            let psi = &space.activations[level].as_slice()[atom * stride..(atom + 1) * stride];
            let out = &mut space.scalars[atom * count + place..][..2 * shape.channels];
            for channel in 0..shape.channels {
                let Some(l) = degree else {
                    out[2 * channel] = psi[channel];
                    out[2 * channel + 1] = psi[c + channel];
                    continue;
                };
                let (mut real, mut imaginary) = (T::ZERO, T::ZERO);
                for row in l * l..(l + 1) * (l + 1) {
                    let (x, y) = (psi[row * 2 * c + channel], psi[row * 2 * c + c + channel]);
                    real += x * x;
                    imaginary += y * y;
                }
                out[2 * channel] = real - imaginary;
                out[2 * channel + 1] = real + imaginary;
            }
        }
    }
}

pub(super) fn backward<T: Real>(shape: &Shape, space: &mut Workspace<T>) {
    let (c, stride, count) = (shape.padded(), atom_stride(shape), padded(shape.scalars()));
    let two = T::ONE + T::ONE;
    for (degree, level, place) in places(shape) {
        for atom in 0..space.geometry.atoms {
            let psi = &space.activations[level].as_slice()[atom * stride..(atom + 1) * stride];
            let out = &mut space.by_activation[level].as_mut_slice()[atom * stride..(atom + 1) * stride];
            let d = &space.by_scalar[atom * count + place..][..2 * shape.channels];
            for channel in 0..shape.channels {
                let (first, second) = (d[2 * channel], d[2 * channel + 1]);
                let Some(l) = degree else {
                    out[channel] += first;
                    out[c + channel] += second;
                    continue;
                };
                for row in l * l..(l + 1) * (l + 1) {
                    let (x, y) = (row * 2 * c + channel, row * 2 * c + c + channel);
                    out[x] += two * psi[x] * (first + second);
                    out[y] += two * psi[y] * (second - first);
                }
            }
        }
    }
}
