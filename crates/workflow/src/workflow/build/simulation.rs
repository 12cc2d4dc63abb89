//! A simulation from its input.

use std::path::Path;

use super::{LoadedStructure, Models, Structures, stage};
use crate::settings::RESTART;
use crate::settings::{CellMinimization, GuardsInput, RemoveMotion, RunInput, WriteInput};
use cormorant_core::noise::Noise;
use cormorant_core::system::observables::{self, Removed};
use cormorant_core::system::velocities;
use cormorant_core::system::{System, bonds_changed};
use cormorant_core::{Error, ErrorKind, Result};
use cormorant_dynamics::analysis::RadialDistribution;
use cormorant_dynamics::dynamics::ForceEvaluator;
use cormorant_dynamics::dynamics::ring_polymer::ring_of;
use cormorant_dynamics::simulation::{Guards, Simulation};
use cormorant_io::{TrajectoryFormat, cell_note, mass_note};
use cormorant_potential::extrapolation::Domains;

impl RunInput {
    /// Read structure and model and put everything together. Nothing is written, and the output folder is not looked at.
    ///
    /// # Errors
    /// When a file cannot be read, the potential does not know an element, or the start is not valid.
    pub fn build(&self) -> Result<Simulation> {
        self.build_with(&Models::default())
    }

    /// The same with networks out of `networks`, which reads each file once.
    ///
    /// # Errors
    /// As for [`RunInput::build`].
    pub fn build_with(&self, networks: &Models) -> Result<Simulation> {
        self.assemble(self.structure.load()?, networks, false)
    }

    /// The same for a run that is going to be resumed: what keeps files of its own appends to them.
    ///
    /// # Errors
    /// As for [`RunInput::build`].
    pub fn build_to_resume(&self, networks: &Models) -> Result<Simulation> {
        self.assemble(self.structure.load()?, networks, true)
    }

    /// The same for a replica: its structure comes out of `structures`, which reads each frame once.
    pub(in crate::workflow) fn build_replica(&self, structures: &Structures, networks: &Models) -> Result<Simulation> {
        self.assemble(structures.get(&self.structure)?, networks, false)
    }

    fn assemble(&self, loaded: LoadedStructure, networks: &Models, resumed: bool) -> Result<Simulation> {
        let mut system = loaded.system;
        let of_structure = |error: Error| error.in_structure(&self.structure.file);
        // Of what fails for other reasons too.
        let of_kind = |error: Error| match error.kind() {
            ErrorKind::Element | ErrorKind::Structure if error.context().file.is_none() => of_structure(error),
            _ => error,
        };
        if let Some(constraints) = &self.constraints {
            constraints.fix_atoms(&mut system).map_err(of_structure)?;
        }
        let changed = self.descend(&mut system, networks).map_err(of_kind)?;
        if let Some(constraints) = &self.constraints {
            constraints.fix_distances(&mut system).map_err(of_structure)?;
        }
        // Beads of a ring polymer have masses of their own, which say nothing of isotopes.
        let isotopes = !system.has_standard_masses();
        let potential = match &self.path_integral {
            None => {
                let potential = self.potential.build(&system, networks).map_err(of_kind)?;
                match &self.plumed {
                    Some(plumed) => plumed.bias(potential, self, &system, resumed)?,
                    None => potential,
                }
            }
            Some(ring) => {
                let potential = self.potential.build_rings(&system, ring.beads, networks).map_err(of_kind)?;
                system = ring_of(&system, ring.beads);
                potential
            }
        };
        let keeps = Removed { translation: potential.keeps_momentum(), rotation: potential.keeps_angular_momentum() };
        let removed = self.start(&mut system, keeps)?;
        let periodic = system.cell.is_some();
        if !periodic && let Some(stage) = self.stages.iter().find(|stage| stage.barostat.is_some()) {
            let reason = format!(
                "has no cell, so the barostat of stage {:?} has nothing to act on; give `cell` in [structure], or leave the barostat out",
                stage.name
            );
            return Err(Error::structure(&self.structure.file, reason));
        }
        let reach = RadialDistribution::suitable_cutoff(&system);
        let mut simulation = Simulation::new(system, potential, self.seed).map_err(of_kind)?;
        simulation.removed = removed;
        let remark = simulation.field().potential().check_structure(&simulation.system)?;
        if let Some(remark) = remark {
            simulation.add_warning(remark);
        }
        self.require_dipole(&simulation)?;
        loaded.notes.into_iter().chain(changed).for_each(|note| simulation.add_warning(note));
        if let Some(unused) = loaded.unused_velocities.filter(|_| self.velocities.is_none()) {
            simulation.add_warning(format!("{unused}; the run starts at rest"));
        }
        simulation.guards = self.guards.build();
        let beads = self.path_integral.as_ref().map_or(1, |ring| ring.beads);
        simulation.guards.beads = beads;
        if self.stages.iter().any(|stage| stage.barostat.is_some()) {
            simulation.guards.first_cell = simulation.system.cell;
            simulation.guards.cutoff = simulation.field().potential().cutoff();
        }
        simulation.guards.domains = Domains::of(&self.potential.networks(networks)?, beads)?;
        simulation.guards.frame = Some(self.output.folder.join("stopped.xyz"));
        simulation.restart = Some(self.output.folder.join(RESTART));
        let steps: Vec<String> = self.stages.iter().map(|stage| stage.time_step.to_string()).collect();
        if self.plumed.is_some() && steps.iter().any(|step| *step != steps[0]) {
            simulation.add_warning(format!(
                "PLUMED counts time in steps of the first stage ({}), but the stages have steps of {}: its times and whatever depends on \
                 them are wrong in the others; give all stages the same `time_step`",
                steps[0],
                steps.join(", ")
            ));
        }
        let view = self.viewed();
        for (index, input) in self.stages.iter().enumerate() {
            let view = view.and_then(|(stage, write)| (stage == index).then_some(write));
            let ring = self.path_integral.as_ref();
            let (folder, system) = (&self.output.folder, &simulation.system);
            let stage = stage::build(input, folder, system, reach, view, ring, networks);
            simulation.stages.push(stage.map_err(of_structure)?);
            // A restart is written at the end in any case.
            let seldom = |write: &&WriteInput| {
                !matches!(write, WriteInput::Restart { .. }) && input.steps_in(write.every()) > input.steps()
            };
            for write in input.write.iter().filter(seldom) {
                simulation.add_warning(format!(
                    "{} is written every {}, but stage {:?} lasts {}: it has its first state alone",
                    write.file(),
                    write.every(),
                    input.name,
                    input.duration,
                ));
            }
            for write in input.write.iter().filter(|write| matches!(write, WriteInput::Trajectory { .. })) {
                let file = Path::new(write.file());
                let format = TrajectoryFormat::from_path(file)?;
                let of_masses = mass_note(format, &simulation.system).filter(|_| isotopes);
                let notes = [cell_note(format, &simulation.system), of_masses];
                for note in notes.into_iter().flatten() {
                    simulation.add_warning(format!("{}: {note}", file.display()));
                }
            }
        }
        Ok(simulation)
    }

