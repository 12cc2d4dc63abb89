//! Structure and vibrations: what the analyses of a run found, and what its trajectory says.

use std::path::Path;

use super::{Columns, RunPlan, WrittenTrajectory};
use crate::Result;
use crate::analysis::{
    Analysis, Curves, FrameSelection, FrameStream, InternalDistribution, InternalKind, Number, RadialDistribution,
};
use crate::report::page::Section;
use crate::report::plot::{Axis, Chart, Look, Series, short};

/// Frames of a trajectory that are looked at, at most.
const MOST_FRAMES: u64 = 2000;
/// Width of a bin of distances in Å.
const BIN: f64 = 0.05;
/// Curves in a chart; of more, the first are drawn.
const MOST_CURVES: usize = 7;
/// Where spectra end in a picture, in 1/cm: no molecule but hydrogen vibrates faster.
const HIGHEST_WAVENUMBER: f64 = 4500.0;
/// Numbers in a sentence.
const MOST_NUMBERS: usize = 3;

/// Charts of the tables that analyses of the run wrote; where there are none, distributions from its trajectory of `frames` frames.
pub(super) fn structure(plan: &RunPlan, shown: Option<(&WrittenTrajectory, u64)>) -> Result<Section> {
    let mut charts = Vec::new();
    for path in plan.stages.iter().flat_map(|stage| &stage.analyses).filter(|path| path.exists()) {
        charts.extend(written(path)?);
    }
    if charts.is_empty()
        && let Some((trajectory, frames)) = shown
    {
        charts = from_trajectory(trajectory, frames)?;
    }
    Ok(Section::of("Structure and vibrations", charts))
}

/// The table in `path`, with the first of the numbers beside it.
fn written(path: &Path) -> Result<Option<Chart>> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let columns = Columns::read(path)?;
    let numbers = std::fs::read_to_string(path.with_file_name(format!("{stem}-numbers.csv"))).unwrap_or_default();
    let spoken = |line: &str| {
        let words: Vec<&str> = line.rsplitn(4, ',').collect();
        let [unit, error, value, name] = words.as_slice() else { return None };
        let value = value.parse().ok()?;
        Some(said(name.trim_matches('"'), value, error.parse().ok(), unit))
    };
    let numbers: Vec<String> = numbers.lines().skip(1).filter_map(spoken).take(MOST_NUMBERS).collect();
    let label = |head: &str| head.replacen('/', " / ", 1);
    let (Some(axis), Some(first)) = (columns.heads.first(), columns.heads.get(1)) else { return Ok(None) };
    let unit = first.split_once('/').map_or("", |(_, unit)| unit);
    let letter = first.split(['(', '/']).next().unwrap_or_default();
    let up = if unit.is_empty() { letter.to_string() } else { format!("{letter} / {unit}") };
    let mut across = Axis::new(label(axis));
    if axis.starts_with("wavenumber") && columns.values[0].last().is_some_and(|last| *last > HIGHEST_WAVENUMBER) {
        across = across.between(0.0, HIGHEST_WAVENUMBER);
    }
    let mut chart = Chart::new(stem.clone(), title(&stem), across, Axis::new(up));
    let drawn = columns.heads.iter().enumerate().skip(1).filter(|(_, head)| !head.starts_with("error of"));
    for (number, (column, head)) in drawn.take(MOST_CURVES).enumerate() {
        let name = head.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(name, _)| name);
        let pairs = columns.values[0].iter().zip(&columns.values[column]).map(|(&x, &y)| [x, y]);
        let points: Vec<[f64; 2]> = pairs.filter(|point| point[1].is_finite()).collect();
        chart = chart.with(Series::new(name, Look::Line, number, points));
    }
    let sentence = if numbers.is_empty() { highest(&chart, axis) } else { format!("{}.", numbers.join("; ")) };
    Ok(Some(chart.saying(sentence)))
}

