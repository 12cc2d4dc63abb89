//! Atom level: ψ_i ← W (Σ_j (g_ij Y(r_ij)) ⊗ ψ_j ⊕ ψ_i ⊕ ψ_i ⊗ ψ_i).
//!
//! The sum over j is taken before the Clebsch-Gordan coefficients: A_i = Σ_j G_ij ψ_j^T is a product of complex matrices for
//! each channel, and all products of degrees are contractions of A_i. The square is the contraction of ψ_i ψ_i^T.

use super::channel_product::ChannelProduct;
use super::contraction::{Contract, ContractBackward};
use super::expand::{Expand, ExpandBackward};
use super::level::Level;
use super::operations::Operations;
use super::shape::Shape;
use super::weights::{LevelGradient, LevelWeights};
use super::workspace::{Workspace, atom_stride};
use crate::matmul::{AddOuter, AddProduct, Base};
use cormorant_so3::rows;

/// Rows of degree `l` of the activations of `atoms` atoms, as offsets.
fn activation_rows(shape: &Shape, l: usize, atoms: usize) -> Vec<u32> {
    let (stride, c) = (atom_stride(shape), shape.padded());
    let row = |atom: usize, m: usize| (atom * stride + (l * l + m) * 2 * c) as u32;
    (0..atoms).flat_map(|atom| (0..=2 * l).map(move |m| row(atom, m))).collect()
}

/// For each component of the atom's own activation, its offset in the activations and in the inputs of the linear map.
fn own_places<T>(shape: &Shape, s: usize, level: &Level<T>) -> Vec<(usize, usize)> {
    let width = 2 * shape.padded();
    let place = |l: usize, m: usize| {
        let slot = shape.aggregate_paths(s, l).len();
        ((l * l + m) * width, level.offsets[l] + m * level.widths[l] + slot * width)
    };
    (0..=level.degree).flat_map(|l| (0..=2 * l).map(move |m| place(l, m))).collect()
}

pub(super) fn forward<T: Operations>(
    shape: &Shape,
    s: usize,
    level: &Level<T>,
    weights: &LevelWeights<T>,
    space: &mut Workspace<T>,
) {
    let (c, stride) = (shape.padded(), atom_stride(shape));
    let (left, right) = (rows(shape.max_edge_degree), rows(level.degree));
    let Workspace { geometry, activations, levels, expanded, products, .. } = space;
    let n = geometry.atoms;
    let here = &mut levels[s];
    let own = own_places(shape, s, level);
    for i in 0..n {
        let psi = activations[s].as_slice()[i * stride..].as_ptr();
        let inputs = &mut here.inputs.as_mut_slice()[i * level.total..(i + 1) * level.total];
        T::expand(Expand {
            pairs: &geometry.pair_of[i * n..(i + 1) * n],
            edges: here.edges.as_ptr(),
            harmonics: geometry.harmonics[i * n * left..].as_ptr(),
            degree: shape.max_edge_degree,
            channels: c,
            out: expanded.as_mut_ptr(),
        });
        T::channel_product(ChannelProduct {
            x: expanded.as_ptr(),
            x_strides: [2 * c, left * 2 * c],
            y: activations[s].as_ptr(),
            y_strides: [2 * c, stride],
            out: products.as_mut_ptr(),
            out_strides: [right * 2 * c, 2 * c],
            sizes: [left, right, n],
            channels: c,
            conjugate: false,
            add: false,
        });
        let rows = inputs.as_mut_ptr();
        T::contract(Contract { table: &level.aggregate, products: products.as_ptr(), rows, channels: c });
        T::channel_product(ChannelProduct {
            x: psi,
            x_strides: [2 * c, 0],
            y: psi,
            y_strides: [2 * c, 0],
            out: products.as_mut_ptr(),
            out_strides: [right * 2 * c, 2 * c],
            sizes: [right, right, 1],
            channels: c,
            conjugate: false,
            add: false,
        });
        T::contract(Contract { table: &level.square, products: products.as_ptr(), rows, channels: c });
        for &(from, to) in &own {
            let row = &activations[s].as_slice()[i * stride + from..][..2 * c];
            inputs[to..to + 2 * c].copy_from_slice(row);
        }
    }
    for (l, matrix) in weights.atom.iter().enumerate() {
        T::add_product(AddProduct {
            inputs: &level.rows(l, n),
            outputs: &activation_rows(shape, l, n),
            input: here.inputs.as_ptr(),
            inner: matrix.inner,
            matrix: matrix.forward.as_ptr(),
            panels: false,
            columns: matrix.columns,
            base: Base::Out,
            out: activations[s + 1].as_mut_ptr(),
        });
    }
}

