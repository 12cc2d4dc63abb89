//! Several runs on one page.

use std::path::{Path, PathBuf};

use super::page::{Page, PageTable, Section, write_page};
use super::plot::{Axis, Chart, PlotStyle, Series, short};
use super::run::{RunPlan, RunRecord, StageFigures};
use cormorant_core::Result;

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

/// A page without sections that is called `title` and names what it compares.
pub(super) fn page<'n>(title: &str, names: impl Iterator<Item = &'n str>) -> Page {
    let subtitle = names.collect::<Vec<_>>().join(", ");
    Page { title: title.into(), kind: "Comparison".into(), subtitle, ..Page::default() }
}
