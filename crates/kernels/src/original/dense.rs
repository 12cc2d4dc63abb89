//! Linear maps of real rows, and perceptrons with one hidden layer and leaky rectification.

use super::layout::Block;
use super::operations::Operations;
use crate::matmul::{AddOuter, AddProduct, Base};
use crate::{Aligned, LANES};

/// Slope of the rectification below zero.
const LEAK: f64 = 0.01;

/// y = W x + b for rows of numbers; rows are padded with zeros to a multiple of [`LANES`].
#[derive(Clone)]
pub(super) struct Dense<T> {
    pub inputs: usize,
    pub outputs: usize,
    forward: Aligned<T>,
    backward: Aligned<T>,
    bias: Aligned<T>,
    weight_offset: usize,
    bias_offset: usize,
}

/// Gradient of the weights of one map, `[inputs][padded outputs]`; those of the bias go into the packed array.
pub(super) type DenseGradient<T> = Aligned<T>;

/// Length of a row of `count` numbers with padding.
pub(super) fn padded(count: usize) -> usize {
    count.next_multiple_of(LANES)
}

impl<T: Operations> Dense<T> {
    /// The map whose weights `[outputs][inputs]` and bias are at two blocks of `packed`.
    pub(super) fn new(weight: &Block, bias: &Block, packed: &[f64]) -> Self {
        let (outputs, inputs) = (weight.shape[0], weight.shape[1]);
        let mut dense = Self {
            inputs,
            outputs,
            forward: Aligned::zeros(inputs * padded(outputs)),
            backward: Aligned::zeros(outputs * padded(inputs)),
            bias: Aligned::zeros(padded(outputs)),
            weight_offset: weight.offset,
            bias_offset: bias.offset,
        };
        for out in 0..outputs {
            for input in 0..inputs {
                let value = T::from_f64(packed[weight.offset + out * inputs + input]);
                dense.forward.as_mut_slice()[input * padded(outputs) + out] = value;
                dense.backward.as_mut_slice()[out * padded(inputs) + input] = value;
            }
            dense.bias.as_mut_slice()[out] = T::from_f64(packed[bias.offset + out]);
        }
        dense
    }

    pub(super) fn gradient(&self) -> DenseGradient<T> {
        Aligned::zeros(self.inputs * padded(self.outputs))
    }

    /// y for `rows` rows of x.
    pub(super) fn forward(&self, rows: usize, x: &Aligned<T>, y: &mut Aligned<T>) {
        let width = padded(self.outputs);
        y.resize(rows * width);
        for row in y.as_mut_slice().chunks_exact_mut(width) {
            row.copy_from_slice(self.bias.as_slice());
        }
        T::add_product(AddProduct {
            inputs: &offsets(rows, padded(self.inputs)),
            outputs: &offsets(rows, width),
            input: x.as_ptr(),
            inner: self.inputs,
            matrix: self.forward.as_ptr(),
            panels: false,
            columns: width,
            base: Base::Out,
            out: y.as_mut_ptr(),
        });
    }

    /// ∂E/∂x from ∂E/∂y; gradients of weights and bias are added to.
    pub(super) fn backward(
        &self,
        rows: usize,
        x: &Aligned<T>,
        by_y: &Aligned<T>,
        by_x: &mut Aligned<T>,
        gradient: Option<(&mut DenseGradient<T>, &mut [f64])>,
    ) {
        let (wide, width) = (padded(self.inputs), padded(self.outputs));
        by_x.resize(rows * wide);
        by_x.fill_zero();
        T::add_product(AddProduct {
            inputs: &offsets(rows, width),
            outputs: &offsets(rows, wide),
            input: by_y.as_ptr(),
            inner: self.outputs,
            matrix: self.backward.as_ptr(),
            panels: false,
            columns: wide,
            base: Base::Out,
            out: by_x.as_mut_ptr(),
        });
        if let Some((weights, packed)) = gradient {
            T::add_outer(AddOuter {
                inputs: &offsets(rows, wide),
                gradients: &offsets(rows, width),
                input: x.as_ptr(),
                inner: self.inputs,
                gradient: by_y.as_ptr(),
                columns: width,
                out: weights.as_mut_ptr(),
            });
            for row in by_y.as_slice()[..rows * width].chunks_exact(width) {
                for (sum, x) in packed[self.bias_offset..self.bias_offset + self.outputs].iter_mut().zip(row) {
                    *sum += x.to_f64();
                }
            }
        }
    }

    /// Adds the gradient of the weights to the packed one.
    pub(super) fn collect(&self, gradient: &DenseGradient<T>, packed: &mut [f64]) {
        for out in 0..self.outputs {
            for input in 0..self.inputs {
                let value = gradient.as_slice()[input * padded(self.outputs) + out];
                packed[self.weight_offset + out * self.inputs + input] += value.to_f64();
            }
        }
    }
}

fn offsets(rows: usize, width: usize) -> Vec<u32> {
    (0..rows).map(|row| (row * width) as u32).collect()
}

/// Two linear maps with a leaky rectification between them.
#[derive(Clone)]
pub(super) struct Perceptron<T> {
    pub hidden: Dense<T>,
    pub output: Dense<T>,
}

/// Rows of a perceptron, kept from forward to backward.
#[derive(Clone, Default)]
pub(super) struct PerceptronSpace<T> {
    pub input: Aligned<T>,
    hidden: Aligned<T>,
    pub output: Aligned<T>,
    pub by_output: Aligned<T>,
    by_hidden: Aligned<T>,
    pub by_input: Aligned<T>,
}

impl<T: Operations> Perceptron<T> {
    pub(super) fn forward(&self, rows: usize, space: &mut PerceptronSpace<T>) {
        self.hidden.forward(rows, &space.input, &mut space.hidden);
        for x in space.hidden.as_mut_slice() {
            if *x < T::ZERO {
                *x *= T::from_f64(LEAK);
            }
        }
        self.output.forward(rows, &space.hidden, &mut space.output);
    }

    /// From `by_output` to `by_input`; the two gradients belong to the hidden and the output map.
    pub(super) fn backward(
        &self,
        rows: usize,
        space: &mut PerceptronSpace<T>,
        gradient: Option<(&mut [DenseGradient<T>], &mut [f64])>,
    ) {
        let PerceptronSpace { input, hidden, by_output, by_hidden, by_input, .. } = space;
        let (matrices, mut packed) = match gradient {
            Some((matrices, packed)) => (matrices, Some(packed)),
            None => (&mut [][..], None),
        };
        let (first, second) = matrices.split_at_mut(matrices.len() / 2);
        self.output.backward(rows, hidden, by_output, by_hidden, second.first_mut().zip(packed.as_deref_mut()));
        for (d, x) in by_hidden.as_mut_slice().iter_mut().zip(hidden.as_slice()) {
            if *x < T::ZERO {
                *d *= T::from_f64(LEAK);
            }
        }
        self.hidden.backward(rows, input, by_hidden, by_input, first.first_mut().zip(packed));
    }
}
