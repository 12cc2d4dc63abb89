//! The figures of a run that are worth comparing.

use super::energies::{StageTable, with_error};
use super::moving::{mean, moving_average, slope};
use super::{RunPlan, RunRecord, tables};
use cormorant_core::Result;

/// What the last stage with a table says.
#[derive(Debug, Clone, PartialEq)]
pub struct StageFigures {
    /// Name of the stage.
    pub stage: String,
    /// Mean temperature in K.
    pub mean_temperature: f64,
    /// The same with its error.
    pub temperature: String,
    /// Slope of the conserved quantity in meV/atom/ps.
    pub drift: f64,
    /// Largest deviation of the conserved quantity in meV/atom.
    pub largest: f64,
    /// Moving average of the temperature (K) over the time since the first row (ps).
    pub temperatures: Vec<[f64; 2]>,
    /// Deviation of the conserved quantity (meV/atom) over the same time.
    pub deviations: Vec<[f64; 2]>,
}

impl StageFigures {
    /// The figures of the run that `plan` describes, if it has written a table.
    ///
    /// # Errors
    /// When a table is damaged.
    pub fn read(plan: &RunPlan) -> Result<Option<Self>> {
        let (tables, record) = (tables(plan)?, RunRecord::read(&plan.folder)?);
        Ok(tables.last().and_then(|table| Self::of(table, record.as_ref())))
    }

    fn of(table: &StageTable<'_>, record: Option<&RunRecord>) -> Option<Self> {
        let temperatures = since_first(table.columns.points("time/ps", "temperature/K"));
        let (value, error) = mean(&temperatures);
        let deviations = since_first(table.deviations()?);
        let steps = record.and_then(|record| record.conservation_of(&table.plan.name));
        let largest = || deviations.iter().map(|point| point[1].abs()).fold(0.0, f64::max);
        let (drift, largest) = steps.unwrap_or_else(|| (slope(&deviations), largest()));
        Some(Self {
            stage: table.plan.name.clone(),
            mean_temperature: value,
            temperature: with_error(value, error),
            drift,
            largest,
            temperatures: moving_average(&temperatures).map_or(temperatures, |(average, _)| average),
            deviations,
        })
    }
}

fn since_first(mut points: Vec<[f64; 2]>) -> Vec<[f64; 2]> {
    let first = points.first().map_or(0.0, |point| point[0]);
    for point in &mut points {
        point[0] -= first;
    }
    points
}
