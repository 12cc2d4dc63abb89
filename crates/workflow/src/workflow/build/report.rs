//! What a report tells of an input.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use super::Models;
use crate::settings::{
    AnalysisInput, GuardsInput, Input, PathIntegralInput, PotentialInput, Quantity, RunInput, StageInput, WriteInput,
};
use cormorant_core::system::Element;
use cormorant_core::units::{FEMTOSECOND, PICOSECOND};
use cormorant_core::{Error, Result};
use cormorant_dynamics::simulation::Action;
use cormorant_report::certified;
use cormorant_report::page::Fact;
use cormorant_report::run::{RunPlan, StagePlan, WrittenTrajectory};

impl RunInput {
    /// What a report of the run needs to know.
    ///
    /// # Errors
    /// When a bath is not valid, which a run would have refused.
    pub fn report_plan(&self) -> Result<RunPlan> {
        self.report_plan_with(&Models::default(), None)
    }

    /// The same with networks out of `networks`, which reads each file once, and with the elements of a structure that was read.
    ///
    /// # Errors
    /// As for [`RunInput::report_plan`].
    pub fn report_plan_with(&self, networks: &Models, elements: Option<&[Element]>) -> Result<RunPlan> {
        let folder = &self.output.folder;
        let file = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (potential, about_potential) = potential(&self.potential, networks)?;
        let guards = guards(&self.guards, self.stages.iter().any(|stage| stage.barostat.is_some()));
        Ok(RunPlan {
            name: self.name.clone(),
            folder: folder.clone(),
            input: Input::Run(Box::new(self.clone())).to_toml(Some(folder))?,
            elements: match elements {
                Some(elements) => elements.to_vec(),
                None => self.system().map_or(Vec::new(), |system| system.elements),
            },
            structure: format!("from {}", file(&self.structure.file)),
            potential,
            about_potential,
            guards,
            stages: self
                .stages
                .iter()
                .map(|stage| plan(stage, self.path_integral.as_ref(), folder))
                .collect::<Result<_>>()?,
        })
    }
}

/// A potential in few words, and what its models say of themselves.
fn potential(input: &PotentialInput, networks: &Models) -> Result<(String, Vec<Fact>)> {
    let file = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    match input.expanded()?.as_ref() {
        PotentialInput::Learned { model, electric_field, .. } => {
            Ok((format!("the fitted model {}{}", file(model), within(electric_field.as_ref())), about(networks, model)))
        }
        PotentialInput::Committee { models, electric_field, .. } => {
            let names: Vec<String> = models.iter().map(|model| file(model)).collect();
            // Each fact under the name of its model.
            let facts = models.iter().zip(&names).flat_map(|(model, name)| {
                about(networks, model)
                    .into_iter()
                    .map(move |fact| Fact { name: format!("{} of {name}", fact.name), ..fact })
            });
            let within = within(electric_field.as_ref());
            Ok((format!("a committee of the fitted models {}{within}", names.join(", ")), facts.collect()))
        }
        PotentialInput::Sum(parts) => {
            let parts = parts.iter().map(|part| potential(part, networks)).collect::<Result<Vec<_>>>()?;
            let (names, facts): (Vec<String>, Vec<Vec<Fact>>) = parts.into_iter().unzip();
            Ok((names.join(" and "), facts.concat()))
        }
        other => Ok((format!("the potential {}", words(other)?), Vec::new())),
    }
}

/// An electric field in words, behind those of a potential.
fn within(field: Option<&[Quantity; 3]>) -> String {
    field.map_or_else(String::new, |[x, y, z]| format!(" in an electric field of ({x}, {y}, {z})"))
}

/// What each guard does, in words; those of the cell where it can change.
fn guards(input: &GuardsInput, changes: bool) -> String {
    let step = input.largest_displacement.0.as_ref();
    let step = step.map(|(limit, action)| (*action, format!("an atom moving {limit} in a step")));
    let heat = input.highest_temperature.0.as_ref().map(|(limit, action)| (*action, format!("more than {limit}")));
    let near = input.close_contact.0.as_ref();
    let near =
        near.map(|(limit, action)| (*action, format!("atoms nearer than {limit} of the shortest distance known")));
    let far = input.extrapolation.0.as_ref();
    let far = far.map(|(limit, action)| (*action, format!("a grade of extrapolation above {limit}")));
    let apart = input.committee_force_spread.0.as_ref();
    let apart = apart.map(|(limit, action)| (*action, format!("a committee spread of a force above {limit}")));
    let cell = input.cell_change.0.as_ref().filter(|_| changes);
    let cell = cell.map(|(limit, action)| (*action, format!("an edge of the cell changed by a factor of {limit}")));
    let low = input.cell_height.0.as_ref().filter(|_| changes);
    let low = low.map(|(limit, action)| (*action, format!("a cell lower than {limit} cutoffs")));
    let all = [Some((Action::Stop, "anything not finite".to_string())), step, heat, near, far, apart, cell, low];
    let of = |wanted: Action| -> Vec<String> {
        all.iter().flatten().filter(|(action, _)| *action == wanted).map(|(_, text)| text.clone()).collect()
    };
    let stop = format!("stop at {}", of(Action::Stop).join(", "));
    match of(Action::Warn) {
        warned if warned.is_empty() => stop,
        warned => format!("{stop}; warn of {}", warned.join(", ")),
    }
}

