//! The pairs of neighbors of a graph: what travels along both edges of a pair is computed at once.
//!
//! A pair belongs to its atom of lower index. A tile is a run of atoms with all their pairs; it adds to its own atoms in place, and
//! what its pairs add to atoms of later tiles goes into rows of its own, which are summed in the order of the tiles afterwards. So
//! no two tiles write to one place, and the order of every sum depends on the graph alone, not on the number of threads. A tile ends
//! where no pair reaches beyond, so that molecules evaluated side by side give the bits of each alone.

use std::ops::Range;

use super::topology::Topology;

/// A tile is closed once it has this many pairs, unless tiles are large.
const TILE_PAIRS: usize = 512;
/// A connected run of atoms has this many large tiles, for threads to share, within these bounds of atoms.
const LARGE_TILES: usize = 32;
const LARGE_ATOMS: Range<usize> = 64..512;
/// Marks a place among the rows of a tile instead of among the atoms.
const FOREIGN: u32 = 1 << 31;
/// An edge whose reverse is not in the graph.
const MISSING: u32 = u32::MAX;

/// A run of atoms, and the rows for what its pairs add to other atoms.
#[derive(Debug, Clone, PartialEq)]
pub struct PairTile {
    /// Atoms.
    pub atoms: Range<usize>,
    /// Pairs.
    pub pairs: Range<usize>,
    /// Rows.
    pub rows: Range<usize>,
}

/// Pairs of neighbors, sorted by their lower atoms.
#[derive(Debug, Default)]
pub struct Pairs {
    /// First pair of each atom, `[atoms + 1]`.
    pub offsets: Vec<usize>,
    /// Of each pair the edge that the lower atom receives.
    pub edges: Vec<u32>,
    /// Of each pair the edge that the upper atom receives, once [`Pairs::reverse`] was called.
    reversed: Vec<u32>,
    /// Of each pair the place of the upper atom's sum.
    places: Vec<u32>,
    /// Tiles, in the order of atoms.
    pub tiles: Vec<PairTile>,
    /// Which rows of tiles belong to each atom: `first_row` is `[atoms + 1]` and points into `rows`.
    first_row: Vec<u32>,
    rows: Vec<u32>,
    /// For each atom its row in the tile that is being made, and the next edge that was not found yet.
    scratch: Vec<u32>,
    owners: Vec<u32>,
}

/// Where a sum is kept: in the row of an atom, or in one of a tile.
#[derive(Clone, Copy)]
pub enum Place {
    /// Of an atom.
    Own(usize),
    /// Of a tile.
    Foreign(usize),
}

impl Pairs {
    /// Makes the pairs of `topology`. Only edges of an atom to itself, through a periodic image, need the `vectors`.
    pub fn make(&mut self, topology: &Topology<'_>, vectors: &[[f64; 3]]) {
        self.make_tiles(topology, vectors, |_, pairs| pairs >= TILE_PAIRS);
    }

    /// The same in large tiles: fewer pairs reach beyond their tile, so that less is kept for the atoms of others. How large they are
    /// depends on the connected run of atoms that they are part of, and on nothing beside it.
    pub fn make_large(&mut self, topology: &Topology<'_>, vectors: &[[f64; 3]]) {
        let runs = connected_runs(topology);
        let mut run = 0;
        self.make_tiles(topology, vectors, |atoms, _| {
            while runs[run].end < atoms.end {
                run += 1;
            }
            atoms.len() >= (runs[run].len() / LARGE_TILES).clamp(LARGE_ATOMS.start, LARGE_ATOMS.end)
        });
    }

    /// A tile ends where `full` says so of its atoms and the count of its pairs.
    fn make_tiles(
        &mut self,
        topology: &Topology<'_>,
        vectors: &[[f64; 3]],
        mut full: impl FnMut(Range<usize>, usize) -> bool,
    ) {
        self.offsets.clear();
        self.edges.clear();
        self.tiles.clear();
        self.offsets.push(0);
        let (mut start, mut first, mut reach) = (0, 0, 0);
        for atom in 0..topology.atoms() {
            for edge in topology.offsets[atom]..topology.offsets[atom + 1] {
                let sender = topology.senders[edge] as usize;
                if sender > atom || (sender == atom && points_up(vectors[edge])) {
                    self.edges.push(edge as u32);
                    reach = reach.max(sender);
                }
            }
            let pairs = self.edges.len();
            self.offsets.push(pairs);
            let last = atom + 1 == topology.atoms() || topology.needed.contains(&(atom + 1));
            if reach <= atom || last || full(start..atom + 1, pairs - first) {
                self.tiles.push(PairTile { atoms: start..atom + 1, pairs: first..pairs, rows: 0..0 });
                (start, first) = (atom + 1, pairs);
            }
        }
        self.place(topology);
    }

    /// Gives every atom that a tile adds to, and that is not its own, a row.
    fn place(&mut self, topology: &Topology<'_>) {
        let Self { edges, places, tiles, first_row, rows, scratch, owners, .. } = self;
        places.clear();
        scratch.clear();
        scratch.resize(topology.atoms(), MISSING);
        first_row.clear();
        first_row.resize(topology.atoms() + 1, 0);
        owners.clear();
        for tile in tiles {
            let begin = owners.len();
            for &edge in &edges[tile.pairs.clone()] {
                let upper = topology.senders[edge as usize];
                if (upper as usize) < tile.atoms.end {
                    places.push(upper);
                    continue;
                }
                let row = &mut scratch[upper as usize];
                if *row == MISSING || (*row as usize) < begin {
                    *row = owners.len() as u32;
                    owners.push(upper);
                    first_row[upper as usize + 1] += 1;
                }
                places.push(FOREIGN | *row);
            }
            tile.rows = begin..owners.len();
        }
        for atom in 0..topology.atoms() {
            first_row[atom + 1] += first_row[atom];
        }
        rows.clear();
        rows.resize(owners.len(), 0);
        scratch.copy_from_slice(&first_row[..topology.atoms()]);
        for (row, &owner) in owners.iter().enumerate() {
            let next = &mut scratch[owner as usize];
            rows[*next as usize] = row as u32;
            *next += 1;
        }
    }

