//! The arrays of an evaluation, and which of them each kernel takes.

use std::sync::Arc;

use crate::device::{Buffer, Command, Device};
use crate::error::GpuError;
use crate::network::GpuNetwork;

/// Arrays with room for some atoms and edges.
pub(crate) struct Arrays {
    room: Room,
    /// Atoms, how many of them each layer computes, and channels.
    pub(crate) counts: Buffer,
    pub(crate) species: Buffer,
    pub(crate) offsets: Buffer,
    pub(crate) senders: Buffer,
    pub(crate) vectors: Buffer,
    /// Messages of the layer that is worked on; on the way back, their gradient.
    messages: Buffer,
    /// What atoms send in each layer but the first, and its gradient in one.
    sent: Vec<Buffer>,
    sent_gradient: Buffer,
    /// Activations of each layer: before the first product, after it, and so on, each `[atoms][rows][channels]`.
    stages: Vec<Buffer>,
    /// Hidden units of the readout of each layer.
    readouts: Vec<Buffer>,
    pub(crate) energies: Buffer,
    pub(crate) multipoles: Option<Buffer>,
    pub(crate) seeds: Buffer,
    kept_gradient: Buffer,
    pub(crate) edge_gradient: Buffer,
}

/// What was taken of the memory of a device; it is given back in the end.
pub(crate) struct Room {
    device: Arc<dyn Device>,
    atoms: usize,
    edges: usize,
    taken: Vec<Buffer>,
}

impl Room {
    pub(crate) fn new(device: &Arc<dyn Device>, atoms: usize, edges: usize) -> Self {
        Self { device: Arc::clone(device), atoms, edges, taken: Vec::new() }
    }

    /// Whether what was taken is enough for as many.
    pub(crate) fn fit(&self, atoms: usize, edges: usize) -> bool {
        atoms <= self.atoms && edges <= self.edges
    }

    pub(crate) fn array(&mut self, length: usize) -> Result<Buffer, GpuError> {
        let buffer = self.device.buffer(4 * length)?;
        self.taken.push(buffer);
        Ok(buffer)
    }

    fn arrays(&mut self, count: usize, length: usize) -> Result<Vec<Buffer>, GpuError> {
        (0..count).map(|_| self.array(length)).collect()
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        for &buffer in &self.taken {
            self.device.release(buffer);
        }
    }
}

impl Arrays {
    /// Room for `atoms` and `edges`, and some more edges.
    pub(crate) fn new(network: &GpuNetwork, atoms: usize, edges: usize) -> Result<Self, GpuError> {
        let (atoms, edges) = (atoms.max(1), (edges + edges / 8).max(1));
        Self::taken(network, Room::new(&network.device, atoms, edges)).map_err(|error| match error {
            // Each array grows with the number of atoms.
            GpuError::TooSmall { adapter, has, needs, .. } => {
                GpuError::TooManyAtoms { adapter, atoms, most: (atoms as u64 * has / needs) as usize }
            }
            other => other,
        })
    }

    fn taken(network: &GpuNetwork, mut room: Room) -> Result<Self, GpuError> {
        let (shape, Room { atoms, edges, .. }) = (&network.shape, &room);
        let (atoms, edges) = (*atoms, *edges);
        let rows = atoms * shape.rows() * shape.channels;
        let outputs = shape.multipole_rows();
        let hidden = atoms * shape.readout_hidden * if shape.numbers > 0 { 2 } else { 1 };
        Ok(Self {
            counts: room.array(2 + shape.layers)?,
            species: room.array(atoms)?,
            offsets: room.array(atoms + 1)?,
            senders: room.array(edges)?,
            vectors: room.array(3 * edges)?,
            messages: room.array(rows)?,
            sent: room.arrays(shape.layers - 1, rows)?,
            sent_gradient: room.array(rows)?,
            stages: room.arrays(shape.layers, rows * (shape.products + 1))?,
            readouts: room.arrays(shape.layers, hidden)?,
            energies: room.array(atoms)?,
            multipoles: if outputs > 0 { Some(room.array(atoms * outputs)?) } else { None },
            seeds: room.array(atoms * (1 + outputs))?,
            kept_gradient: room.array(rows)?,
            edge_gradient: room.array(3 * edges)?,
            room,
        })
    }

    /// Whether there is room for as many.
    pub(crate) fn fit(&self, atoms: usize, edges: usize) -> bool {
        self.room.fit(atoms, edges)
    }

    /// The forward pass of a layer.
    pub(crate) fn forward(&self, network: &GpuNetwork, layer: usize, needed: &[usize]) -> [Command; 2] {
        let programs = network.layers[layer];
        let mut messages = self.edges(network, layer);
        messages.push(self.messages);
        let mut atoms = vec![self.counts, self.species, network.weights, self.messages];
        if layer > 0 {
            atoms.push(self.stages[layer - 1]);
        }
        atoms.extend([self.stages[layer], self.readouts[layer], self.energies]);
        atoms.extend(self.multipoles);
        atoms.extend(self.sent.get(layer));
        [
            Command::Run { program: programs.messages, buffers: messages, groups: needed[layer] },
            Command::Run {
                program: programs.atoms,
                buffers: atoms,
                groups: needed[layer].div_ceil(network.atoms_of_group),
            },
        ]
    }

    /// The way back through all layers of `atoms` atoms.
    pub(crate) fn backward(&self, network: &GpuNetwork, needed: &[usize], atoms: usize) -> Vec<Command> {
        let mut commands = vec![Command::Clear(self.edge_gradient)];
        for layer in (0..needed.len()).rev() {
            let programs = network.layers[layer];
            let mut buffers = vec![self.counts, self.species, network.weights, network.turned];
            buffers.extend([self.stages[layer], self.readouts[layer], self.seeds]);
            if layer + 1 < needed.len() {
                buffers.push(self.sent_gradient);
            }
            if needed.len() > 1 {
                buffers.push(self.kept_gradient);
            }
            buffers.push(self.messages);
            let groups = atoms.div_ceil(network.atoms_of_group);
            commands.push(Command::Run { program: programs.atoms_back, buffers, groups });
            let mut buffers = self.edges(network, layer);
            buffers.push(self.messages);
            if layer > 0 {
                buffers.push(self.sent_gradient);
            }
            buffers.push(self.edge_gradient);
            // Atoms that only sent in this layer gather the gradient of what they sent, so those of the layer before count.
            let groups = needed[layer.saturating_sub(1)];
            commands.push(Command::Run { program: programs.messages_back, buffers, groups });
        }
        commands
    }

    /// What both kernels of messages read first.
    fn edges(&self, network: &GpuNetwork, layer: usize) -> Vec<Buffer> {
        let graph = [self.counts, self.offsets, self.senders];
        let table = network.tables[layer];
        match layer.checked_sub(1) {
            None => [&graph[..], &[self.species, self.vectors, network.weights, table]].concat(),
            Some(before) => [&graph[..], &[self.vectors, self.sent[before], table]].concat(),
        }
    }
}
