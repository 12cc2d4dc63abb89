//! Several fits on one page.

use std::path::{Path, PathBuf};

use super::compare::page;
use super::fit::{PREDICTIONS, Predictions};
use super::page::{PageTable, Section, write_page};
use super::plot::{Axis, Chart, PlotStyle, Series, short};
use super::run::Columns;
use cormorant_core::Result;
use cormorant_fit::CURVE;
use cormorant_network::{CommitteeFolder, ErrorRecord, FILE, load};

/// What is worth comparing of fits, row by row.
#[derive(Default)]
struct Rows {
    errors: Vec<Vec<String>>,
    elements: Vec<Vec<String>>,
    /// Smallest error of forces, and whose it is.
    force: Option<(f64, String)>,
    /// Smallest error of energies, and whose it is.
    energy: Option<(f64, String)>,
}

/// Write a page that compares the fits in `folders` to `file`. The folder of a committee stands for its members, each with a row and a
/// curve of its own, and for one row more: the means over the members and how far these scatter.
///
/// # Errors
/// When a file of a model is damaged or the page cannot be written.
pub fn compare_fits(folders: &[PathBuf], file: &Path) -> Result<PathBuf> {
    let mut all = Vec::new();
    let mut rows = Rows::default();
    for folder in folders {
        let committee = CommitteeFolder::read(folder)?;
        let members = committee.as_ref().map_or_else(|| vec![folder.clone()], CommitteeFolder::folders);
        let mut judged = Vec::new();
        for member in &members {
            let name = name(member);
            judged.extend(rows.take(&name, member)?);
            all.push((name, member.clone()));
        }
        if committee.is_some() {
            rows.errors.extend(mean_row(&name(folder), &judged));
        }
    }
    let names = || all.iter().map(|(name, _)| name.as_str());
    let mut page = page("Comparison of fits", names());
    let [mut force, mut energy] = learning(&all)?;
    if let Some((error, name)) = &rows.force {
        force = force.saying(format!("{name} has the smallest force error, {} meV/Å.", short(*error, 3)));
    }
    if let Some((error, name)) = &rows.energy {
        energy =
            energy.saying(format!("{name} has the smallest energy error, {} meV for a whole frame.", short(*error, 3)));
    }
    page.sections.push(Section { tables: rows.tables(), ..Section::of("Errors", vec![force, energy]) });
    write_page(&page, file)
}

impl Rows {
    /// Take the errors of the fit `name` in `folder`; those that it is judged by, if it has ended.
    fn take(&mut self, name: &str, folder: &Path) -> Result<Option<(String, ErrorRecord)>> {
        let mut found = None;
        if folder.join(FILE).exists() {
            let network = load(folder)?;
            let record = network.record();
            let judged =
                ["test", "validation", "train"].iter().find_map(|part| Some((*part, record.errors.get(*part)?)));
            if let Some((part, errors)) = judged {
                least(&mut self.force, errors.force_mae, name);
                least(&mut self.energy, errors.energy_mae, name);
                let about = vec![name.to_string(), format!("{} {part}", errors.frames)];
                let size = vec![record.data.train_count().to_string(), short(record.fit.seconds, 4)];
                self.errors.push([about, numbers(errors).map(|x| short(x, 3)).to_vec(), size].concat());
                found = Some((part.to_string(), errors.clone()));
            }
        }
        let predictions = folder.join(PREDICTIONS);
        if predictions.exists() {
            for part in Predictions::read(&predictions)?.parts.iter().take(1) {
                self.elements.extend(part.errors.elements.iter().map(|(element, (mae, rmse, atoms))| {
                    vec![name.to_string(), element.clone(), atoms.to_string(), short(*mae, 4), short(*rmse, 4)]
                }));
            }
        }
        Ok(found)
    }

    fn tables(self) -> Vec<PageTable> {
        let table = |caption: &str, heads: &[&str], rows| PageTable {
            caption: caption.into(),
            heads: heads.iter().map(|head| (*head).to_string()).collect(),
            rows,
        };
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
        let by_element = ["fit", "element", "atoms", "force MAE / (meV/Å)", "force RMSE / (meV/Å)"];
        vec![table("Errors", &heads, self.errors), table("Errors by element", &by_element, self.elements)]
    }
}

/// The row of a committee: what its members err by on average, and the standard deviation among them. The error of their mean is
/// smaller, and needs the data.
fn mean_row(name: &str, members: &[(String, ErrorRecord)]) -> Option<Vec<String>> {
    let ((part, first), count) = (members.first()?, members.len() as f64);
    if count < 2.0 || members.iter().any(|(other, _)| other != part) {
        return None;
    }
    let column = |at: usize| {
        let mean = members.iter().map(|(_, errors)| numbers(errors)[at]).sum::<f64>() / count;
        let squares: f64 = members.iter().map(|(_, errors)| (numbers(errors)[at] - mean).powi(2)).sum();
        format!("{} ± {}", short(mean, 3), short((squares / (count - 1.0)).sqrt(), 2))
    };
    let about = vec![format!("{name}: mean over {count} members"), format!("{} {part}", first.frames)];
    Some([about, (0..4).map(column).collect(), vec![String::new(); 2]].concat())
}

fn numbers(errors: &ErrorRecord) -> [f64; 4] {
    [errors.energy_mae, errors.energy_rmse, errors.force_mae, errors.force_rmse]
}

fn least(so_far: &mut Option<(f64, String)>, error: f64, name: &str) {
    if so_far.as_ref().is_none_or(|(least, _)| error < *least) {
        *so_far = Some((error, name.to_string()));
    }
}

/// The learning curves of the named fits: forces, then energies.
fn learning(fits: &[(String, PathBuf)]) -> Result<[Chart; 2]> {
    let chart = |id: &str, title: &str, unit: &str| {
        Chart::new(id, title, Axis::new("Epoch"), Axis::new(format!("Validation MAE / {unit}")).logarithmic())
    };
    let mut force = chart("learning-force", "Force error while learning", "(meV/Å)");
    let mut energy = chart("learning-energy", "Energy error while learning", "meV");
    for (number, (name, folder)) in fits.iter().enumerate() {
        let curve = folder.join(CURVE);
        if !curve.exists() {
            continue;
        }
        let columns = Columns::read(&curve)?;
        let points = |head| columns.points("epoch", head).into_iter().filter(|point| point[1].is_finite()).collect();
        let series = |head| Series::new(name, PlotStyle::Line, number, points(head));
        force = force.with(series("validation_force_mae/(meV/Å)"));
        energy = energy.with(series("validation_energy_mae/meV"));
    }
    Ok([force, energy])
}

fn name(folder: &Path) -> String {
    let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    CommitteeFolder::name_of(&whole).unwrap_or_default()
}
