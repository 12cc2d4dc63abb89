//! All kernels of a network.

use cormorant_kernels::network::{Layout, Shape};

use super::atoms::atoms_of_group;
use super::code::Kernel;
use super::dialect::Dialect;
use super::frame::Grid;
use super::{atom_backward, atom_forward, first_message, message, moving};

/// The kernels of one layer, in the order of a step.
pub struct LayerKernels {
    /// Messages of the atoms.
    pub messages: Kernel,
    /// From messages to the layer's result.
    pub atoms: Kernel,
    /// The way back through the atoms.
    pub atoms_back: Kernel,
    /// The way back through the messages.
    pub messages_back: Kernel,
}

/// What lets a graph stay on the device while its atoms move.
pub struct MovingKernels {
    /// Edge vectors from positions.
    pub vectors: Kernel,
    /// Forces from gradients of edges.
    pub forces: Kernel,
    /// Virials of the atoms.
    pub virials: Kernel,
}

/// The kernels of a network, layer by layer.
pub struct NetworkKernels {
    /// One for each layer.
    pub layers: Vec<LayerKernels>,
    /// Around them.
    pub moving: MovingKernels,
    /// Atoms of a workgroup of the kernels of atoms.
    pub atoms_of_group: usize,
}

impl NetworkKernels {
    /// The kernels for `shape` in `dialect`, with radial functions on `knots` knots `spacing` Å apart.
    #[must_use]
    pub fn emit(dialect: Dialect, shape: &Shape, spacing: f64, knots: usize) -> Self {
        let layout = Layout::new(shape);
        let (degree, c) = (shape.max_degree, shape.channels);
        let layers = (0..shape.layers)
            .map(|layer| {
                let grid = Grid { spacing, knots, by_pair: layer == 0 && shape.species > 1 };
                let (messages, messages_back) = if layer == 0 {
                    let embedding = layout.embedding;
                    (
                        first_message::forward(dialect, degree, c, grid, embedding),
                        first_message::backward(dialect, degree, c, grid, embedding),
                    )
                } else {
                    (message::forward(dialect, degree, c, grid), message::backward(dialect, degree, c, grid))
                };
                LayerKernels {
                    messages,
                    atoms: atom_forward::emit(dialect, shape, &layout, layer),
                    atoms_back: atom_backward::emit(dialect, shape, &layout, layer),
                    messages_back,
                }
            })
            .collect();
        let moving = MovingKernels {
            vectors: moving::vectors(dialect),
            forces: moving::forces(dialect, shape.species),
            virials: moving::virials(dialect),
        };
        Self { layers, moving, atoms_of_group: atoms_of_group(c) }
    }

    /// Every kernel.
    pub fn all(&self) -> impl Iterator<Item = &Kernel> {
        let layers = self
            .layers
            .iter()
            .flat_map(|layer| [&layer.messages, &layer.atoms, &layer.atoms_back, &layer.messages_back]);
        layers.chain([&self.moving.vectors, &self.moving.forces, &self.moving.virials])
    }
}
