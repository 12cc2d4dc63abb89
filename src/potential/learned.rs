//! A learned model as a potential.

use std::sync::Arc;

use candle_core::{Device, Tensor, Var};

use super::short_range::{ShortEdge, ShortRange};
use super::spatial_order::SpatialOrder;
use super::{Evaluation, Potential, Want};
use crate::kernels::Real;
use crate::model::{Edges, FusedNetwork, Model, Scaling};
use crate::parallel::pool;
use crate::system::{Element, NeighborList, Neighbors, System};
use crate::{Error, Result};

/// Precision of the network; positions, energies, forces and virials are f64 in either case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Precision {
    /// Single precision: forces within 2e-5 of the largest, checked by `suite::learned::single_precision_is_close`.
    #[default]
    F32,
    /// Double precision, for tests and second derivatives.
    F64,
}

/// Neighbours are searched within the cutoff and this much more, in Å, so that the search is rarely repeated.
const SKIN: f64 = 0.5;
/// Smaller systems run on one thread: handing out the work would take longer than the work.
const PARALLEL_ATOMS: usize = 64;

/// Energies from a network, forces from candle's autograd with respect to the edge vectors.
///
/// With g_e = ∂E/∂r_e the force on atom i is Σ g_e over edges that it receives minus Σ g_e over edges that it sends, and the
/// virial is −Σ r_e ⊗ g_e, whatever the cell. Checked by: `suite::learned`.
///
/// Pairs nearer than any in the training frames meet a wall; [`LearnedPotential::without_wall`] is the bare network.
/// What the wall is stands in `short_range.rs`. Checked by: `suite::short_range`.
pub struct LearnedPotential {
    name: String,
    scaling: Scaling,
    cutoff: f64,
    network: Network,
    weights: Tensor,
    list: NeighborList,
    order: SpatialOrder,
    /// Searches of the list after which `order` was made.
    ordered_at: Option<u64>,
    edges: Arc<Edges>,
    wall: Option<ShortRange>,
    short: Vec<ShortEdge>,
    pool: Option<rayon::ThreadPool>,
}

#[derive(Clone)]
enum Network {
    Single(FusedNetwork<f32>),
    Double(FusedNetwork<f64>),
}

impl LearnedPotential {
    /// The potential of `model`, for systems of up to any size, on `threads` threads.
    ///
    /// # Errors
    /// When the model's header makes no sense or the threads cannot be started.
    pub fn new(model: &Model, precision: Precision, threads: usize) -> Result<Self> {
        let header = &model.header;
        let scaling = header.scaling().map_err(|reason| Error::model(&model.path, reason))?;
        let shape = header.shape();
        let network = match precision {
            Precision::F32 => Network::Single(network_of(&shape, header.knot_spacing)),
            Precision::F64 => Network::Double(network_of(&shape, header.knot_spacing)),
        };
        let pool = pool(threads)?;
        let wall = ShortRange::new(header, &scaling.elements);
        Ok(Self {
            name: format!("cormorant {}", model.path.display()),
            scaling,
            cutoff: header.config.cutoff,
            network,
            weights: Tensor::new(model.weights.clone(), &Device::Cpu)?,
            list: NeighborList::new(header.config.cutoff, SKIN),
            order: SpatialOrder::default(),
            ordered_at: None,
            edges: Arc::default(),
            wall: Some(wall),
            short: Vec::new(),
            pool,
        })
    }

    /// The bare network, whose energies mean nothing where atoms are nearer than in the training frames.
    #[must_use]
    pub fn without_wall(mut self) -> Self {
        self.wall = None;
        self
    }

    /// Another potential that shares network and weights, with neighbour list and results of its own, on one thread.
    #[must_use]
    pub fn twin(&self) -> Self {
        Self {
            name: self.name.clone(),
            scaling: self.scaling.clone(),
            cutoff: self.cutoff,
            network: self.network.clone(),
            weights: self.weights.clone(),
            list: NeighborList::new(self.cutoff, SKIN),
            order: SpatialOrder::default(),
            ordered_at: None,
            edges: Arc::default(),
            wall: self.wall.clone(),
            short: Vec::new(),
            pool: None,
        }
    }

    /// Directed edges of the last evaluation.
    #[must_use]
    pub fn edge_count(&self) -> usize {
        self.edges.senders.len()
    }

    fn gradients(&self, vectors: &Tensor, parallel: bool) -> candle_core::Result<(Vec<f64>, Option<Tensor>)> {
        let vectors = Var::from_tensor(vectors)?;
        let energies = match &self.network {
            Network::Single(network) => network.atom_energies(&self.edges, &vectors, &self.weights, parallel),
            Network::Double(network) => network.atom_energies(&self.edges, &vectors, &self.weights, parallel),
        }?;
        let gradients = energies.sum_all()?.backward()?;
        Ok((energies.to_vec1()?, gradients.get(&vectors).cloned()))
    }
}

fn network_of<T: Real>(shape: &crate::kernels::network::Shape, knot_spacing: f64) -> FusedNetwork<T> {
    FusedNetwork::new(shape, knot_spacing)
}

