//! The sum over all sites, by the way that suits the place: pairs, wave vectors or a mesh, and for a slab less what its layers do to each other.

use super::law::Law;
use super::mesh::Mesh;
use super::reciprocal::Waves;
use super::sites::{Interaction, Sites};
use super::slab::Slab;
use cormorant_core::system::Cell;

/// From so many atoms on a cell is summed by the mesh, which is faster from 100 to 200 on. Fewer get the sum, whose energy has no steps.
const MESH_ATOMS: usize = 250;

/// What a law between sites keeps between evaluations.
#[derive(Debug, Clone)]
pub(crate) struct Sums {
    law: Law,
    mesh: Mesh,
    waves: Waves,
}

impl Sums {
    /// For sums of that.
    pub(crate) fn of(law: Law) -> Self {
        Self { law, mesh: Mesh::of(law), waves: Waves::of(law) }
    }

    /// Energy of `sites` with Gaussians of width `smearing` in Å in a cell that repeats in two or three directions, or in none, written over
    /// what `into` held. With `parallel` on the threads of the current rayon pool.
    pub(crate) fn evaluate(
        &mut self,
        sites: &Sites<'_>,
        cell: Option<&Cell>,
        smearing: f64,
        parallel: bool,
        into: &mut Interaction,
    ) {
        let Self { law, mesh, waves } = self;
        let slab = cell.and_then(|cell| Slab::of(cell, sites.positions, smearing));
        match cell.map(|cell| slab.map_or(cell.rows(), |slab| slab.rows)) {
            None => law.pairs(sites, smearing, into),
            Some(rows) if sites.positions.len() < MESH_ATOMS => waves.evaluate(sites, rows, smearing, parallel, into),
            Some(rows) => mesh.evaluate(sites, rows, smearing, parallel, into),
        }
        if let Some(slab) = slab {
            law.separate(&slab, sites, into);
        }
    }
}
