//! Gradient with respect to the parameters.

use rayon::prelude::*;

use super::plan::Plan;
use super::table::Tabulation;
use super::weights::Weights;
use crate::LANES;
use crate::aligned::Aligned;
use crate::real::Real;

/// Numbers that one thread sums at a time.
const PIECE: usize = 8192;

/// Gradient with respect to the parameters.
pub struct Gradient<T: Real> {
    /// In the order of the packed parameters; complete after [`Weights::finish_gradient`].
    pub packed: Aligned<T>,
    /// With respect to the tables of radial functions.
    pub tables: Vec<Aligned<T>>,
    /// Of each table the rows that may differ from zero, and the length of a row.
    rows: Vec<(Vec<u32>, usize)>,
}

impl<T: Real> Gradient<T> {
    /// Zeros of the right sizes for `weights`.
    #[must_use]
    pub fn zeros(plan: &Plan<T>, weights: &Weights<T>) -> Self {
        let tables = weights.tables.iter().map(|table| Aligned::zeros(table.values.as_slice().len())).collect();
        let rows = weights.tables.iter().map(|table| (table.rows().collect(), table.row_length(plan))).collect();
        Self { packed: Aligned::zeros(plan.layout.len()), tables, rows }
    }

    /// Sets everything to zero.
    pub fn fill_zero(&mut self) {
        self.packed.fill_zero();
        for (table, (rows, length)) in self.tables.iter_mut().zip(&self.rows) {
            for &row in rows {
                table.as_mut_slice()[row as usize * length..][..*length].fill(T::ZERO);
            }
        }
    }

    /// Sets everything to zero and makes ready for what `weights` computes now, see [`Weights::restrict`].
    pub fn prepare(&mut self, weights: &Weights<T>) {
        self.fill_zero();
        for ((rows, _), table) in self.rows.iter_mut().zip(&weights.tables) {
            rows.clear();
            rows.extend(table.rows());
        }
    }

    /// The same for these edges alone, given as in [`Weights::restrict`].
    pub fn prepare_for(&mut self, weights: &Weights<T>, edges: &mut dyn Iterator<Item = (f64, [u32; 2])>, margin: f64) {
        self.fill_zero();
        for ((rows, _), read) in self.rows.iter_mut().zip(weights.rows_read_by(edges, margin)) {
            *rows = read;
        }
    }

    /// Makes room for all that `weights` computes now; keeps what is there. Call it before [`Gradient::add`].
    pub fn widen(&mut self, weights: &Weights<T>) {
        for ((rows, _), table) in self.rows.iter_mut().zip(&weights.tables) {
            rows.clear();
            rows.extend(table.rows());
        }
    }

    /// Adds another one that was made ready for the same weights, or some of their edges.
    pub fn add(&mut self, other: &Self) {
        add_to(self.packed.as_mut_slice(), other.packed.as_slice());
        let tables = self.tables.iter_mut().zip(&other.tables);
        for ((into, from), (rows, length)) in tables.zip(&other.rows) {
            for &row in rows {
                let start = row as usize * length;
                add_to(&mut into.as_mut_slice()[start..][..*length], &from.as_slice()[start..][..*length]);
            }
        }
    }

    /// Adds several, in their order, each a piece at a time on the threads of the current rayon pool; the same bits as
    /// with [`Gradient::add`].
    pub fn add_all(&mut self, others: &[&Self]) {
        let packed = self.packed.as_mut_slice().par_chunks_mut(PIECE).enumerate();
        packed.for_each(|(piece, into)| {
            for other in others {
                add_to(into, &other.packed.as_slice()[piece * PIECE..][..into.len()]);
            }
        });
        for (index, (table, (rows, length))) in self.tables.iter_mut().zip(&self.rows).enumerate() {
            if *length == 0 {
                continue;
            }
            let mut wanted = rows.iter().copied().peekable();
            let parts: Vec<(u32, &mut [T])> = table
                .as_mut_slice()
                .chunks_mut(*length)
                .enumerate()
                .filter_map(|(row, part)| wanted.next_if_eq(&(row as u32)).map(|row| (row, part)))
                .collect();
            parts.into_par_iter().with_min_len(1 + PIECE / length).for_each(|(row, into)| {
                for other in others.iter().filter(|other| other.rows[index].0.binary_search(&row).is_ok()) {
                    add_to(into, &other.tables[index].as_slice()[row as usize * length..][..*length]);
                }
            });
        }
    }
}

impl<T: Real> Weights<T> {
    /// Carries the gradient of the tables on to the radial parameters. Call once, after the last accumulation.
    pub fn finish_gradient(&mut self, plan: &Plan<T>, gradient: &mut Gradient<T>, parallel: bool) {
        let mut tables = std::mem::take(&mut self.tables);
        let pairs = tables.iter_mut().zip(&mut gradient.tables).enumerate();
        let backward = |(layer, (table, gradient)): (usize, (&mut Tabulation<T>, &mut Aligned<T>))| {
            table.backward(plan, self.radial_output_transposed(layer), gradient);
        };
        if parallel {
            let pairs: Vec<_> = pairs.collect();
            pairs.into_par_iter().for_each(backward);
        } else {
            pairs.for_each(backward);
        }
        for (layer, table) in tables.iter().enumerate() {
            let layout = &plan.layout.layers[layer];
            let packed = gradient.packed.as_mut_slice();
            for (offset, part) in [(layout.radial_input, 0), (layout.radial_bias, 1)] {
                add_to(&mut packed[offset..], table.parameters[part].as_slice());
            }
            divide_paths(plan, layer, table.parameters[2].as_slice(), &mut packed[layout.radial_output..]);
        }
        self.tables = tables;
    }
}

/// Adds `source` to the start of `target`.
fn add_to<T: Real>(target: &mut [T], source: &[T]) {
    for (t, s) in target.iter_mut().zip(source) {
        *t += *s;
    }
}

/// Adds the gradient of output weights per radial function of the kernels to that of output weights per path.
fn divide_paths<T: Real>(plan: &Plan<T>, layer: usize, source: &[T], target: &mut [T]) {
    let shape = &plan.shape;
    let c = shape.channels;
    let (functions, paths) = (plan.functions(layer), shape.message_paths(layer).len());
    let lanes = LANES.min(c);
    for hidden in 0..shape.radial_hidden {
        let source = &source[hidden * functions * c..][..functions * c];
        let target = &mut target[hidden * paths * c..][..paths * c];
        let mut add = |function: usize, path: usize, coefficient: T| {
            for (block, target) in target[path * c..][..c].chunks_exact_mut(lanes).enumerate() {
                let source = &source[(block * functions + function) * lanes..][..lanes];
                for (t, s) in target.iter_mut().zip(source) {
                    *t += coefficient * *s;
                }
            }
        };
        if layer == 0 {
            (0..functions).for_each(|function| add(function, function, T::ONE));
            continue;
        }
        for &(function, path, coefficient) in &plan.path_basis {
            add(function, path, coefficient);
        }
    }
}
