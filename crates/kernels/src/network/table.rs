//! The radial functions of one layer at a list of distances, and the way back to their parameters.
//!
//!   R(r) = u(r) W₂ᵀ silu(W₁ᵀ φ(r) + b),   φ_n(r) = ½ (r_c / r) sin(nπ r / r_c)
//!   u(r) = N̄^(−1/2) (1 − 28 x⁶ + 48 x⁷ − 21 x⁸),  x = r / r_c < 1, else 0
//!
//! | symbol | here            | shape                                   |
//! | φ      | `basis`         | `[rows][value, slope][radial_functions]`|
//! | W₁, b  | `radial.input`, `radial.bias` | per pair of elements in the first layer |
//! | W₂     | `radial.output` | `[hidden][paths][channels]`             |
//! | u      | `envelope`      | N̄: mean number of neighbors            |
//!
//! Value and slope dR/dr are carried together (forward-mode), so that cubic Hermite interpolation needs nothing else.
//! The envelope has two continuous derivatives at the cutoff (Gasteiger et al. 2020, arXiv:2003.03123, p = 6).
//! Checked by: `suite::network::{radial_slope, spline}`.

use super::plan::Plan;
use crate::aligned::Aligned;
use crate::frame::Knots;
use crate::matmul::{AddOuter, AddProduct, Base};
use crate::real::Real;

/// Radial functions of one layer on their knots.
pub struct Tabulation<T: Real> {
    layer: usize,
    functions: usize,
    distances: Vec<f64>,
    /// Rows (place of the distance) that belong to each pair of elements.
    all_rows: Vec<Vec<u32>>,
    /// Those of them that are computed.
    rows_of_pair: Vec<Vec<u32>>,
    basis: Aligned<T>,
    hidden: Aligned<T>,
    /// silu' of the pre-activation, and silu'' times its slope.
    derivatives: Aligned<T>,
    /// `[rows + 1][value, slope][channels / 16][functions][16]`: what one vector of channels needs is together.
    pub values: Aligned<T>,
    gradient: Aligned<T>,
    /// Gradients of `radial.input`, `radial.bias` and the output matrix of the kernels.
    pub parameters: [Aligned<T>; 3],
    offsets: Offsets,
}

#[derive(Default)]
struct Offsets {
    basis: Vec<u32>,
    hidden: Vec<u32>,
    values: Vec<u32>,
}

/// Value and slope of the envelope.
fn envelope(distance: f64, cutoff: f64, mean_neighbors: f64) -> (f64, f64) {
    let x = distance / cutoff;
    if x >= 1.0 {
        return (0.0, 0.0);
    }
    let scale = 1.0 / mean_neighbors.sqrt();
    let x5 = x.powi(5);
    let value = 1.0 - x5 * x * (28.0 - x * (48.0 - 21.0 * x));
    let slope = -168.0 * x5 * (1.0 - x) * (1.0 - x);
    (scale * value, scale * slope / cutoff)
}

/// Value and slope of basis function n (from 1).
fn basis_function(n: usize, distance: f64, cutoff: f64) -> (f64, f64) {
    let wave = n as f64 * std::f64::consts::PI / cutoff;
    if distance < 1e-6 {
        return (0.5 * cutoff * wave, 0.0);
    }
    let (sine, cosine) = (wave * distance).sin_cos();
    let value = 0.5 * cutoff * sine / distance;
    (value, 0.5 * cutoff * wave * cosine / distance - value / distance)
}

