//! Limits that a run must not leave.

mod counts;
mod finding;
mod limit;

use std::path::{Path, PathBuf};

pub use counts::GuardCounts;
pub use finding::{Finding, Guard};
pub use limit::{Action, Limit};

use crate::dynamics::ForceEvaluator;
use cormorant_core::atomic;
use cormorant_core::system::{Cell, System};
use cormorant_core::{Error, Result};
use cormorant_io::{TrajectoryFrame, extended_xyz};
use cormorant_potential::Evaluation;
use cormorant_potential::extrapolation::Domains;

/// Height of a cell in cutoffs below which an atom sees another one and an image of it.
const TWICE: f64 = 2.0;

/// What stops a run before it turns to nonsense, or warns of it. Energies and forces that are not finite always stop it.
#[derive(Debug, Clone)]
pub struct Guards {
    /// Largest distance in Å that an atom may move within one step.
    pub largest_displacement: Option<Limit>,
    /// Highest temperature in K.
    pub highest_temperature: Option<Limit>,
    /// Shortest distance of two atoms, in units of the shortest such distance in the training frames.
    pub closest_contact: Option<Limit>,
    /// Highest grade of extrapolation of an atom; 1 is as far out as the training frames are from each other.
    pub highest_grade: Option<Limit>,
    /// Largest spread in eV/Å of the force on an atom over the members of a committee.
    pub largest_spread: Option<Limit>,
    /// Factor by which an edge of the cell may grow or shrink from its length in `first_cell`.
    pub cell_change: Option<Limit>,
    /// Least height of the cell, in units of `cutoff`. A cell that was lower at the start is not held to it, but to 2 if it was higher
    /// than that.
    pub cell_height: Option<Limit>,
    /// The cell at the start; without it the cell is not looked at.
    pub first_cell: Option<Cell>,
    /// Cutoff of the potential in Å; without it heights are not looked at.
    pub cutoff: Option<f64>,
    /// What the models were trained on; without it contacts and grades are not looked at.
    pub domains: Option<Domains>,
    /// Copies of each atom in a ring polymer; 1 without one.
    pub beads: usize,
    /// Steps between two looks at contacts and grades.
    pub every: u64,
    /// Where the frame that stopped the run is saved, as extended XYZ. Frames of warnings go beside it.
    pub frame: Option<PathBuf>,
    /// What was warned of so far.
    pub tally: GuardCounts,
}

impl Default for Guards {
    /// An atom may move 0.5 Å in a step, which no stable run comes near. Temperature and cell are not limited, and nothing is
    /// compared with training frames.
    fn default() -> Self {
        Self {
            largest_displacement: Some(0.5.into()),
            highest_temperature: None,
            closest_contact: None,
            highest_grade: None,
            largest_spread: None,
            cell_change: None,
            cell_height: None,
            first_cell: None,
            cutoff: None,
            domains: None,
            beads: 1,
            every: 10,
            frame: None,
            tally: GuardCounts::default(),
        }
    }
}

impl Guards {
    /// Check the state after a step of `time_step` (t) at `temperature` (K). What is only to be warned of goes into the tally
    /// and comes back the first time.
    ///
    /// # Errors
    /// When the energy or a force is not finite, or a limit that stops is passed; the atom is named.
    pub fn check(
        &mut self,
        system: &System,
        evaluation: &Evaluation,
        time_step: f64,
        temperature: f64,
    ) -> Result<Vec<Finding>> {
        // One sum tells whether any number is not finite; which one is looked up only then.
        let sum: f64 = evaluation.forces.iter().flatten().sum::<f64>() + evaluation.energy + temperature;
        if !sum.is_finite() {
            self.not_finite(system, evaluation, temperature)?;
        }
        let mut fresh = Vec::new();
        if let Some(limit) = self.largest_displacement
            && let Some(finding) = displacement(system, time_step, limit.value)
        {
            self.act(finding, limit.action, system, &mut fresh)?;
        }
        if let Some(limit) = self.highest_temperature
            && temperature > limit.value
        {
            let finding = Finding::new(Guard::Temperature, [0, 0], temperature, limit.value);
            self.act(finding, limit.action, system, &mut fresh)?;
        }
        self.measure(system, &mut fresh)?;
        self.agree(system, evaluation, &mut fresh)?;
        if system.step.is_multiple_of(self.every.max(1)) {
            self.compare(system, &mut fresh)?;
        }
        Ok(fresh)
    }

    /// Check what can be checked before the first step: spread, contacts and surroundings.
    ///
    /// # Errors
    /// As for [`Guards::check`].
    pub(super) fn check_start(&mut self, system: &System, evaluation: &Evaluation) -> Result<Vec<Finding>> {
        let mut fresh = Vec::new();
        self.agree(system, evaluation, &mut fresh)?;
        self.compare(system, &mut fresh)?;
        Ok(fresh)
    }

