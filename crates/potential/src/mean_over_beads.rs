//! Copies of a system side by side, as path integrals need them.

use rayon::prelude::*;

use super::{Evaluation, Potential, RequestedProperties, Spread};
use cormorant_core::parallel::pool;
use cormorant_core::system::{Element, System};
use cormorant_core::{Error, Result};

/// The mean of a potential over the copies ("beads") of a ring polymer.
///
///   U = (1/P) Σ_k V(q_k)
///
/// The system holds the atoms of copy 0, then those of copy 1 and so on. Every copy has a potential of its own, so that
/// neighbor lists follow it. Energy, forces, virial and atom energies carry the factor 1/P; that of the springs between
/// the copies belongs to `cormorant_dynamics::dynamics::RingPolymer`. So does the spread of the forces of a committee; that
/// of its energy is the mean over the copies, because a member that errs does so alike on all of them. Charges and dipoles carry the
/// factor too: then the dipole of all atoms is the mean over the copies.
/// Checked by `suite::path_integrals`.
pub struct MeanOverBeads {
    copies: Vec<Copy>,
    pool: Option<rayon::ThreadPool>,
}

struct Copy {
    potential: Box<dyn Potential>,
    system: Option<System>,
    result: Evaluation,
}

impl MeanOverBeads {
    /// One potential for each copy, worked on by `threads` threads.
    ///
    /// # Errors
    /// When there are none, or the threads cannot be started.
    pub fn new(potentials: Vec<Box<dyn Potential>>, threads: usize) -> Result<Self> {
        if potentials.is_empty() {
            return Err(Error::Invalid("a ring polymer needs at least one bead".into()));
        }
        let pool = pool(threads)?;
        let copy = |potential| Copy { potential, system: None, result: Evaluation::default() };
        Ok(Self { copies: potentials.into_iter().map(copy).collect(), pool })
    }
}

impl Copy {
    /// Evaluate the atoms from `first` on.
    fn evaluate(&mut self, all: &System, first: usize, atoms: usize, want: RequestedProperties) -> Result<()> {
        let run = first..first + atoms;
        let fits = |system: &System| system.elements[..] == all.elements[run.clone()];
        if !self.system.as_ref().is_some_and(fits) {
            self.system = Some(copy_of(all, run.clone())?);
        }
        if let Some(system) = &mut self.system {
            system.positions.copy_from_slice(&all.positions[run]);
            (system.cell, system.state, system.step) = (all.cell, all.state, all.step);
            self.potential.evaluate(system, want, &mut self.result)?;
        }
        Ok(())
    }
}

/// The copy in `run` of the atoms of `all`, each of which has charge and spin of the whole.
fn copy_of(all: &System, run: std::ops::Range<usize>) -> Result<System> {
    let copy = System::new(all.elements[run.clone()].to_vec(), all.positions[run].to_vec(), all.cell)?;
    Ok(System { state: all.state, ..copy })
}

impl Potential for MeanOverBeads {
    fn name(&self) -> String {
        self.copies[0].potential.name()
    }

    fn instruction_set(&self) -> Option<&'static str> {
        self.copies[0].potential.instruction_set()
    }

    fn device(&self) -> Option<&str> {
        self.copies[0].potential.device()
    }

    fn is_external(&self) -> bool {
        self.copies[0].potential.is_external()
    }

    fn keeps_momentum(&self) -> bool {
        self.copies[0].potential.keeps_momentum()
    }

    fn keeps_angular_momentum(&self) -> bool {
        self.copies[0].potential.keeps_angular_momentum()
    }

    fn cutoff(&self) -> Option<f64> {
        self.copies[0].potential.cutoff()
    }

    fn accepts(&self, element: Element) -> bool {
        self.copies[0].potential.accepts(element)
    }

    fn elements(&self) -> Vec<Element> {
        self.copies[0].potential.elements()
    }

    fn check_state(&self, system: &System) -> Result<Option<String>> {
        let atoms = system.atom_count() / self.copies.len();
        self.copies[0].potential.check_state(&copy_of(system, 0..atoms)?)
    }

    fn check_structure(&self, system: &System) -> Result<Option<String>> {
        let atoms = system.atom_count() / self.copies.len();
        self.copies[0].potential.check_structure(&copy_of(system, 0..atoms)?)
    }

    fn evaluate(&mut self, system: &System, want: RequestedProperties, into: &mut Evaluation) -> Result<()> {
        let beads = self.copies.len();
        if !system.atom_count().is_multiple_of(beads) {
            return Err(Error::Invalid(format!("{} atoms are not {beads} copies of a system", system.atom_count())));
        }
        let atoms = system.atom_count() / beads;
        let work = |(bead, copy): (usize, &mut Copy)| copy.evaluate(system, bead * atoms, atoms, want);
        // All are finished before an error is looked for, and summed in their order: nothing depends on the threads.
        let results: Vec<Result<()>> = match &self.pool {
            Some(pool) => pool.install(|| self.copies.par_iter_mut().enumerate().map(work).collect()),
            None => self.copies.iter_mut().enumerate().map(work).collect(),
        };
        results.into_iter().collect::<Result<()>>()?;
        let share = 1.0 / beads as f64;
        *into = Evaluation { virial: want.virial.then_some([[0.0; 3]; 3]), ..Evaluation::default() };
        for Copy { result, .. } in &self.copies {
            into.energy += share * result.energy;
            into.forces.extend(result.forces.iter().map(|force| force.map(|f| share * f)));
            into.atom_energies.extend(result.atom_energies.iter().map(|energy| share * energy));
            into.charges.extend(result.charges.iter().map(|charge| share * charge));
            into.dipoles.extend(result.dipoles.iter().map(|dipole| dipole.map(|d| share * d)));
            if let Some(spread) = &result.spread {
                let sum = into.spread.get_or_insert_with(Spread::default);
                sum.energy += share * spread.energy;
                sum.forces.extend(spread.forces.iter().map(|force| share * force));
            }
            if let (Some(sum), Some(virial)) = (&mut into.virial, &result.virial) {
                sum.iter_mut().flatten().zip(virial.as_flattened()).for_each(|(sum, v)| *sum += share * v);
            }
        }
        Ok(())
    }
}
