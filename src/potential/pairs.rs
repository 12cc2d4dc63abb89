//! The sum over pairs that Lennard-Jones, Morse and ZBL share.

use super::{Evaluation, Truncation, Want};
use crate::system::neighbors::{Candidates, SAME_SPOT, same_spot};
use crate::system::vector::dot;
use crate::system::{Element, System};
use crate::{Error, Result};

/// Skin of the neighbour list in Å: a search every few dozen steps in a liquid.
const SKIN: f64 = 1.0;

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

    pub(super) fn evaluate(&mut self, system: &System, want: Want, into: &mut Evaluation) -> Result<()> {
        let table = self.prepare(system)?;
        self.candidates.update(system)?;
        into.forces.clear();
        into.forces.resize(system.atom_count(), [0.0; 3]);
        into.atom_energies.clear();
        into.atom_energies.resize(if want.atom_energies { system.atom_count() } else { 0 }, 0.0);
        into.virial = want.virial.then_some([[0.0; 3]; 3]);
        into.energy = 0.0;
        let width = self.elements.len();
        for receiver in 0..system.atom_count() {
            let position = system.positions[receiver];
            let row = &table[self.kinds[receiver] as usize * width..];
            let (senders, shifts) = self.candidates.of(receiver);
            let mut force = [0.0; 3];
            let mut energy_sum = 0.0;
            for (&sender, &shift) in senders.iter().zip(shifts) {
                let sender = sender as usize;
                let vector = self.candidates.vector(position, system.positions[sender], shift);
                let square = dot(vector, vector);
                if square >= self.cutoff * self.cutoff {
                    continue;
                }
                if square < SAME_SPOT * SAME_SPOT {
                    return Err(same_spot(system, receiver, sender));
                }
                let entry = &row[self.kinds[sender] as usize];
                let bare = entry.function.value(square);
                let (energy, slope) = match self.truncation {
                    Truncation::Plain => bare,
                    truncation => truncation.apply(bare, entry.end, square.sqrt(), self.cutoff),
                };
                energy_sum += energy;
                let other = &mut into.forces[sender];
                for k in 0..3 {
                    force[k] += slope * vector[k];
                    other[k] -= slope * vector[k];
                }
                if let Some(virial) = &mut into.virial {
                    for i in 0..3 {
                        for k in 0..3 {
                            virial[i][k] -= slope * vector[i] * vector[k];
                        }
                    }
                }
                if want.atom_energies {
                    into.atom_energies[receiver] += 0.5 * energy;
                    into.atom_energies[sender] += 0.5 * energy;
                }
            }
            into.energy += energy_sum;
            for k in 0..3 {
                into.forces[receiver][k] += force[k];
            }
        }
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
        let full = |at: usize| {
            self.functions[at].ok_or_else(|| {
                let (first, second) = (self.elements[at / width], self.elements[at % width]);
                Error::Invalid(format!("the pair potential has no parameters for {first} with {second}"))
            })
        };
        (0..width * width).map(full).collect()
    }
}
