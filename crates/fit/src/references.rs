//! Reference energies of the elements, subtracted before fitting.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use nalgebra::{DMatrix, DVector};

use super::configuration::Configuration;
use cormorant_core::system::Element;
use cormorant_core::{Error, Result};

/// Singular values below this share of the largest count as zero.
const RANK_TOLERANCE: f64 = 1.0e-8;
/// Two energies in eV of isolated atoms of an element that agree.
const AGREEMENT: f64 = 1.0e-3;
/// The same of several atoms that stand apart in one frame, eV.
const APART_AGREEMENT: f64 = 0.1;

/// A reference energy for each element: a configuration's energy is their sum plus what the network learns.
#[derive(Debug, Clone, PartialEq)]
pub struct References {
    /// Reference energy of one atom in eV, by element.
    pub energies: BTreeMap<Element, f64>,
    /// Where they come from, for printing.
    pub origin: String,
}

impl fmt::Display for References {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { energies, origin } = self;
        let energies: Vec<_> =
            energies.iter().map(|(element, energy)| format!("{} {energy:.4} eV", element.symbol())).collect();
        write!(out, "reference energies: {} ({origin})", energies.join(", "))
    }
}

impl References {
    /// References stated by the user, in eV.
    ///
    /// # Errors
    /// When one is not finite or an element of `configurations` lacks one.
    pub fn given(energies: BTreeMap<Element, f64>, configurations: &[&Configuration]) -> Result<Self> {
        if let Some((element, energy)) = energies.iter().find(|(_, energy)| !energy.is_finite()) {
            return Err(Error::Invalid(format!("the reference energy of {} is {energy}", element.symbol())));
        }
        Self { energies, origin: "as given".into() }.complete(configurations)
    }

    /// References from `isolated`: frames of one atom, or of several that do not feel each other, whose energies are sums.
    ///
    /// # Errors
    /// When an element of `configurations` has no isolated atom, or two isolated atoms of an element disagree.
    pub fn isolated(isolated: &[Configuration], configurations: &[&Configuration]) -> Result<Self> {
        let (mut energies, mut single) = (BTreeMap::new(), BTreeSet::new());
        let mut order: Vec<&Configuration> = isolated.iter().filter(|one| !one.elements.is_empty()).collect();
        order.sort_by_key(|one| one.atom_count());
        for one in order {
            let Some(energy) = one.energy else { continue };
            // Where several atoms are apart, what the others do not account for belongs to the one element that is left.
            let known: f64 = one.elements.iter().filter_map(|element| energies.get(element)).sum();
            let open: Vec<Element> =
                one.elements.iter().filter(|element| !energies.contains_key(*element)).copied().collect();
            match open.as_slice() {
                [element, rest @ ..] if rest.iter().all(|other| other == element) => {
                    energies.insert(*element, (energy - known) / open.len() as f64);
                    single.extend((one.atom_count() == 1).then_some(*element));
                }
                [] if one.atom_count() == 1 && (known - energy).abs() > AGREEMENT => {
                    let symbol = one.elements[0].symbol();
                    return Err(Error::Invalid(format!(
                        "isolated {symbol} atoms have energies {known} and {energy} eV"
                    )));
                }
                // Of several atoms a little is left of what they feel, but not this much; a single atom says it better.
                [] if (known - energy).abs() > APART_AGREEMENT
                    && !one.elements.iter().all(|one| single.contains(one)) =>
                {
                    let symbols: Vec<&str> = one.elements.iter().map(|element| element.symbol()).collect();
                    return Err(Error::Invalid(format!(
                        "atoms {} that stand apart have {energy} eV in all, but others of their kind {known} eV: leave such frames out, or bring atoms \
                         nearer than the cutoff where they still feel each other",
                        symbols.join(", ")
                    )));
                }
                _ => {}
            }
        }
        Self { energies, origin: "energies of isolated atoms".into() }.complete(configurations)
    }

    /// References by least squares.
    ///
    ///   minimize Σ_f (E_f − Σ_z n_fz e_z)²
    ///
    /// | symbol | meaning                              | unit |
    /// |--------|--------------------------------------|------|
    /// | E_f    | energy of frame f                    | eV   |
    /// | n_fz   | number of atoms of element z in f    |      |
    /// | e_z    | reference energy of element z        | eV   |
    ///
    /// Where the frames do not tell the elements apart (one molecule in many configurations), the solution nearest to one
    /// common energy per atom is taken: the mean energy of a single molecule is spread evenly over its atoms. Source:
    /// minimum-norm least squares by singular value decomposition (Golub and Van Loan, Matrix Computations, 5.5).
    /// Checked by: `suite::references`.
    ///
    /// # Errors
    /// When there are no configurations, or their energies are not finite.
    pub fn fitted(configurations: &[&Configuration]) -> Result<Self> {
        let frames: Vec<_> =
            configurations.iter().filter_map(|one| Some((one.elements.as_slice(), one.energy?))).collect();
        let present = elements_of(configurations.iter().map(|one| one.elements.as_slice()));
        if frames.is_empty() && !present.is_empty() {
            let energies = present.into_iter().map(|element| (element, 0.0)).collect();
            return Ok(Self { energies, origin: "zero, since no training frame has an energy".into() });
        }
        let LeastSquares { mut energies, rank, compositions } = least_squares(&frames)?;
        // Elements of frames with forces alone.
        let common = energies.values().sum::<f64>() / energies.len().max(1) as f64;
        for element in present {
            energies.entry(element).or_insert(common);
        }
        let origin = match (rank, energies.len()) {
            (1, count) if count > 1 && compositions == 1 => {
                "mean energy of the training frames, spread evenly over the atoms (one composition)".into()
            }
            (rank, count) if rank == count => {
                format!("least squares over the training frames (rank {rank} of {count})")
            }
            (rank, count) => format!(
                "least squares over the training frames (rank {rank} of {count}: the frames do not distinguish all elements)"
            ),
        };
        Ok(Self { energies, origin })
    }