    /// Refuse an analysis of the dipole where there is none; it would end the run when its stage begins.
    fn require_dipole(&self, simulation: &Simulation) -> Result<()> {
        if let Some((stage, write)) = self.first_of_dipoles()
            && simulation.field().last().dipole(&simulation.system).is_none()
        {
            let (stage, file) = (&self.stages[stage].name, self.stages[stage].write[write].file());
            return Err(Error::Invalid(format!(
                "stage {stage:?}: {file} needs the dipole, but the potential has no charges; leave it out, or use a model that was fitted with \
                 `electrostatics` in [model]"
            )));
        }
        Ok(())
    }

    /// The atoms, with the velocities of the file if it has them.
    ///
    /// # Errors
    /// When the file cannot be read or is not valid.
    pub fn system(&self) -> Result<System> {
        self.structure.system()
    }

    /// Go to a minimum of the energy, if that is asked for; what there is to say of where it is.
    fn descend(&self, system: &mut System, networks: &Models) -> Result<Option<String>> {
        let Some(input) = &self.minimize else { return Ok(None) };
        self.potential.require_minimum(system).map_err(|error| error.in_structure(&self.structure.file))?;
        let mut field = ForceEvaluator::new(self.potential.build(system, networks)?, system)?;
        if input.cell != CellMinimization::Fixed && system.cell.is_none() {
            let reason = "has no cell, so [minimize] cannot change it; give one in [structure] or remove `cell`";
            return Err(Error::structure(&self.structure.file, reason));
        }
        let before = system.cell.is_none().then(|| system.clone());
        let minimum = input.descend(system, &mut field).map_err(|error| error.in_structure(&self.structure.file))?;
        if minimum.converged {
            let changed = before.map_or(Ok(false), |before| bonds_changed(&before, system))?;
            return Ok(changed.then(|| {
                "[minimize] changed bonds: the run starts from other molecules than those of the structure file. Look at its first frame, and \
                 at the structure with `cormorant minimize`"
                    .into()
            }));
        }
        Err(Error::structure(&self.structure.file, super::minimize::missed(&minimum, system, input)))
    }

    /// Set the atoms in motion; overall motion that the potential does not keep at rest is not taken out by itself.
    fn start(&self, system: &mut System, keeps: Removed) -> Result<Removed> {
        let Some(input) = &self.velocities else { return Ok(Removed::default()) };
        // Where atoms are fixed, nothing moves as a whole.
        let several = system.atom_count() > 1 && system.constraints.fixed().is_empty();
        let whole = Removed {
            translation: several && keeps.translation,
            rotation: several && keeps.rotation && system.cell.is_none(),
        };
        // A rigid molecule that neither moves nor turns would do nothing at all.
        let inner = observables::degrees_of_freedom(system, whole) > 0;
        let removed = match input.remove {
            RemoveMotion::Auto => {
                if inner {
                    whole
                } else {
                    Removed::default()
                }
            }
            RemoveMotion::Translation => Removed { translation: true, rotation: false },
            RemoveMotion::Both => Removed { translation: true, rotation: true },
            RemoveMotion::Nothing => Removed::default(),
        };
        velocities::draw(system, input.temperature.value(), removed, &Noise::new(self.seed))
            .map_err(|error| error.in_structure(&self.structure.file))?;
        Ok(removed)
    }

    /// The trajectory that `view.vmd` opens: the first one of the last stage that writes any, as (stage, write).
    fn viewed(&self) -> Option<(usize, usize)> {
        self.stages.iter().enumerate().rev().find_map(|(stage, input)| {
            let write = input.write.iter().position(|write| matches!(write, WriteInput::Trajectory { .. }))?;
            Some((stage, write))
        })
    }
}

impl GuardsInput {
    fn build(&self) -> Guards {
        Guards {
            largest_displacement: self.largest_displacement.limit(),
            highest_temperature: self.highest_temperature.limit(),
            closest_contact: self.close_contact.limit(),
            highest_grade: self.extrapolation.limit(),
            largest_spread: self.committee_force_spread.limit(),
            cell_change: self.cell_change.limit(),
            cell_height: self.cell_height.limit(),
            every: self.every_steps,
            ..Guards::default()
        }
    }
}