fn plan(stage: &StageInput, ring: Option<&PathIntegralInput>, folder: &Path) -> Result<StagePlan> {
    let mut ensemble = words(&stage.integrator)?;
    let mut canonical = false;
    if let Some(bath) = &stage.thermostat {
        ensemble += &format!(", {}", words(bath)?);
        canonical = bath.final_temperature.is_none() && bath.build(ring)?.canonical();
    } else {
        ensemble += ", constant energy";
    }
    if let Some(bath) = &stage.barostat {
        ensemble += &format!(", {}", words(bath)?);
    }
    if let Some(ring) = ring {
        ensemble += &format!(", {} beads", ring.beads);
    }
    let (mut tables, mut trajectories, mut analyses, mut quantum) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for write in &stage.write {
        let path = folder.join(write.file());
        if let WriteInput::Energies { .. } = write {
            tables.push(path);
        } else if let WriteInput::Quantum { .. } = write {
            quantum.push(path);
        } else if let WriteInput::Trajectory { every, .. } = write {
            trajectories.push(WrittenTrajectory { path, every: (every.value() / FEMTOSECOND).round() as u64 });
        } else if matches!(write, WriteInput::Analysis { analysis, .. } if !matches!(analysis, AnalysisInput::DihedralMap { .. }))
        {
            analyses.push(path);
        }
    }
    let bath = stage.thermostat.as_ref();
    let last = bath.map(|bath| bath.final_temperature.as_ref().unwrap_or(&bath.temperature).value());
    Ok(StagePlan {
        name: stage.name.clone(),
        ensemble,
        temperature: last,
        canonical,
        duration: stage.duration.value() / PICOSECOND,
        time_step: stage.time_step.value() / FEMTOSECOND,
        tables,
        analyses,
        quantum,
        trajectories,
    })
}

/// A section of an input in a line: its kind first, then its keys and values.
fn words<T: Serialize>(section: &T) -> Result<String> {
    let value = serde_json::to_value(section).map_err(|error| Error::Internal(error.to_string()))?;
    let spoken = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.clone(),
        // The input stands whole at the end of the report.
        serde_json::Value::Array(several) => several.len().to_string(),
        other => other.to_string(),
    };
    let serde_json::Value::Object(map) = &value else { return Ok(spoken(&value)) };
    let ordered: BTreeMap<_, _> = map.iter().filter(|(key, _)| *key != "kind").collect();
    let kind = map.get("kind").map(spoken).unwrap_or_default();
    let rest: Vec<String> =
        ordered.iter().map(|(key, value)| format!("{} {}", key.replace('_', " "), spoken(value))).collect();
    Ok(if rest.is_empty() { kind } else { format!("{kind} ({})", rest.join(", ")) })
}

/// What the model in `folder` says of itself, for the report of a run, or why it cannot be read any more.
fn about(networks: &Models, folder: &Path) -> Vec<Fact> {
    let gone = |error| vec![Fact { name: "Model".into(), value: format!("cannot be read any more: {error}") }];
    let network = match networks.get(folder) {
        Ok(network) => network,
        Err(error) => return gone(error),
    };
    let facts = match network.facts() {
        Ok(facts) => facts,
        Err(error) => return gone(error),
    };
    let record = network.record();
    let fact = |name: &str, value: String| Fact { name: name.into(), value };
    let size = match facts.cutoff {
        Some(cutoff) => format!("{} layers, cutoff {cutoff} Å", facts.hops),
        None => network.sizes(),
    };
    let fitted = format!("{} frames of {} ({size})", record.data.train_count(), record.data.file);
    let mut list = vec![fact("Fitted to", fitted)];
    let judged = ["test", "validation"].iter().find_map(|part| Some((part, record.errors.get(*part)?)));
    if let Some((part, errors)) = judged {
        let forces = match errors.force_mae {
            mae if mae.is_finite() => format!("force MAE {mae:.2} meV/Å, "),
            _ => String::new(),
        };
        let value = format!("{forces}energy MAE {:.2} meV on {} {part} frames", errors.energy_mae, errors.frames);
        list.push(fact("Errors", value));
    }
    list.push(certified(record.certificate));
    list
}
