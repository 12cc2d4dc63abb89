//! What a network says of itself.

use std::collections::BTreeMap;

use crate::{DataRecord, Head, Scaling, SeenBonding};
use cormorant_core::system::{ElectronicState, Element, System};
use cormorant_core::{Error, Result};
use cormorant_electrostatics::LongRange;

/// What programs around a network ask it, instead of asking of which kind it is.
///
/// The quantity is `constant` + `scale` · head(outputs) + Σ references of the atoms.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// Name of the kind, e.g. `cormorant`.
    pub kind: String,
    /// Elements in the order of the network's species.
    pub elements: Vec<Element>,
    /// What it predicts: `energy`, or the name of a property.
    pub quantity: String,
    /// Unit of the quantity.
    pub unit: String,
    /// How the outputs of the atoms become the quantity; none where the network gives one number for a molecule as a whole.
    pub head: Option<Head>,
    /// What one unit of output stands for, in `unit`.
    pub scale: f64,
    /// Constant part of a molecule, in `unit`.
    pub constant: f64,
    /// Part of an atom of each element, in `unit`.
    pub references: Vec<f64>,
    /// Range of an edge in Å; none where every pair of atoms is an edge.
    pub cutoff: Option<f64>,
    /// Rounds of messages.
    pub hops: usize,
    /// Number of parameters.
    pub parameters: usize,
    /// Shortest distance in Å of each pair of elements in training, e.g. `C-H`, below which a wall replaces the network; none
    /// where there is nothing to place a wall by.
    pub shortest_distances: Option<BTreeMap<String, f64>>,
    /// What the atoms of the training frames were bonded to, if that is recorded.
    pub bonding: Option<SeenBonding>,
    /// What the numbers beside the energies of atoms stand for that acts at any distance; none where energies are sums over what is near.
    pub long_range: Option<LongRange>,
    /// Total charges and spins of the training frames; empty where all are neutral singlets.
    pub states: Vec<ElectronicState>,
}

impl Facts {
    /// How far an atom feels others in Å: hops times cutoff; none where it feels all.
    #[must_use]
    pub fn receptive_field(&self) -> Option<f64> {
        self.cutoff.map(|cutoff| cutoff * self.hops as f64)
    }

    /// Whether atoms have charges, so that it knows the total charge and the spin.
    #[must_use]
    pub fn has_charges(&self) -> bool {
        self.long_range.is_some_and(|long_range| long_range.multipoles.is_some())
    }

    /// Whether its gradient gives forces.
    #[must_use]
    pub fn gives_forces(&self) -> bool {
        self.quantity == "energy" && self.head.is_none_or(|head| head == Head::Extensive)
    }

    /// Whether the energy is a sum over the atoms.
    #[must_use]
    pub fn gives_atom_energies(&self) -> bool {
        self.head == Some(Head::Extensive)
    }

    /// Whether it can be evaluated in a cell.
    #[must_use]
    pub fn is_periodic(&self) -> bool {
        self.cutoff.is_some()
    }

    /// From outputs to the quantity.
    #[must_use]
    pub fn scaling(&self) -> Scaling {
        Scaling { elements: self.elements.clone(), references: self.references.clone(), scale: self.scale }
    }

    /// The shortest distance of two elements in training, in Å, if it is known.
    #[must_use]
    pub fn shortest_distance(&self, first: Element, second: Element) -> Option<f64> {
        DataRecord::shortest_of(self.shortest_distances.as_ref()?, first, second)
    }

    /// Refuses a network that gives no forces.
    ///
    /// # Errors
    /// The reason, to be put behind the name of the model.
    pub fn require_forces(&self) -> Result<(), String> {
        if self.gives_forces() {
            return Ok(());
        }
        let what = &self.quantity;
        Err(format!(
            "predicts {what} and provides no forces; use `cormorant evaluate` for its values, and a model of energies and forces here"
        ))
    }