/// Lengths, angles and dihedral angles of a molecule; distances where there is a cell.
fn from_trajectory(trajectory: &WrittenTrajectory, frames: u64) -> Result<Vec<Chart>> {
    let selection = FrameSelection { stride: frames.div_ceil(MOST_FRAMES).max(1), ..FrameSelection::default() };
    let mut stream = FrameStream::open(&trajectory.path, selection)?;
    let mut analyses: Vec<(&str, Box<dyn Analysis>)> = Vec::new();
    while let Some(sample) = stream.next_sample()? {
        if analyses.is_empty() {
            analyses = if sample.system.cell.is_some() {
                let reach = RadialDistribution::suitable_reach(sample.system);
                vec![("rdf", Box::new(RadialDistribution::new(reach, BIN)?) as Box<dyn Analysis>)]
            } else {
                [
                    ("bonds", InternalKind::Bonds),
                    ("angles", InternalKind::Angles),
                    ("dihedrals", InternalKind::Dihedrals),
                ]
                .into_iter()
                .map(|(name, kind)| (name, Box::new(InternalDistribution::found(kind)) as Box<dyn Analysis>))
                .collect()
            };
        }
        // An analysis that has nothing to look at, such as angles in a pair of atoms, gives no chart.
        analyses.retain_mut(|(_, analysis)| analysis.add(&sample).is_ok());
    }
    let mut charts = Vec::new();
    for (name, analysis) in &analyses {
        let Ok(findings) = analysis.findings() else { continue };
        if let Some(curves) = findings.curves.first().filter(|curves| !curves.curves.is_empty()) {
            charts.push(drawn(name, curves, &findings.numbers));
        }
    }
    Ok(charts)
}

fn drawn(name: &str, curves: &Curves, numbers: &[Number]) -> Chart {
    let label = |symbol: &str, unit: &str| match unit {
        "" => symbol.to_string(),
        _ if unit.contains('/') => format!("{symbol} / ({unit})"),
        _ => format!("{symbol} / {unit}"),
    };
    let (across, up) = (label(&curves.axis, curves.axis_unit), label(&curves.symbol, curves.unit));
    let mut chart = Chart::new(name, title(name), Axis::new(across.clone()), Axis::new(up));
    for (number, curve) in curves.curves.iter().take(MOST_CURVES).enumerate() {
        let points =
            curves.points.iter().zip(&curve.values).map(|(&x, &y)| [x, y]).filter(|point| point[1].is_finite());
        chart = chart.with(Series::new(&curve.label, Look::Line, number, points.collect()));
    }
    let numbers: Vec<String> = numbers
        .iter()
        .filter(|number| number.name.starts_with("mean"))
        .take(MOST_NUMBERS)
        .map(|number| said(&number.name, number.value, number.error, number.unit))
        .collect();
    let sentence = if numbers.is_empty() { highest(&chart, &across) } else { format!("{}.", numbers.join("; ")) };
    chart.saying(sentence)
}

fn said(name: &str, value: f64, error: Option<f64>, unit: &str) -> String {
    format!("{name}: {} {unit}", super::energies::with_error(value, error)).trim_end().to_string()
}

/// Where the highest curve has its maximum.
fn highest(chart: &Chart, axis: &str) -> String {
    let points = chart.series.iter().flat_map(|series| series.points.iter().map(move |point| (&series.name, point)));
    let top = points.max_by(|a, b| a.1[1].total_cmp(&b.1[1]));
    top.map_or_else(String::new, |(name, point)| {
        let unit = axis.split_once('/').map_or("", |(_, unit)| unit.trim());
        format!("The highest value, {}, is that of {name} at {} {unit}.", short(point[1], 3), short(point[0], 4))
    })
}

/// The stem of a file as a heading.
fn title(name: &str) -> String {
    match name {
        "vdos" => "Vibrational density of states".into(),
        "vacf" => "Velocity autocorrelation".into(),
        "rdf" => "Radial distribution".into(),
        "msd" => "Mean squared displacement".into(),
        "rmsd" => "Deviation from the reference".into(),
        "bonds" => "Bond lengths".into(),
        "angles" => "Bond angles".into(),
        "dihedrals" => "Dihedral angles".into(),
        _ => {
            let spaced = name.replace(['-', '_'], " ");
            let mut letters = spaced.chars();
            letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        }
    }
}
