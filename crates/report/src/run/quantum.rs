//! Energies of quantum nuclei.

use super::energies::{capital, with_error};
use super::moving::{mean, moving_average};
use super::{Columns, RunPlan};
use crate::page::Section;
use crate::plot::{Axis, Chart, PlotStyle, Series};
use cormorant_core::Result;

/// Columns of the table that are energies, in the order of their colors.
const ENERGIES: [&str; 3] = ["potential", "kinetic", "total"];

/// The estimators of a path integral in the last stage that has a table of them with rows; empty without one.
pub(super) fn quantum(plan: &RunPlan) -> Result<Section> {
    let heading = "Quantum energies";
    for stage in plan.stages.iter().rev() {
        for path in stage.quantum.iter().filter(|path| path.exists()) {
            let columns = Columns::read(path)?;
            if columns.rows() > 0 {
                let mut section = Section::of(heading, vec![energies(&columns, &stage.name), gyration(&columns)]);
                section.text = "The estimators of the path integral: mean potential energy of the beads, centroid virial estimator of the \
                                kinetic energy, their sum, and the size of the rings."
                    .into();
                return Ok(section);
            }
        }
    }
    Ok(Section::of(heading, Vec::new()))
}

fn energies(columns: &Columns, stage: &str) -> Chart {
    let mut chart = Chart::new(
        "quantum-energies",
        "Energies of the quantum nuclei",
        Axis::new("Time / ps"),
        Axis::new("Energy − its mean / eV"),
    );
    let mut means = Vec::new();
    for (color, name) in ENERGIES.into_iter().enumerate() {
        let mut points = columns.points("time/ps", &format!("{name}/eV"));
        let (center, error) = mean(&points);
        means.push(format!("{name} {} eV", with_error(center, error)));
        for point in &mut points {
            point[1] -= center;
        }
        let average = moving_average(&points);
        chart = chart.with(Series::new(name, PlotStyle::Faint, color, points));
        if let Some((average, _)) = average {
            chart = chart.with(Series::new("", PlotStyle::Line, color, average));
        }
    }
    chart.saying(format!("Means in stage {stage}: {}.", means.join(", ")))
}

fn gyration(columns: &Columns) -> Chart {
    let points = columns.points("time/ps", "gyration/Å");
    let (value, error) = mean(&points);
    let chart = Chart::new(
        "gyration",
        capital("size of the rings"),
        Axis::new("Time / ps"),
        Axis::new("Radius of gyration / Å"),
    );
    chart
        .with(Series::new("mean over atoms", PlotStyle::Line, 0, points))
        .saying(format!("The mean radius of gyration of the rings is {} Å.", with_error(value, error)))
}
