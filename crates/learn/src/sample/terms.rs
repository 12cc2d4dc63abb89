//! Which internal coordinates a structure has, and how stiff they are.

use super::{Coordinate, Site, lindh};
use cormorant_core::Result;
use cormorant_core::system::vector::{cross, dot, norm, plus};
use cormorant_core::system::{NeighborList, System};

/// Pairs with a smaller ρ have no stretch.
const LEAST_STRETCH: f64 = 1.0e-3;
/// Bends and torsions with a smaller product of ρ are left out.
const LEAST_PRODUCT: f64 = 1.0e-2;
/// Pairs with a larger ρ are bonded.
const LEAST_BOND: f64 = 0.3;
/// cos of the angle from which on three atoms are in a line: 175°.
const STRAIGHT: f64 = -0.996_194_698;
/// Torsions about a bond are left out where an angle at it is nearer to 0° or 180° than 5°.
const NO_TORSION: f64 = 0.996_194_698;

/// Sine of the dihedral angle by which an atom with three neighbors may stand out of their plane, to be taken for planar: 10°.
const PLANAR: f64 = 0.173_648;

/// A coordinate with its force constant.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Term {
    pub(super) coordinate: Coordinate,
    /// In eV/Å² or eV/rad².
    pub(super) stiffness: f64,
    /// Its value in the structure, in Å or rad.
    pub(super) rest: f64,
}

/// A neighbor of an atom.
struct Near {
    atom: usize,
    /// The image, in whole cells.
    cells: [i32; 3],
    /// Å from the atom to the image that is meant.
    shift: [f64; 3],
    /// From the atom in whose list this is, of unit length.
    direction: [f64; 3],
    /// In Å.
    distance: f64,
    decay: f64,
}

/// The terms of `system` by the parameters of [`lindh`].
///
/// # Errors
/// When two atoms overlap or a position is not finite.
pub(super) fn terms(system: &System) -> Result<Vec<Term>> {
    let near = neighbors(system)?;
    let mut terms = Vec::new();
    let mut add = |coordinate: Coordinate, stiffness: f64| {
        let rest = coordinate.evaluate(&system.positions).0;
        terms.push(Term { coordinate, stiffness, rest });
    };
    for (atom, list) in near.iter().enumerate() {
        let own = Site { atom, shift: [0.0; 3] };
        out_of_plane(system, &near, atom, &mut add);
        for (at, one) in list.iter().enumerate() {
            if is_once(atom, one) {
                let stiffness = lindh::stretch(system.elements[atom], system.elements[one.atom], one.decay);
                add(Coordinate::Stretch([own, one.site()]), stiffness);
                torsions(system, &near, (atom, one), &mut add);
            }
            for other in &list[at + 1..] {
                let product = one.decay * other.decay;
                if product < LEAST_PRODUCT {
                    continue;
                }
                let sites = [one.site(), own, other.site()];
                if dot(one.direction, other.direction) > STRAIGHT {
                    add(Coordinate::Bend(sites), lindh::bend(product));
                } else {
                    for axis in across(one.direction) {
                        add(Coordinate::LinearBend(sites, axis), lindh::bend(product));
                    }
                }
            }
        }
    }
    Ok(terms)
}

/// Torsions about the bond from `second` to `third`.
fn torsions(
    system: &System,
    near: &[Vec<Near>],
    (second, third): (usize, &Near),
    add: &mut dyn FnMut(Coordinate, f64),
) {
    let middle = [second, third.atom].map(|atom| system.elements[atom]);
    let own = Site { atom: second, shift: [0.0; 3] };
    let back = third.cells.map(|cells| -cells);
    for first in &near[second] {
        let is_third = (first.atom, first.cells) == (third.atom, third.cells);
        if is_third || dot(first.direction, third.direction).abs() > NO_TORSION {
            continue;
        }
        for last in &near[third.atom] {
            let product = first.decay * third.decay * last.decay;
            let is_second = (last.atom, last.cells) == (second, back);
            let cells = [0, 1, 2].map(|k| third.cells[k] + last.cells[k]);
            let is_ring = (last.atom, cells) == (first.atom, first.cells);
            let straight = dot(last.direction, third.direction).abs() > NO_TORSION;
            if product < LEAST_PRODUCT || is_second || is_ring || straight {
                continue;
            }
            let end = Site { atom: last.atom, shift: plus(third.shift, 1.0, last.shift) };
            let stiffness = lindh::torsion(middle[0], middle[1], third.distance, product);
            add(Coordinate::Torsion([first.site(), own, third.site(), end]), stiffness);
        }
    }
}