    /// The atoms of `tile` in runs of few pairs, whose frames fit a cache.
    pub fn parts<'a>(&'a self, tile: &PairTile) -> impl Iterator<Item = Range<usize>> + 'a {
        let (mut next, end) = (tile.atoms.start, tile.atoms.end);
        std::iter::from_fn(move || {
            let start = next;
            while next < end && (next == start || self.offsets[next + 1] - self.offsets[start] <= TILE_PAIRS) {
                next += 1;
            }
            (start < next).then_some(start..next)
        })
    }

    /// Finds the edge that the upper atom of each pair receives. Atoms beyond those that receive have none.
    pub fn reverse(&mut self, topology: &Topology<'_>, vectors: &[[f64; 3]]) {
        let Self { offsets, edges, reversed, scratch, .. } = self;
        reversed.clear();
        scratch.clear();
        scratch.extend(topology.offsets[..topology.atoms()].iter().map(|&first| first as u32));
        for atom in 0..topology.atoms() {
            for &edge in &edges[offsets[atom]..offsets[atom + 1]] {
                let upper = topology.senders[edge as usize] as usize;
                let run = topology.offsets[upper]..topology.offsets[upper + 1];
                let fits = |other: usize| topology.senders[other] as usize == atom && other != edge as usize;
                let off = |other: usize| -> f64 {
                    let (one, two) = (vectors[edge as usize], vectors[other]);
                    (0..3).map(|k| (one[k] + two[k]) * (one[k] + two[k])).sum()
                };
                // Where neighbors are sorted, it is the next one.
                let next = scratch[upper] as usize;
                let found = if run.contains(&next) && fits(next) && off(next) < NEAR {
                    Some(next)
                } else {
                    // Of several images of one atom, the nearest.
                    run.filter(|&other| fits(other)).min_by(|&a, &b| off(a).total_cmp(&off(b)))
                };
                reversed.push(found.map_or(MISSING, |found| found as u32));
                if let Some(found) = found {
                    scratch[upper] = found as u32 + 1;
                }
            }
        }
    }

    /// Where the sum of the upper atom of `pair` is kept.
    #[inline(always)]
    pub fn place_of(&self, pair: usize) -> Place {
        let place = self.places[pair];
        if place & FOREIGN == 0 { Place::Own(place as usize) } else { Place::Foreign((place & !FOREIGN) as usize) }
    }

    /// The edge that the upper atom of `pair` receives; `None` where it receives nothing.
    #[inline(always)]
    pub fn reversed(&self, pair: usize) -> Option<usize> {
        let edge = self.reversed[pair];
        (edge != MISSING).then_some(edge as usize)
    }

    /// Memory of these lists in bytes.
    pub fn bytes(&self) -> usize {
        let Self { offsets, edges, reversed, places, tiles, first_row, rows, scratch, owners } = self;
        let lists = [edges, reversed, places, first_row, rows, scratch, owners];
        let numbers: usize = lists.map(Vec::len).iter().sum();
        numbers * size_of::<u32>() + size_of_val(offsets.as_slice()) + size_of_val(tiles.as_slice())
    }

    /// Rows of all tiles.
    pub fn foreign_rows(&self) -> usize {
        self.rows.len()
    }

    /// Rows of tiles that belong to `atom`, in the order of tiles, of those before row `end`.
    pub fn rows_of(&self, atom: usize, end: usize) -> &[u32] {
        let rows = &self.rows[self.first_row[atom] as usize..self.first_row[atom + 1] as usize];
        &rows[..rows.partition_point(|&row| (row as usize) < end)]
    }

    /// The tiles of the first `atoms` atoms; a tile ends where the need of a layer ends.
    pub fn tiles_of(&self, atoms: usize) -> &[PairTile] {
        &self.tiles[..self.tiles.partition_point(|tile| tile.atoms.end <= atoms)]
    }
}

/// Runs of atoms that no edge leaves.
fn connected_runs(topology: &Topology<'_>) -> Vec<Range<usize>> {
    let (mut runs, mut start, mut reach) = (Vec::new(), 0, 0);
    for atom in 0..topology.atoms() {
        let senders = &topology.senders[topology.offsets[atom]..topology.offsets[atom + 1]];
        reach = senders.iter().fold(reach, |reach, &sender| reach.max(sender as usize));
        if reach <= atom || atom + 1 == topology.atoms() {
            runs.push(start..atom + 1);
            start = atom + 1;
        }
    }
    runs
}

/// Two edges are each other's reverse when their vectors add up to less than a thousandth of an Å.
const NEAR: f64 = 1e-6;

/// Whether the first component that is not zero is positive: true of one of two opposite vectors.
fn points_up(vector: [f64; 3]) -> bool {
    vector.into_iter().find(|&x| x != 0.0).is_some_and(|x| x > 0.0)
}