    /// Compare the cell with the first one and with the cutoff.
    fn measure(&mut self, system: &System, fresh: &mut Vec<Finding>) -> Result<()> {
        let (Some(first), Some(cell)) = (self.first_cell, system.cell) else { return Ok(()) };
        if first == cell {
            return Ok(());
        }
        let periodic = first.periodic();
        // Along open directions lengths and heights have no meaning.
        let repeating =
            |values: [f64; 3]| values.into_iter().zip(periodic).filter_map(|(value, is)| is.then_some(value));
        if let Some(limit) = self.cell_change {
            let pairs = repeating(cell.lengths()).zip(repeating(first.lengths()));
            let change = |(now, then): &(f64, f64)| (now / then).ln().abs();
            if let Some((now, then)) = pairs.max_by(|a, b| change(a).total_cmp(&change(b)))
                && change(&(now, then)) > limit.value.ln().abs()
            {
                self.act(Finding::new(Guard::Cell, [0, 0], now, then), limit.action, system, fresh)?;
            }
        }
        if let (Some(limit), Some(cutoff)) = (self.cell_height, self.cutoff) {
            let least = |cell: &Cell| repeating(cell.heights()).fold(f64::INFINITY, f64::min);
            let (then, now) = (least(&first) / cutoff, least(&cell) / cutoff);
            let held = [limit.value, TWICE].into_iter().find(|held| then >= *held);
            if let Some(held) = held.filter(|held| now < *held) {
                let finding = Finding::new(Guard::CellHeight, [0, 0], now * cutoff, held * cutoff);
                self.act(finding, limit.action, system, fresh)?;
            }
        }
        Ok(())
    }

    /// Compare the members of a committee with each other.
    fn agree(&mut self, system: &System, evaluation: &Evaluation, fresh: &mut Vec<Finding>) -> Result<()> {
        let (Some(limit), Some(spread)) = (self.largest_spread, &evaluation.spread) else { return Ok(()) };
        let (atom, largest) = spread.largest();
        // Forces on beads carry the factor 1 / beads.
        let largest = largest * self.beads as f64;
        if largest > limit.value {
            let finding = Finding::new(Guard::Spread, [atom; 2], largest, limit.value);
            self.act(finding, limit.action, system, fresh)?;
        }
        Ok(())
    }

    /// Compare contacts and surroundings with those of training, if that is asked for and possible.
    ///
    /// # Errors
    /// As for [`Guards::check`].
    fn compare(&mut self, system: &System, fresh: &mut Vec<Finding>) -> Result<()> {
        let Some(domains) = &mut self.domains else { return Ok(()) };
        if self.closest_contact.is_none() && self.highest_grade.is_none() {
            return Ok(());
        }
        let look = domains.look(system)?;
        if let (Some(limit), Some(contact)) = (self.closest_contact, look.contact)
            && contact.share < limit.value
        {
            let seen = contact.seen.unwrap_or(f64::NAN);
            let finding = Finding::new(Guard::Contact, contact.atoms, contact.distance, seen);
            self.act(finding, limit.action, system, fresh)?;
        }
        if let (Some(limit), Some(grade)) = (self.highest_grade, look.grade)
            && grade.value > limit.value
        {
            let finding = Finding::new(Guard::Extrapolation, [grade.atom; 2], grade.value, limit.value);
            self.act(finding, limit.action, system, fresh)?;
        }
        Ok(())
    }

    fn act(&mut self, finding: Finding, action: Action, system: &System, fresh: &mut Vec<Finding>) -> Result<()> {
        match action {
            Action::Stop => Err(Error::Numerical {
                step: system.step,
                quantity: finding.quantity(&system.elements, self.beads),
                value: finding.value,
            }),
            Action::Warn => {
                if self.tally.note(finding, system.step) {
                    fresh.push(finding);
                }
                Ok(())
            }
        }
    }

    /// Where the first frame that `guard` warned of is saved.
    pub(super) fn warned_frame(&self, guard: Guard) -> Option<PathBuf> {
        Some(self.frame.as_ref()?.with_file_name(format!("warned-{}.xyz", guard.name())))
    }

    /// Name the number that is not finite, if one is.
    fn not_finite(&self, system: &System, evaluation: &Evaluation, temperature: f64) -> Result<()> {
        let error = |quantity: String, value: f64| Err(Error::Numerical { step: system.step, quantity, value });
        for (atom, force) in evaluation.forces.iter().enumerate() {
            if let Some(value) = force.iter().find(|component| !component.is_finite()) {
                let atom = finding::name(atom, &system.elements, self.beads);
                return error(format!("the force on atom {atom} is"), *value);
            }
        }
        if !evaluation.energy.is_finite() {
            return error("the potential energy is".into(), evaluation.energy);
        }
        if !temperature.is_finite() {
            return error("the temperature is".into(), temperature);
        }
        Ok(())
    }
}

/// The first atom that moved farther than `limit` (Å) in the step: |p|·Δt/m, which needs no memory of where it was.
fn displacement(system: &System, time_step: f64, limit: f64) -> Option<Finding> {
    for (atom, (momentum, mass)) in system.momenta.iter().zip(&system.masses).enumerate() {
        let square = momentum.iter().map(|component| component * component).sum::<f64>();
        let reach = limit * mass / time_step;
        if square > reach * reach {
            let value = square.sqrt() * time_step / mass;
            return Some(Finding::new(Guard::Displacement, [atom; 2], value, limit));
        }
    }
    None
}

/// Write one frame as extended XYZ, with energy and forces if they belong to these positions.
pub(super) fn write_frame(path: &Path, system: &System, field: &ForceEvaluator, evaluated: bool) -> Result<()> {
    let mut frame = TrajectoryFrame::new(system).with_velocities(system);
    if evaluated {
        frame = frame.with_energy_and_forces(field.last().energy, &field.last().forces);
        frame = frame.with_charges(&field.last().charges, field.last().dipole(system));
        if let Some(spread) = &field.last().spread {
            frame = frame.with_spread(spread.energy, &spread.forces);
        }
    }
    atomic::write_with(path, |out| extended_xyz::write_frame(out, &system.elements, &frame))
}
