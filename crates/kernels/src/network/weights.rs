//! Parameters made ready for the kernels.

use rayon::prelude::*;

use super::plan::Plan;
use super::table::Tabulation;
use crate::LANES;
use crate::aligned::Aligned;
use crate::frame::Knots;
use crate::matmul::{transpose, transpose_in_panels};
use crate::pair_tile::species_pair;
use crate::real::Real;

/// Packed parameters with what follows from them: transposed matrices, radial functions on knots.
pub struct Weights<T: Real> {
    packed: Aligned<T>,
    /// Matrices that mix channels in panels, those of the readout row by row.
    transposed: Aligned<T>,
    /// Per layer `[hidden][channels / 16][functions][16]` and its transpose.
    radial_outputs: Vec<(Aligned<T>, Aligned<T>)>,
    pub(crate) knots: Knots,
    pub(crate) tables: Vec<Tabulation<T>>,
}

impl<T: Real> Weights<T> {
    /// Weights with radial functions on uniform knots `spacing` Å apart, from `lowest` Å to the cutoff.
    #[must_use]
    pub fn splined(plan: &Plan<T>, packed: &[T], spacing: f64, lowest: f64) -> Self {
        let count = (plan.shape.cutoff / spacing).ceil() as usize + 1;
        let knots = Knots::Uniform { spacing: plan.shape.cutoff / (count - 1) as f64, count };
        let tables = (0..plan.shape.layers).map(|layer| Tabulation::new(plan, layer, knots, lowest, &[])).collect();
        Self::with_tables(plan, packed, knots, tables)
    }

    /// Weights with radial functions evaluated exactly at the given edges: (distance in Å, pair of elements) each.
    #[must_use]
    pub fn exact(plan: &Plan<T>, packed: &[T], edges: &[(f64, usize)]) -> Self {
        let tables =
            (0..plan.shape.layers).map(|layer| Tabulation::new(plan, layer, Knots::PerEdge, 0.0, edges)).collect();
        Self::with_tables(plan, packed, Knots::PerEdge, tables)
    }

    fn with_tables(plan: &Plan<T>, packed: &[T], knots: Knots, tables: Vec<Tabulation<T>>) -> Self {
        let shape = &plan.shape;
        let radial_outputs = (0..shape.layers)
            .map(|layer| {
                let size = shape.radial_hidden * plan.functions(layer) * shape.channels;
                (Aligned::zeros(size), Aligned::zeros(size))
            })
            .collect();
        let size = plan.layout.len();
        let mut weights =
            Self { packed: Aligned::zeros(size), transposed: Aligned::zeros(size), radial_outputs, knots, tables };
        weights.set(plan, packed, false);
        weights
    }

    /// From now on computes radial functions only where edges between the given species, by their lengths in Å, need them,
    /// give or take `margin` Å; everywhere again with `None`. Takes effect with the next [`Weights::set`]; edges elsewhere
    /// must not be evaluated then.
    pub fn restrict(&mut self, edges: Option<&mut dyn Iterator<Item = (f64, [u32; 2])>>, margin: f64) {
        let Some(edges) = edges else {
            self.tables.iter_mut().for_each(|table| table.restrict(None));
            return;
        };
        let Some(read) = self.read_by(edges, margin) else { return };
        for table in &mut self.tables {
            table.restrict(Some(of_table(&read, table)));
        }
    }

    /// Of each table the computed rows that these edges read, see [`Weights::restrict`].
    pub(super) fn rows_read_by(
        &self,
        edges: &mut dyn Iterator<Item = (f64, [u32; 2])>,
        margin: f64,
    ) -> impl Iterator<Item = Vec<u32>> {
        let read = self.read_by(edges, margin);
        self.tables.iter().map(move |table| match &read {
            None => table.rows().collect(),
            Some(read) => {
                let wanted = of_table(read, table);
                table.rows().filter(|&row| wanted[row as usize]).collect()
            }
        })
    }

    /// Which rows edges read, in tables by pair of elements and in those for all pairs; nothing without uniform knots.
    fn read_by(&self, edges: &mut dyn Iterator<Item = (f64, [u32; 2])>, margin: f64) -> Option<[Vec<bool>; 2]> {
        let Knots::Uniform { spacing, count } = self.knots else { return None };
        let pairs = self.tables.first().map_or(0, Tabulation::pairs);
        let (mut of_pairs, mut of_all) = (vec![false; pairs * count], vec![false; count]);
        for (length, [i, j]) in edges {
            let first = ((length - margin).max(0.0) / spacing) as usize;
            let last = ((length + margin) / spacing) as usize + 1;
            let start = species_pair(i as usize, j as usize) * count;
            for knot in first.min(count - 1)..=last.min(count - 1) {
                of_pairs[start + knot] = true;
                of_all[knot] = true;
            }
        }
        Some([of_pairs, of_all])
    }