/// An atom that stands in the plane of its three neighbors is held there where torsions do not: those about a double bond end at an atom
/// without further neighbors, and those about single bonds are soft. The coordinate is the dihedral angle between the planes of the
/// neighbors and of the atom with two of them.
fn out_of_plane(system: &System, near: &[Vec<Near>], atom: usize, add: &mut dyn FnMut(Coordinate, f64)) {
    let bonded = |of: usize| near[of].iter().filter(move |one| one.decay >= LEAST_BOND);
    let mut around: Vec<&Near> = bonded(atom).collect();
    if around.len() != 3 {
        return;
    }
    let order = |one: &Near| lindh::order(system.elements[atom], system.elements[one.atom], one.distance);
    around.sort_by(|one, other| order(other).total_cmp(&order(one)));
    let ends_here = |one: &Near| bonded(one.atom).count() == 1;
    if !ends_here(around[0]) {
        return;
    }
    let highest = around[1..].iter().filter(|one| !ends_here(one)).map(|one| order(one)).fold(0.0, f64::max);
    let product: f64 = around.iter().map(|one| one.decay).product();
    let stiffness = lindh::out_of_plane(highest, product);
    let [tip, first, second] = [0, 1, 2].map(|place: usize| around[place].site());
    let coordinate = Coordinate::Torsion([tip, first, second, Site { atom, shift: [0.0; 3] }]);
    if stiffness > 0.0 && coordinate.evaluate(&system.positions).0.sin().abs() < PLANAR {
        add(coordinate, stiffness);
    }
}

fn neighbors(system: &System) -> Result<Vec<Vec<Near>>> {
    let mut list = NeighborList::new(lindh::reach(LEAST_STRETCH), 0.0);
    let neighbors = list.update(system)?;
    let near = |atom: usize, edge: usize| {
        let (other, vector) = (neighbors.senders[edge] as usize, neighbors.vectors[edge]);
        let distance = norm(vector);
        let shift = [0, 1, 2].map(|k| vector[k] - (system.positions[other][k] - system.positions[atom][k]));
        Near {
            atom: other,
            cells: neighbors.shifts[edge],
            shift: if neighbors.shifts[edge] == [0; 3] { [0.0; 3] } else { shift },
            direction: vector.map(|x| x / distance),
            distance,
            decay: lindh::decay(system.elements[atom], system.elements[other], distance),
        }
    };
    let of = |atom: usize| {
        let edges = neighbors.offsets[atom]..neighbors.offsets[atom + 1];
        edges.map(|edge| near(atom, edge)).filter(|one| one.decay >= LEAST_STRETCH).collect()
    };
    Ok((0..system.atom_count()).map(of).collect())
}

impl Near {
    fn site(&self) -> Site {
        Site { atom: self.atom, shift: self.shift }
    }
}

/// Whether a pair, which is in the lists of both atoms, is taken from this one.
fn is_once(atom: usize, other: &Near) -> bool {
    other.atom > atom || (other.atom == atom && other.cells > [0; 3])
}

/// Two unit vectors at right angles to `direction` and to each other.
fn across(direction: [f64; 3]) -> [[f64; 3]; 2] {
    let mut axis = [0.0; 3];
    let least = (0..3).min_by(|a, b| direction[*a].abs().total_cmp(&direction[*b].abs())).unwrap_or_default();
    axis[least] = 1.0;
    let first = cross(direction, axis);
    let first = first.map(|x| x / norm(first));
    [first, cross(direction, first)]
}
