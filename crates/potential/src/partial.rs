//! A learned model on a part of a system, as programs that divide space among processes hand it over.

use crate::images::{Images, Lists, UNKNOWN};
use crate::short_range::{ShortEdge, ShortRange};
use crate::spatial_order::arrange;
use crate::{Evaluation, Part};
use cormorant_core::system::Element;
use cormorant_core::system::neighbors::SAME_SPOT;
use cormorant_core::system::vector::{difference, dot};
use cormorant_core::{Error, Result};
use cormorant_network::{
    EdgeGradient, Engine, EngineOptions, Facts, GraphBatch, Network, Outputs, Request, collect_edges,
};

/// A learned model on the atoms of a part, within a halo that reaches [`PartialPotential::receptive_field`] beyond them.
///
///   E = Σ_{i owned} E_i,   F_k = −∂E/∂r_k for every atom k, those of the halo too
///
/// The owner of an atom adds up the forces that all parts computed for it. In layer t of n, atoms up to n − t hops from an
/// owned one are computed and no others (a hop is a distance below the cutoff): more cannot reach the energy.
/// Checked by `suite::partial`.
pub struct PartialPotential {
    facts: Facts,
    cutoff: f64,
    engine: Box<dyn Engine>,
    outputs: Outputs,
    graph: Graph,
    images: Option<Images>,
    wall: ShortRange,
    short: Vec<ShortEdge>,
}

/// Atoms in the order of their hops from an owned one, and the edges of those that are computed.
#[derive(Default)]
struct Graph {
    /// Atom of the part at each place.
    order: Vec<u32>,
    /// Place of each atom, or `ABSENT`.
    places: Vec<u32>,
    species: Vec<u32>,
    offsets: Vec<usize>,
    /// Place of the sender of each edge.
    senders: Vec<u32>,
    /// Atom at the sender's end of each edge, an image where the sender is its original.
    ends: Vec<u32>,
    vectors: Vec<[f64; 3]>,
    /// What the network sees of them.
    shown: Vec<[f64; 3]>,
    needed: Vec<usize>,
    owned: usize,
}

/// Of atoms that are too far away to matter.
const ABSENT: u32 = u32::MAX;

impl PartialPotential {
    /// The potential of `network`.
    ///
    /// # Errors
    /// When the energy of the network cannot be divided among parts, or the model's header is not valid.
    pub fn new(network: &dyn Network, how: impl Into<EngineOptions>) -> Result<Self> {
        let (facts, how) = (network.facts()?, how.into());
        let reach = facts.require_divisible().map_err(|reason| Error::model(network.path(), reason))?;
        Ok(Self {
            cutoff: facts.cutoff.unwrap_or(reach),
            engine: network.engine(&how.backend, how.precision)?,
            outputs: Outputs::default(),
            graph: Graph::default(),
            images: None,
            wall: ShortRange::new(&facts),
            short: Vec::new(),
            facts,
        })
    }

    /// The same, for a part that is the whole system: every atom of its halo is a periodic image of an owned atom.
    ///
    /// Images are then not computed again, wherever it can be told from positions of which atom they are, and where it
    /// cannot, as in a perfect crystal, nothing changes. Forces on them are wrong where the halo holds anything else.
    #[must_use]
    pub fn of_the_whole(mut self) -> Self {
        // A single layer computes no atom of the halo, which then is too thin to know surroundings by.
        self.images = (self.facts.hops > 1).then(Images::default);
        self
    }

    /// Range of an edge in Å.
    #[must_use]
    pub fn cutoff(&self) -> f64 {
        self.cutoff
    }

    /// How far the halo has to reach, in Å: layers times cutoff.
    #[must_use]
    pub fn receptive_field(&self) -> f64 {
        self.facts.hops as f64 * self.cutoff
    }

    /// Elements that the model knows, in the order of its species.
    #[must_use]
    pub fn elements(&self) -> &[Element] {
        &self.facts.elements
    }

