//! A named part of the parameters, and the matrices in it.

/// How the numbers of a block are drawn at the start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Initialization {
    /// Normal with this standard deviation.
    Normal(f64),
    /// Zero.
    Zero,
}

/// What the first axis of a block counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copies {
    /// Nothing of the kind: all elements share it.
    Shared,
    /// Elements.
    ByElement,
    /// Unordered pairs of elements; the place of one is that of [`super::pair`].
    ByPair,
}

/// A named part of the parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// Name, e.g. `layers.1.residual.2`.
    pub name: String,
    /// Shape, row-major.
    pub shape: Vec<usize>,
    /// What its first axis counts.
    pub copies: Copies,
    /// First number in the packed parameters.
    pub offset: usize,
    /// How it is drawn.
    pub initialization: Initialization,
    /// Size of a typical entry, to which the optimizer scales its steps.
    pub scale: f64,
    /// The first of the matrices that it is a stack of; `None` for numbers of other kinds.
    pub matrix: Option<Matrix>,
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
    pub(super) fn matrices(&self) -> impl Iterator<Item = Matrix> {
        self.matrix.into_iter().flat_map(|first| {
            let size = first.rows * first.columns;
            (0..self.len() / size).map(move |copy| Matrix { offset: first.offset + copy * size, ..first })
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

/// What a block holds.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// Numbers that are no matrix of their own.
    Numbers,
    /// A stack of matrices that mix channels.
    Mixing,
    /// Matrices of a radial network: a stack, or with `single` one that makes all radial functions.
    Radial { single: bool },
}

impl Kind {
    /// The first matrix of a block of this shape.
    pub(super) fn matrix(self, offset: usize, shape: &[usize]) -> Option<Matrix> {
        let (rows, columns, radial) = match self {
            Self::Numbers => return None,
            Self::Mixing => (shape[1], shape[2], false),
            Self::Radial { single: false } => (shape[1], shape[2], true),
            Self::Radial { single: true } => (shape[0], shape[1] * shape[2], true),
        };
        Some(Matrix { offset, rows, columns, radial })
    }
}
