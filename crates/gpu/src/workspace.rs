//! One evaluation on the device, and the arrays that it needs there.

use std::sync::Arc;

use cormorant_kernels::network::Topology;

use crate::arrays::Arrays;
use crate::device::{Buffer, Command, Device};
use crate::error::GpuError;
use crate::moving_arrays::MovingArrays;
use crate::network::GpuNetwork;

/// Evaluates a network. Its arrays grow to the largest system seen.
pub struct GpuWorkspace {
    network: Arc<GpuNetwork>,
    arrays: Option<Arrays>,
    pub(crate) moving: Option<MovingArrays>,
    /// Atoms and edges of the last evaluation, and the atoms that each layer computed.
    atoms: usize,
    edges: usize,
    needed: Vec<usize>,
    /// Lists that the device holds already.
    held: [Vec<u32>; 4],
    numbers: Vec<f32>,
    energies: Vec<f32>,
    others: Vec<f32>,
    by_edge: Vec<f32>,
}

impl GpuWorkspace {
    /// An empty workspace for `network`.
    #[must_use]
    pub fn new(network: &Arc<GpuNetwork>) -> Self {
        Self {
            network: Arc::clone(network),
            arrays: None,
            moving: None,
            atoms: 0,
            edges: 0,
            needed: Vec::new(),
            held: Default::default(),
            numbers: Vec::new(),
            energies: Vec::new(),
            others: Vec::new(),
            by_edge: Vec::new(),
        }
    }

    /// The energy of each atom in units of the network's output, `[atoms]`.
    #[must_use]
    pub fn energies(&self) -> &[f32] {
        &self.energies
    }

    /// Further numbers and multipoles of each atom, `[atoms][components]`; empty where the readout gives none.
    #[must_use]
    pub fn others(&self) -> &[f32] {
        &self.others
    }

    /// The gradient with respect to each edge vector, `[edges][3]`, in the same units per Å.
    #[must_use]
    pub fn by_edge(&self) -> &[f32] {
        &self.by_edge
    }

    /// Energies and further numbers of the atoms of `topology`, whose edge vectors are `vectors` in Å, and, with `seeds`, the gradient of
    /// Σ seeds · outputs ([`GpuWorkspace::backward`]).
    ///
    /// # Errors
    /// When the memory of the device does not suffice, or it is lost.
    ///
    /// # Panics
    /// When the arrays do not belong together.
    pub fn forward(
        &mut self,
        topology: &Topology<'_>,
        vectors: &[[f64; 3]],
        seeds: Option<&[f32]>,
    ) -> Result<(), GpuError> {
        assert_eq!(topology.edges(), vectors.len(), "one vector for each edge");
        self.hold(topology)?;
        self.numbers.clear();
        self.numbers.extend(vectors.iter().flatten().map(|&component| component as f32));
        let network = Arc::clone(&self.network);
        let device = &network.device;
        let Some(arrays) = &self.arrays else { return Ok(()) };
        device.write(arrays.vectors, bytemuck::cast_slice(&self.numbers))?;
        if let Some(seeds) = seeds {
            self.seed(seeds)?;
        }
        device.submit(&self.passes(seeds.is_some()))?;
        self.energies.resize(self.atoms, 0.0);
        self.others.resize(self.atoms * network.shape.multipole_rows(), 0.0);
        self.by_edge.resize(3 * self.edges, 0.0);
        let mut results = vec![(arrays.energies, bytemuck::cast_slice_mut(&mut self.energies))];
        if let Some(multipoles) = arrays.multipoles {
            results.push((multipoles, bytemuck::cast_slice_mut(&mut self.others)));
        }
        if seeds.is_some() {
            results.push((arrays.edge_gradient, bytemuck::cast_slice_mut(&mut self.by_edge)));
        }
        device.read(&mut results)
    }

