//! From the invariants of all atoms to one number.
//!
//! MD-17: E = w · Σ_i s_i + b. QM9: E = perceptron(Σ_i perceptron(s_i)).

use super::dense::padded;
use super::layout::{ATOM_OUTPUTS, Layout};
use super::operations::Operations;
use super::shape::{OutputKind, Shape};
use super::weights::{Gradient, Weights};
use super::workspace::Workspace;

pub(super) fn forward<T: Operations>(shape: &Shape, layout: &Layout, weights: &Weights<T>, space: &mut Workspace<T>) {
    let (count, atoms) = (shape.scalars(), space.geometry.atoms);
    let width = padded(count);
    if shape.output == OutputKind::Perceptron {
        let [atom, molecule] = &weights.heads[..] else { return };
        let [first, second] = &mut space.heads;
        first.input.resize(atoms * width);
        first.input.as_mut_slice().copy_from_slice(&space.scalars);
        atom.forward(atoms, first);
        second.input.resize(ATOM_OUTPUTS);
        second.input.fill_zero();
        for row in first.output.as_slice().chunks_exact(padded(ATOM_OUTPUTS)) {
            second.input.as_mut_slice().iter_mut().zip(row).for_each(|(sum, &x)| *sum += x);
        }
        molecule.forward(1, second);
        space.energy = second.output.as_slice()[0].to_f64();
        return;
    }
    let output = &weights.packed[layout.block("output.weight").offset..][..count];
    let of_atom = |atom: &[T]| atom.iter().zip(output).map(|(x, w)| x.to_f64() * w).sum::<f64>();
    let sum: f64 = space.scalars.chunks_exact(width).map(of_atom).sum();
    space.energy = sum + weights.packed[layout.block("output.bias").offset];
}

pub(super) fn backward<T: Operations>(
    shape: &Shape,
    layout: &Layout,
    weights: &Weights<T>,
    space: &mut Workspace<T>,
    seed: f64,
    gradient: Option<&mut Gradient<T>>,
) {
    let (count, atoms) = (shape.scalars(), space.geometry.atoms);
    let width = padded(count);
    space.by_scalar.clear();
    if shape.output == OutputKind::Perceptron {
        let [atom, molecule] = &weights.heads[..] else { return };
        let [first, second] = &mut space.heads;
        let at = 3 * weights.rounds.len();
        let (of_atom, of_molecule, mut packed) = match gradient {
            Some(Gradient { packed, dense, .. }) => {
                let (of_atom, of_molecule) = dense[at..].split_at_mut(2);
                (Some(of_atom), Some(of_molecule), Some(&mut packed[..]))
            }
            None => (None, None, None),
        };
        second.by_output.resize(padded(1));
        second.by_output.fill_zero();
        second.by_output.as_mut_slice()[0] = T::from_f64(seed);
        molecule.backward(1, second, of_molecule.zip(packed.as_deref_mut()));
        first.by_output.resize(atoms * padded(ATOM_OUTPUTS));
        for row in first.by_output.as_mut_slice().chunks_exact_mut(padded(ATOM_OUTPUTS)) {
            row.copy_from_slice(&second.by_input.as_slice()[..padded(ATOM_OUTPUTS)]);
        }
        atom.backward(atoms, first, of_atom.zip(packed));
        space.by_scalar.extend_from_slice(&first.by_input.as_slice()[..atoms * width]);
        return;
    }
    let (weight, bias) = (layout.block("output.weight"), layout.block("output.bias"));
    let mut row = vec![T::ZERO; width];
    row.iter_mut().zip(&weights.packed[weight.offset..][..count]).for_each(|(d, &w)| *d = T::from_f64(seed * w));
    (0..atoms).for_each(|_| space.by_scalar.extend_from_slice(&row));
    if let Some(gradient) = gradient {
        for atom in space.scalars.chunks_exact(width) {
            for (sum, x) in gradient.packed[weight.offset..][..count].iter_mut().zip(atom) {
                *sum += seed * x.to_f64();
            }
        }
        gradient.packed[bias.offset] += seed;
    }
}
