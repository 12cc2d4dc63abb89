//! The page of a fit to values of atoms.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::curve::learning_curve;
use super::number::{PARTS, file};
use super::parity::{fewer, histogram};
use super::told::{how_fitted, input_section};
use crate::page::{Page, PageTable, REPORT, Section, write_page};
use crate::plot::{Axis, Chart, PlotStyle, Series, short};
use crate::run::Columns;
use cormorant_core::system::Element;
use cormorant_core::{Result, atomic};
use cormorant_fit::{AtomErrors, AtomPoint, CURVE};
use cormorant_network::{AtomTarget, Network, Record};

/// Components that are written beside a model; of more, every second, third and so on.
const MOST_WRITTEN: usize = 200_000;
/// Columns that get charts of their own.
const MOST_CHARTS: usize = 12;

/// Write the labels and predictions of a part of the data beside the model, as `predictions-PART.csv`: column (counted from 0), atomic
/// number, reference and prediction of a component.
///
/// # Errors
/// When the file cannot be written.
pub fn write_points(folder: &Path, part: &str, target: &AtomTarget, points: &[AtomPoint]) -> Result<()> {
    let unit = &target.unit;
    let mut text = format!("column/1,atomic_number/1,reference/{unit},prediction/{unit}\n");
    // A step that shares no factor with the numbers of a value, so that all components are seen.
    let mut step = points.len().div_ceil(MOST_WRITTEN).max(1);
    if step > 1 && step.is_multiple_of(3) {
        step += 1;
    }
    for point in points.iter().step_by(step) {
        let AtomPoint { column, element, reference, prediction } = point;
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{column},{},{reference},{prediction}", element.number());
    }
    atomic::write(&file(folder, part), text.as_bytes())
}

/// Write the page of the model in `folder`, which is that of `network`.
pub(super) fn report(folder: &Path, network: &dyn Network, target: &AtomTarget) -> Result<PathBuf> {
    let (facts, record) = (network.facts()?, network.record());
    let name = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    let title = name.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut page = Page { kind: "Fit".into(), title, ..Page::default() };
    page.subtitle = format!("{} in {}", facts.quantity, facts.unit);
    page.fact("Network", format!("{}: {}", facts.kind, network.sizes()));
    page.fact("Value", format!("{} for each atom", target.shape.description()));
    describe(&mut page, &record);
    page.sections.push(errors(&record, target));
    let curve = folder.join(CURVE);
    if curve.exists() {
        let charts = learning_curve(&Columns::read(&curve)?, target.quantity(), &target.unit).into_iter().collect();
        page.sections.push(Section::of("Learning", charts));
    }
    page.sections.extend(predictions(folder, &record, target)?);
    page.sections.extend(input_section(folder));
    write_page(&page, &folder.join(REPORT))
}

fn describe(page: &mut Page, record: &Record<'_>) {
    let data = record.data;
    page.fact("Data", format!("{}, {}; SHA-256 {}…", data.file, data.units, data.sha256.get(..12).unwrap_or_default()));
    how_fitted(page, record);
}

/// A table for each part.
fn errors(record: &Record<'_>, target: &AtomTarget) -> Section {
    let unit = &target.unit;
    let table = |part: &&str| {
        let errors = record.errors.get(*part)?;
        let row = |one: &AtomErrors| {
            let [mae, rmse, correlation] = [one.mae, one.rmse, one.correlation].map(|x| short(x, 4));
            let element = one.element.clone().unwrap_or_else(|| "all".into());
            vec![one.column.clone(), element, one.labels.to_string(), mae, rmse, correlation]
        };
        Some(PageTable {
            caption: format!("{} {part} frames", errors.frames),
            heads: vec![
                "column".into(),
                "element".into(),
                "atoms with labels".into(),
                format!("MAE / {unit}"),
                format!("RMSE / {unit}"),
                "correlation (Pearson)".into(),
            ],
            rows: errors.atom_targets.iter().map(row).collect(),
        })
    };
    Section { heading: "Errors".into(), tables: PARTS.iter().filter_map(table).collect(), ..Section::default() }
}

/// Predictions against labels of the most telling part that was written beside the model, each element in its own color.
fn predictions(folder: &Path, record: &Record<'_>, target: &AtomTarget) -> Result<Option<Section>> {
    let Some(part) = PARTS.into_iter().find(|part| file(folder, part).exists()) else { return Ok(None) };
    let table = Columns::read(&file(folder, part))?;
    let [columns, numbers, references, predictions] = table.values.as_slice() else { return Ok(None) };
    let unit = &target.unit;
    let mut points: BTreeMap<(usize, u64), Vec<[f64; 2]>> = BTreeMap::new();
    for (((column, number), reference), prediction) in columns.iter().zip(numbers).zip(references).zip(predictions) {
        points.entry((*column as usize, *number as u64)).or_default().push([*reference, *prediction]);
    }
    let mut charts = Vec::new();
    for (column, name) in target.columns.iter().enumerate().take(MOST_CHARTS) {
        let own: Vec<_> = points.range((column, 0)..(column + 1, 0)).collect();
        let mut chart = Chart::new(
            format!("parity-{column}"),
            name,
            Axis::new(format!("Reference / {unit}")),
            Axis::new(format!("Prediction / {unit}")),
        )
        .square();
        for (place, ((_, number), points)) in own.iter().enumerate() {
            let symbol = u8::try_from(*number).ok().and_then(Element::from_number);
            let symbol = symbol.map_or_else(|| number.to_string(), |element| element.symbol().to_string());
            chart = chart.with(Series::new(symbol, PlotStyle::Points, place, fewer((*points).clone())));
        }
        let found = record.errors.get(part).map(|errors| errors.atom_targets.as_slice()).unwrap_or_default();
        let found: Vec<String> =
            found.iter().filter(|one| one.column == *name).map(|one| sentence(one, unit)).collect();
        charts.push(chart.saying(format!(
            "{}. On the {part} frames; of many points not all are drawn, but the farthest are.",
            found.join("; ")
        )));
        let errors = own.iter().flat_map(|(_, points)| points.iter().map(|[label, found]| found - label)).collect();
        charts.push(histogram(&format!("error-{column}"), &format!("Errors of {name}"), unit, errors));
    }
    Ok(Some(Section::of("Predictions", charts)))
}

fn sentence(one: &AtomErrors, unit: &str) -> String {
    let element = one.element.as_deref().unwrap_or("All");
    format!("{element}: mean absolute error {} {unit}, correlation {}", short(one.mae, 3), short(one.correlation, 3))
}
