//! A graph that stays on the device while its atoms move: positions up, energies and forces of atoms down.

use std::sync::Arc;

use cormorant_kernels::network::{MovingGraph, Topology};

use crate::arrays::Arrays;
use crate::device::{Buffer, Command};
use crate::emit::{THREADS, UNIT};
use crate::error::GpuError;
use crate::moving_arrays::MovingArrays;
use crate::network::GpuNetwork;
use crate::workspace::GpuWorkspace;

/// What comes back for a [`MovingGraph`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MovingOutputs {
    /// Minus the gradient of the sum of energies with respect to each position, `[atoms]`, in units of the network's output per Å.
    pub forces: Vec<[f32; 3]>,
    /// Minus the gradient with respect to a strain, where it was asked for, added in double precision.
    pub virial: Option<[[f64; 3]; 3]>,
    /// The least distance of a pair over its limit, squared; 1 or more, or the outputs mean nothing.
    pub closest: f32,
}

impl GpuWorkspace {
    /// Energies and forces of the atoms of `graph`; the virial too, where it is wanted. [`GpuWorkspace::energies`] has the former.
    ///
    /// # Errors
    /// When the memory of the device does not suffice, or it is lost.
    ///
    /// # Panics
    /// When the arrays do not belong together.
    pub fn evaluate_moving(
        &mut self,
        graph: &MovingGraph<'_>,
        virial: bool,
        into: &mut MovingOutputs,
    ) -> Result<(), GpuError> {
        let network = Arc::clone(self.network());
        let device = &network.device;
        let (atoms, edges) = (graph.topology.atoms(), graph.topology.edges());
        assert!(graph.reversed.len() == edges && graph.shift_of.len() == edges && graph.positions.len() == atoms);
        let mut own = self.moving.take().filter(|arrays| arrays.fit(atoms, edges, graph.shifts.len()));
        let arrays = match &mut own {
            Some(arrays) => arrays,
            None => own.insert(MovingArrays::new(&network, atoms, edges, graph.shifts.len())?),
        };
        if arrays.generation != Some(graph.generation) {
            arrays.generation = None;
            self.hold(&graph.topology)?;
            // Every atom counts, with its energy alone.
            let mut seeds = vec![1.0; atoms];
            seeds.resize(atoms * (1 + network.shape.multipole_rows()), 0.0);
            self.seed(&seeds)?;
            let below = |list: &[u32], end: usize| list.iter().all(|&number| (number as usize) < end);
            let Topology { species, senders, .. } = graph.topology;
            assert!(below(species, network.shape.species) && below(senders, atoms), "atoms and elements are known");
            assert!(below(graph.reversed, edges) && below(graph.shift_of, graph.shifts.len()), "edges are in order");
            let runs = graph.topology.offsets.windows(2).enumerate();
            let receivers: Vec<u32> =
                runs.flat_map(|(atom, run)| std::iter::repeat_n(atom as u32, run[1] - run[0])).collect();
            device.write(arrays.sizes, bytemuck::cast_slice(&[edges as u32, atoms as u32]))?;
            device.write(arrays.receivers, bytemuck::cast_slice(&receivers))?;
            device.write(arrays.shift_of, bytemuck::cast_slice(graph.shift_of))?;
            device.write(arrays.reversed, bytemuck::cast_slice(graph.reversed))?;
            device.write(arrays.limits, bytemuck::cast_slice(graph.limits))?;
            arrays.generation = Some(graph.generation);
        }
        device.write(arrays.shifts, bytemuck::cast_slice(&whole(graph.shifts)))?;
        device.write(arrays.positions, bytemuck::cast_slice(&whole(graph.positions)))?;
        let Some(held) = self.arrays().map(Held::of) else { return Ok(()) };
        let commands = moving_commands(&network, held, arrays, self.passes(true), (atoms, edges), virial);
        device.submit(&commands)?;

        let mut virials = vec![0.0f32; if virial { 9 * atoms } else { 0 }];
        let mut closest = vec![0.0f32; atoms];
        into.forces.resize(atoms, [0.0; 3]);
        let mut results = vec![
            (held.energies, bytemuck::cast_slice_mut(self.energies_mut())),
            (arrays.forces, bytemuck::cast_slice_mut(into.forces.as_flattened_mut())),
            (arrays.closest, bytemuck::cast_slice_mut(&mut closest)),
        ];
        if virial {
            results.push((arrays.virials, bytemuck::cast_slice_mut(&mut virials)));
        }
        device.read(&mut results)?;
        drop(results);
        into.closest = closest.into_iter().fold(f32::INFINITY, f32::min);
        into.virial = virial.then(|| {
            let mut sum = [[0.0; 3]; 3];
            for (index, value) in virials.iter().enumerate() {
                sum[index % 9 / 3][index % 3] += f64::from(*value);
            }
            sum
        });
        self.moving = own;
        Ok(())
    }
}

/// What both parts read of the arrays of an evaluation.
#[derive(Clone, Copy)]
struct Held {
    species: Buffer,
    offsets: Buffer,
    senders: Buffer,
    vectors: Buffer,
    energies: Buffer,
    edge_gradient: Buffer,
}

impl Held {
    fn of(arrays: &Arrays) -> Self {
        let Arrays { species, offsets, senders, vectors, energies, edge_gradient, .. } = *arrays;
        Self { species, offsets, senders, vectors, energies, edge_gradient }
    }
}

/// Vectors, the `passes` of the network, forces.
fn moving_commands(
    network: &GpuNetwork,
    held: Held,
    arrays: &MovingArrays,
    passes: Vec<Command>,
    (atoms, edges): (usize, usize),
    virial: bool,
) -> Vec<Command> {
    let (programs, Held { species, offsets, senders, vectors, edge_gradient, .. }) = (network.moving, held);
    let MovingArrays {
        sizes, receivers, shift_of, shifts, positions, reversed, limits, forces, closest, virials, ..
    } = *arrays;
    let mut commands = vec![Command::Run {
        program: programs.vectors,
        buffers: vec![sizes, receivers, senders, shift_of, shifts, positions, vectors],
        groups: edges.div_ceil(THREADS),
    }];
    commands.extend(passes);
    let groups = atoms.div_ceil(THREADS);
    commands.push(Command::Run {
        program: programs.forces,
        buffers: vec![sizes, offsets, senders, reversed, species, vectors, edge_gradient, limits, forces, closest],
        groups,
    });
    if virial {
        let buffers = vec![sizes, offsets, vectors, edge_gradient, virials];
        commands.push(Command::Run { program: programs.virials, buffers, groups });
    }
    commands
}

/// Places in units of [`UNIT`], modulo 2³².
fn whole(places: &[[f64; 3]]) -> Vec<u32> {
    places.as_flattened().iter().map(|x| (x / UNIT).round() as i64 as u32).collect()
}
