//! Sizes of a network and the order of its parameters.

use crate::so3::{message_paths, product_paths, rows};

/// Everything that fixes the number of parameters and operations.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// Number of chemical elements.
    pub species: usize,
    /// Channels of every activation; a multiple of 16.
    pub channels: usize,
    /// Highest degree of the activations, 0 to 3.
    pub max_degree: usize,
    /// Highest degree of the harmonics of an edge; at most `max_degree` in the first layer, at most twice that later.
    pub max_edge_degree: usize,
    /// Rounds of messages.
    pub layers: usize,
    /// Products of an atom with itself after each round of messages.
    pub products: usize,
    /// Whether the products are mixed by matrices of their own for each element.
    pub element_products: bool,
    /// Radial basis functions.
    pub radial_functions: usize,
    /// Hidden units of the radial network; a multiple of 16.
    pub radial_hidden: usize,
    /// Hidden units of the readout; a multiple of 16.
    pub readout_hidden: usize,
    /// Degree of the multipole that the readout gives for each atom beside its energy: 1 a vector, 2 a traceless tensor; 0 for none.
    pub multipole: usize,
    /// Range of an edge in Å.
    pub cutoff: f64,
    /// Mean number of neighbours in the training set; messages are divided by its root.
    pub mean_neighbors: f64,
}

impl Shape {
    /// Components of an activation.
    #[must_use]
    pub fn rows(&self) -> usize {
        rows(self.max_degree)
    }

    /// Components of the multipole of an atom.
    #[must_use]
    pub fn multipole_rows(&self) -> usize {
        if self.multipole == 0 { 0 } else { 2 * self.multipole + 1 }
    }

    /// Unordered pairs of elements.
    #[must_use]
    pub fn pairs(&self) -> usize {
        self.species * (self.species + 1) / 2
    }

    /// Paths of the messages of `layer`.
    #[must_use]
    pub fn message_paths(&self, layer: usize) -> Vec<crate::so3::Path> {
        if layer == 0 {
            message_paths(0, self.max_degree, self.max_degree)
        } else {
            message_paths(self.max_degree, self.max_edge_degree, self.max_degree)
        }
    }

    /// Highest degree that product `product` of `layer` has to give: the last one feeds only the readout.
    #[must_use]
    pub fn product_max_out(&self, layer: usize, product: usize) -> usize {
        if layer + 1 == self.layers && product + 1 == self.products { self.multipole } else { self.max_degree }
    }

    /// Paths of product `product` of `layer`.
    #[must_use]
    pub fn product_paths(&self, layer: usize, product: usize) -> Vec<crate::so3::Path> {
        product_paths(self.max_degree, self.product_max_out(layer, product))
    }
}

/// How the numbers of a block are drawn at the start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Initialisation {
    /// Normal with this standard deviation.
    Normal(f64),
    /// Zero.
    Zero,
}

/// A named part of the parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// Name, e.g. `layers.1.residual.2`.
    pub name: String,
    /// Shape, row-major.
    pub shape: Vec<usize>,
    /// First number in the packed parameters.
    pub offset: usize,
    /// How it is drawn.
    pub initialisation: Initialisation,
    /// Size of a typical entry, to which the optimiser scales its steps.
    pub scale: f64,
    /// Rows and columns of each of the matrices that it is a stack of; `None` for numbers of other kinds.
    pub matrix: Option<(usize, usize)>,
}

impl Block {
    /// Count of numbers.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether it has no numbers.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Its matrices, in the order of the packed parameters.
    fn matrices(&self) -> impl Iterator<Item = Matrix> {
        self.matrix.into_iter().flat_map(move |(rows, columns)| {
            let (size, radial) = (rows * columns, self.name.contains(".radial."));
            (0..self.len() / size).map(move |copy| Matrix { offset: self.offset + copy * size, rows, columns, radial })
        })
    }
}

/// A matrix among the packed parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Matrix {
    /// First number in the packed parameters.
    pub offset: usize,
    /// What goes in: channels of all paths, radial functions or hidden units.
    pub rows: usize,
    /// What comes out: channels, of all paths behind the radial network, or hidden units.
    pub columns: usize,
    /// Whether it belongs to a radial network.
    pub radial: bool,
}

/// Offsets of the parameters of one layer.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerLayout {
    /// `[pairs or 1][radial_functions][radial_hidden]`
    pub radial_input: usize,
    /// `[pairs or 1][radial_hidden]`
    pub radial_bias: usize,
    /// `[radial_hidden][paths][channels]`
    pub radial_output: usize,
    /// Per degree `[species][channels][channels]`, of the sending atom; none in the first layer.
    pub sender: Vec<usize>,
    /// Per degree `[species][channels][channels]`, of the receiving atom.
    pub mix: Vec<usize>,
    /// Per degree `[species][channels][channels]`; none in the first layer.
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
    /// `[channels]`, where the readout gives a multipole.
    pub readout_multipole: Option<usize>,
}

