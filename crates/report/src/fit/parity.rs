//! Predictions against labels, and how their errors are distributed.

use std::collections::BTreeMap;

use super::{PredictedFrame, PredictedPart};
use crate::page::PageTable;
use crate::plot::{Axis, Chart, PlotStyle, Series, short};
use cormorant_core::system::Element;

/// Points of an element in a picture; more cannot be distinguished.
const DRAWN: usize = 800;
/// Bars of a histogram.
const BARS: usize = 41;

/// Parity of the energies, less the reference energies of the atoms (eV), per atom.
pub(super) fn energies(part: &PredictedPart, references: &BTreeMap<Element, f64>) -> Chart {
    let own = |frame: &PredictedFrame| -> f64 {
        frame.label.elements.iter().filter_map(|element| references.get(element)).sum()
    };
    let point = |frame: &PredictedFrame| {
        let atoms = frame.forces.len() as f64;
        Some([(frame.label.energy? - own(frame)) / atoms, (frame.energy - own(frame)) / atoms])
    };
    let points: Vec<[f64; 2]> = part.frames.iter().filter_map(point).collect();
    let drawn = points.len();
    let [mae, rmse] = part.errors.energy;
    let name = "Energy per atom";
    Chart::new("parity-energy", name, Axis::new("Reference / (eV/atom)"), Axis::new("Prediction / (eV/atom)"))
        .with(Series::new(format!("{drawn} of {} frames", part.errors.frames), PlotStyle::Points, 0, points))
        .square()
        .saying(format!(
            "Mean absolute error {} meV, root mean square {} meV for a whole frame, over {} {} frames; energies of free atoms subtracted.",
            short(mae, 3),
            short(rmse, 3),
            part.errors.evaluated,
            part.name
        ))
}

/// Parity of the force components, each element in its own color.
pub(super) fn forces(part: &PredictedPart) -> Chart {
    let mut chart = Chart::new(
        "parity-force",
        "Force components",
        Axis::new("Reference / (eV/Å)"),
        Axis::new("Prediction / (eV/Å)"),
    )
    .square();
    let mut elements: BTreeMap<Element, Vec<[f64; 2]>> = BTreeMap::new();
    for frame in &part.frames {
        for ((element, label), found) in frame.label.elements.iter().zip(&frame.label.forces).zip(&frame.forces) {
            elements.entry(*element).or_default().extend((0..3).map(|axis| [label[axis], found[axis]]));
        }
    }
    for (number, (element, points)) in elements.into_iter().enumerate() {
        chart = chart.with(Series::new(element.symbol(), PlotStyle::Points, number, fewer(points)));
    }
    let [mae, rmse] = part.errors.force;
    chart.saying(format!(
        "Mean absolute error {} meV/Å, root mean square {} meV/Å, largest {} meV/Å over {} {} frames; not every point is drawn, \
         but the farthest are.",
        short(mae, 3),
        short(rmse, 3),
        short(part.errors.force_largest, 3),
        part.errors.evaluated,
        part.name
    ))
}

/// At most [`DRAWN`] points: the tenth of them that is farthest from the diagonal, and others in even steps.
pub(super) fn fewer(mut points: Vec<[f64; 2]>) -> Vec<[f64; 2]> {
    if points.len() <= DRAWN {
        return points;
    }
    let distance = |point: &[f64; 2]| (point[1] - point[0]).abs();
    points.sort_by(|a, b| distance(b).total_cmp(&distance(a)));
    let rest = points.split_off(DRAWN / 10);
    let stride = rest.len().div_ceil(DRAWN - points.len());
    points.extend(rest.into_iter().step_by(stride));
    points
}

