//! What sampled frames are like.

use std::collections::BTreeMap;

use super::sample_method::SampleMethod;
use cormorant_core::Result;
use cormorant_core::system::vector::{difference, norm, plus, times};
use cormorant_core::system::{BondedPair, System, find_bonds};
use cormorant_learn::sample::{Redrawn, closest_contact};

/// Frames are drawn independently, but of fewer than this the standard error is itself uncertain by a quarter and more.
const FEWEST: usize = 10;

/// The frames of one structure.
pub(super) struct Drawn {
    pub(super) source: System,
    pub(super) method: SampleMethod,
    pub(super) systems: Vec<System>,
    pub(super) refused: u64,
    pub(super) clashes: usize,
    pub(super) bonds: Vec<[usize; 2]>,
    pub(super) turns: Vec<([usize; 2], f64)>,
    /// Energies above the structure in the model Hessian, in eV, and over kT/2 for each mode.
    pub(super) energies: Vec<f64>,
    pub(super) shares: Vec<f64>,
    pub(super) modes: usize,
    pub(super) stiffened: usize,
    pub(super) imaginary: usize,
    pub(super) missed: bool,
    /// What a user should know of how the model takes total charge and spin.
    pub(super) note: Option<String>,
}

impl Drawn {
    /// Nothing yet.
    pub(super) fn new(source: &System, method: SampleMethod) -> Self {
        Self {
            source: source.clone(),
            method,
            systems: Vec::new(),
            refused: 0,
            clashes: 0,
            bonds: Vec::new(),
            turns: Vec::new(),
            energies: Vec::new(),
            shares: Vec::new(),
            modes: 0,
            stiffened: 0,
            imaginary: 0,
            missed: false,
            note: None,
        }
    }

    pub(super) fn take(&mut self, found: Redrawn) {
        (self.systems, self.refused) = (found.systems, found.refused);
    }
}

/// What the frames of a file are like, the structures themselves left out of everything but the number.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SampleSummary {
    /// Structures.
    pub structures: usize,
    /// Frames, the structures themselves included.
    pub frames: usize,
    /// Frames of each method, without the structures.
    pub methods: Vec<(&'static str, usize)>,
    /// Draws that were refused because atoms came too close.
    pub refused: u64,
    /// Frames of scans that were left out for that reason.
    pub clashes: usize,
    /// Bonds about which was turned.
    pub turned_bonds: usize,
    /// The smallest distance over the sum of covalent radii, with the names of the atoms, the distance in Å and the frame of the file.
    pub closest: Option<(f64, String, f64, usize)>,
    /// By the elements of a bond: how many bonds, and of their change the standard deviation, then the least and largest length, in Å.
    pub bonds: Vec<(String, usize, [f64; 3])>,
    /// Mean energy above the structure over kT/2 for each mode, in the model that was drawn from, and its standard error where there are
    /// enough frames to tell it.
    pub share: Option<(f64, Option<f64>)>,
    /// Modes of all structures, of which some were stiffened, or imaginary in the model.
    pub modes: usize,
    /// See there.
    pub stiffened: usize,
    /// See there.
    pub imaginary: usize,
    /// Structures whose minimization did not converge.
    pub missed: usize,
}

impl SampleSummary {
    /// Of all structures.
    pub(super) fn of(drawn: &[Drawn]) -> Result<Self> {
        let mut new = Self { structures: drawn.len(), ..Self::default() };
        let mut methods: BTreeMap<&'static str, usize> = BTreeMap::new();
        let mut lengths: BTreeMap<String, Lengths> = BTreeMap::new();
        for one in drawn {
            *methods.entry(one.method.word()).or_default() += one.systems.len();
            (new.refused, new.clashes) = (new.refused + one.refused, new.clashes + one.clashes);
            new.turned_bonds += one.bonds.len();
            (new.modes, new.stiffened) = (new.modes + one.modes, new.stiffened + one.stiffened);
            (new.imaginary, new.missed) = (new.imaginary + one.imaginary, new.missed + usize::from(one.missed));
            new.contacts(one)?;
            new.frames += 1 + one.systems.len();
            gather(&mut lengths, one)?;
        }
        new.methods = methods.into_iter().collect();
        let spread = |(name, all): (String, Lengths)| (name, all.bonds, all.numbers());
        new.bonds = lengths.into_iter().filter(|(_, all)| all.count > 0.0).map(spread).collect();
        let shares: Vec<f64> = drawn.iter().flat_map(|one| one.shares.iter().copied()).collect();
        if shares.len() > 1 {
            let count = shares.len() as f64;
            let mean = shares.iter().sum::<f64>() / count;
            let squares: f64 = shares.iter().map(|share| (share - mean).powi(2)).sum();
            let error = (shares.len() >= FEWEST).then(|| (squares / (count - 1.0) / count).sqrt());
            new.share = Some((mean, error));
        }
        Ok(new)
    }

    fn contacts(&mut self, one: &Drawn) -> Result<()> {
        for (place, system) in one.systems.iter().enumerate() {
            let Some(contact) = closest_contact(system)? else { continue };
            if self.closest.as_ref().is_none_or(|(ratio, ..)| contact.ratio < *ratio) {
                let [a, b] = contact.atoms.map(|atom| format!("{}{}", system.elements[atom].symbol(), atom + 1));
                self.closest = Some((contact.ratio, format!("{a}-{b}"), contact.distance, self.frames + 1 + place));
            }
        }
        Ok(())
    }
}

/// Sums over lengths of bonds of the same elements.
#[derive(Default)]
struct Lengths {
    bonds: usize,
    count: f64,
    sum: f64,
    squares: f64,
    range: Option<[f64; 2]>,
}

impl Lengths {
    fn add(&mut self, length: f64, rest: f64) {
        self.count += 1.0;
        self.sum += length - rest;
        self.squares += (length - rest).powi(2);
        let [least, largest] = self.range.unwrap_or([length; 2]);
        self.range = Some([least.min(length), largest.max(length)]);
    }

    fn numbers(&self) -> [f64; 3] {
        let mean = self.sum / self.count;
        let [least, largest] = self.range.unwrap_or_default();
        [(self.squares / self.count - mean * mean).max(0.0).sqrt(), least, largest]
    }
}

fn gather(lengths: &mut BTreeMap<String, Lengths>, one: &Drawn) -> Result<()> {
    for bond in find_bonds(&one.source)? {
        let mut symbols = [bond.first, bond.second].map(|atom| one.source.elements[atom].symbol());
        symbols.sort_unstable();
        let all = lengths.entry(symbols.join("-")).or_default();
        all.bonds += 1;
        let rest = length(&one.source, &bond);
        one.systems.iter().for_each(|system| all.add(length(system, &bond), rest));
    }
    Ok(())
}

fn length(system: &System, bond: &BondedPair) -> f64 {
    let rows = system.cell.map_or([[0.0; 3]; 3], |cell| cell.rows());
    let vector = difference(system.positions[bond.second], system.positions[bond.first]);
    norm(plus(vector, 1.0, times(bond.shift.map(f64::from), &rows)))
}
