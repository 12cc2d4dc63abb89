//! A learned model as a potential.

use super::distant::Distant;
use super::moving::MovingEdges;
use super::short_range::{ShortEdge, ShortRange};
use super::surroundings::{SKIN, Surroundings};
use super::{Evaluation, Potential, RequestedProperties};
use cormorant_core::parallel::pool;
use cormorant_core::system::neighbors::SAME_SPOT;
use cormorant_core::system::{Element, System};
use cormorant_core::{Error, Result};
use cormorant_network::{
    EdgeGradient, Engine, Facts, Moved, MovingOutputs, Network, Outputs, Request, collect_edges, join_remarks,
};

pub use cormorant_network::{EngineOptions, Precision};

/// Smaller systems are evaluated together with others on a device; the graph of larger ones stays there.
const KEPT_ATOMS: usize = 512;
/// Smaller systems run on one thread: handing out the work would take longer than the work.
const PARALLEL_ATOMS: usize = 64;

/// Energies from a network of any kind that gives them, forces and virial from its edge gradients
/// ([`collect_edges`]).
///
/// Pairs nearer than any in the training frames meet a wall; [`LearnedPotential::without_wall`] is the bare network.
/// What the wall is is in `short_range.rs`. Checked by: `suite::short_range`.
pub struct LearnedPotential {
    name: String,
    facts: Facts,
    engine: Box<dyn Engine>,
    /// The graphics processor that computes, if it is one, and its driver.
    device: Option<String>,
    outputs: Outputs,
    surroundings: Surroundings,
    wall: Option<ShortRange>,
    short: Vec<ShortEdge>,
    /// Forces of the atoms in their places.
    by_place: Vec<[f64; 3]>,
    /// What acts at any distance, where the network has anything that does.
    distant: Option<Distant>,
    /// The graph that stays on the device, where one computes.
    moving: Option<MovingEdges>,
    moved: MovingOutputs,
    pool: Option<rayon::ThreadPool>,
}

impl LearnedPotential {
    /// The potential of `network`, for systems of up to any size, on `threads` threads.
    ///
    /// # Errors
    /// When the network gives no forces, its header is not valid, or the threads cannot be started.
    pub fn new(network: &dyn Network, how: impl Into<EngineOptions>, threads: usize) -> Result<Self> {
        let (facts, how) = (network.facts()?, how.into());
        facts.require_forces().map_err(|reason| Error::model(network.path(), reason))?;
        let engine = network.engine(&how.backend, how.precision)?;
        Ok(Self {
            name: format!("{} {}", facts.kind, network.path().display()),
            device: engine.device(),
            engine,
            outputs: Outputs::default(),
            surroundings: Surroundings::new(facts.cutoff),
            wall: facts.shortest_distances.as_ref().map(|_| ShortRange::new(&facts)),
            short: Vec::new(),
            by_place: Vec::new(),
            distant: Distant::of(&facts),
            moving: None,
            moved: MovingOutputs::default(),
            facts,
            pool: pool(threads)?,
        }
        .with_moving_graph())
    }

    /// The same under another name, without the kind in front.
    #[must_use]
    pub fn called(mut self, name: &str) -> Self {
        self.name = format!("{} {name}", self.facts.kind);
        self
    }

    /// The bare network, whose energies mean nothing where atoms are nearer than in the training frames.
    #[must_use]
    pub fn without_wall(mut self) -> Self {
        self.wall = None;
        self
    }

    /// The same in a uniform electric field in V/Å, which acts on the charges and dipoles that the network gives its atoms. A field of zero
    /// is none.
    ///
    /// # Errors
    /// When the network has no charges.
    pub fn with_electric_field(mut self, field: [f64; 3]) -> Result<Self> {
        let Some(distant) = self.distant.take_if(|distant| distant.energy.has_charges()) else {
            return Err(Error::Invalid(format!(
                "the model {} has no charges that an electric field could act on; leave `electric_field` out, or use a model that was fitted with \
                 `electrostatics = \"charges\"` in [model]",
                self.name
            )));
        };
        self.distant = Some(distant.in_field(field));
        Ok(self)
    }

    /// Another potential that shares network and weights, with neighbor list and results of its own, on one thread.
    #[must_use]
    pub fn twin(&self) -> Self {
        Self {
            name: self.name.clone(),
            facts: self.facts.clone(),
            engine: self.engine.twin(),
            device: self.device.clone(),
            outputs: Outputs::default(),
            surroundings: Surroundings::new(self.facts.cutoff),
            wall: self.wall.clone(),
            short: Vec::new(),
            by_place: Vec::new(),
            distant: self.distant.as_ref().map(Distant::twin),
            moving: None,
            moved: MovingOutputs::default(),
            pool: None,
        }
        .with_moving_graph()
    }

