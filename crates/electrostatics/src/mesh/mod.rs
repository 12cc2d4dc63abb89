//! Multipoles in a cell, by a mesh: smooth particle mesh Ewald (PME) without a part in real space, for smeared multipoles need none.
//!
//! | file       | what it does                                                                          |
//! |------------|---------------------------------------------------------------------------------------|
//! | `spline`   | weights of the points that a site touches                                             |
//! | `grid`     | how many points, and transforms of those lengths                                      |
//! | `placed`   | sites sorted by the points they touch                                                 |
//! | `spread`   | density of the multipoles on a plane of points                                        |
//! | `convolve` | energy and potential of a density, by transforms along one cell vector after the other |
//! | `lines`    | two lines of real numbers as one of complex ones                                      |
//! | `weigh`    | waves of a density to those of its potential                                          |
//! | `gather`   | potential, field and its derivatives at a site                                        |
//!
//! Forces, potentials and stress are derivatives of the energy that the mesh gives, not only near those of the sum. The order of all sums
//! is fixed, for any number of threads. Points lie [`SPACING`](grid::SPACING) σ apart, and a site touches 8 of them along an axis
//! with charges alone, 10 with dipoles, 12 with quadrupoles.
//!
//! Source: Essmann et al. 1995 (doi:10.1063/1.470117); multipoles: Sagui, Pedersen and Darden 2004 (doi:10.1063/1.1630791).
//! Checked by: `suite::electrostatic_mesh`.

mod convolve;
mod gather;
mod grid;
mod lines;
mod placed;
mod spline;
mod spread;
mod weigh;

use crate::lattice::Lattice;
use crate::law::Law;
use crate::pieces::pieces;
use crate::sites::{Interaction, Sites};
use crate::symmetric::SYMMETRIC;
use convolve::Convolution;
use gather::{Found, gather};
use grid::Grid;
use placed::{Placed, RANKS};
use spread::spread;

/// What the mesh keeps between calls: transforms for the present number of points, and memory. The results do not depend on it.
#[derive(Debug, Clone, Default)]
pub struct Mesh {
    law: Law,
    grid: Option<Grid>,
    placed: Placed,
    convolution: Convolution,
    found: Vec<Found>,
}

impl Mesh {
    /// For sums of that.
    pub(crate) fn of(law: Law) -> Self {
        Self { law, ..Self::default() }
    }

    /// Energy of `sites` with Gaussians of width `smearing` in Å in a cell with the vectors `rows` in Å, written over what `into` held.
    ///
    /// It is the sum over wave vectors to 1e-7 of the energy and 1e-6 of the force, and its derivatives are those of the energy it
    /// gives, to rounding. When the cell changes so much that the number of points does, the energy steps by the error of the mesh.
    pub fn evaluate(
        &mut self,
        sites: &Sites<'_>,
        rows: [[f64; 3]; 3],
        smearing: f64,
        parallel: bool,
        into: &mut Interaction,
    ) {
        let lattice = Lattice::new(rows);
        // A derivative costs an order of accuracy: two more points for each degree keep it.
        match sites.degree() {
            0 => self.run::<8, 1, 2>(sites, &lattice, smearing, parallel, into),
            1 => self.run::<10, 2, 3>(sites, &lattice, smearing, parallel, into),
            _ => self.run::<12, 3, 4>(sites, &lattice, smearing, parallel, into),
        }
        into.leave_moments(sites);
        self.law.complete(sites, &lattice, smearing, into);
    }

    /// The energy with that of each site with itself, by P points along an axis, for multipoles below degree D and derivatives below
    /// degree E = D + 1; strain as if multipoles moved with the cell.
    fn run<const P: usize, const D: usize, const E: usize>(
        &mut self,
        sites: &Sites<'_>,
        lattice: &Lattice,
        smearing: f64,
        parallel: bool,
        into: &mut Interaction,
    ) {
        into.clear(sites);
        let points = grid::points(lattice, smearing, P);
        if self.grid.as_ref().is_none_or(|grid| grid.points != points || grid.order != P) {
            self.grid = None;
        }
        let grid = self.grid.get_or_insert_with(|| Grid::new(points, P));
        self.placed.place::<P, D>(sites, lattice, grid, parallel);
        let placed = &self.placed;
        let density = |x: usize, plane: &mut [f64]| spread::<P, D>(placed, grid, x, plane);
        let (energy, strain) = self.convolution.run(grid, lattice, (self.law, smearing), parallel, density);
        into.energy = energy;
        for (value, (a, b)) in strain.into_iter().zip(SYMMETRIC) {
            (into.by_strain[a][b], into.by_strain[b][a]) = (value, value);
        }
        self.found.resize(sites.positions.len(), Found::default());
        let potential = &self.convolution.potential;
        pieces(
            parallel,
            &mut self.found,
            RANKS,
            || (),
            |(), piece, list| {
                for (found, seat) in list.iter_mut().zip(&placed.seats[RANKS * piece..]) {
                    *found = gather::<P, E>(placed, seat, grid, potential);
                }
            },
        );
        for (seat, found) in placed.seats.iter().zip(&self.found) {
            let site = seat.site as usize;
            into.by_charge[site] = found.by_charge;
            into.gradient[site] = found.gradient;
            if D > 1 {
                into.by_dipole[site] = found.by_dipole;
            }
            if D > 2 {
                into.by_quadrupole[site] = found.by_quadrupole;
            }
        }
    }
}
