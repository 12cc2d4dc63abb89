//! Sites in the order of the mesh, with their weights and multipoles in its coordinates.

use super::grid::Grid;
use super::spline::weights;
use crate::lattice::Lattice;
use crate::pieces::pieces;
use crate::sites::Sites;
use crate::symmetric::{PLACES, SYMMETRIC, full};
use cormorant_core::system::vector::dot;

/// Ranks that a thread works on at a time.
pub const RANKS: usize = 64;

/// A site on the grid.
///
/// | field       | unit  | shape  | definition                                                                           |
/// |-------------|-------|--------|--------------------------------------------------------------------------------------|
/// | `site`      |       | scalar | number of the site                                                                   |
/// | `first`     |       | `[3]`  | first point that it touches along each cell vector                                   |
/// | `rest`      | steps | `[3]`  | place beyond the last point that it touches, 0 to 1                                  |
/// | `moments`   | e     | `[10]` | q; J μ; J Θ Jᵀ in the order of [`SYMMETRIC`], where those off the diagonal are doubled |
#[derive(Debug, Clone, Copy, Default)]
pub struct Seat {
    pub site: u32,
    pub first: [u32; 3],
    pub rest: [f64; 3],
    pub moments: [f64; 10],
}

/// All sites, sorted by the first plane and then the first line of points that they touch.
///
/// | field     | unit | shape                   | definition                                              |
/// |-----------|------|-------------------------|---------------------------------------------------------|
/// | `scale`   | 1/Å  | `[3][3]`                | J_ac = ∂u_a/∂r_c, u being the place in steps of the grid |
/// | `seats`   |      | `[sites]`               | by rank                                                 |
/// | `weights` |      | `[sites][3][D][P]`      | weights of the points and D − 1 of their derivatives    |
/// | `planes`  |      | `[planes + 1]`          | rank of the first seat whose first plane is this one    |
#[derive(Debug, Clone, Default)]
pub struct Placed {
    pub scale: [[f64; 3]; 3],
    pub seats: Vec<Seat>,
    pub weights: Vec<f64>,
    pub planes: Vec<usize>,
}

impl Placed {
    /// Find the seats and their weights.
    pub fn place<const P: usize, const D: usize>(
        &mut self,
        sites: &Sites<'_>,
        lattice: &Lattice,
        grid: &Grid,
        parallel: bool,
    ) {
        let points = grid.points;
        self.scale = [0, 1, 2].map(|axis| lattice.duals[axis].map(|x| x * points[axis] as f64));
        let scale = self.scale;
        let mut keys: Vec<([u32; 3], u32)> = Vec::with_capacity(sites.positions.len());
        for (site, position) in sites.positions.iter().enumerate() {
            keys.push((seat::<P>(lattice, points, *position).0, site as u32));
        }
        keys.sort_unstable();
        self.planes.clear();
        self.planes.extend((0..=points[0]).map(|plane| keys.partition_point(|([x, ..], _)| (*x as usize) < plane)));
        self.seats.resize(keys.len(), Seat::default());
        pieces(
            parallel,
            &mut self.seats,
            RANKS,
            || (),
            |(), piece, seats| {
                for (seat_of, (_, site)) in seats.iter_mut().zip(&keys[RANKS * piece..]) {
                    let (first, rest) = seat::<P>(lattice, points, sites.positions[*site as usize]);
                    *seat_of = Seat { site: *site, first, rest, moments: moments(sites, *site as usize, &scale) };
                }
            },
        );
        self.weights.resize(3 * D * P * keys.len(), 0.0);
        let seats = &self.seats;
        pieces(
            parallel,
            &mut self.weights,
            3 * D * P * RANKS,
            || (),
            |(), piece, list| {
                let (levels, _) = list.as_chunks_mut::<P>().0.as_chunks_mut::<D>();
                let (triples, _) = levels.as_chunks_mut::<3>();
                for (triple, seat) in triples.iter_mut().zip(&seats[RANKS * piece..]) {
                    *triple = seat.rest.map(weights::<P, D>);
                }
            },
        );
    }
}

/// The first points that a site touches, and its place beyond the last.
fn seat<const P: usize>(lattice: &Lattice, points: [usize; 3], position: [f64; 3]) -> ([u32; 3], [f64; 3]) {
    let fractions = lattice.fractions(position);
    let (mut first, mut rest) = ([0; 3], [0.0; 3]);
    for axis in 0..3 {
        let place = fractions[axis] * points[axis] as f64;
        let last = (place as usize).min(points[axis] - 1);
        first[axis] = ((last + points[axis] + 1 - P) % points[axis]) as u32;
        rest[axis] = place - last as f64;
    }
    (first, rest)
}

fn moments(sites: &Sites<'_>, site: usize, scale: &[[f64; 3]; 3]) -> [f64; 10] {
    let mut moments = [0.0; 10];
    moments[0] = sites.charges[site];
    if let Some(dipole) = sites.dipoles.get(site) {
        for axis in 0..3 {
            moments[1 + axis] = dot(scale[axis], *dipole);
        }
    }
    if let Some(t) = sites.quadrupoles.get(site) {
        let full = full(t);
        for (component, (a, b)) in SYMMETRIC.into_iter().enumerate() {
            moments[4 + component] = PLACES[component] * dot(scale[a], full.map(|row| dot(row, scale[b])));
        }
    }
    moments
}
