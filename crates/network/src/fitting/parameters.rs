//! What an optimizer knows of the parameters of a network.

use cormorant_kernels::network::Matrix;

/// The parameters of a network: flat, with names for parts of them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Parameters {
    /// Named parts, in the order of the flat parameters.
    pub blocks: Vec<ParameterBlock>,
    /// Matrices among them, in their order, which may move by orthogonal steps.
    pub matrices: Vec<Matrix>,
}

/// A named part of the parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterBlock {
    /// Name, as that of the tensor in the model file.
    pub name: String,
    /// Shape, row-major; empty for a single number.
    pub shape: Vec<usize>,
    /// Size of a typical entry, to which the optimizer scales its steps.
    pub scale: f64,
}

impl ParameterBlock {
    /// Numbers in it.
    #[must_use]
    pub fn size(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether it belongs to the readout, which turns what the network knows of an atom into numbers.
    #[must_use]
    pub fn is_readout(&self) -> bool {
        self.name.split('.').any(|part| part == "readout")
    }
}

impl Parameters {
    /// Numbers in all blocks together.
    #[must_use]
    pub fn count(&self) -> usize {
        self.blocks.iter().map(ParameterBlock::size).sum()
    }

    /// Size of a typical entry of each parameter, `[count]`.
    #[must_use]
    pub fn scales(&self) -> Vec<f64> {
        self.blocks.iter().flat_map(|block| std::iter::repeat_n(block.scale, block.size())).collect()
    }
}