    /// The same, ready to keep its graph on a device, if one computes and nothing else needs every edge at each step.
    fn with_moving_graph(self) -> Self {
        let kept = self.device.is_some() && self.distant.is_none() && self.facts.gives_atom_energies();
        let moving = self.facts.cutoff.filter(|_| kept).map(|cutoff| MovingEdges::new(cutoff, SKIN));
        Self { moving, ..self }
    }

    /// Energies, forces and virial of a graph that stays on the device; false where it does not, or where the wall acts.
    fn evaluate_moving(&mut self, system: &System, want: RequestedProperties, into: &mut Evaluation) -> Result<bool> {
        let Self { facts, engine, moving: Some(moving), moved, wall, short, .. } = self else { return Ok(false) };
        if system.atom_count() < KEPT_ATOMS {
            return Ok(false);
        }
        let limits = || {
            let overlap = || vec![(SAME_SPOT * SAME_SPOT) as f32; facts.elements.len().pow(2)];
            wall.as_ref().map_or_else(overlap, ShortRange::limits)
        };
        let graph = moving.update(system, &facts.elements, limits)?;
        if engine.evaluate_moving(&graph, want.virial, moved)? != Moved::Evaluated {
            return Ok(false);
        }
        into.forget_extras();
        // Nothing is nearer than its limit.
        short.clear();
        let Self { facts, moving: Some(moving), moved, .. } = &*self else { return Ok(false) };
        let place = |atom: usize| moving.place(atom);
        self.collect_energies(&moved.scalars, moving.species_by_place(), place, want, into);
        into.forces.clear();
        into.forces
            .extend((0..system.atom_count()).map(|atom| moved.forces[moving.place(atom)].map(|x| x * facts.scale)));
        into.virial = moved.virial.map(|virial| virial.map(|row| row.map(|x| x * facts.scale)));
        Ok(true)
    }

    /// What the network says of itself.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Directed edges of the last evaluation.
    #[must_use]
    pub fn edge_count(&self) -> usize {
        self.surroundings.senders().len()
    }

    /// What one unit of output stands for: of each atom and its edges, and of the molecule as a whole. One of them is 1.
    fn scales(&self) -> (f64, f64) {
        if self.facts.gives_atom_energies() { (self.facts.scale, 1.0) } else { (1.0, self.facts.scale) }
    }

    /// The outputs for the surroundings, in which short edges are shown to the network as the wall wants it.
    fn run_engine(&mut self, system: &System) -> Result<()> {
        let Self { engine, outputs, surroundings, wall, short, distant, pool, .. } = self;
        short.clear();
        if let Some(wall) = wall {
            let species = surroundings.species_by_place();
            let kind = |place: usize| species[place] as usize;
            wall.find(surroundings.runs(), surroundings.senders(), surroundings.vectors(), kind, short);
        }
        surroundings.show(short.iter().map(|short| (short.edge, short.shown)));
        let batch = surroundings.batch();
        let mut evaluate = |parallel: bool| match distant {
            None => engine.evaluate(&batch, Request { gradient: true, parallel }, outputs),
            Some(distant) => {
                engine.forward(&batch, parallel, outputs)?;
                distant.evaluate(system, &outputs.multipoles, |atom| surroundings.place(atom), parallel)?;
                engine.pull_back(&batch, &distant.seeds, parallel, outputs)
            }
        };
        match pool {
            Some(pool) if batch.atoms() >= PARALLEL_ATOMS => pool.install(|| evaluate(true)),
            _ => evaluate(false),
        }
    }

    /// Energy, and those of the atoms where they are wanted, from outputs and species of the atoms in their places.
    fn collect_energies(
        &self,
        scalars: &[f64],
        species: &[u32],
        place: impl Fn(usize) -> usize,
        want: RequestedProperties,
        into: &mut Evaluation,
    ) {
        let Self { facts, short, distant, .. } = self;
        let atoms = species.len();
        let references = || (0..atoms).map(|atom| facts.references[species[place(atom)] as usize]);
        let sum: f64 = if facts.gives_atom_energies() {
            (0..atoms).map(|atom| scalars[place(atom)]).sum()
        } else {
            scalars.iter().sum()
        };
        into.energy = sum * facts.scale + facts.constant + references().sum::<f64>();
        into.energy += short.iter().map(|short| short.energy).sum::<f64>();
        into.energy += distant.as_ref().map_or(0.0, |distant| distant.energy.energy);
        into.atom_energies.clear();
        if want.atom_energies {
            let energies = references().enumerate();
            into.atom_energies.extend(energies.map(|(atom, own)| scalars[place(atom)] * facts.scale + own));
            for short in short {
                into.atom_energies[self.surroundings.atom(short.receiver)] += short.energy;
            }
            if let Some(distant) = distant {
                distant.energy.add_atom_energies(&mut into.atom_energies);
            }
        }
    }

