//! The sum over pairs that Lennard-Jones, Morse and ZBL share.

use super::{Evaluation, RequestedProperties, Truncation};
use cormorant_core::system::neighbors::{Candidates, SAME_SPOT, same_spot};
use cormorant_core::system::vector::{dot, plus};
use cormorant_core::system::{Element, System};
use cormorant_core::{Error, Result};

/// Skin of the neighbor list in Å: a search every few dozen steps in a liquid.
const SKIN: f64 = 1.5;

/// A function of the distance between two atoms.
pub(super) trait PairFunction: Send + Copy {
    /// Energy in eV and (du/dr)/r in eV/Å², from the squared distance in Å².
    fn value(&self, square: f64) -> (f64, f64);
}

/// E = Σ_{i<j} u(r_ij), with one function for each two elements.
///
/// With r = r_j − r_i + S·H and s = (du/dr)/r: force on i is s r, on j −s r, and virial = −Σ s r ⊗ r.
#[derive(Debug, Clone)]
pub(super) struct PairSum<F> {
    cutoff: f64,
    truncation: Truncation,
    elements: Vec<Element>,           // that have functions
    functions: Vec<Option<Entry<F>>>, // [elements × elements]
    candidates: Candidates,
    kinds: Vec<u32>, // [atoms], index into `elements`
    batch: Batch,
}

#[derive(Debug, Clone, Copy)]
struct Entry<F> {
    function: F,
    end: (f64, f64), // u and u′ at the cutoff
}

impl<F: PairFunction> PairSum<F> {
    pub(super) fn new(cutoff: f64, truncation: Truncation) -> Result<Self> {
        if !(cutoff.is_finite() && cutoff > 0.0) {
            return Err(Error::Invalid(format!("a cutoff of {cutoff} Å is not possible; it must be positive")));
        }
        if let Truncation::Switched { from } = truncation
            && !(0.0..cutoff).contains(&from)
        {
            return Err(Error::Invalid(format!(
                "switching begins at {from} Å, which is not between 0 and the cutoff of {cutoff} Å"
            )));
        }
        Ok(Self {
            cutoff,
            truncation,
            elements: Vec::new(),
            functions: Vec::new(),
            candidates: Candidates::half(cutoff, SKIN),
            kinds: Vec::new(),
            batch: Batch::default(),
        })
    }

    pub(super) fn cutoff(&self) -> f64 {
        self.cutoff
    }

    pub(super) fn elements(&self) -> &[Element] {
        &self.elements
    }

    /// Set the function for two elements, in both orders.
    pub(super) fn set(&mut self, first: Element, second: Element, function: F) {
        let old = self.elements.len();
        for element in [first, second] {
            if !self.elements.contains(&element) {
                self.elements.push(element);
            }
        }
        let new = self.elements.len();
        if new != old {
            let mut functions = vec![None; new * new];
            for i in 0..old {
                for k in 0..old {
                    functions[i * new + k] = self.functions[i * old + k];
                }
            }
            self.functions = functions;
        }
        let (energy, slope) = function.value(self.cutoff * self.cutoff);
        let entry = Some(Entry { function, end: (energy, slope * self.cutoff) });
        let place = |element| self.elements.iter().position(|known| *known == element).unwrap_or(0);
        let (i, k) = (place(first), place(second));
        self.functions[i * new + k] = entry;
        self.functions[k * new + i] = entry;
    }

    pub(super) fn evaluate(&mut self, system: &System, want: RequestedProperties, into: &mut Evaluation) -> Result<()> {
        let table = self.prepare(system)?;
        self.candidates.update(system)?;
        into.reset(system.atom_count(), want);
        let width = self.elements.len();
        let mut batch = std::mem::take(&mut self.batch);
        for receiver in 0..system.atom_count() {
            batch.gather(system, &self.candidates, receiver)?;
            let row = &table[self.kinds[receiver] as usize * width..][..width];
            batch.apply(row, &self.kinds, self.truncation, self.cutoff);
            batch.scatter(receiver, want, into);
        }
        self.batch = batch;
        super::check_finite(system, into)
    }

    /// The kind of every atom, and the functions of all kinds without gaps.
    fn prepare(&mut self, system: &System) -> Result<Vec<Entry<F>>> {
        self.kinds.clear();
        for element in &system.elements {
            match self.elements.iter().position(|known| known == element) {
                Some(kind) => self.kinds.push(kind as u32),
                None => return Err(super::unknown(*element, &self.elements)),
            }
        }
        let width = self.elements.len();
        let here = |kind: usize| self.kinds.contains(&(kind as u32));
        // What stands for two elements that do not both occur is never asked.
        let any = self.functions.iter().flatten().next();
        let full = |at: usize| {
            let (one, other) = (at / width, at % width);
            let unused = any.filter(|_| !(here(one) && here(other)));
            self.functions[at].as_ref().or(unused).copied().ok_or_else(|| {
                let (first, second) = (self.elements[one], self.elements[other]);
                Error::Invalid(format!(
                    "the pair potential has no parameters for {first} with {second}; give them for these two elements too"
                ))
            })
        };
        (0..width * width).map(full).collect()
    }
}

