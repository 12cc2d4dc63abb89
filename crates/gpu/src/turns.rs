//! One workspace for several threads: whoever comes while the device works waits, and all who wait are evaluated together as one batch.
//!
//! Replicas, beads and frames of a file are small. Alone each would leave most of a device idle. The first thread that gets its turn takes
//! the graphs of all the others along. Bits do not depend on the company, so it does not matter who meets whom.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use cormorant_kernels::network::Topology;

use crate::error::GpuError;
use crate::network::GpuNetwork;
use crate::workspace::GpuWorkspace;

/// Atoms of a batch after which no further graphs are taken along.
const MOST_ATOMS: usize = 32_768;

/// A workspace and those who wait for it.
pub struct GpuTurns {
    space: Mutex<GpuWorkspace>,
    waiting: Mutex<Vec<Arc<Ticket>>>,
    name: String,
}

/// What one graph gives, all in units of the network's output.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GraphOutputs {
    /// Energy of each atom, `[atoms]`.
    pub energies: Vec<f32>,
    /// Further numbers and multipoles of each atom, `[atoms][components]`.
    pub others: Vec<f32>,
    /// Gradient of the sum of the energies of atoms that count with respect to each edge vector, per Å, `[edges][3]`.
    pub by_edge: Vec<f32>,
}

/// A graph of its own, and what came of it.
struct Ticket {
    species: Vec<u32>,
    offsets: Vec<usize>,
    senders: Vec<u32>,
    vectors: Vec<[f64; 3]>,
    counted: usize,
    done: Mutex<Option<Result<GraphOutputs, GpuError>>>,
}

/// A poisoned lock means that another thread panicked; what these guard is written anew before it is read.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl GpuTurns {
    /// Turns on `network`.
    #[must_use]
    pub fn new(network: &Arc<GpuNetwork>) -> Self {
        let name = network.device.adapter().name.clone();
        Self { space: Mutex::new(GpuWorkspace::new(network)), waiting: Mutex::default(), name }
    }

    /// Outputs of the atoms of `topology`, whose edge vectors are `vectors` in Å, and the gradient of the energies of its first `counted`
    /// atoms. A graph with a halo is evaluated alone.
    ///
    /// # Errors
    /// When the memory of the device does not suffice, or it is lost.
    ///
    /// # Panics
    /// When the arrays do not belong together.
    pub fn evaluate(
        &self,
        topology: &Topology<'_>,
        vectors: &[[f64; 3]],
        counted: usize,
        into: &mut GraphOutputs,
    ) -> Result<(), GpuError> {
        if !topology.needed.is_empty() {
            return alone(&mut locked(&self.space), topology, vectors, counted, into);
        }
        let free = match self.space.try_lock() {
            Ok(space) => Some(space),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        };
        if let Some(mut space) = free.filter(|_| locked(&self.waiting).is_empty()) {
            return alone(&mut space, topology, vectors, counted, into);
        }
        let ticket = Arc::new(Ticket {
            species: topology.species.to_vec(),
            offsets: topology.offsets.to_vec(),
            senders: topology.senders.to_vec(),
            vectors: vectors.to_vec(),
            counted,
            done: Mutex::default(),
        });
        locked(&self.waiting).push(Arc::clone(&ticket));
        let mut space = locked(&self.space);
        loop {
            if let Some(done) = locked(&ticket.done).take() {
                *into = done?;
                return Ok(());
            }
            let party = self.party();
            if party.is_empty() {
                let reason = "the thread that worked for others ended".into();
                return Err(GpuError::Lost { adapter: self.name.clone(), reason });
            }
            together(&mut space, &party);
        }
    }

    /// The first of those who wait.
    fn party(&self) -> Vec<Arc<Ticket>> {
        let mut waiting = locked(&self.waiting);
        let mut atoms = 0;
        let fits = |ticket: &&Arc<Ticket>| {
            let first = atoms == 0;
            atoms += ticket.species.len();
            first || atoms <= MOST_ATOMS
        };
        let count = waiting.iter().take_while(fits).count();
        waiting.drain(..count).collect()
    }
}

fn alone(
    space: &mut GpuWorkspace,
    topology: &Topology<'_>,
    vectors: &[[f64; 3]],
    counted: usize,
    into: &mut GraphOutputs,
) -> Result<(), GpuError> {
    let mut seeds = vec![1.0; counted];
    seeds.resize(topology.atoms() * (1 + space.network().shape.multipole_rows()), 0.0);
    space.forward(topology, vectors, Some(&seeds))?;
    into.energies.clear();
    into.energies.extend_from_slice(space.energies());
    into.others.clear();
    into.others.extend_from_slice(space.others());
    into.by_edge.clear();
    into.by_edge.extend_from_slice(space.by_edge());
    Ok(())
}

/// Evaluates all graphs of a party one behind the other, and gives each its part.
fn together(space: &mut GpuWorkspace, party: &[Arc<Ticket>]) {
    let (mut species, mut offsets, mut senders, mut vectors) = (Vec::new(), vec![0], Vec::new(), Vec::new());
    let mut seeds = Vec::new();
    for ticket in party {
        let (atoms, edges) = (species.len() as u32, senders.len());
        species.extend_from_slice(&ticket.species);
        offsets.extend(ticket.offsets[1..].iter().map(|offset| offset + edges));
        senders.extend(ticket.senders.iter().map(|sender| sender + atoms));
        vectors.extend_from_slice(&ticket.vectors);
        seeds.extend((0..ticket.species.len()).map(|atom| if atom < ticket.counted { 1.0 } else { 0.0 }));
    }
    let width = space.network().shape.multipole_rows();
    seeds.resize(species.len() * (1 + width), 0.0);
    let topology = Topology { species: &species, offsets: &offsets, senders: &senders, needed: &[] };
    let result = space.forward(&topology, &vectors, Some(&seeds));
    let (mut atom, mut edge) = (0, 0);
    for ticket in party {
        let (atoms, edges) = (atom..atom + ticket.species.len(), edge..edge + ticket.senders.len());
        (atom, edge) = (atoms.end, edges.end);
        let outputs = result.clone().map(|()| GraphOutputs {
            energies: space.energies()[atoms.clone()].to_vec(),
            others: space.others()[width * atoms.start..width * atoms.end].to_vec(),
            by_edge: space.by_edge()[3 * edges.start..3 * edges.end].to_vec(),
        });
        *locked(&ticket.done) = Some(outputs);
    }
}
