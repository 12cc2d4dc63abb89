//! Charts of what a table of energies holds.

use super::moving::{mean, moving_average, slope};
use super::{Columns, StagePlan};
use crate::plot::{Axis, Chart, PlotStyle, Series, short};
use cormorant_dynamics::analysis::{Equilibrium, running_mean};

const TIME: &str = "time/ps";
/// Color of the mean of everything so far, unlike those of the first stages.
const SO_FAR: usize = 3;
/// Columns that have charts of their own.
const KNOWN: [&str; 7] = ["step", TIME, "potential/eV", "kinetic/eV", "total/eV", "conserved/eV", "temperature/K"];

/// The table of one stage.
pub(super) struct StageTable<'p> {
    pub plan: &'p StagePlan,
    pub columns: Columns,
    /// Number of atoms.
    pub atoms: usize,
}

impl StageTable<'_> {
    fn points(&self, head: &str) -> Vec<[f64; 2]> {
        self.columns.points(TIME, head)
    }

    /// Deviation of the conserved quantity from its first value in meV/atom over time in ps; none where the atoms are not known.
    pub fn deviations(&self) -> Option<Vec<[f64; 2]>> {
        let mut points = self.points("conserved/eV");
        let first = points.first()?[1];
        if self.atoms == 0 {
            return None;
        }
        let per_atom = 1000.0 / self.atoms as f64;
        for point in &mut points {
            point[1] = (point[1] - first) * per_atom;
        }
        Some(points)
    }
}

fn time() -> Axis {
    Axis::new("Time / ps")
}

/// `value` with its error, if there is one.
pub(super) fn with_error(value: f64, error: Option<f64>) -> String {
    let Some(error) = error.filter(|error| *error > 0.0) else { return short(value, 5) };
    // As many decimals as give the error two digits.
    let decimals = (1 - error.log10().floor() as i32).clamp(0, 9) as usize;
    format!("{value:.decimals$} ± {error:.decimals$}").replace('-', "−")
}