impl<T: Real> Tabulation<T> {
    /// Room for the knots of `layer`: uniform ones from `lowest` Å on, or one for each edge (`distances`, with the pair
    /// of elements of each).
    pub fn new(plan: &Plan<T>, layer: usize, knots: Knots, lowest: f64, edges: &[(f64, usize)]) -> Self {
        let pairs = plan.pairs(layer);
        let mut rows_of_pair = vec![Vec::new(); pairs];
        let mut distances = Vec::new();
        match knots {
            Knots::Uniform { spacing, count } => {
                for rows in &mut rows_of_pair {
                    for knot in 0..count {
                        let distance = knot as f64 * spacing;
                        if distance + 2.0 * spacing >= lowest {
                            rows.push(distances.len() as u32);
                        }
                        distances.push(distance);
                    }
                }
            }
            Knots::PerEdge => {
                for (row, &(distance, pair)) in edges.iter().enumerate() {
                    rows_of_pair[if pairs == 1 { 0 } else { pair }].push(row as u32);
                    distances.push(distance);
                }
            }
        }
        let shape = &plan.shape;
        let functions = plan.functions(layer);
        let rows = distances.len();
        let width = functions * shape.channels;
        let mut basis = Aligned::zeros(rows * 2 * shape.radial_functions);
        for (row, &distance) in distances.iter().enumerate() {
            for n in 0..shape.radial_functions {
                let (value, slope) = basis_function(n + 1, distance, shape.cutoff);
                let at = row * 2 * shape.radial_functions + n;
                basis.as_mut_slice()[at] = T::from_f64(value);
                basis.as_mut_slice()[at + shape.radial_functions] = T::from_f64(slope);
            }
        }
        Self {
            layer,
            functions,
            distances,
            all_rows: rows_of_pair.clone(),
            rows_of_pair,
            basis,
            hidden: Aligned::zeros(rows * 2 * shape.radial_hidden),
            derivatives: Aligned::zeros(rows * 2 * shape.radial_hidden),
            values: Aligned::zeros((rows + 1) * 2 * width),
            gradient: Aligned::zeros(0),
            parameters: [
                Aligned::zeros(pairs * shape.radial_functions * shape.radial_hidden),
                Aligned::zeros(pairs * shape.radial_hidden),
                Aligned::zeros(shape.radial_hidden * width),
            ],
            offsets: Offsets::default(),
        }
    }

    /// From now on only rows that `wanted` says are computed, or all of them. The others keep what they had.
    pub fn restrict(&mut self, wanted: Option<&[bool]>) {
        for (rows, all) in self.rows_of_pair.iter_mut().zip(&self.all_rows) {
            rows.clear();
            rows.extend(all.iter().filter(|&&row| wanted.is_none_or(|wanted| wanted[row as usize])));
        }
    }

    /// Pairs of elements that have functions of their own; 1 when all share them.
    pub fn pairs(&self) -> usize {
        self.all_rows.len()
    }

