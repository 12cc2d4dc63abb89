//! Several runs or several fits on one page.

use std::path::{Path, PathBuf};

use super::fit::{PREDICTIONS, Predictions};
use super::page::{Page, PageTable, Section, write_page};
use super::plot::{Axis, Chart, PlotStyle, Series, short};
use super::run::{Columns, RunPlan, RunRecord, StageFigures};
use cormorant_core::Result;
use cormorant_fit::CURVE;
use cormorant_network::{FILE, load};

/// Runs whose curves are drawn; more could not be distinguished. The table has all.
const MOST_CURVES: usize = 7;

/// Write a page that compares `plans` to `file`.
///
/// # Errors
/// When a table is damaged or the page cannot be written.
pub fn compare_runs(plans: &[RunPlan], file: &Path) -> Result<PathBuf> {
    let mut page = page("Comparison of simulations", plans.iter().map(|plan| plan.name.as_str()));
    page.sections.push(runs_together(plans)?);
    write_page(&page, file)
}

/// Temperatures and conserved quantities of `plans` in the same charts, with a table of what is worth comparing.
pub(super) fn runs_together(plans: &[RunPlan]) -> Result<Section> {
    let mut rows = Vec::new();
    let time = || Axis::new("Time since the first row / ps");
    let mut temperature =
        Chart::new("temperature", "Temperature", time(), Axis::new("Temperature, moving average / K"));
    let mut conserved =
        Chart::new("conserved", "Conserved quantity", time(), Axis::new("Deviation from the first value / (meV/atom)"));
    let (mut coldest, mut hottest) = (f64::INFINITY, 0.0_f64);
    let (mut worst, mut most) = ("none", 0.0_f64);
    for (number, plan) in plans.iter().enumerate() {
        let figures = StageFigures::read(plan)?;
        let record = RunRecord::read(&plan.folder)?;
        let speed = record.as_ref().map(RunRecord::total).filter(|all| all.seconds > 0.0);
        let speed = speed.map_or(String::new(), |all| short(all.picoseconds * 86.4 / all.seconds, 4));
        let ending = record.map_or("not yet".into(), |record| record.ending);
        let row = figures.as_ref().map_or_else(Vec::new, |figures| {
            vec![figures.stage.clone(), figures.temperature.clone(), short(figures.drift, 2), short(figures.largest, 3)]
        });
        let blank = vec![String::new(); 4 - row.len()];
        rows.push([vec![plan.name.clone()], row, blank, vec![speed, ending]].concat());
        if let Some(figures) = &figures {
            (coldest, hottest) = (coldest.min(figures.mean_temperature), hottest.max(figures.mean_temperature));
            if figures.drift.abs() > most.abs() {
                (worst, most) = (&plan.name, figures.drift);
            }
        }
        if let Some(figures) = figures.filter(|_| number < MOST_CURVES) {
            temperature = temperature.with(Series::new(&plan.name, PlotStyle::Line, number, figures.temperatures));
            conserved = conserved.with(Series::new(&plan.name, PlotStyle::Line, number, figures.deviations));
        }
    }
    let heads = [
        "run",
        "stage",
        "mean temperature / K",
        "drift / (meV/atom/ps)",
        "largest deviation / (meV/atom)",
        "speed / (ns/day)",
        "ended",
    ];
    let table = PageTable {
        caption: "Last stage of each that wrote a table".into(),
        heads: heads.map(str::to_string).to_vec(),
        rows,
    };
    if coldest > hottest {
        return Ok(Section { tables: vec![table], ..Section::of("Energy and temperature", Vec::new()) });
    }
    let charts = vec![
        temperature.saying(format!(
            "The means lie between {} and {} K; their errors are in the table below.",
            short(coldest, 4),
            short(hottest, 4)
        )),
        conserved.saying(format!(
            "{worst} drifts most, by {} meV/atom/ps; the others are in the table below.",
            short(most, 2)
        )),
    ];
    Ok(Section { tables: vec![table], ..Section::of("Energy and temperature", charts) })
}