/// Temperature over all stages with its moving average and the bath.
pub(super) fn temperature(tables: &[StageTable<'_>]) -> Option<Chart> {
    let last = tables.last()?;
    let mut chart = Chart::new("temperature", "Temperature", time(), Axis::new("Temperature / K"));
    let mut span = None;
    for (number, table) in tables.iter().enumerate() {
        let points = table.points("temperature/K");
        let name = if tables.len() > 1 { table.plan.name.clone() } else { "at each instant".into() };
        chart = chart.with(Series::new(name, PlotStyle::Faint, number, points));
    }
    for (number, table) in tables.iter().enumerate() {
        if let Some((average, width)) = moving_average(&table.points("temperature/K")) {
            span = Some(width);
            let name =
                if number + 1 == tables.len() { format!("mean over {} ps", short(width, 2)) } else { String::new() };
            chart = chart.with(Series::new(name, PlotStyle::Line, number, average));
        }
    }
    let points = last.points("temperature/K");
    let (value, error) = mean(&points);
    let mut sentence = format!("In stage {} the mean is {} K", last.plan.name, with_error(value, error));
    let so_far = running_mean(&points.iter().map(|point| point[1]).collect::<Vec<_>>());
    let so_far = points.iter().zip(so_far).map(|(point, mean)| [point[0], mean]).collect();
    chart = chart.with(Series::new("mean up to here", PlotStyle::Line, SO_FAR, so_far));
    if let (Some(bath), Some(first), Some(end)) = (last.plan.temperature, points.first(), points.last()) {
        chart = chart.with(Series::new("bath", PlotStyle::Dashed, 6, vec![[first[0], bath], [end[0], bath]]));
        sentence += &format!(", the bath is at {} K", short(bath, 5));
    }
    sentence += if span.is_some() { "; heavy are its moving average and the mean up to each moment." } else { "." };
    Some(chart.saying(sentence))
}

/// Potential, kinetic and total energy about their means, in the last stage that has a table.
pub(super) fn energies(tables: &[StageTable<'_>]) -> Option<Chart> {
    let table = tables.last()?;
    let mut chart = Chart::new("energies", "Energies", time(), Axis::new("Energy − its mean / eV"));
    let mut lines = Vec::new();
    let mut means = Vec::new();
    for (color, (head, name)) in
        [("potential/eV", "potential"), ("kinetic/eV", "kinetic"), ("total/eV", "sum")].into_iter().enumerate()
    {
        let mut points = table.points(head);
        let (center, error) = mean(&points);
        for point in &mut points {
            point[1] -= center;
        }
        if let Some((average, _)) = moving_average(&points) {
            lines.push(Series::new("", PlotStyle::Line, color, average));
        }
        means.push(format!("{name} {} eV", with_error(center, error)));
        chart = chart.with(Series::new(name, PlotStyle::Faint, color, points));
    }
    chart = lines.into_iter().fold(chart, Chart::with);
    let potential = table.points("potential/eV");
    let settled = Equilibrium::of(&potential.iter().map(|point| point[1]).collect::<Vec<_>>());
    let settled = settled.and_then(|settled| Some(potential.get(settled.start)?[0])).map_or_else(String::new, |from| {
        format!(" The potential energy is equilibrated from {} ps on.", short(from, 4))
    });
    Some(chart.saying(format!(
        "Means in stage {}: {}; heavy lines are moving averages.{settled}",
        table.plan.name,
        means.join(", ")
    )))
}

/// Deviation of the conserved quantity and its straight line; `of_steps` is drift and largest deviation over every step, where known.
pub(super) fn conserved(tables: &[StageTable<'_>], of_steps: Option<(f64, f64)>) -> Option<Chart> {
    let table = tables.last()?;
    let points = table.deviations()?;
    let largest = points.iter().map(|point| point[1].abs()).fold(0.0, f64::max);
    let (drift, largest, source) = match of_steps {
        Some((drift, largest)) => (drift, largest, "every step"),
        None => (slope(&points), largest, "the rows of the table"),
    };
    let mut chart =
        Chart::new("conserved", "Conserved quantity", time(), Axis::new("Deviation from the first value / (meV/atom)"));
    let ends = [points.first()?[0], points.last()?[0]];
    let (center, _) = mean(&points);
    let middle = 0.5 * (ends[0] + ends[1]);
    let line = ends.map(|time| [time, center + drift * (time - middle)]).to_vec();
    chart = match moving_average(&points) {
        Some((average, width)) => chart
            .with(Series::new("at each instant", PlotStyle::Faint, 0, points))
            .with(Series::new(format!("mean over {} ps", short(width, 2)), PlotStyle::Line, 0, average)),
        None => chart.with(Series::new("deviation", PlotStyle::Line, 0, points)),
    };
    chart = chart.with(Series::new("drift", PlotStyle::Dashed, 1, line));
    Some(chart.saying(format!(
        "In stage {} it drifts by {} meV/atom/ps and deviates by at most {} meV/atom, over {source}.",
        table.plan.name,
        short(drift, 2),
        short(largest, 3)
    )))
}

/// Columns that have no charts of their own, such as pressure and volume: a chart for each.
pub(super) fn further(tables: &[StageTable<'_>]) -> Vec<Chart> {
    others(tables, |head| !head.contains("spread"))
}

/// The spread of a committee: charts of that of the energy and the largest one of a force.
pub(super) fn committee(tables: &[StageTable<'_>]) -> Vec<Chart> {
    others(tables, |head| head.contains("spread"))
}

/// A chart for each column of the last table that is `wanted` and has none of its own.
fn others(tables: &[StageTable<'_>], wanted: fn(&str) -> bool) -> Vec<Chart> {
    let Some(table) = tables.last() else { return Vec::new() };
    let heads = table.columns.heads.iter().filter(|head| !KNOWN.contains(&head.as_str()) && head.contains('/'));
    let draw = |head: &String| {
        let (name, unit) = head.split_once('/').unwrap_or((head, "1"));
        let unit = unit.replace("^3", "³").replace("^2", "²");
        let points = table.points(head);
        let (value, error) = mean(&points);
        let highest = points.iter().map(|point| point[1]).fold(f64::NEG_INFINITY, f64::max);
        let (bare, spoken) = (unit.trim_matches(['(', ')']), name.replace(['_', '-'], " "));
        let file: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
        let average = moving_average(&points);
        let sentence =
            format!("The mean is {} {bare}, the highest value {} {bare}.", with_error(value, error), short(highest, 4));
        let mut chart = Chart::new(file, capital(&spoken), time(), Axis::new(format!("{} / {unit}", capital(&spoken))));
        chart = chart.with(Series::new("at each instant", PlotStyle::Faint, 0, points));
        if let Some((average, width)) = average {
            chart = chart.with(Series::new(format!("mean over {} ps", short(width, 2)), PlotStyle::Line, 0, average));
        }
        chart.saying(sentence)
    };
    heads.filter(|head| wanted(head)).map(draw).collect()
}

/// `text` with a capital letter first.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