    /// The gradient of Σ seeds · outputs with respect to the edge vectors, after [`GpuWorkspace::forward`]. `seeds` is the gradient with
    /// respect to each atom's energy, `[atoms]`, and behind it with respect to its further numbers and multipoles, `[atoms][components]`.
    ///
    /// # Errors
    /// When the device is lost.
    pub fn backward(&mut self, seeds: &[f32]) -> Result<(), GpuError> {
        let Some(arrays) = &self.arrays else { return Ok(()) };
        self.seed(seeds)?;
        let device = &self.network.device;
        device.submit(&arrays.backward(&self.network, &self.needed, self.atoms))?;
        self.by_edge.resize(3 * self.edges, 0.0);
        device.read(&mut [(arrays.edge_gradient, bytemuck::cast_slice_mut(&mut self.by_edge))])
    }

    /// Makes room for the graph `topology` and brings to the device what it does not hold yet.
    pub(crate) fn hold(&mut self, topology: &Topology<'_>) -> Result<(), GpuError> {
        assert_eq!(topology.offsets.len(), topology.atoms() + 1, "one run of edges for each atom");
        // A graph that stayed is there no longer.
        if let Some(moving) = &mut self.moving {
            moving.generation = None;
        }
        (self.atoms, self.edges) = (topology.atoms(), topology.edges());
        self.needed.clear();
        self.needed.extend((0..self.network.shape.layers).map(|layer| topology.needed_in(layer)));
        let arrays = match self.arrays.take().filter(|arrays| arrays.fit(self.atoms, self.edges)) {
            Some(arrays) => arrays,
            // The old ones are gone by now: both might not find room.
            None => {
                self.held.iter_mut().for_each(Vec::clear);
                Arrays::new(&self.network, self.atoms, self.edges)?
            }
        };
        let arrays = self.arrays.insert(arrays);
        let [counts, offsets, senders, species] = &mut self.held;
        let device = &*self.network.device;
        let numbers = [self.atoms].into_iter().chain(self.needed.iter().copied()).chain([self.network.shape.channels]);
        bring(device, arrays.counts, counts, numbers.map(|number| number as u32))?;
        bring(device, arrays.offsets, offsets, topology.offsets.iter().map(|&offset| offset as u32))?;
        bring(device, arrays.senders, senders, topology.senders.iter().copied())?;
        bring(device, arrays.species, species, topology.species.iter().copied())
    }

    /// The gradient with respect to the outputs from which the next backward pass starts.
    pub(crate) fn seed(&self, seeds: &[f32]) -> Result<(), GpuError> {
        let Some(arrays) = &self.arrays else { return Ok(()) };
        self.network.device.write(arrays.seeds, bytemuck::cast_slice(seeds))
    }

    /// The forward pass of the graph that the device holds, and the backward pass if it is wanted.
    pub(crate) fn passes(&self, backward: bool) -> Vec<Command> {
        let Some(arrays) = &self.arrays else { return Vec::new() };
        let mut commands = vec![Command::Clear(arrays.energies)];
        commands.extend(arrays.multipoles.map(Command::Clear));
        commands.extend((0..self.needed.len()).flat_map(|layer| arrays.forward(&self.network, layer, &self.needed)));
        if backward {
            commands.extend(arrays.backward(&self.network, &self.needed, self.atoms));
        }
        commands
    }

    pub(crate) fn arrays(&self) -> Option<&Arrays> {
        self.arrays.as_ref()
    }

    pub(crate) fn network(&self) -> &Arc<GpuNetwork> {
        &self.network
    }

    /// Where energies of the atoms go.
    pub(crate) fn energies_mut(&mut self) -> &mut [f32] {
        self.energies.resize(self.atoms, 0.0);
        &mut self.energies
    }
}

/// Writes `list` to `buffer`, unless it is what the device holds there already.
fn bring(
    device: &dyn Device,
    buffer: Buffer,
    held: &mut Vec<u32>,
    list: impl Iterator<Item = u32> + Clone,
) -> Result<(), GpuError> {
    if held.iter().copied().eq(list.clone()) {
        return Ok(());
    }
    held.clear();
    held.extend(list);
    let written = device.write(buffer, bytemuck::cast_slice(held));
    if written.is_err() {
        held.clear();
    }
    written
}