/// The pairs of one atom, in three passes that a compiler can turn into vector instructions and that hardly branch.
#[derive(Debug, Clone, Default)]
struct Batch {
    count: usize,           // pairs within the cutoff; what comes after is left over
    senders: Vec<u32>,      // [room]
    vectors: Vec<[f64; 3]>, // [room], Å
    squares: Vec<f64>,      // [room], Å²
    energies: Vec<f64>,     // [room], eV
    slopes: Vec<f64>,       // [room], (du/dr)/r in eV/Å²
}

impl Batch {
    /// The candidates of `receiver` that are within the cutoff.
    fn gather(&mut self, system: &System, candidates: &Candidates, receiver: usize) -> Result<()> {
        let (senders, shifts) = candidates.of(receiver);
        if self.senders.len() < senders.len() {
            self.senders.resize(senders.len(), 0);
            self.vectors.resize(senders.len(), [0.0; 3]);
            self.squares.resize(senders.len(), 0.0);
            self.energies.resize(senders.len(), 0.0);
            self.slopes.resize(senders.len(), 0.0);
        }
        let limit = candidates.cutoff() * candidates.cutoff();
        let position = system.positions[receiver];
        let mut count = 0;
        let mut closest = f64::INFINITY;
        for (&sender, &shift) in senders.iter().zip(shifts) {
            let vector = candidates.vector(position, system.positions[sender as usize], shift);
            let square = dot(vector, vector);
            closest = closest.min(square);
            // Written in any case, kept only if within: cheaper than a branch that cannot be foreseen.
            self.senders[count] = sender;
            self.vectors[count] = vector;
            self.squares[count] = square;
            count += usize::from(square < limit);
        }
        self.count = count;
        if closest < SAME_SPOT * SAME_SPOT {
            let at = self.squares[..count].iter().position(|&square| square < SAME_SPOT * SAME_SPOT).unwrap_or(0);
            return Err(same_spot(system, receiver, self.senders[at] as usize));
        }
        Ok(())
    }

    /// Energy and slope of every pair.
    fn apply<F: PairFunction>(&mut self, row: &[Entry<F>], kinds: &[u32], truncation: Truncation, cutoff: f64) {
        let squares = &self.squares[..self.count];
        let results = self.energies.iter_mut().zip(&mut self.slopes);
        match row {
            // With one element the function is the same for all, and the loop has no look-up.
            [entry] => {
                for (&square, (energy, slope)) in squares.iter().zip(results) {
                    (*energy, *slope) = entry.value(square, truncation, cutoff);
                }
            }
            _ => {
                for ((&square, (energy, slope)), &sender) in squares.iter().zip(results).zip(&self.senders) {
                    let entry = &row[kinds[sender as usize] as usize];
                    (*energy, *slope) = entry.value(square, truncation, cutoff);
                }
            }
        }
    }

    /// Book every pair.
    fn scatter(&self, receiver: usize, want: RequestedProperties, into: &mut Evaluation) {
        let pairs = || self.senders.iter().zip(&self.vectors).zip(&self.slopes).take(self.count);
        let mut force = [0.0; 3];
        for ((&sender, vector), slope) in pairs() {
            let other = &mut into.forces[sender as usize];
            for k in 0..3 {
                let part = slope * vector[k];
                force[k] += part;
                other[k] -= part;
            }
        }
        let own = &mut into.forces[receiver];
        *own = plus(*own, 1.0, force);
        into.energy += self.energies[..self.count].iter().sum::<f64>();
        if let Some(virial) = &mut into.virial {
            for ((_, vector), slope) in pairs() {
                for i in 0..3 {
                    for k in 0..3 {
                        virial[i][k] -= slope * vector[i] * vector[k];
                    }
                }
            }
        }
        if want.atom_energies {
            for (((&sender, _), _), energy) in pairs().zip(&self.energies) {
                into.atom_energies[receiver] += 0.5 * energy;
                into.atom_energies[sender as usize] += 0.5 * energy;
            }
        }
    }
}

impl<F: PairFunction> Entry<F> {
    #[inline]
    fn value(&self, square: f64, truncation: Truncation, cutoff: f64) -> (f64, f64) {
        truncation.apply(self.function.value(square), self.end, square, cutoff)
    }
}