/// Write a page that compares the fits in `folders` to `file`.
///
/// # Errors
/// When a file of a model is damaged or the page cannot be written.
pub fn compare_fits(folders: &[PathBuf], file: &Path) -> Result<PathBuf> {
    let names: Vec<String> = folders.iter().map(|folder| name(folder)).collect();
    let mut page = page("Comparison of fits", names.iter().map(String::as_str));
    let axis = |label: &str| Axis::new(label).logarithmic();
    let mut force = Chart::new(
        "learning-force",
        "Force error while learning",
        Axis::new("Epoch"),
        axis("Validation MAE / (meV/Å)"),
    );
    let mut energy =
        Chart::new("learning-energy", "Energy error while learning", Axis::new("Epoch"), axis("Validation MAE / meV"));
    let mut rows = Vec::new();
    let mut elements = Vec::new();
    let mut best: Option<(f64, &str)> = None;
    let mut least: Option<(f64, &str)> = None;
    for (number, folder) in folders.iter().enumerate() {
        let curve = folder.join(CURVE);
        if curve.exists() {
            let columns = Columns::read(&curve)?;
            let points =
                |head| columns.points("epoch", head).into_iter().filter(|point| point[1].is_finite()).collect();
            force = force.with(Series::new(
                &names[number],
                PlotStyle::Line,
                number,
                points("validation_force_mae/(meV/Å)"),
            ));
            energy =
                energy.with(Series::new(&names[number], PlotStyle::Line, number, points("validation_energy_mae/meV")));
        }
        if folder.join(FILE).exists() {
            let network = load(folder)?;
            let record = network.record();
            let judged =
                ["test", "validation", "train"].iter().find_map(|part| Some((*part, record.errors.get(*part)?)));
            if let Some((part, errors)) = judged {
                if best.is_none_or(|(least, _)| errors.force_mae < least) {
                    best = Some((errors.force_mae, &names[number]));
                }
                if least.is_none_or(|(least, _)| errors.energy_mae < least) {
                    least = Some((errors.energy_mae, &names[number]));
                }
                let numbers =
                    [errors.energy_mae, errors.energy_rmse, errors.force_mae, errors.force_rmse].map(|x| short(x, 3));
                let about = vec![names[number].clone(), format!("{} {part}", errors.frames)];
                let size = vec![record.data.train_count().to_string(), short(record.fit.seconds, 4)];
                rows.push([about, numbers.to_vec(), size].concat());
            }
        }
        let predictions = folder.join(PREDICTIONS);
        if predictions.exists() {
            for part in Predictions::read(&predictions)?.parts.iter().take(1) {
                elements.extend(part.errors.elements.iter().map(|(element, (mae, rmse, atoms))| {
                    vec![names[number].clone(), element.clone(), atoms.to_string(), short(*mae, 4), short(*rmse, 4)]
                }));
            }
        }
    }
    let sentence = best.map_or_else(String::new, |(mae, name)| {
        format!("{name} has the smallest force error, {} meV/Å.", short(mae, 3))
    });
    let heads = [
        "fit",
        "frames",
        "energy MAE / meV",
        "energy RMSE / meV",
        "force MAE / (meV/Å)",
        "force RMSE / (meV/Å)",
        "trained on",
        "time / s",
    ];
    let errors = PageTable { caption: "Errors".into(), heads: heads.map(str::to_string).to_vec(), rows };
    let heads = ["fit", "element", "atoms", "force MAE / (meV/Å)", "force RMSE / (meV/Å)"];
    let by_element =
        PageTable { caption: "Errors by element".into(), heads: heads.map(str::to_string).to_vec(), rows: elements };
    let by_energy = least.map_or_else(String::new, |(mae, name)| {
        format!("{name} has the smallest energy error, {} meV for a whole frame.", short(mae, 3))
    });
    let charts = vec![force.saying(sentence), energy.saying(by_energy)];
    page.sections.push(Section { tables: vec![errors, by_element], ..Section::of("Errors", charts) });
    write_page(&page, file)
}

fn page<'n>(title: &str, names: impl Iterator<Item = &'n str>) -> Page {
    let subtitle = names.collect::<Vec<_>>().join(", ");
    Page { title: title.into(), kind: "Comparison".into(), subtitle, ..Page::default() }
}

fn name(folder: &Path) -> String {
    let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    whole.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
