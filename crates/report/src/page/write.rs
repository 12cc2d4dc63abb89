//! A page as files: one HTML file that needs nothing else, and a folder with each chart as SVG and its numbers as CSV.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine;
use minijinja::{Environment, Value};
use serde::Serialize;

use super::{Fact, Page, PageTable, Section};
use crate::plot::Chart;
use cormorant_core::atomic;
use cormorant_core::{Error, Result};

/// Name of the page in the folder of a run or a model.
pub const REPORT: &str = "report.html";

const TEMPLATE: &str = include_str!("web/page.html");
const STYLE: &str = include_str!("web/style.css");
const CHARTS: &str = include_str!("web/charts.js");
const ANIMATIONS: &str = include_str!("web/animations.js");
/// 3Dmol.js 2.5.5 (BSD 3-clause, see `web/3dmol.LICENSE`), as published on npm: `npm pack 3dmol@2.5.5`, build/3Dmol-min.js.
const VIEWER: &str = include_str!("web/3dmol.min.js");
const LICENSE: &str = include_str!("web/3dmol.LICENSE");

/// A chart as the template takes it.
#[derive(Serialize)]
struct Figure {
    name: String,
    title: String,
    sentence: String,
    svg: String,
    square: bool,
    field: [i32; 4],
    ranges: [[f64; 2]; 2],
    logarithmic: [bool; 2],
    units: [String; 2],
}

/// A section as the template takes it.
#[derive(Serialize)]
struct Part<'p> {
    heading: &'p str,
    text: &'p str,
    figures: Vec<Figure>,
    tables: &'p [PageTable],
    links: &'p [(String, String)],
    verbatim: &'p Option<(String, String)>,
}

/// A page as the template takes it.
#[derive(Serialize)]
struct Context<'p> {
    title: &'p str,
    kind: &'p str,
    subtitle: &'p str,
    alerts: &'p [String],
    facts: &'p [Fact],
    animations_text: &'p str,
    sections: Vec<Part<'p>>,
    folder: String,
    program: &'static str,
    picture: Option<String>,
    animations: Option<String>,
    style: &'static str,
    charts_script: &'static str,
    animations_script: &'static str,
    viewer_script: &'static str,
    viewer_license: &'static str,
}

/// Write `page` to `file`, its charts and their numbers to a folder of the same name without extension. Returns the page's path.
///
/// # Errors
/// When a chart cannot be drawn or a file cannot be written.
pub fn write_page(page: &Page, file: &Path) -> Result<PathBuf> {
    let parts = file.with_extension("");
    fs::create_dir_all(&parts).map_err(|source| Error::io(&parts, source))?;
    let folder = parts.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut sections = Vec::new();
    for section in page.sections.iter().filter(|section| !section.is_empty()) {
        let figures: Vec<Figure> = section.charts.iter().map(|chart| figure(chart, &parts)).collect::<Result<_>>()?;
        let Section { heading, text, tables, links, verbatim, .. } = section;
        sections.push(Part { heading, text, figures, tables, links, verbatim });
    }
    let picture = page.picture.as_ref().map(|bytes| {
        atomic::write(&parts.join("structure.png"), bytes)?;
        Ok::<_, Error>(base64::engine::general_purpose::STANDARD.encode(bytes))
    });
    let animations =
        cormorant_core::json::text(&page.animations).map_err(|reason| Error::Internal(reason).in_file(file))?;
    let Page { title, kind, subtitle, alerts, facts, animations_text, .. } = page;
    let html = render(&Context {
        title,
        kind,
        subtitle,
        alerts,
        facts,
        animations_text,
        sections,
        folder,
        program: env!("CARGO_PKG_VERSION"),
        picture: picture.transpose()?,
        // A text within a script must not end the script.
        animations: (!page.animations.is_empty()).then(|| animations.replace("</", "<\\/")),
        style: STYLE,
        charts_script: CHARTS,
        animations_script: ANIMATIONS,
        viewer_script: VIEWER,
        viewer_license: LICENSE,
    })?;
    atomic::write(file, html.as_bytes())?;
    Ok(file.to_path_buf())
}

fn render(context: &Context<'_>) -> Result<String> {
    let failed = |error: minijinja::Error| Error::Internal(format!("the page cannot be put together: {error:#}"));
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::Html);
    environment.render_str(TEMPLATE, Value::from_serialize(context)).map_err(failed)
}

/// Draw `chart`, and write its files to `folder`.
fn figure(chart: &Chart, folder: &Path) -> Result<Figure> {
    let drawing = chart.draw()?;
    atomic::write(&folder.join(format!("{}.svg", chart.name)), drawing.svg.as_bytes())?;
    atomic::write(&folder.join(format!("{}.csv", chart.name)), chart.csv().as_bytes())?;
    let unit = |label: &str| label.rsplit_once(" / ").map_or("", |(_, unit)| unit).trim_matches(['(', ')']).to_string();
    Ok(Figure {
        name: chart.name.clone(),
        title: chart.title.clone(),
        sentence: chart.sentence.clone(),
        svg: drawing.themed(),
        square: chart.square,
        field: drawing.field,
        ranges: drawing.ranges,
        logarithmic: drawing.logarithmic,
        units: [&chart.x, &chart.y].map(|axis| unit(&axis.label)),
    })
}