    /// Rows that are computed.
    pub fn rows(&self) -> impl Iterator<Item = u32> + '_ {
        self.rows_of_pair.iter().flatten().copied()
    }

    /// Numbers of a row: values and slopes.
    pub fn row_length(&self, plan: &Plan<T>) -> usize {
        2 * self.functions * plan.shape.channels
    }

    /// Offsets of value and slope rows of `pair`, for all three arrays.
    fn locate(&mut self, pair: usize, plan: &Plan<T>) {
        let fill = |list: &mut Vec<u32>, stride: usize, rows: &[u32]| {
            list.clear();
            list.extend(rows.iter().flat_map(|&row| [2 * row, 2 * row + 1]).map(|row| row * stride as u32));
        };
        let rows = &self.rows_of_pair[pair];
        fill(&mut self.offsets.basis, plan.shape.radial_functions, rows);
        fill(&mut self.offsets.hidden, plan.shape.radial_hidden, rows);
        fill(&mut self.offsets.values, self.functions * plan.shape.channels, rows);
    }

    /// Fills the table from the parameters: all, `packed`, and the output matrix of the kernels, `output`.
    pub fn compute(&mut self, plan: &Plan<T>, packed: &[T], output: &[T]) {
        let shape = &plan.shape;
        let layout = &plan.layout.layers[self.layer];
        let (n, h, width) = (shape.radial_functions, shape.radial_hidden, self.functions * shape.channels);
        for &row in self.rows_of_pair.iter().flatten() {
            self.hidden.as_mut_slice()[row as usize * 2 * h..][..2 * h].fill(T::ZERO);
            self.values.as_mut_slice()[row as usize * 2 * width..][..2 * width].fill(T::ZERO);
        }
        for pair in 0..self.rows_of_pair.len() {
            self.locate(pair, plan);
            T::add_product(AddProduct {
                inputs: &self.offsets.basis,
                outputs: &self.offsets.hidden,
                input: self.basis.as_ptr(),
                inner: n,
                matrix: packed[layout.radial_input + pair * n * h..].as_ptr(),
                panels: false,
                columns: h,
                base: Base::Out,
                out: self.hidden.as_mut_ptr(),
            });
            let bias = &packed[layout.radial_bias + pair * h..][..h];
            let (hidden, derivatives) = (self.hidden.as_mut_slice(), self.derivatives.as_mut_slice());
            for &row in &self.rows_of_pair[pair] {
                let start = row as usize * 2 * h;
                for k in 0..h {
                    let (value, slope) = (hidden[start + k] + bias[k], hidden[start + h + k]);
                    let sigmoid = T::ONE / (T::ONE + (-value).exp());
                    let first = sigmoid * (T::ONE + value * (T::ONE - sigmoid));
                    let second =
                        sigmoid * (T::ONE - sigmoid) * (T::ONE + T::ONE + value * (T::ONE - sigmoid - sigmoid));
                    hidden[start + k] = value * sigmoid;
                    hidden[start + h + k] = first * slope;
                    derivatives[start + k] = first;
                    derivatives[start + h + k] = second * slope;
                }
            }
            T::add_product(AddProduct {
                inputs: &self.offsets.hidden,
                outputs: &self.offsets.values,
                input: self.hidden.as_ptr(),
                inner: h,
                matrix: output.as_ptr(),
                panels: false,
                columns: width,
                base: Base::Out,
                out: self.values.as_mut_ptr(),
            });
        }
        for rows in &self.rows_of_pair {
            for &row in rows {
                let (u, du) = envelope(self.distances[row as usize], shape.cutoff, shape.mean_neighbors);
                let (u, du) = (T::from_f64(u), T::from_f64(du));
                let (value, slope) =
                    self.values.as_mut_slice()[row as usize * 2 * width..][..2 * width].split_at_mut(width);
                for (value, slope) in value.iter_mut().zip(slope) {
                    *slope = *slope * u + *value * du;
                    *value *= u;
                }
            }
        }
    }

    /// Fills `parameters` with the gradient of the parameters, given that of the table (which is overwritten) and the
    /// output matrix of the kernels, `transposed`.
    pub fn backward(&mut self, plan: &Plan<T>, transposed: &[T], table: &mut Aligned<T>) {
        let shape = &plan.shape;
        let (n, h, width) = (shape.radial_functions, shape.radial_hidden, self.functions * shape.channels);
        for rows in &self.rows_of_pair {
            for &row in rows {
                let (u, du) = envelope(self.distances[row as usize], shape.cutoff, shape.mean_neighbors);
                let (u, du) = (T::from_f64(u), T::from_f64(du));
                let (value, slope) = table.as_mut_slice()[row as usize * 2 * width..][..2 * width].split_at_mut(width);
                for (value, slope) in value.iter_mut().zip(slope) {
                    *value = *value * u + *slope * du;
                    *slope *= u;
                }
            }
        }
        self.gradient.resize(self.distances.len() * 2 * h);
        for &row in self.rows_of_pair.iter().flatten() {
            self.gradient.as_mut_slice()[row as usize * 2 * h..][..2 * h].fill(T::ZERO);
        }
        for gradient in &mut self.parameters {
            gradient.fill_zero();
        }
        for pair in 0..self.rows_of_pair.len() {
            self.locate(pair, plan);
            T::add_outer(AddOuter {
                inputs: &self.offsets.hidden,
                gradients: &self.offsets.values,
                input: self.hidden.as_ptr(),
                inner: h,
                gradient: table.as_ptr(),
                columns: width,
                out: self.parameters[2].as_mut_ptr(),
            });
            T::add_product(AddProduct {
                inputs: &self.offsets.values,
                outputs: &self.offsets.hidden,
                input: table.as_ptr(),
                inner: width,
                matrix: transposed.as_ptr(),
                panels: false,
                columns: h,
                base: Base::Out,
                out: self.gradient.as_mut_ptr(),
            });
            let derivatives = self.derivatives.as_slice();
            let (slots, bias) = (self.gradient.as_mut_slice(), self.parameters[1].as_mut_slice());
            for &row in &self.rows_of_pair[pair] {
                let start = row as usize * 2 * h;
                for k in 0..h {
                    let (value, slope) = (slots[start + k], slots[start + h + k]);
                    slots[start + k] = value * derivatives[start + k] + slope * derivatives[start + h + k];
                    slots[start + h + k] = slope * derivatives[start + k];
                    bias[pair * h + k] += slots[start + k];
                }
            }
            T::add_outer(AddOuter {
                inputs: &self.offsets.basis,
                gradients: &self.offsets.hidden,
                input: self.basis.as_ptr(),
                inner: n,
                gradient: self.gradient.as_ptr(),
                columns: h,
                out: self.parameters[0].as_mut_slice()[pair * n * h..].as_mut_ptr(),
            });
        }
    }
}
