//! The page of a fit.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::told::{how_fitted, input_section};
use super::{PREDICTIONS, Predictions, atoms, curve, number, parity, scan, worst};
use crate::certified::{self, certified};
use crate::molecule::{Picture, Scene};
use crate::page::{Page, PageTable, REPORT, Section, write_page};
use crate::plot::short;
use crate::run::Columns;
use cormorant_core::Result;
use cormorant_core::system::{Element, System};
use cormorant_fit::CURVE;
use cormorant_network::{FILE, Facts, Network, load};
use cormorant_potential::{Evaluation, Potential, RequestedProperties};

/// Evaluations that are timed; their median is told.
const TIMED: usize = 50;

/// Write `report.html` and its figures into the folder of a fit, also of one that is still running; `potential` is that of the model, if
/// there is one already. Returns the path of the page.
///
/// # Errors
/// When a file of the model is damaged or the page cannot be written.
pub fn report_fit(folder: &Path, potential: Option<&mut dyn Potential>) -> Result<PathBuf> {
    let network = if folder.join(FILE).exists() { Some(load(folder)?) } else { None };
    let facts = network.as_ref().map(|network| network.facts()).transpose()?;
    if let Some((network, target)) = network.as_ref().and_then(|network| Some((network, network.atoms()?))) {
        return atoms::report(folder, network.as_ref(), target);
    }
    if let (Some(network), Some(facts)) = (&network, &facts)
        && !(facts.gives_forces() && facts.gives_atom_energies())
    {
        return number::report(folder, network.as_ref(), potential);
    }
    let mut page = Page { kind: "Fit".into(), ..Page::default() };
    let name = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    page.title = name.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let predictions = folder.join(PREDICTIONS);
    let predictions = if predictions.exists() { Some(Predictions::read(&predictions)?) } else { None };
    let record = network.as_ref().map(|network| network.record());
    match (&network, &facts) {
        (Some(network), Some(facts)) => describe(&mut page, network.as_ref(), facts),
        _ => {
            page.alerts.push("This fit has not ended yet: there is no model, only the learning curve so far.".into());
        }
    }
    let curves = folder.join(CURVE);
    if curves.exists() {
        page.sections.push(Section::of("Learning", curve::learning_curves(&Columns::read(&curves)?)));
    }
    if let Some(predictions) = &predictions {
        judge(&mut page, predictions, facts.as_ref())?;
    } else if let Some(section) = number::predictions(folder, "the energy", 1)? {
        page.sections.push(section);
    } else if network.is_some() {
        let remedy = "There are no predictions beside this model; `cormorant report FOLDER --data FILE` makes them from its data.";
        page.alerts.push(remedy.into());
    }
    if let (Some(record), Some(potential)) = (&record, potential) {
        if let Some(frame) = predictions.as_ref().and_then(|all| all.parts.first()).and_then(|part| part.frames.first())
        {
            let system = frame.label.system()?;
            page.sections.push(cost(potential, &system)?);
        }
        page.sections.push(scan::scan(potential, &record.data.shortest_distances));
        page.sections.extend(record.certificate.map(certified::section));
    }
    page.sections.extend(input_section(folder));
    write_page(&page, &folder.join(REPORT))
}

