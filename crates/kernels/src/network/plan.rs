//! What does not change from one evaluation to the next.

use super::layout::Layout;
use super::shape::Shape;
use crate::frame::FrameTable;
use crate::message::{message_function, message_functions};
use crate::product::ProductTable;
use crate::real::Real;
use crate::topology::Topology;
use crate::turns::Generators;
use cormorant_so3::clebsch_gordan;

/// Most atoms in a tile: what one thread works on at a time.
pub const TILE_ATOMS: usize = 16;

/// Tables and offsets of a network of one shape; immutable and shared.
pub struct Plan<T: Real> {
    /// Sizes.
    pub shape: Shape,
    /// Where the parameters stand.
    pub layout: Layout,
    pub(crate) frame: FrameTable<T>,
    pub(crate) generators: Generators<T>,
    /// Per layer and product.
    pub products: Vec<Vec<ProductTable<T>>>,
    /// Per later layer: path coefficients (function, path, coefficient).
    pub path_basis: Vec<(usize, usize, T)>,
    /// Per degree: offsets of the rows of `TILE_ATOMS` atoms of features.
    pub feature_rows: Vec<Vec<u32>>,
    /// Per layer, product and degree: the same in the product's result.
    pub product_rows: Vec<Vec<Vec<Vec<u32>>>>,
}

impl<T: Real> Plan<T> {
    /// The plan for `shape`.
    #[must_use]
    pub fn new(shape: &Shape) -> Self {
        let (c, degree) = (shape.channels, shape.max_degree);
        let stride = shape.rows() * c;
        let offsets = |atom_stride: usize, base: usize, rows: usize, row_stride: usize| -> Vec<u32> {
            let mut list = Vec::new();
            for atom in 0..TILE_ATOMS {
                list.extend((0..rows).map(|row| (atom * atom_stride + base + row * row_stride) as u32));
            }
            list
        };
        let feature_rows = (0..=degree).map(|l| offsets(stride, l * l * c, 2 * l + 1, c)).collect();
        let mut products = Vec::new();
        let mut product_rows = Vec::new();
        for t in 0..shape.layers {
            let tables: Vec<ProductTable<T>> = (0..shape.products)
                .map(|s| ProductTable::new(&shape.product_paths(t, s), shape.product_max_out(t, s), c))
                .collect();
            product_rows.push(
                tables
                    .iter()
                    .map(|table| {
                        (0..table.paths.len())
                            .map(|l| offsets(table.rows * c, table.bases[l] * c, 2 * l + 1, table.paths[l] * c))
                            .collect()
                    })
                    .collect(),
            );
            products.push(tables);
        }
        let mut path_basis = Vec::new();
        if shape.layers > 1 {
            for (index, path) in shape.message_paths(1).iter().enumerate() {
                for m in 0..=path.left.min(path.out) {
                    let coefficient = clebsch_gordan(path.left, m as isize, path.right, 0, path.out, m as isize);
                    let scale = ((2 * path.right + 1) as f64).sqrt();
                    let function = message_function(degree, m, path.out, path.left);
                    path_basis.push((function, index, T::from_f64(scale * coefficient)));
                }
            }
        }
        Self {
            shape: shape.clone(),
            layout: Layout::new(shape),
            frame: FrameTable::new(degree),
            generators: Generators::new(degree),
            products,
            path_basis,
            feature_rows,
            product_rows,
        }
    }

    /// Radial functions that the kernels of `layer` read.
    pub fn functions(&self, layer: usize) -> usize {
        if layer == 0 { self.shape.max_degree + 1 } else { message_functions(self.shape.max_degree) }
    }

    /// Pairs of species that the radial functions of `layer` tell apart.
    pub fn pairs(&self, layer: usize) -> usize {
        if layer == 0 { self.shape.pairs() } else { 1 }
    }

    /// Runs of atoms that are worked on together; they do not depend on the number of threads.
    pub fn tiles(&self, topology: &Topology<'_>, into: &mut Vec<std::ops::Range<usize>>) {
        into.clear();
        let mut start = 0;
        for atom in 0..topology.atoms() {
            let last = atom + 1 == topology.atoms() || topology.needed.contains(&(atom + 1));
            if atom + 1 - start == TILE_ATOMS || last {
                into.push(start..atom + 1);
                start = atom + 1;
            }
        }
    }

    /// Floating-point operations of one evaluation of energies and edge gradients (a multiplication and an addition are
    /// two), Clebsch-Gordan products first, everything second. Counted from the kernels' loops.
    #[must_use]
    pub fn operations(&self, atoms: usize, edges: usize) -> (f64, f64) {
        let (c, l) = (self.shape.channels as f64, self.shape.max_degree);
        let rotation: usize = (1..=l).map(|l| 4 * l + (l + 1) * (l + 1) + l * l).sum();
        let applied: usize = (0..=l).map(|m| (l + 1 - m) * (l + 1 - m) * if m == 0 { 1 } else { 2 }).sum();
        let turns: usize = (1..=l).map(|l| 2 * (2 * l - 1) * 5).sum();
        let (rotation, applied, turns) = (rotation as f64, applied as f64, turns as f64);
        let rows = self.shape.rows() as f64;
        let (mut products, mut all) = (0.0, 0.0);
        for t in 0..self.shape.layers {
            let lookups = self.functions(t) as f64;
            // Of a pair both edges share what is looked up, and going back turns six vectors, three for each.
            let edge = if t == 0 {
                rows + rotation + 4.0 * (l + 1) as f64
            } else {
                (2.0 * rotation + applied) + (3.0 * rotation + 3.0 * applied + turns + lookups)
            };
            products += 2.0 * c * edges as f64 * edge;
            all += 2.0 * c * edges as f64 * lookups * 6.0;
            let mut mixing = if t == 0 { 0.0 } else { 4.0 * rows * c };
            for table in &self.products[t] {
                products += 2.0 * c * atoms as f64 * 1.5 * 3.0 * table.terms() as f64;
                let inner: usize = (0..table.paths.len()).map(|l| (2 * l + 1) * table.paths[l]).sum();
                mixing += 2.0 * inner as f64 * c;
            }
            all += 2.0 * c * atoms as f64 * (mixing + 2.0 * self.shape.readout_hidden as f64);
        }
        (products, products + all)
    }
}