impl Potential for LearnedPotential {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn instruction_set(&self) -> Option<&'static str> {
        Some(crate::kernels::instruction_set().name())
    }

    fn cutoff(&self) -> Option<f64> {
        Some(self.cutoff)
    }

    fn accepts(&self, element: Element) -> bool {
        self.scaling.elements.contains(&element)
    }

    fn elements(&self) -> Vec<Element> {
        self.scaling.elements.clone()
    }

    fn evaluate(&mut self, system: &System, want: Want, into: &mut Evaluation) -> Result<()> {
        self.list.update(system)?;
        let reordered = self.ordered_at != Some(self.list.rebuilds());
        if reordered {
            self.order = SpatialOrder::of(system);
            self.ordered_at = Some(self.list.rebuilds());
        }
        let neighbors = self.list.last();
        let order = &self.order;
        // No tensor holds the edges of the last step any more, so this copies nothing that it need not.
        let edges = Arc::make_mut(&mut self.edges);
        if reordered
            || edges.species.len() != system.atom_count()
            || !same_elements(edges, order, &self.scaling, system)
        {
            edges.species = self.scaling.species(&system.elements)?;
            if !order.is_plain() {
                edges.species = order.atoms.iter().map(|&atom| edges.species[atom as usize]).collect();
            }
        }
        let kinds = &edges.species;
        self.short.clear();
        if let Some(wall) = &self.wall {
            let Neighbors { offsets, senders, vectors, .. } = neighbors;
            wall.find(offsets, senders, vectors, |atom| kinds[order.place(atom)] as usize, &mut self.short);
        }
        let count = neighbors.edge_count();
        let mut vectors = if order.is_plain() {
            edges.offsets.clone_from(&neighbors.offsets);
            edges.senders.clone_from(&neighbors.senders);
            neighbors.vectors.as_flattened().to_vec()
        } else {
            reordered_edges(neighbors, order, edges)
        };
        for short in &self.short {
            let at = edges.offsets[order.place(short.receiver)] + short.edge - neighbors.offsets[short.receiver];
            vectors[3 * at..3 * at + 3].copy_from_slice(&short.shown);
        }
        let vectors = Tensor::from_vec(vectors, (count, 3), &Device::Cpu)?;
        let parallel = self.pool.is_some() && system.atom_count() >= PARALLEL_ATOMS;
        let (energies, gradient) = match &self.pool {
            Some(pool) if parallel => pool.install(|| self.gradients(&vectors, true))?,
            _ => self.gradients(&vectors, false)?,
        };
        let (edges, order) = (&self.edges, &self.order);
        let scale = self.scaling.scale;
        let atoms = 0..system.atom_count();
        let sum: f64 = atoms.clone().map(|atom| energies[order.place(atom)]).sum();
        let references =
            || atoms.clone().map(|atom| self.scaling.references[edges.species[order.place(atom)] as usize]);
        into.energy = sum * scale + references().sum::<f64>();
        into.energy += self.short.iter().map(|short| short.energy).sum::<f64>();
        into.forces.clear();
        into.forces.resize(system.atom_count(), [0.0; 3]);
        let mut virial = [[0.0; 3]; 3];
        if let Some(gradient) = gradient {
            let (storage, layout) = gradient.storage_and_layout();
            let (candle_core::Storage::Cpu(storage), Some((start, end))) = (&*storage, layout.contiguous_offsets())
            else {
                return Err(Error::Invalid("the gradient is not where it was put".into()));
            };
            let gradient = storage.as_slice::<f64>()?[start..end].as_chunks::<3>().0;
            let neighbors = self.list.last();
            let mut short = self.short.iter().peekable();
            for receiver in atoms.clone() {
                let run = neighbors.offsets[receiver]..neighbors.offsets[receiver + 1];
                let own = &gradient[edges.offsets[order.place(receiver)]..];
                for (edge, g) in run.zip(own) {
                    let sender = neighbors.senders[edge] as usize;
                    let mut g = g.map(|x| x * scale);
                    if let Some(short) = short.next_if(|short| short.edge == edge) {
                        g = short.gradient(g);
                    }
                    for axis in 0..3 {
                        into.forces[receiver][axis] += g[axis];
                        into.forces[sender][axis] -= g[axis];
                        if want.virial {
                            for other in 0..3 {
                                virial[axis][other] -= neighbors.vectors[edge][axis] * g[other];
                            }
                        }
                    }
                }
            }
        }
        into.virial = want.virial.then_some(virial);
        into.atom_energies.clear();
        if want.atom_energies {
            let own = references();
            into.atom_energies.extend(own.enumerate().map(|(atom, own)| energies[order.place(atom)] * scale + own));
            for short in &self.short {
                into.atom_energies[short.receiver] += short.energy;
            }
        }
        super::check_finite(system, into)
    }
}

/// The edges of `neighbors` in `order`, into `edges`; the answer is their vectors.
fn reordered_edges(neighbors: &Neighbors, order: &SpatialOrder, edges: &mut Edges) -> Vec<f64> {
    edges.offsets.clear();
    edges.offsets.push(0);
    edges.senders.clear();
    let mut vectors = Vec::with_capacity(3 * neighbors.edge_count());
    for &atom in &order.atoms {
        let run = neighbors.offsets[atom as usize]..neighbors.offsets[atom as usize + 1];
        edges.senders.extend(neighbors.senders[run.clone()].iter().map(|&sender| order.places[sender as usize]));
        vectors.extend_from_slice(neighbors.vectors[run].as_flattened());
        edges.offsets.push(edges.senders.len());
    }
    vectors
}

fn same_elements(edges: &Edges, order: &SpatialOrder, scaling: &Scaling, system: &System) -> bool {
    let kind = |atom: usize| edges.species[order.place(atom)] as usize;
    system.elements.iter().enumerate().all(|(atom, element)| scaling.elements[kind(atom)] == *element)
}
