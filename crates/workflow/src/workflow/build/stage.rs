//! A stage of a simulation from its input.

use std::path::Path;

use super::Models;
use crate::settings::RESTART;
use crate::settings::{
    BarostatInput, CellScaling, IntegratorKind, PathIntegralInput, PressureCoupling, StageInput, WriteInput,
};
use cormorant_core::system::{Cell, System};
use cormorant_core::{Error, Result};
use cormorant_dynamics::analysis::VelocitySource;
use cormorant_dynamics::dynamics::{
    Baoab, MartynaTobiasKlein, Respa, RingPolymer, Scaling, StochasticCellRescaling, VelocityVerlet,
};
use cormorant_dynamics::simulation::{Schedule, Stage};
use cormorant_report::{Analyzed, Quantum, Table, Trajectory};

/// The stage with its observers, which write to `folder`. `reach` (Å) suits radial distribution functions; `view` is the
/// number of the trajectory that gets a script for VMD.
pub(super) fn build(
    input: &StageInput,
    folder: &Path,
    system: &System,
    reach: f64,
    view: Option<usize>,
    ring: Option<&PathIntegralInput>,
    networks: &Models,
) -> Result<Stage> {
    let periodic = system.cell.is_some();
    let time_step = input.time_step.value();
    let steps = input.steps();
    let mut stage = match (input.integrator, &input.inner) {
        (IntegratorKind::Respa, Some(inner)) => {
            let potential = inner.potential.build(system, networks)?;
            Stage::new(&input.name, steps, Respa::new(time_step, potential, inner.steps)?)
        }
        (IntegratorKind::VelocityVerlet | IntegratorKind::Respa, _) => {
            Stage::new(&input.name, steps, VelocityVerlet::new(time_step)?)
        }
        (IntegratorKind::Baoab, _) => Stage::new(&input.name, steps, Baoab::new(time_step)?),
        (IntegratorKind::RingPolymer, _) => {
            Stage::new(&input.name, steps, RingPolymer::new(time_step, PathIntegralInput::modes_of(ring)?)?)
        }
    };
    if let (Some(pressure), Some(bath)) = (&input.barostat, &input.thermostat) {
        let cell = system.cell.as_ref().ok_or_else(|| Error::Invalid("a barostat needs a cell".into()))?;
        stage = barostat(stage, pressure, bath.temperature.value(), input, cell)?;
    }
    if let Some(bath) = &input.thermostat {
        stage.thermostat = bath.build(ring)?;
        if let Some(temperature) = &bath.final_temperature {
            stage = stage.with_final_temperature(temperature.value())?;
        }
    }
    for (number, write) in input.write.iter().enumerate() {
        let schedule = Schedule::every(input.steps_in(write.every()))?;
        let path = folder.join(write.file());
        stage = match write {
            WriteInput::Trajectory { .. } => {
                let mut trajectory = Trajectory::new(path, schedule)?;
                if periodic {
                    trajectory = trajectory.with_stress();
                }
                if let Some(ring) = ring {
                    trajectory = trajectory.of_rings(ring.beads);
                }
                if view == Some(number) {
                    trajectory = trajectory.with_view();
                }
                stage.with_observer(trajectory)
            }
            WriteInput::Energies { split_temperature, .. } => {
                let table = Table::new(path, schedule);
                let table = if *split_temperature { table.with_parts() } else { table };
                let beads = ring.map_or(1, |ring| ring.beads);
                stage.with_observer(if let Some(cell) = &system.cell {
                    table.with_pressure(cell, beads)
                } else {
                    table
                })
            }
            WriteInput::Analysis { analysis, .. } => stage.with_observer(Analyzed::new(
                path,
                schedule,
                analysis.accumulator(reach, VelocitySource::Momenta)?,
            )),
            WriteInput::Quantum { .. } => match ring {
                Some(ring) => stage.with_observer(Quantum::new(path, schedule, ring.beads, ring.temperature.value())),
                None => return Err(PathIntegralInput::missing()),
            },
            WriteInput::Restart { .. } => stage.with_restart(folder.join(RESTART), schedule),
        };
    }
    Ok(stage)
}

/// The stage with a pressure bath at `temperature` (K).
fn barostat(
    mut stage: Stage,
    bath: &BarostatInput,
    temperature: f64,
    input: &StageInput,
    cell: &Cell,
) -> Result<Stage> {
    if cell.axes().is_none() {
        return Err(Error::Invalid(format!(
            "a barostat stretches the cell along x, y and z, but this {} repeats along directions oblique to them; turn the \
             structure so that its repeating directions lie along axes",
            cell.kind()
        )));
    }
    let scaling = match bath.scaling {
        CellScaling::Isotropic => Scaling::Isotropic,
        CellScaling::Anisotropic => Scaling::Anisotropic,
    };
    let (pressure, relaxation_time) = (bath.pressure.for_cell("pressure", cell)?, bath.relaxation_time.value());
    stage = match &bath.coupling {
        PressureCoupling::StochasticCellRescaling { compressibility, every } => {
            let compressibility = compressibility.for_cell("compressibility", cell)?;
            let barostat =
                StochasticCellRescaling::new(scaling, pressure, temperature, compressibility, relaxation_time)?;
            stage.with_barostat(barostat, every.as_ref().map_or(1, |every| input.steps_in(every)))?
        }
        PressureCoupling::MartynaTobiasKlein {} => {
            let time_step = input.time_step.value();
            let integrator = MartynaTobiasKlein::new(time_step, scaling, pressure, temperature, relaxation_time)?;
            stage.integrator = Box::new(integrator);
            stage
        }
    };
    match &bath.final_pressure {
        Some(pressure) => stage.with_final_pressure(pressure.for_cell("final_pressure", cell)?),
        None => Ok(stage),
    }
}
