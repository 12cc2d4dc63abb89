//! First geometries of structures, for labels.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::Models;
use super::batch::{self, Computing, WrittenResults};
use super::minimize::descend;
use super::sample_method::SampleMethod;
use super::sample_summary::{Drawn, SampleSummary};
use crate::settings::{MinimizeInput, Quantity};
use cormorant_core::noise::{Consumer, Noise};
use cormorant_core::system::System;
use cormorant_core::{Error, Result};
use cormorant_dynamics::vibrations::{Hessian, NormalModes};
use cormorant_io::TrajectoryFrame;
use cormorant_learn::sample::{
    RattleSettings, Redrawn, StrainSettings, ThermalModel, ThermalSettings, TorsionSettings, TrajectorySettings, modes,
    rattle, strain, torsions, trajectory,
};

/// Displacement of the differences that make a Hessian, in Å.
const DISPLACEMENT: f64 = 0.01;

/// How structures are sampled.
#[derive(Debug, Clone, PartialEq)]
pub struct Sampling {
    /// Where frames come from; none is [`SampleMethod::usual`] for each structure.
    pub method: Option<SampleMethod>,
    /// Frames of each structure, itself the first; a scan of torsions has as many as its steps make.
    pub number: usize,
    /// Seed of every random number.
    pub seed: u64,
    /// No two atoms come nearer than this times the sum of their covalent radii.
    pub shortest: f64,
    /// Of thermal, modes, trajectory.
    pub temperature: Quantity,
    /// Standard deviation of each coordinate, of rattle and strain.
    pub amplitude: Quantity,
    /// Angle between frames of torsions.
    pub step: Quantity,
    /// Pairs of atoms, counted from 0, of torsions; every rotatable bond where there is none.
    pub bonds: Vec<[usize; 2]>,
    /// Smallest and largest volume of strain.
    pub volumes: [f64; 2],
    /// Largest component of a strain.
    pub largest_strain: f64,
    /// Length of a trajectory.
    pub duration: Quantity,
    /// Its time step.
    pub time_step: Quantity,
}

/// Frames that were written.
pub struct Sampled {
    /// What they are like.
    pub summary: SampleSummary,
    /// What a user should know of how total charge and spin are taken, if anything.
    pub note: Option<String>,
    /// Where they are, with a table.
    pub files: WrittenResults,
}

/// Sample each of `systems`, the frames of `path`. The methods `modes` and `trajectory` need `models`; several are a committee.
///
/// # Errors
/// When a model is missing, cannot be read or does not know an element, a structure cannot be sampled, or `files` cannot be written.
pub fn sample_file(
    models: &[PathBuf],
    path: &Path,
    systems: &[System],
    files: WrittenResults,
    how: &Sampling,
    computing: Computing,
) -> Result<Sampled> {
    if how.number == 0 {
        return Err(Error::Invalid(
            "the number of frames is 0; write how many there are to be for each structure".into(),
        ));
    }
    let networks = Models::default();
    let mut drawn = Vec::with_capacity(systems.len());
    for (index, system) in systems.iter().enumerate() {
        let method = how.method.unwrap_or_else(|| SampleMethod::usual(system));
        let make = || batch::potentials(&networks, models, &computing, usize::MAX);
        let one = if method.needs_model() {
            require_model(method, models).and_then(|()| with_model(method, system, index, how, &make))
        } else {
            without_model(method, system, index, how)
        };
        drawn.push(one.map_err(|error| batch::in_frame(path, index, error))?);
    }
    write(&files, &drawn)?;
    let note = drawn.iter_mut().find_map(|one| one.note.take());
    Ok(Sampled { summary: SampleSummary::of(&drawn)?, note, files })
}

fn require_model(method: SampleMethod, models: &[PathBuf]) -> Result<()> {
    if models.is_empty() {
        let word = method.word();
        return Err(Error::Invalid(format!("--method {word} needs a potential: add --model FOLDER, or take thermal")));
    }
    Ok(())
}

/// Random numbers of structure `index`: other ones for each.
fn noise_of(how: &Sampling, index: usize) -> Noise {
    Noise::new(Noise::new(how.seed).stream(Consumer::Displacement, u64::MAX, index as u64).bits())
}

fn thermal_settings(how: &Sampling) -> ThermalSettings {
    ThermalSettings { shortest: how.shortest, ..ThermalSettings::at(how.temperature.value()) }
}

