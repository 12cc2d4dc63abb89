//! Where each parameter is in the packed array, and how it starts.

use super::shape::{InputKind, OutputKind, RADIAL, Shape, WAVES};

/// Gain of the first weights of the atom levels.
const LEVEL_GAIN: f64 = 10.0;
/// First radius of every soft cutoff in Å.
pub(super) const FIRST_RADIUS: f64 = 1.73;
/// First width of every soft cutoff in Å.
pub(super) const FIRST_WIDTH: f64 = 0.2;
/// Hidden units of every perceptron.
pub(super) const HIDDEN: usize = 256;
/// Numbers that an atom hands to the perceptron of the molecule.
pub(super) const ATOM_OUTPUTS: usize = 64;

/// How a parameter starts.
#[derive(Debug, Clone, PartialEq)]
pub enum Start {
    /// Uniform between −bound and bound.
    Uniform(f64),
    /// Normal with this standard deviation.
    Normal(f64),
    /// These values.
    Given(Vec<f64>),
}

/// One array of parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// Name in model files, e.g. `levels.0.edge.1`.
    pub name: String,
    /// Lengths of its axes, the last fastest; complex arrays end with an axis of 2.
    pub shape: Vec<usize>,
    /// Where it begins.
    pub offset: usize,
    /// How it starts.
    pub start: Start,
}

impl Block {
    /// Number of parameters.
    #[must_use]
    #[allow(clippy::len_without_is_empty, reason = "a block is never empty")]
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }
}

/// All parameters of a network.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// The blocks in the order of the packed array.
    pub blocks: Vec<Block>,
}

impl Layout {
    /// The parameters of `shape`.
    #[must_use]
    pub fn new(shape: &Shape) -> Self {
        let mut layout = Self { blocks: Vec::new() };
        match shape.input {
            InputKind::Linear => layout.linear("input", shape.features(), 2 * shape.channels),
            InputKind::Messages(rounds) => layout.messages(shape, rounds),
        }
        for level in 0..shape.levels {
            layout.waves(&format!("levels.{level}.radial"));
            let each = |value| Start::Given(vec![value; shape.channels]);
            layout.push(format!("levels.{level}.cutoff.radius"), vec![shape.channels], each(FIRST_RADIUS));
            layout.push(format!("levels.{level}.cutoff.width"), vec![shape.channels], each(FIRST_WIDTH));
            for l in 0..=shape.max_edge_degree {
                let inputs = shape.edge_inputs(level, l);
                let start = Start::Normal(1.0 / shape.channels.max(inputs) as f64);
                layout.push(format!("levels.{level}.edge.{l}"), vec![shape.channels, inputs, 2], start);
            }
            for l in 0..=shape.degree(level + 1) {
                let inputs = shape.channels * shape.atom_slots(level, l);
                let start = Start::Uniform(LEVEL_GAIN / shape.channels.max(inputs) as f64);
                layout.push(format!("levels.{level}.atom.{l}"), vec![shape.channels, inputs, 2], start);
            }
        }
        match shape.output {
            OutputKind::Linear => layout.linear("output", shape.scalars(), 1),
            OutputKind::Perceptron => {
                layout.linear("output.atom.0", shape.scalars(), HIDDEN);
                layout.linear("output.atom.1", HIDDEN, ATOM_OUTPUTS);
                layout.linear("output.molecule.0", ATOM_OUTPUTS, HIDDEN);
                layout.linear("output.molecule.1", HIDDEN, 1);
            }
        }
        layout
    }

    /// Number of parameters.
    #[must_use]
    #[allow(clippy::len_without_is_empty, reason = "a network is never empty")]
    pub fn len(&self) -> usize {
        self.blocks.last().map_or(0, |block| block.offset + block.len())
    }

    /// The block called `name`.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn block(&self, name: &str) -> &Block {
        let found = self.blocks.iter().find(|block| block.name == name);
        found.unwrap_or_else(|| panic!("the network has no parameter {name}"))
    }

    fn messages(&mut self, shape: &Shape, rounds: usize) {
        for round in 0..rounds {
            let (inputs, outputs) = message_widths(shape, rounds, round);
            self.waves(&format!("input.{round}.radial"));
            self.linear(&format!("input.{round}.edge"), RADIAL, inputs);
            self.linear(&format!("input.{round}.hidden"), 2 * inputs, HIDDEN);
            self.linear(&format!("input.{round}.output"), HIDDEN, outputs);
        }
    }

    /// sin(2π s r + φ): scales s and phases φ, so that the waves start as 1, sin 2πr, sin 4πr, sin 6πr and
    /// 1, cos 2πr, cos 4πr, cos 6πr (r in Å).
    fn waves(&mut self, name: &str) {
        let quarter = std::f64::consts::FRAC_PI_2;
        let scales = vec![0.0, 1.0, 2.0, 3.0, 0.0, 1.0, 2.0, 3.0];
        let phases = vec![quarter, 0.0, 0.0, 0.0, quarter, quarter, quarter, quarter];
        self.push(format!("{name}.scales"), vec![WAVES], Start::Given(scales));
        self.push(format!("{name}.phases"), vec![WAVES], Start::Given(phases));
    }

    fn linear(&mut self, name: &str, inputs: usize, outputs: usize) {
        let bound = 1.0 / (inputs as f64).sqrt();
        self.push(format!("{name}.weight"), vec![outputs, inputs], Start::Uniform(bound));
        self.push(format!("{name}.bias"), vec![outputs], Start::Uniform(bound));
    }

    fn push(&mut self, name: String, shape: Vec<usize>, start: Start) {
        let offset = self.len();
        self.blocks.push(Block { name, shape, offset, start });
    }
}

/// Features that enter and leave round `round` of the message passing input.
pub(super) fn message_widths(shape: &Shape, rounds: usize, round: usize) -> (usize, usize) {
    let middle = shape.features().max(shape.channels);
    let inputs = if round == 0 { shape.features() } else { middle };
    let outputs = if round + 1 == rounds { 2 * shape.channels } else { middle };
    (inputs, outputs)
}
