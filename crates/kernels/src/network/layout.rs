//! The order of the parameters of a network.

use super::block::{Block, Copies, Initialization, Kind, Matrix};
use super::shape::Shape;

/// Offsets of the parameters of one layer.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerLayout {
    /// `[pairs or 1][radial_functions][radial_hidden]`
    pub radial_input: usize,
    /// `[pairs or 1][radial_hidden]`
    pub radial_bias: usize,
    /// `[radial_hidden][paths][channels]`
    pub radial_output: usize,
    /// Per degree `[species or 1][channels][channels]`, of the sending atom; none in the first layer.
    pub sender: Vec<usize>,
    /// Per degree `[species][channels][channels]`, of the receiving atom.
    pub mix: Vec<usize>,
    /// Per degree `[species or 1][channels][channels]`; none in the first layer.
    pub residual: Vec<usize>,
    /// `[species][channels]`, first layer only.
    pub bias: usize,
    /// Per product and degree `[species or 1][paths · channels][channels]`.
    pub products: Vec<Vec<usize>>,
    /// `[channels][readout_hidden]`
    pub readout_input: usize,
    /// `[readout_hidden]`
    pub readout_bias: usize,
    /// `[readout_hidden]`
    pub readout_output: usize,
    /// `[channels]`
    pub readout_linear: usize,
    /// Degree and place of `[channels]`, for each multipole that the readout gives.
    pub readout_multipoles: Vec<(usize, usize)>,
    /// Of the further numbers, where the readout gives some.
    pub readout_numbers: Option<NumbersLayout>,
}

/// Offsets of the readout of further numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NumbersLayout {
    /// `[channels][readout_hidden]`
    pub input: usize,
    /// `[readout_hidden]`
    pub bias: usize,
    /// `[readout_hidden][numbers]`
    pub output: usize,
    /// `[channels][numbers]`
    pub linear: usize,
}

/// Where every parameter is in the packed array.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// Named blocks in order.
    pub blocks: Vec<Block>,
    /// `[species][channels]`
    pub embedding: usize,
    /// One per layer.
    pub layers: Vec<LayerLayout>,
}