    /// Replaces the parameters; with `parallel`, layers are tabulated side by side in the current rayon pool.
    pub fn set(&mut self, plan: &Plan<T>, packed: &[T], parallel: bool) {
        self.packed.as_mut_slice().copy_from_slice(packed);
        self.transpose(plan);
        for layer in 0..plan.shape.layers {
            self.combine_paths(plan, layer);
        }
        let mut tables = std::mem::take(&mut self.tables);
        let compute = |(layer, table): (usize, &mut Tabulation<T>)| {
            table.compute(plan, self.packed(), self.radial_output(layer));
        };
        if parallel {
            tables.par_iter_mut().enumerate().for_each(compute);
        } else {
            tables.iter_mut().enumerate().for_each(compute);
        }
        self.tables = tables;
    }

    /// Spacing in Å and number of the knots of each pair of elements, where they are uniform.
    #[must_use]
    pub fn grid(&self) -> Option<(f64, usize)> {
        match self.knots {
            Knots::Uniform { spacing, count } => Some((spacing, count)),
            Knots::PerEdge => None,
        }
    }

    /// Radial functions of `layer`: `[pairs][knots][value, slope][functions][channels]`, and room for one knot more.
    #[must_use]
    pub fn table(&self, plan: &Plan<T>, layer: usize) -> Vec<T> {
        let (functions, channels) = (plan.functions(layer), plan.shape.channels);
        let lanes = LANES.min(channels);
        let values = self.tables[layer].values.as_slice();
        let mut out = vec![T::ZERO; values.len()];
        let rows = values.chunks_exact(functions * channels).zip(out.chunks_exact_mut(functions * channels));
        for (row, out) in rows {
            for (index, part) in row.chunks_exact(lanes).enumerate() {
                let (block, function) = (index / functions, index % functions);
                out[function * channels + block * lanes..][..lanes].copy_from_slice(part);
            }
        }
        out
    }

    /// The parameters in the order of the layout.
    #[must_use]
    pub fn packed(&self) -> &[T] {
        self.packed.as_slice()
    }

    /// The same with every matrix that mixes channels transposed.
    #[must_use]
    pub fn transposed(&self, plan: &Plan<T>) -> Vec<T> {
        let mut out = self.transposed.as_slice().to_vec();
        for matrix in plan.layout.each_matrix().filter(|matrix| !matrix.radial) {
            transpose(&self.packed()[matrix.offset..], matrix.rows, matrix.columns, &mut out[matrix.offset..]);
        }
        out
    }

    /// The same again, every matrix that mixes channels in the panels of [`transpose_in_panels`].
    pub(crate) fn transposed_in_panels(&self) -> &[T] {
        self.transposed.as_slice()
    }

    pub(crate) fn radial_output(&self, layer: usize) -> &[T] {
        self.radial_outputs[layer].0.as_slice()
    }

    pub(crate) fn radial_output_transposed(&self, layer: usize) -> &[T] {
        self.radial_outputs[layer].1.as_slice()
    }

    fn transpose(&mut self, plan: &Plan<T>) {
        let (packed, out) = (self.packed.as_slice(), self.transposed.as_mut_slice());
        for matrix in plan.layout.each_matrix().filter(|matrix| !matrix.radial) {
            transpose_in_panels(&packed[matrix.offset..], matrix.rows, matrix.columns, &mut out[matrix.offset..]);
        }
        let mut turn = |offset: usize| {
            let (rows, columns) = (plan.shape.channels, plan.shape.readout_hidden);
            transpose(&packed[offset..], rows, columns, &mut out[offset..]);
        };
        for layer in &plan.layout.layers {
            turn(layer.readout_input);
            if let Some(numbers) = layer.readout_numbers {
                turn(numbers.input);
            }
        }
    }

    /// Output weights per path to output weights per radial function of the kernels, and the transpose.
    fn combine_paths(&mut self, plan: &Plan<T>, layer: usize) {
        let shape = &plan.shape;
        let (c, paths, functions) = (shape.channels, shape.message_paths(layer).len(), plan.functions(layer));
        let packed = &self.packed.as_slice()[plan.layout.layers[layer].radial_output..];
        let lanes = LANES.min(c);
        let (output, transposed) = &mut self.radial_outputs[layer];
        output.fill_zero();
        let out = output.as_mut_slice();
        for hidden in 0..shape.radial_hidden {
            let source = &packed[hidden * paths * c..][..paths * c];
            let target = &mut out[hidden * functions * c..][..functions * c];
            let mut add = |function: usize, path: usize, coefficient: T| {
                for (block, source) in source[path * c..][..c].chunks_exact(lanes).enumerate() {
                    let target = &mut target[(block * functions + function) * lanes..][..lanes];
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
        transpose(out, shape.radial_hidden, functions * c, transposed.as_mut_slice());
    }
}

/// The rows that edges read of `table`, out of those of tables by pair of elements and of tables for all pairs.
fn of_table<'r, T: Real>([of_pairs, of_all]: &'r [Vec<bool>; 2], table: &Tabulation<T>) -> &'r [bool] {
    if table.pairs() > 1 { of_pairs } else { of_all }
}