    /// Forces, and the virial where it is wanted; atoms in the order of the system, so that no bit depends on another.
    fn collect_forces(&mut self, atoms: usize, want: RequestedProperties, into: &mut Evaluation) {
        let (of_edge, of_whole) = self.scales();
        let (surroundings, gradients) = (&self.surroundings, &self.outputs.gradient);
        let (senders, vectors) = (surroundings.senders(), surroundings.vectors());
        let mut short = self.short.iter().peekable();
        let edges = surroundings.runs().flat_map(|(receiver, run)| run.map(move |edge| (receiver, edge)));
        let edges = edges.map(|(receiver, edge)| {
            let (sender, mut vector) = (senders[edge] as usize, vectors[edge]);
            let mut gradient = gradients[edge].map(|x| x * of_edge);
            if let Some(short) = short.next_if(|short| short.edge == edge) {
                vector = short.vector;
                gradient = short.in_units_of(of_whole).gradient(gradient);
            }
            EdgeGradient { receiver, sender, vector, gradient }
        });
        // Of the atoms in their places, so that those of neighbors are near each other.
        let by_place = &mut self.by_place;
        by_place.clear();
        by_place.resize(atoms, [0.0; 3]);
        let mut virial = want.virial.then_some([[0.0; 3]; 3]);
        collect_edges(edges, by_place, virial.as_mut());
        into.forces.clear();
        into.forces.extend((0..atoms).map(|atom| by_place[surroundings.place(atom)]));
        if !self.facts.gives_atom_energies() {
            let rows = virial.iter_mut().flatten();
            into.forces.iter_mut().chain(rows).flatten().for_each(|x| *x *= of_whole);
        }
        into.virial = virial;
        if let Some(distant) = &self.distant {
            distant.collect(into);
        }
    }
}

impl Potential for LearnedPotential {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn instruction_set(&self) -> Option<&'static str> {
        self.device.is_none().then(|| cormorant_kernels::instruction_set().name())
    }

    fn device(&self) -> Option<&str> {
        self.device.as_deref()
    }

    fn cutoff(&self) -> Option<f64> {
        self.facts.cutoff
    }

    fn accepts(&self, element: Element) -> bool {
        self.facts.elements.contains(&element)
    }

    fn elements(&self) -> Vec<Element> {
        self.facts.elements.clone()
    }

    fn check_state(&self, system: &System) -> Result<Option<String>> {
        let remark = self.facts.check_state(system).map_err(Error::Structure)?;
        let Some(distant) = &self.distant else { return Ok(remark) };
        distant.energy.require(system.cell.as_ref(), system.state)?;
        if !distant.has_field() {
            return Ok(remark);
        }
        let charge = system.state.total_charge();
        let drift = || {
            format!(
                "the electric field accelerates all atoms, whose total charge is {charge}; unless something holds them, they fly away"
            )
        };
        Ok(remark.or_else(|| (charge != 0).then(drift)))
    }

    fn check_structure(&self, system: &System) -> Result<Option<String>> {
        Ok(join_remarks(self.check_state(system)?, self.facts.bonding_remark(system)?))
    }

    /// An electric field acts from outside.
    fn is_external(&self) -> bool {
        self.distant.as_ref().is_some_and(Distant::has_field)
    }

    /// On charges that add up to zero the forces of an electric field do too; on others, as of the last evaluation, they do not.
    fn keeps_momentum(&self) -> bool {
        !self.distant.as_ref().is_some_and(|distant| distant.pulled)
    }

    /// An electric field turns a dipole.
    fn keeps_angular_momentum(&self) -> bool {
        !self.is_external()
    }

    fn evaluate(&mut self, system: &System, want: RequestedProperties, into: &mut Evaluation) -> Result<()> {
        self.facts.require(system.cell.is_some(), want.atom_energies)?;
        if self.evaluate_moving(system, want, into)? {
            return super::check_finite(system, into);
        }
        let Self { surroundings, facts, pool, .. } = &mut *self;
        let mut update = || surroundings.update(system, &facts.elements);
        match pool {
            Some(pool) if system.atom_count() >= PARALLEL_ATOMS => pool.install(update),
            _ => update(),
        }?;
        self.run_engine(system)?;
        into.forget_extras();
        let (surroundings, scalars) = (&self.surroundings, &self.outputs.scalars);
        let place = |atom: usize| surroundings.place(atom);
        self.collect_energies(scalars, surroundings.species_by_place(), place, want, into);
        self.collect_forces(system.atom_count(), want, into);
        super::check_finite(system, into)
    }
}