impl Layout {
    /// The layout for `shape`.
    #[must_use]
    pub fn new(shape: &Shape) -> Self {
        use Copies::{ByElement, ByPair, Shared};
        use Kind::{Mixing, Numbers, Radial};
        let mut blocks = Vec::new();
        let mut total = 0;
        let mut add = |kind: Kind, copies: Copies, name: String, dimensions: Vec<usize>, initialization, scale| {
            let offset = total;
            total += dimensions.iter().product::<usize>();
            let matrix = kind.matrix(offset, &dimensions);
            blocks.push(Block { name, shape: dimensions, copies, offset, initialization, scale, matrix });
            offset
        };
        let (c, h) = (shape.channels, shape.radial_hidden);
        let root = |n: usize| 1.0 / (n as f64).sqrt();
        let normal = |deviation: f64| Initialization::Normal(deviation);
        let copies = |by_element: bool| if by_element { (ByElement, shape.species) } else { (Shared, 1) };
        let embedding = add(Numbers, ByElement, "embedding".into(), vec![shape.species, c], normal(1.0), 1.0);
        let mut layers = Vec::new();
        for t in 0..shape.layers {
            let name = |part: &str| format!("layers.{t}.{part}");
            let (of_pairs, pairs) = if t == 0 { (ByPair, shape.pairs()) } else { (Shared, 1) };
            let n = shape.radial_functions;
            let paths = shape.message_paths(t).len();
            let radial = Radial { single: false };
            let radial_input = add(radial, of_pairs, name("radial.input"), vec![pairs, n, h], normal(root(n)), root(n));
            let radial_bias = add(Numbers, of_pairs, name("radial.bias"), vec![pairs, h], normal(root(n)), root(n));
            let (single, dimensions) = (Radial { single: true }, vec![h, paths, c]);
            let radial_output = add(single, Shared, name("radial.output"), dimensions, normal(1.7 * root(h)), root(h));
            let mut by_degree = |part: &str, (of, copies): (Copies, usize), deviation: f64| -> Vec<usize> {
                let dimensions = || vec![copies, c, c];
                let block = |l: usize| name(&format!("{part}.{l}"));
                (0..=shape.max_degree)
                    .map(|l| add(Mixing, of, block(l), dimensions(), normal(deviation * root(c)), root(c)))
                    .collect()
            };
            let of_features = copies(shape.element_features);
            let sender = if t == 0 { Vec::new() } else { by_degree("sender", of_features, 1.0) };
            let mix = by_degree("mix", (ByElement, shape.species), 0.8);
            let residual = if t == 0 { Vec::new() } else { by_degree("residual", of_features, 0.6) };
            let of_species = vec![shape.species, c];
            let bias = if t == 0 { add(Numbers, ByElement, name("bias"), of_species, normal(0.5), 1.0) } else { 0 };
            let mut products = Vec::new();
            for s in 0..shape.products {
                let mut degrees = Vec::new();
                for l in 0..=shape.product_max_out(t, s) {
                    let inner = c * shape.product_paths(t, s).iter().filter(|path| path.out == l).count();
                    let deviation = 0.5 * root(inner);
                    let block = name(&format!("products.{s}.{l}"));
                    let (of, count) = copies(shape.element_products);
                    degrees.push(add(Mixing, of, block, vec![count, inner, c], normal(deviation), root(inner)));
                }
                products.push(degrees);
            }
            let hidden = shape.readout_hidden;
            let deep = normal(0.3 * root(hidden));
            layers.push(LayerLayout {
                radial_input,
                radial_bias,
                radial_output,
                sender,
                mix,
                residual,
                bias,
                products,
                readout_input: add(Numbers, Shared, name("readout.input"), vec![c, hidden], normal(root(c)), root(c)),
                readout_bias: add(Numbers, Shared, name("readout.bias"), vec![hidden], normal(0.5), root(c)),
                readout_output: add(Numbers, Shared, name("readout.output"), vec![hidden], deep, root(hidden)),
                readout_linear: add(Numbers, Shared, name("readout.linear"), vec![c], normal(0.1 * root(c)), root(c)),
                readout_multipoles: shape
                    .multipole_degrees()
                    .into_iter()
                    .zip(shape.multipole_names())
                    .map(|(l, part)| {
                        let block = name(&format!("readout.{part}"));
                        (l, add(Numbers, Shared, block, vec![c], normal(0.1 * root(c)), root(c)))
                    })
                    .collect(),
                readout_numbers: (shape.numbers > 0).then(|| {
                    let part = |part: &str| name(&format!("readout.numbers.{part}"));
                    let n = shape.numbers;
                    NumbersLayout {
                        input: add(Numbers, Shared, part("input"), vec![c, hidden], normal(root(c)), root(c)),
                        bias: add(Numbers, Shared, part("bias"), vec![hidden], normal(0.5), root(c)),
                        output: add(Numbers, Shared, part("output"), vec![hidden, n], deep, root(hidden)),
                        linear: add(Numbers, Shared, part("linear"), vec![c, n], normal(0.1 * root(c)), root(c)),
                    }
                }),
            });
        }
        Self { blocks, embedding, layers }
    }

    /// Every matrix, of those that mix channels and of the radial networks, in the order of the packed parameters.
    #[must_use]
    pub fn matrices(&self) -> Vec<Matrix> {
        self.each_matrix().collect()
    }

    /// The same, one after another.
    pub(super) fn each_matrix(&self) -> impl Iterator<Item = Matrix> {
        self.blocks.iter().flat_map(Block::matrices)
    }

    /// Size of a typical entry of each parameter.
    #[must_use]
    pub fn scales(&self) -> Vec<f64> {
        self.blocks.iter().flat_map(|block| std::iter::repeat_n(block.scale, block.len())).collect()
    }

    /// Number of parameters.
    #[must_use]
    pub fn len(&self) -> usize {
        self.blocks.last().map_or(0, |block| block.offset + block.len())
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