    /// Atoms of the last evaluation that were computed in the first layer, and that were in reach at all.
    #[must_use]
    pub fn worked_on(&self) -> (usize, usize) {
        (self.graph.needed.first().copied().unwrap_or(0), self.graph.order.len())
    }

    /// Energy of the owned atoms, forces on all, virial, and energies of the owned atoms (0 for the others).
    ///
    /// `neighbors` gives the atoms near an atom, at least those within the cutoff, for owned atoms and for those of the
    /// halo; it has to be symmetric.
    ///
    /// # Errors
    /// When `neighbors` fails, an index or species is out of range, atoms overlap, or the result is not finite.
    pub fn evaluate<'n>(
        &mut self,
        part: Part<'_>,
        neighbors: &mut dyn FnMut(usize) -> Result<&'n [i32]>,
        into: &mut Evaluation,
    ) -> Result<()> {
        if let Some(kind) = part.species.iter().find(|kind| **kind as usize >= self.facts.elements.len()) {
            return Err(Error::Invalid(format!(
                "species {kind} is not one of the {} known",
                self.facts.elements.len()
            )));
        }
        let (graph, cutoff, layers) = (&mut self.graph, self.cutoff, self.facts.hops);
        let folded = match &mut self.images {
            None => false,
            Some(images) => {
                let kept = images.follow(part) && graph.build(part, cutoff, layers, neighbors, Some(images))?;
                kept || {
                    images.find(part, cutoff, neighbors)?;
                    graph.build(part, cutoff, layers, neighbors, Some(images))?
                }
            }
        };
        if !folded {
            graph.build(part, cutoff, layers, neighbors, None)?;
        }
        self.meet_wall();
        self.engine.evaluate(&self.graph.batch(), Request { gradient: true, parallel: false }, &mut self.outputs)?;
        self.collect(part, into)
    }

    /// Finds the edges that are shorter than the network knows and replaces what it is shown of them.
    fn meet_wall(&mut self) {
        let graph = &mut self.graph;
        let kind = |place: usize| graph.species[place] as usize;
        self.short.clear();
        let runs = graph.offsets.windows(2).map(|ends| ends[0]..ends[1]).enumerate();
        self.wall.find(runs, &graph.senders, &graph.vectors, kind, &mut self.short);
        graph.shown.clone_from(&graph.vectors);
        for short in &mut self.short {
            graph.shown[short.edge] = short.shown;
            if short.receiver >= graph.owned {
                *short = short.of_another();
            }
        }
    }

    /// From the network's output to energies and forces of the atoms.
    fn collect(&self, part: Part<'_>, into: &mut Evaluation) -> Result<()> {
        let (graph, scale) = (&self.graph, self.facts.scale);
        into.forces.clear();
        into.forces.resize(part.positions.len(), [0.0; 3]);
        into.atom_energies.clear();
        into.atom_energies.resize(part.positions.len(), 0.0);
        into.energy = 0.0;
        for place in 0..graph.owned {
            let energy = self.outputs.scalars[place] * scale + self.facts.references[graph.species[place] as usize];
            into.atom_energies[graph.order[place] as usize] = energy;
            into.energy += energy;
        }
        for short in self.short.iter().filter(|short| short.receiver < graph.owned) {
            into.atom_energies[graph.order[short.receiver] as usize] += short.energy;
            into.energy += short.energy;
        }
        let mut short = self.short.iter().peekable();
        let mut virial = [[0.0; 3]; 3];
        let edges = (0..graph.order.len()).flat_map(|place| {
            let receiver = graph.order[place] as usize;
            (graph.offsets[place]..graph.offsets[place + 1]).map(move |edge| (receiver, edge))
        });
        let edges = edges.map(|(receiver, edge)| {
            let mut gradient = self.outputs.gradient[edge].map(|g| g * scale);
            if let Some(short) = short.next_if(|short| short.edge == edge) {
                gradient = short.gradient(gradient);
            }
            EdgeGradient { receiver, sender: graph.ends[edge] as usize, vector: graph.vectors[edge], gradient }
        });
        collect_edges(edges, &mut into.forces, Some(&mut virial));
        into.virial = Some(virial);
        into.forget_extras();
        let finite = into.energy.is_finite() && into.forces.iter().flatten().all(|x| x.is_finite());
        if finite { Ok(()) } else { Err(Error::Invalid("an energy or a force is not finite".into())) }
    }
}

