//! What an analysis found, as pictures.

use std::path::{Path, PathBuf};

use super::run::Tabled;
use cormorant_core::Result;
use cormorant_core::atomic;
use cormorant_dynamics::analysis::Findings;

/// Draws the curves of `findings` as SVG beside their tables, which [`Findings::write`] puts at `path` and next to it; with
/// `beside`, what was found in another trajectory and its name, in the same pictures in dashes. Maps are not drawn.
///
/// # Errors
/// When a picture cannot be drawn or written.
pub fn draw_findings(path: &Path, findings: &Findings, beside: Option<(&str, &Findings)>) -> Result<Vec<PathBuf>> {
    let mut others = beside.map(|(_, other)| tables(path, other)).transpose()?.unwrap_or_default().into_iter();
    let mut drawn = Vec::new();
    for table in tables(path, findings)? {
        let other = others.next().flatten();
        let Some((file, table)) = table else { continue };
        let chart = match (other, beside) {
            (Some((_, other)), Some((name, _))) => table.chart_beside(&other, name),
            _ => table.chart(),
        };
        let picture = file.with_extension("svg");
        atomic::write(&picture, chart.draw()?.svg.as_bytes())?;
        drawn.push(picture);
    }
    Ok(drawn)
}

/// Of each table of curves the file and what is drawn of it.
fn tables(path: &Path, findings: &Findings) -> Result<Vec<Option<(PathBuf, Tabled)>>> {
    let files = findings.files(path);
    let (curves, others) = files.split_at(findings.curves.len());
    let numbers = if findings.numbers.is_empty() { "" } else { others.last().map_or("", |(_, text)| text.as_str()) };
    let table = |(index, (file, text)): (usize, &(PathBuf, String))| {
        let numbers = if index == 0 { numbers } else { "" };
        Ok(Tabled::parse(file, text, numbers)?.map(|table| (file.clone(), table)))
    };
    curves.iter().enumerate().map(table).collect()
}