fn without_model(method: SampleMethod, system: &System, index: usize, how: &Sampling) -> Result<Drawn> {
    let (noise, count, shortest) = (noise_of(how, index), how.number - 1, how.shortest);
    let mut drawn = Drawn::new(system, method);
    match method {
        SampleMethod::Rattle => {
            let settings = RattleSettings { amplitude: how.amplitude.value(), shortest };
            drawn.take(rattle(system, &settings, count, &noise)?);
        }
        SampleMethod::Strain => {
            let settings = StrainSettings {
                volumes: how.volumes,
                largest_strain: how.largest_strain,
                amplitude: how.amplitude.value(),
                shortest,
            };
            drawn.take(strain(system, &settings, count, &noise)?);
        }
        SampleMethod::Torsions => {
            let settings = TorsionSettings { step: how.step.value(), bonds: how.bonds.clone(), shortest };
            let scan = torsions(system, &settings)?;
            (drawn.clashes, drawn.bonds, drawn.turns) = (scan.clashes, scan.bonds, scan.turns);
            drawn.systems = scan.systems;
        }
        SampleMethod::Thermal | SampleMethod::Modes | SampleMethod::Trajectory => {
            let model = ThermalModel::new(system, &thermal_settings(how))?;
            drawn.take(model.draw(count, &noise)?);
            drawn.energies = drawn.systems.iter().map(|frame| model.energy(frame)).collect();
            drawn.shares = drawn.systems.iter().map(|frame| model.share(frame)).collect();
            (drawn.modes, drawn.stiffened) = (model.harmonic().count(), model.harmonic().stiffened());
        }
    }
    Ok(drawn)
}

fn with_model(
    method: SampleMethod,
    system: &System,
    index: usize,
    how: &Sampling,
    make: &dyn Fn() -> Result<Vec<Box<dyn cormorant_potential::Potential>>>,
) -> Result<Drawn> {
    let (noise, count) = (noise_of(how, index), how.number - 1);
    let mut potentials = make()?;
    let mut drawn = Drawn::new(system, method);
    if let Some(first) = potentials.first() {
        drawn.note = batch::require_known(first.as_ref(), system)?;
    }
    let mut first = potentials.pop();
    if method == SampleMethod::Trajectory {
        let potential = first.ok_or_else(|| Error::Internal("there is no potential".into()))?;
        let settings = TrajectorySettings {
            temperature: how.temperature.value(),
            duration: how.duration.value(),
            time_step: how.time_step.value(),
        };
        let systems = trajectory(system, potential, &settings, count, &noise)?;
        drawn.take(Redrawn { systems, refused: 0 });
        return Ok(drawn);
    }
    let minimum = descend(&mut first, system, &MinimizeInput::default())?;
    potentials.extend(first);
    let hessian = Hessian::by_differences(&mut potentials, &minimum.system, DISPLACEMENT)?;
    let found = NormalModes::new(&minimum.system, &hessian)?;
    (drawn.modes, drawn.missed) = (found.modes.len(), !minimum.minimum.converged);
    drawn.imaginary = found.modes.iter().filter(|mode| mode.wavenumber <= 0.0).count();
    drawn.take(modes(&minimum.system, found, &thermal_settings(how), count, &noise)?);
    Ok(drawn)
}

fn write(files: &WrittenResults, drawn: &[Drawn]) -> Result<()> {
    let mut table = String::from("frame,source_frame,config_type,closest_contact/1,model_energy/eV\n");
    let mut frames = Vec::new();
    for (source, one) in drawn.iter().enumerate() {
        for place in 0..=one.systems.len() {
            let (system, word) = match place {
                0 => (&one.source, "structure"),
                _ => (&one.systems[place - 1], one.method.word()),
            };
            let mut frame = TrajectoryFrame::new(system);
            frame.keys = vec![("config_type", word.to_string()), ("source_frame", source.to_string())];
            if let Some(([first, second], angle)) = place.checked_sub(1).and_then(|place| one.turns.get(place)) {
                frame.keys.push(("turned_bond", format!("{}-{}", first + 1, second + 1)));
                frame.keys.push(("turned_degrees", format!("{:.3}", angle.to_degrees())));
            }
            let energy = place.checked_sub(1).and_then(|place| one.energies.get(place));
            let energy = energy.map_or(String::new(), |energy| format!("{energy:.6}"));
            let contact = cormorant_learn::sample::closest_contact(system)?;
            let contact = contact.map_or(String::new(), |contact| format!("{:.4}", contact.ratio));
            // Writing to a string cannot fail.
            let _ = writeln!(table, "{},{source},{word},{contact},{energy}", frames.len());
            frames.push((system.elements.as_slice(), frame));
        }
    }
    files.write_frames(&mut frames.into_iter(), &table)
}
