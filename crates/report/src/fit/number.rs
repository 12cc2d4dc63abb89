//! The page of a fit to numbers of molecules, such as an energy alone, a property of QM9 or a dipole moment.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::curve::learning_curve;
use super::parity::{fewer, histogram};
use super::scan;
use crate::page::{Page, PageTable, REPORT, Section, write_page};
use crate::plot::{Axis, Chart, PlotStyle, Series, short};
use crate::run::Columns;
use cormorant_core::Result;
use cormorant_core::atomic;
use cormorant_fit::CURVE;
use cormorant_network::{Facts, Head, Network};
use cormorant_potential::Potential;

/// Parts of the data, the most telling first.
pub(super) const PARTS: [&str; 3] = ["test", "validation", "train"];

/// Write the references and predictions of a part of the data beside the model, as `predictions-PART.csv` in `unit`.
///
/// # Errors
/// When the file cannot be written.
pub fn write_numbers(folder: &Path, part: &str, unit: &str, pairs: &[[f64; 2]]) -> Result<()> {
    let mut text = format!("reference/{unit},prediction/{unit}\n");
    for [reference, prediction] in pairs {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{reference},{prediction}");
    }
    atomic::write(&file(folder, part), text.as_bytes())
}

pub(super) fn file(folder: &Path, part: &str) -> PathBuf {
    folder.join(format!("predictions-{part}.csv"))
}

/// Write the page of the model in `folder`, which is that of `network`; with the scan of two atoms where it is a `potential`.
pub(super) fn report(folder: &Path, network: &dyn Network, potential: Option<&mut dyn Potential>) -> Result<PathBuf> {
    let (facts, record) = (network.facts()?, network.record());
    let Facts { quantity: target, unit, .. } = &facts;
    let (data, fit) = (record.data, record.fit);
    let name = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    let title = name.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut page = Page { kind: "Fit".into(), title, ..Page::default() };
    page.subtitle = format!("{target} of molecules in {unit}");
    page.fact("Network", format!("{}: {}", facts.kind, network.sizes()));
    page.fact("Data", format!("{}, {}; SHA-256 {}…", data.file, data.units, data.sha256.get(..12).unwrap_or_default()));
    let counts = ["train", "validation", "test"].map(|part| record.frames(part));
    page.fact(
        "Molecules",
        format!("{} for training, {} for the choice of the best epoch, {} to test", counts[0], counts[1], counts[2]),
    );
    let time = short(fit.seconds, 4);
    page.fact(
        "Fit",
        format!(
            "{} epochs in {time} s on {} threads, seed {}; epoch {} was kept",
            fit.epochs, fit.threads, fit.seed, fit.best_epoch
        ),
    );
    let row = |part: &&str| {
        let errors = record.errors.get(*part)?;
        let found = errors.in_unit(unit);
        let [mae, rmse] = [found.mae, found.rmse].map(|x| short(x, 4));
        Some(vec![(*part).to_string(), errors.frames.to_string(), mae, rmse])
    };
    let heads = vec!["molecules".into(), "number".into(), format!("MAE / {unit}"), format!("RMSE / {unit}")];
    let table = PageTable { caption: String::new(), heads, rows: PARTS.iter().filter_map(row).collect() };
    page.sections.push(Section { heading: "Errors".into(), tables: vec![table], ..Section::default() });
    let curve = folder.join(CURVE);
    if curve.exists() {
        let charts = learning_curve(&Columns::read(&curve)?, target, unit).into_iter().collect();
        page.sections.push(Section::of("Learning", charts));
    }
    page.sections.extend(predictions(folder, target, facts.head.map_or(1, Head::outputs))?);
    if let Some(potential) = potential {
        page.sections.push(scan::scan(potential, &data.shortest_distances));
    }
    if let Ok(text) = std::fs::read_to_string(folder.join("fit.toml")) {
        let verbatim = Some(("The input with all defaults".to_string(), text));
        page.sections.push(Section { heading: "Input".into(), verbatim, ..Section::default() });
    }
    write_page(&page, &folder.join(REPORT))
}

/// Predictions against references of the most telling part that was written beside the model.
/// A molecule has `outputs` numbers.
pub(super) fn predictions(folder: &Path, target: &str, outputs: usize) -> Result<Option<Section>> {
    let Some(part) = PARTS.into_iter().find(|part| file(folder, part).exists()) else { return Ok(None) };
    let columns = Columns::read(&file(folder, part))?;
    let [references, predictions] = columns.values.as_slice() else { return Ok(None) };
    let unit = columns.names[0].split_once('/').map_or("", |(_, unit)| unit);
    let errors: Vec<f64> = predictions.iter().zip(references).map(|(found, label)| found - label).collect();
    let mae = errors.iter().map(|error| error.abs()).sum::<f64>() / errors.len().max(1) as f64;
    let parity = Chart::new(
        "parity",
        "Predictions",
        Axis::new(format!("Reference / {unit}")),
        Axis::new(format!("Prediction / {unit}")),
    )
    .with(Series::new(
        match outputs {
            1 => format!("{} {part} molecules", errors.len()),
            _ => format!("{outputs} components of {} {part} molecules", errors.len() / outputs),
        },
        PlotStyle::Points,
        0,
        fewer(references.iter().zip(predictions).map(|(&x, &y)| [x, y]).collect()),
    ))
    .square()
    .saying(format!(
        "Mean absolute error of {target} {} {unit}; references of free atoms are subtracted. Of many points \
         not all are drawn, but the farthest are.",
        short(mae, 4)
    ));
    let errors = histogram("error", "Errors", unit, errors);
    Ok(Some(Section::of("Predictions", vec![parity, errors])))
}