/// From ∂E/∂ψ after level `s` to gradients of its weights and of the inputs that they multiply.
fn backward_of_weights<T: Operations>(
    shape: &Shape,
    s: usize,
    level: &Level<T>,
    weights: &LevelWeights<T>,
    space: &mut Workspace<T>,
    gradient: Option<&mut LevelGradient<T>>,
) {
    let Workspace { geometry, by_activation, levels, by_inputs, .. } = space;
    let n = geometry.atoms;
    let here = &mut levels[s];
    by_inputs.as_mut_slice()[..n * level.total].fill(T::ZERO);
    for (l, matrix) in weights.atom.iter().enumerate() {
        T::add_product(AddProduct {
            inputs: &activation_rows(shape, l, n),
            outputs: &level.rows(l, n),
            input: by_activation[s + 1].as_ptr(),
            inner: matrix.columns,
            matrix: matrix.backward.as_ptr(),
            panels: false,
            columns: matrix.inner,
            base: Base::Out,
            out: by_inputs.as_mut_ptr(),
        });
    }
    if let Some(gradient) = gradient {
        for (l, matrix) in gradient.atom.iter_mut().enumerate() {
            T::add_outer(AddOuter {
                inputs: &level.rows(l, n),
                gradients: &activation_rows(shape, l, n),
                input: here.inputs.as_ptr(),
                inner: weights.atom[l].inner,
                gradient: by_activation[s + 1].as_ptr(),
                columns: weights.atom[l].columns,
                out: matrix.as_mut_ptr(),
            });
        }
    }
}

/// From ∂E/∂ψ after level `s` to gradients of weights, edges, harmonics and ψ before it.
pub(super) fn backward<T: Operations>(
    shape: &Shape,
    s: usize,
    level: &Level<T>,
    weights: &LevelWeights<T>,
    space: &mut Workspace<T>,
    gradient: Option<&mut LevelGradient<T>>,
    positions: bool,
) {
    let (c, stride) = (shape.padded(), atom_stride(shape));
    let (left, right) = (rows(shape.max_edge_degree), rows(level.degree));
    backward_of_weights(shape, s, level, weights, space, gradient);
    let Workspace {
        geometry,
        activations,
        by_activation,
        levels,
        expanded,
        by_expanded,
        products,
        by_inputs,
        by_harmonic,
        ..
    } = space;
    let n = geometry.atoms;
    let here = &mut levels[s];
    let own = own_places(shape, s, level);
    let harmonics = |i: usize| geometry.harmonics[i * n * left..].as_ptr();
    for i in 0..n {
        let rows = by_inputs.as_slice()[i * level.total..].as_ptr();
        let psi = activations[s].as_slice()[i * stride..].as_ptr();
        let by_psi = &mut by_activation[s].as_mut_slice()[i * stride..(i + 1) * stride];
        for &(to, from) in &own {
            let row = &by_inputs.as_slice()[i * level.total + from..][..2 * c];
            by_psi[to..to + 2 * c].iter_mut().zip(row).for_each(|(sum, &x)| *sum += x);
        }
        T::contract_backward(ContractBackward {
            table: &level.square,
            rows,
            products: products.as_mut_ptr(),
            channels: c,
        });
        for strides in [[right * 2 * c, 2 * c], [2 * c, right * 2 * c]] {
            T::channel_product(ChannelProduct {
                x: products.as_ptr(),
                x_strides: strides,
                y: psi,
                y_strides: [0, 2 * c],
                out: by_psi.as_mut_ptr(),
                out_strides: [2 * c, 0],
                sizes: [right, 1, right],
                channels: c,
                conjugate: true,
                add: true,
            });
        }
        T::contract_backward(ContractBackward {
            table: &level.aggregate,
            rows,
            products: products.as_mut_ptr(),
            channels: c,
        });
        T::expand(Expand {
            pairs: &geometry.pair_of[i * n..(i + 1) * n],
            edges: here.edges.as_ptr(),
            harmonics: harmonics(i),
            degree: shape.max_edge_degree,
            channels: c,
            out: expanded.as_mut_ptr(),
        });
        // ∂E/∂G_j = ∂E/∂A · conj ψ_j and ∂E/∂ψ_j += ∂E/∂A^T · conj G_j.
        T::channel_product(ChannelProduct {
            x: products.as_ptr(),
            x_strides: [right * 2 * c, 2 * c],
            y: activations[s].as_ptr(),
            y_strides: [stride, 2 * c],
            out: by_expanded.as_mut_ptr(),
            out_strides: [2 * c, left * 2 * c],
            sizes: [left, n, right],
            channels: c,
            conjugate: true,
            add: false,
        });
        T::channel_product(ChannelProduct {
            x: products.as_ptr(),
            x_strides: [2 * c, right * 2 * c],
            y: expanded.as_ptr(),
            y_strides: [left * 2 * c, 2 * c],
            out: by_activation[s].as_mut_ptr(),
            out_strides: [2 * c, stride],
            sizes: [right, n, left],
            channels: c,
            conjugate: true,
            add: true,
        });
        T::expand_backward(ExpandBackward {
            pairs: &geometry.pair_of[i * n..(i + 1) * n],
            edges: here.edges.as_ptr(),
            harmonics: harmonics(i),
            degree: shape.max_edge_degree,
            channels: c,
            gradient: by_expanded.as_ptr(),
            edge_gradient: here.by_edges.as_mut_ptr(),
            harmonic_gradient: if positions { by_harmonic[i * n * left..].as_mut_ptr() } else { std::ptr::null_mut() },
        });
    }
}