impl Graph {
    /// The same for the engine.
    fn batch(&self) -> GraphBatch<'_> {
        GraphBatch {
            frames: &[],
            species: &self.species,
            offsets: &self.offsets,
            senders: &self.senders,
            vectors: &self.shown,
            needed: &self.needed,
            counted: Some(self.owned),
        }
    }

    /// Atoms ring by ring, and the edges of all but the last ring.
    ///
    /// With `images`, their originals send in their place, and there is one ring; the answer is false where one is unknown.
    fn build(
        &mut self,
        part: Part<'_>,
        cutoff: f64,
        layers: usize,
        lists: Lists<'_, '_>,
        images: Option<&Images>,
    ) -> Result<bool> {
        let atoms = part.positions.len();
        self.order.clear();
        self.places.clear();
        self.places.resize(atoms, ABSENT);
        self.senders.clear();
        self.ends.clear();
        self.vectors.clear();
        self.offsets.clear();
        self.offsets.push(0);
        self.needed.clear();
        self.order.extend((0..atoms as u32).filter(|&atom| part.owned[atom as usize]));
        self.owned = self.order.len();
        self.settle(part, 0);
        let mut ring = 0..self.owned;
        for _ in 0..layers {
            for place in ring.clone() {
                let receiver = self.order[place] as usize;
                if !self.edges_of(receiver, part, cutoff, lists(receiver)?, images)? {
                    return Ok(false);
                }
                self.offsets.push(self.senders.len());
            }
            self.settle(part, ring.end);
            // The last layer needs the innermost ring alone, the first one all rings that have edges.
            self.needed.insert(0, ring.end);
            ring = ring.end..self.order.len();
        }
        self.offsets.resize(self.order.len() + 1, self.senders.len());
        for sender in &mut self.senders {
            *sender = self.places[*sender as usize];
        }
        self.species.clear();
        self.species.extend(self.order.iter().map(|&atom| part.species[atom as usize]));
        Ok(true)
    }

    /// Gives the atoms from `first` on their places.
    fn settle(&mut self, part: Part<'_>, first: usize) {
        arrange(&mut self.order[first..], part.positions, part.species);
        for (place, &atom) in self.order.iter().enumerate().skip(first) {
            self.places[atom as usize] = place as u32;
        }
    }

    /// Adds the edges of `receiver`, their senders as atoms; false where one is an image of an unknown atom.
    fn edges_of(
        &mut self,
        receiver: usize,
        part: Part<'_>,
        cutoff: f64,
        list: &[i32],
        images: Option<&Images>,
    ) -> Result<bool> {
        for &end in list {
            let Some(position) = usize::try_from(end).ok().and_then(|end| part.positions.get(end)) else {
                return Err(Error::Invalid(format!("neighbor {end} of atom {receiver} is not an atom")));
            };
            let vector = difference(*position, part.positions[receiver]);
            let square = dot(vector, vector);
            if square >= cutoff * cutoff {
                continue;
            }
            if square < SAME_SPOT * SAME_SPOT {
                return Err(Error::Invalid(format!("atoms {receiver} and {end} overlap (closer than {SAME_SPOT} Å)")));
            }
            let sender = images.map_or(end as u32, |images| images.original(end as usize));
            if sender == UNKNOWN {
                return Ok(false);
            }
            let place = &mut self.places[sender as usize];
            if *place == ABSENT {
                *place = self.order.len() as u32;
                self.order.push(sender);
            }
            self.senders.push(sender);
            self.ends.push(end as u32);
            self.vectors.push(vector);
        }
        Ok(true)
    }
}