/// Where every parameter stands in the packed array.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// Named blocks in order.
    pub blocks: Vec<Block>,
    /// `[species][channels]`
    pub embedding: usize,
    /// One per layer.
    pub layers: Vec<LayerLayout>,
}

/// Parts of a layer that are stacks of matrices `[copies][rows][columns]`.
const STACKS: [&str; 5] = [".sender.", ".mix.", ".residual.", ".products.", ".radial.input"];
/// The part of a layer that is one matrix `[rows][columns ...]`: all radial functions from one hidden layer.
const SINGLE: &str = ".radial.output";

/// Rows and columns of the matrices of a block of this name.
fn matrix_of(name: &str, shape: &[usize]) -> Option<(usize, usize)> {
    if STACKS.iter().any(|part| name.contains(part)) {
        Some((shape[1], shape[2]))
    } else {
        name.ends_with(SINGLE).then(|| (shape[0], shape[1] * shape[2]))
    }
}

impl Layout {
    /// The layout for `shape`.
    #[must_use]
    pub fn new(shape: &Shape) -> Self {
        let mut blocks = Vec::new();
        let mut total = 0;
        let mut add = |name: String, dimensions: Vec<usize>, initialisation, scale| {
            let offset = total;
            total += dimensions.iter().product::<usize>();
            let matrix = matrix_of(&name, &dimensions);
            blocks.push(Block { name, shape: dimensions, offset, initialisation, scale, matrix });
            offset
        };
        let (c, h) = (shape.channels, shape.radial_hidden);
        let root = |n: usize| 1.0 / (n as f64).sqrt();
        let normal = |deviation: f64| Initialisation::Normal(deviation);
        let embedding = add("embedding".into(), vec![shape.species, c], normal(1.0), 1.0);
        let mut layers = Vec::new();
        for t in 0..shape.layers {
            let name = |part: &str| format!("layers.{t}.{part}");
            let pairs = if t == 0 { shape.pairs() } else { 1 };
            let n = shape.radial_functions;
            let paths = shape.message_paths(t).len();
            let radial_input = add(name("radial.input"), vec![pairs, n, h], normal(root(n)), root(n));
            let radial_bias = add(name("radial.bias"), vec![pairs, h], normal(root(n)), root(n));
            let radial_output = add(name("radial.output"), vec![h, paths, c], normal(1.7 * root(h)), root(h));
            let mut by_element = |part: &str, deviation: f64| -> Vec<usize> {
                let dimensions = || vec![shape.species, c, c];
                let block = |l: usize| name(&format!("{part}.{l}"));
                (0..=shape.max_degree)
                    .map(|l| add(block(l), dimensions(), normal(deviation * root(c)), root(c)))
                    .collect()
            };
            let sender = if t == 0 { Vec::new() } else { by_element("sender", 1.0) };
            let mix = by_element("mix", 0.8);
            let residual = if t == 0 { Vec::new() } else { by_element("residual", 0.6) };
            let bias = if t == 0 { add(name("bias"), vec![shape.species, c], normal(0.5), 1.0) } else { 0 };
            let mut products = Vec::new();
            for s in 0..shape.products {
                let mut degrees = Vec::new();
                for l in 0..=shape.product_max_out(t, s) {
                    let inner = c * shape.product_paths(t, s).iter().filter(|path| path.out == l).count();
                    let deviation = 0.5 * root(inner);
                    let block = name(&format!("products.{s}.{l}"));
                    let copies = if shape.element_products { shape.species } else { 1 };
                    degrees.push(add(block, vec![copies, inner, c], normal(deviation), root(inner)));
                }
                products.push(degrees);
            }
            let hidden = shape.readout_hidden;
            let l = shape.multipole;
            layers.push(LayerLayout {
                radial_input,
                radial_bias,
                radial_output,
                sender,
                mix,
                residual,
                bias,
                products,
                readout_input: add(name("readout.input"), vec![c, hidden], normal(root(c)), root(c)),
                readout_bias: add(name("readout.bias"), vec![hidden], normal(0.5), root(c)),
                readout_output: add(name("readout.output"), vec![hidden], normal(0.3 * root(hidden)), root(hidden)),
                readout_linear: add(name("readout.linear"), vec![c], normal(0.1 * root(c)), root(c)),
                readout_multipole: (l > 0)
                    .then(|| add(name(&format!("readout.multipole.{l}")), vec![c], normal(0.1 * root(c)), root(c))),
            });
        }
        Self { blocks, embedding, layers }
    }

    /// Every matrix, of those that mix channels and of the radial networks, in the order of the packed parameters.
    #[must_use]
    pub fn matrices(&self) -> Vec<Matrix> {
        self.blocks.iter().flat_map(Block::matrices).collect()
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
