//! The page of a run.

use std::path::PathBuf;

use super::energies::{StageTable, committee, conserved, energies, further, temperature};
use super::kinetic::kinetic;
use super::quantum::quantum;
use super::structure::structure;
use super::{Columns, RunPlan, RunRecord, film, overview};
use crate::molecule::Picture;
use crate::page::{Page, REPORT, Section, write_page};
use cormorant_core::Result;

/// Write `report.html` and its figures into the folder of a run, also of one that is still running. Returns the path of the page.
///
/// # Errors
/// When a file of the run is damaged or the page cannot be written.
pub fn report_run(plan: &RunPlan) -> Result<PathBuf> {
    write_page(&page(plan)?, &plan.folder.join(REPORT))
}

fn page(plan: &RunPlan) -> Result<Page> {
    let record = RunRecord::read(&plan.folder)?;
    let mut page = Page::default();
    let shown = film::film(plan)?;
    overview::describe(&mut page, plan, record.as_ref());
    let source = shown.as_ref().map(|shown| shown.source.clone());
    if let Some(shown) = shown {
        page.picture = Some(Picture::new(&shown.scene, 560, 440).png()?);
        page.films_text = shown.text;
        page.films.push(shown.film);
    }
    page.films.extend(film::guarded(plan)?);
    let tables = tables(plan)?;
    let steps = tables.last().zip(record.as_ref()).and_then(|(table, record)| record.conservation_of(&table.plan.name));
    let main = [temperature(&tables), energies(&tables), conserved(&tables, steps), kinetic(&tables)];
    let main = Section::of("Energy and temperature", main.into_iter().flatten().collect());
    page.sections.push(Section { tables: record.as_ref().map_or(Vec::new(), overview::motion), ..main });
    let nuclei = quantum(plan)?;
    if !nuclei.is_empty() {
        page.sections.push(nuclei);
    }
    page.sections.push(Section::of("Further quantities", further(&tables)));
    let spread = Section::of("Committee", committee(&tables));
    if !spread.is_empty() {
        let text = "The standard deviation of the members. Where it is large, forces are unreliable; where it is small, they may still be wrong.";
        page.sections.push(Section { text: text.into(), ..spread });
    }
    page.sections.push(structure(plan, source.as_ref().map(|(trajectory, frames)| (trajectory, *frames)))?);
    if let Some(record) = &record {
        page.sections.push(overview::timing(record));
    }
    let verbatim = Some(("The input with all defaults".to_string(), plan.input.clone()));
    page.sections.push(Section { heading: "Input".into(), verbatim, ..Section::default() });
    Ok(page)
}

/// The first table of every stage that has one with rows.
pub(super) fn tables(plan: &RunPlan) -> Result<Vec<StageTable<'_>>> {
    let mut tables = Vec::new();
    for stage in &plan.stages {
        if let Some(path) = stage.tables.iter().find(|path| path.exists()) {
            let columns = Columns::read(path)?;
            if columns.rows() > 1 {
                tables.push(StageTable { plan: stage, columns, atoms: plan.elements.len() });
            }
        }
    }
    Ok(tables)
}

/// Potential energies (eV) of the last stage with a table, row by row; none before there is one.
pub(crate) fn potential_energies(plan: &RunPlan) -> Result<Vec<f64>> {
    let tables = tables(plan)?;
    Ok(tables.last().and_then(|table| table.columns.get("potential/eV")).map_or(Vec::new(), <[f64]>::to_vec))
}