fn describe(page: &mut Page, network: &dyn Network, facts: &Facts) {
    let record = network.record();
    let data = record.data;
    let symbols: Vec<&str> = facts.elements.iter().map(|element| element.symbol()).collect();
    page.subtitle = format!("A potential of kind {} for {}", facts.kind, symbols.join(", "));
    page.fact("Network", network.sizes());
    if let (Some(cutoff), Some(field)) = (facts.cutoff, facts.receptive_field()) {
        page.fact("Cutoff", format!("{cutoff} Å; receptive field {field} Å"));
    }
    page.fact(
        "Data",
        format!("{} ({}); SHA-256 {}…", data.file, data.units, data.sha256.get(..12).unwrap_or_default()),
    );
    how_fitted(page, &record);
    let row = |part: &&str| {
        let errors = record.errors.get(*part)?;
        let numbers = [errors.energy_mae, errors.energy_rmse, errors.force_mae, errors.force_rmse].map(|x| short(x, 3));
        Some([vec![(*part).to_string(), errors.frames.to_string()], numbers.to_vec()].concat())
    };
    let heads =
        ["frames", "number", "energy MAE / meV", "energy RMSE / meV", "force MAE / (meV/Å)", "force RMSE / (meV/Å)"];
    let rows: Vec<Vec<String>> = ["test", "validation", "train"].iter().filter_map(row).collect();
    if let Some(first) = rows.first() {
        page.fact(
            "Error",
            format!("forces {} meV/Å, energy {} meV (mean absolute, {} frames)", first[4], first[2], first[0]),
        );
    }
    page.facts.push(certified(record.certificate));
    let table = PageTable { caption: String::new(), heads: heads.map(str::to_string).to_vec(), rows };
    page.sections.push(Section { heading: "Errors".into(), tables: vec![table], ..Section::default() });
}

/// Everything that needs predictions.
fn judge(page: &mut Page, predictions: &Predictions, facts: Option<&Facts>) -> Result<()> {
    let Some(part) = predictions.parts.first() else { return Ok(()) };
    let references: BTreeMap<Element, f64> = facts.map_or_else(BTreeMap::new, |facts| {
        facts.elements.iter().copied().zip(facts.references.iter().copied()).collect()
    });
    let (mut charts, mut tables) = (Vec::new(), Vec::new());
    let [has_energies, has_forces] = [part.errors.energy, part.errors.force].map(|errors| errors[0].is_finite());
    charts.extend(has_forces.then(|| parity::forces(part)));
    charts.extend(has_energies.then(|| parity::energies(part, &references)));
    if has_forces {
        charts.push(parity::by_element(part));
        tables.push(parity::element_table(part));
    }
    charts.extend(parity::histograms(part));
    page.sections.push(Section { tables, ..Section::of("Predictions", charts) });
    page.animations = worst::animations(predictions)?;
    page.animations_text = format!(
        "The {} {} frames with the largest errors: blue arrows are the reference forces, orange ones the predictions.",
        predictions.worst.len(),
        part.name
    );
    if let Some(worst) = predictions.worst.first() {
        let scene = Scene::new(&worst.label.elements, &worst.label.positions, worst.label.cell)?;
        page.picture = Some(Picture::new(&scene, 560, 440).png()?);
    }
    if !predictions.findings.is_empty() {
        let rows = predictions.findings.iter().map(|line| vec![line.clone()]).collect();
        let table = PageTable { caption: String::new(), heads: vec!["what the checks of the data found".into()], rows };
        page.sections.push(Section { heading: "Data".into(), tables: vec![table], ..Section::default() });
    }
    Ok(())
}

/// Wall time of an evaluation, measured now.
fn cost(potential: &mut dyn Potential, system: &System) -> Result<Section> {
    let mut found = Evaluation::default();
    let mut times = Vec::with_capacity(TIMED);
    for number in 0..TIMED + 5 {
        let start = Instant::now();
        potential.evaluate(system, RequestedProperties::default(), &mut found)?;
        // The first ones pay for allocations.
        if number >= 5 {
            times.push(1.0e3 * start.elapsed().as_secs_f64());
        }
    }
    times.sort_by(f64::total_cmp);
    let median = times[TIMED / 2];
    let atoms = system.atom_count();
    let text = format!(
        "Energy and forces of {atoms} atoms take {} ms on one thread, {} µs for an atom: the median of {TIMED} evaluations on the \
         machine that made this report, {}.",
        short(median, 3),
        short(1.0e3 * median / atoms as f64, 3),
        std::env::consts::ARCH
    );
    Ok(Section { heading: "Cost".into(), text, ..Section::default() })
}