/// Force errors of every element as bars.
pub(super) fn by_element(part: &PredictedPart) -> Chart {
    let elements = &part.errors.elements;
    let names = elements.keys().cloned().collect();
    let values = |pick: fn(&(f64, f64, usize)) -> f64| -> Vec<[f64; 2]> {
        elements.values().enumerate().map(|(at, one)| [at as f64, pick(one)]).collect()
    };
    let worst = elements.iter().max_by(|a, b| a.1.0.total_cmp(&b.1.0));
    let sentence = worst.map_or_else(String::new, |(element, (mae, _, atoms))| {
        format!("The largest mean absolute error is {} meV/Å, on {element} ({atoms} atoms).", short(*mae, 3))
    });
    Chart::new(
        "force-by-element",
        "Force error by element",
        Axis::new("").named(names),
        Axis::new("Error of a component / (meV/Å)"),
    )
    .with(Series::new("root mean square", PlotStyle::Points, 1, values(|one| one.1)))
    .with(Series::new("mean absolute", PlotStyle::Bars, 0, values(|one| one.0)))
    .saying(sentence)
}

/// The same as a table.
pub(super) fn element_table(part: &PredictedPart) -> PageTable {
    let row = |(element, (mae, rmse, atoms)): (&String, &(f64, f64, usize))| {
        vec![element.clone(), atoms.to_string(), short(*mae, 4), short(*rmse, 4)]
    };
    PageTable {
        caption: format!("Errors of the force components on the {} frames", part.name),
        heads: ["element", "atoms", "MAE / (meV/Å)", "RMSE / (meV/Å)"].map(str::to_string).to_vec(),
        rows: part.errors.elements.iter().map(row).collect(),
    }
}

/// Histograms of the errors of energies (per atom) and force components, where there are labels.
pub(super) fn histograms(part: &PredictedPart) -> Vec<Chart> {
    let energy =
        |frame: &PredictedFrame| Some(1000.0 * (frame.energy - frame.label.energy?) / frame.forces.len() as f64);
    let energies: Vec<f64> = part.frames.iter().filter_map(energy).collect();
    let components = |frame: &PredictedFrame| -> Vec<f64> {
        let pairs = frame.forces.iter().flatten().zip(frame.label.forces.iter().flatten());
        pairs.map(|(found, label)| 1000.0 * (found - label)).collect()
    };
    let forces: Vec<f64> = part.frames.iter().flat_map(components).collect();
    [
        ("error-energy", "Errors of the energy per atom", "meV/atom", energies),
        ("error-force", "Errors of the force components", "meV/Å", forces),
    ]
    .into_iter()
    .filter(|(.., errors)| !errors.is_empty())
    .map(|(name, title, unit, errors)| histogram(name, title, unit, errors))
    .collect()
}

/// Shares of `errors` in bins around zero.
pub(super) fn histogram(name: &str, title: &str, unit: &str, errors: Vec<f64>) -> Chart {
    let mut sizes: Vec<f64> = errors.iter().map(|error| error.abs()).collect();
    sizes.sort_by(f64::total_cmp);
    let quantile = |share: f64| {
        sizes.get(((sizes.len() as f64 * share) as usize).min(sizes.len().saturating_sub(1))).copied().unwrap_or(0.0)
    };
    let reach = (1.5 * quantile(0.95)).max(1.0e-9);
    let width = 2.0 * reach / BARS as f64;
    let mut counts = vec![0.0; BARS];
    for error in errors.iter().filter(|error| error.abs() < reach) {
        counts[(((error + reach) / width) as usize).min(BARS - 1)] += 1.0;
    }
    let share = 100.0 / errors.len().max(1) as f64;
    let bars =
        counts.iter().enumerate().map(|(bar, count)| [(bar as f64 + 0.5) * width - reach, count * share]).collect();
    let outside = errors.iter().filter(|error| error.abs() >= reach).count();
    Chart::new(
        name,
        title,
        Axis::new(format!("Prediction − reference / ({unit})")).between(-reach, reach),
        Axis::new("Share / %"),
    )
    .with(Series::new("", PlotStyle::Bars, 0, bars))
    .saying(format!(
        "Half of the errors are below {} {unit}, 95 % below {} {unit}; {outside} of {} are outside the chart.",
        short(quantile(0.5), 3),
        short(quantile(0.95), 3),
        errors.len()
    ))
}