    /// References from the `isolated` atoms, else from the `train` frames; a note says why the former are not used.
    ///
    /// # Errors
    /// As for [`References::fitted`].
    pub fn found(isolated: &[Configuration], train: &[&Configuration], notes: &mut Vec<String>) -> Result<Self> {
        match Self::isolated(isolated, train) {
            Ok(references) => Ok(references),
            Err(reason) => {
                if !isolated.is_empty() {
                    notes.push(format!("the isolated atoms are not used as references: {reason}"));
                }
                Self::fitted(train)
            }
        }
    }

    /// Sum of the references of `elements` in eV; an element without one counts as zero.
    #[must_use]
    pub fn sum(&self, elements: &[Element]) -> f64 {
        elements.iter().map(|element| self.energies.get(element).copied().unwrap_or(0.0)).sum()
    }

    fn complete(self, configurations: &[&Configuration]) -> Result<Self> {
        match elements_of(configurations.iter().map(|one| one.elements.as_slice()))
            .iter()
            .find(|element| !self.energies.contains_key(element))
        {
            Some(missing) => Err(Error::Invalid(format!("there is no reference energy for {}", missing.symbol()))),
            None => Ok(self),
        }
    }
}

/// Energies of elements that add up to those of frames.
pub(super) struct LeastSquares {
    /// Energy of one atom in eV, by element.
    pub(super) energies: BTreeMap<Element, f64>,
    /// How many combinations of them the frames determine.
    rank: usize,
    /// How many compositions there are.
    compositions: usize,
}

/// The least squares of [`References::fitted`], for frames given as elements and energy in eV.
pub(super) fn least_squares(frames: &[(&[Element], f64)]) -> Result<LeastSquares> {
    let elements = elements_of(frames.iter().map(|(elements, _)| *elements));
    let groups = compositions(frames, &elements);
    if groups.is_empty() {
        return Err(Error::Invalid("reference energies need at least one configuration".into()));
    }
    // Frames of one composition enter as their mean, weighted by the root of their number: the same normal equations.
    let weights: Vec<f64> = groups.values().map(|group| (group.frames as f64).sqrt()).collect();
    let means: Vec<f64> = groups.values().map(|group| group.energy / group.frames as f64).collect();
    let sizes: Vec<f64> = groups.keys().map(|counts| counts.iter().sum::<usize>() as f64).collect();
    let weighted = |f: &dyn Fn(usize) -> f64| (0..means.len()).map(|g| weights[g] * weights[g] * f(g)).sum::<f64>();
    let per_atom = weighted(&|g| means[g] * sizes[g]) / weighted(&|g| sizes[g] * sizes[g]);
    let rows: Vec<&Vec<usize>> = groups.keys().collect();
    let counts = DMatrix::from_fn(rows.len(), elements.len(), |g, z| rows[g][z] as f64 * weights[g]);
    let rest = DVector::from_fn(rows.len(), |g, _| (means[g] - per_atom * sizes[g]) * weights[g]);
    let decomposition = counts.svd(true, true);
    let tolerance = RANK_TOLERANCE * decomposition.singular_values.max();
    let rank = decomposition.rank(tolerance);
    let shifts = decomposition
        .solve(&rest, tolerance)
        .map_err(|reason| Error::Invalid(format!("reference energies cannot be fitted: {reason}")))?;
    let energies: BTreeMap<_, _> =
        elements.iter().enumerate().map(|(z, element)| (*element, per_atom + shifts[z])).collect();
    if energies.values().any(|energy| !energy.is_finite()) {
        return Err(Error::Invalid("reference energies cannot be fitted to energies that are not finite".into()));
    }
    Ok(LeastSquares { energies, rank, compositions: rows.len() })
}

/// Frames of one composition: how many, and the sum of their energies in eV.
#[derive(Default)]
struct Group {
    frames: usize,
    energy: f64,
}

/// The elements that occur in frames, each once, by atomic number.
pub fn elements_of<'f>(frames: impl Iterator<Item = &'f [Element]>) -> Vec<Element> {
    let mut elements: Vec<_> = frames.flatten().copied().collect();
    elements.sort_unstable();
    elements.dedup();
    elements
}

fn compositions(frames: &[(&[Element], f64)], elements: &[Element]) -> BTreeMap<Vec<usize>, Group> {
    let mut groups: BTreeMap<Vec<usize>, Group> = BTreeMap::new();
    for (atoms, energy) in frames {
        let mut counts = vec![0; elements.len()];
        for element in *atoms {
            if let Ok(place) = elements.binary_search(element) {
                counts[place] += 1;
            }
        }
        let group = groups.entry(counts).or_default();
        group.frames += 1;
        group.energy += energy;
    }
    groups
}