    /// Refuses a total charge and spin that the network does not know: any charge where it has no charges of atoms, else what no training frame
    /// had. Otherwise, what a user should know of how it takes them, if anything.
    ///
    /// # Errors
    /// What is wrong with the state of `system`, and what to do.
    pub fn check_state(&self, system: &System) -> Result<Option<String>, String> {
        let state = system.state;
        if !self.has_charges() {
            return match (state.total_charge(), state.unpaired_electrons()) {
                (0, 0) => Ok(odd_electrons(system)),
                (0, _) => Ok(Some(format!(
                    "energies and forces do not depend on the multiplicity of {}: the model does not know the spin",
                    state.spin_multiplicity()
                ))),
                (charge, _) => Err(format!(
                    "the total charge is {charge}, which a model without charges does not know; use one that was fitted with `electrostatics = \"charges\"` \
                     in [model], or leave it out"
                )),
            };
        }
        state.require_possible(&system.elements, system.cell.is_some())?;
        let neutral = [ElectronicState { charge: Some(0), multiplicity: None }];
        let seen = if self.states.is_empty() { &neutral[..] } else { &self.states[..] };
        if seen.iter().any(|one| one.filled() == state.filled()) {
            return Ok(state.charge.is_none().then(|| "charge 0 (not stated)".to_string()));
        }
        let list: Vec<String> = seen.iter().map(ToString::to_string).collect();
        let stated = if state.is_unstated() { " (not stated)" } else { "" };
        Err(format!(
            "{state}{stated} is none of what the training frames had: {}; state one of these (`charge` and `multiplicity` in the comment, in \
             [structure], or as --charge and --multiplicity), or fit to frames with this one too",
            list.join("; ")
        ))
    }

    /// What [`Facts::check_state`] says, and which atom of `system` is bonded as hardly any training frame has it, if any is.
    ///
    /// # Errors
    /// As for [`Facts::check_state`], and when two atoms overlap.
    pub fn check_structure(&self, system: &System) -> Result<Option<String>, String> {
        let state = self.check_state(system)?;
        Ok(join_remarks(state, self.bonding_remark(system).map_err(|error| error.to_string())?))
    }

    /// Which atom of `system` is bonded as hardly any training frame has it, and what to do.
    ///
    /// # Errors
    /// When two atoms overlap.
    pub fn bonding_remark(&self, system: &System) -> Result<Option<String>> {
        let unusual = self.bonding.as_ref().map_or(Ok(None), |seen| seen.unusual(system))?;
        Ok(unusual.map(|unusual| {
            format!(
                "{unusual}: energies and forces there are guesses; look at the structure, or add such frames to the fit"
            )
        }))
    }

    /// Refuses a network that cannot be divided among processes, each with a part of the atoms.
    ///
    /// # Errors
    /// The reason, to be put behind the name of the model.
    pub fn require_divisible(&self) -> Result<f64, String> {
        self.require_forces()?;
        if self.long_range.is_some() {
            let (what, key) = if self.has_charges() {
                ("charges, which act", "electrostatics")
            } else {
                ("dispersion, which acts", "dispersion")
            };
            return Err(format!(
                "has {what} at any distance, and so cannot be divided among processes (KIM, LAMMPS); use it through ASE or i-PI, or fit a model without `{key}`"
            ));
        }
        match self.receptive_field() {
            Some(field) if self.gives_atom_energies() => Ok(field),
            _ => Err(format!(
                "is of kind `{}`, whose energy couples all atoms, and so cannot be divided among processes (KIM, LAMMPS); use a model of kind `cormorant`",
                self.kind
            )),
        }
    }

    /// Refuses a cell, or energies of atoms, where the network has none.
    ///
    /// # Errors
    /// When it is asked for what it cannot give.
    pub fn require(&self, cell: bool, atom_energies: bool) -> Result<()> {
        let kind = &self.kind;
        if cell && !self.is_periodic() {
            let reason = "couples all atoms and does not support cells; use cell = \"none\" or another model";
            return Err(Error::Invalid(format!("the network of kind `{kind}` {reason}")));
        }
        if atom_energies && !self.gives_atom_energies() {
            return Err(Error::Invalid(format!("the network of kind `{kind}` gives no energies of single atoms")));
        }
        Ok(())
    }
}

/// One remark of two.
#[must_use]
pub fn join_remarks(first: Option<String>, second: Option<String>) -> Option<String> {
    match (first, second) {
        (Some(first), Some(second)) => Some(format!("{first}; {second}")),
        (first, second) => first.or(second),
    }
}

/// What to say of a molecule that cannot be a closed shell: an atom may be missing, or a charge.
fn odd_electrons(system: &System) -> Option<String> {
    let odd = system.cell.is_none() && system.state.electrons(&system.elements) % 2 == 1;
    odd.then(|| {
        "the molecule has an odd number of electrons, and the model takes it for a closed shell; is an atom missing, or is it an ion?".into()
    })
}
