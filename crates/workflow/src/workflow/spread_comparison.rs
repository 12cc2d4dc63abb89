//! Spread of a committee against its true error, in numbers and on a page.

use std::path::{Path, PathBuf};

use cormorant_core::Result;
use cormorant_learn::spread::{SpreadErrors, SpreadStatistics};
use cormorant_report::page::{Page, PageTable, Section, write_page};
use cormorant_report::plot::{Axis, Chart, PlotStyle, Series, short};
use serde::Serialize;

/// Points of a chart; more cannot be distinguished.
const DRAWN: usize = 3000;

/// How far the spread of a committee tells its error on labeled frames.
#[derive(Debug, Clone, Serialize)]
pub struct SpreadComparison {
    /// Of the energies of frames, in meV.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub energy: Option<SpreadStatistics>,
    /// Of the forces on atoms, in meV/Å.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub force: Option<SpreadStatistics>,
    #[serde(skip)]
    pairs: [Vec<[f64; 2]>; 2],
}

impl SpreadComparison {
    /// Of energies (meV) and forces (meV/Å); none where there are none.
    pub(super) fn of(spreads: [SpreadErrors; 2]) -> Option<Self> {
        let [energy, force] = spreads.each_ref().map(SpreadErrors::statistics);
        let pairs = spreads.each_ref().map(SpreadErrors::pairs);
        (energy.is_some() || force.is_some()).then_some(Self { energy, force, pairs })
    }

    /// Write a page with spread against error to `file`; `data` is what the labels are of.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, file: &Path, data: &str) -> Result<PathBuf> {
        let mut page = Page {
            title: "Spread of a committee against its error".into(),
            kind: "Committee".into(),
            subtitle: data.into(),
            ..Page::default()
        };
        for (name, found) in [("energy", &self.energy), ("force", &self.force)] {
            if let Some(factor) = found.as_ref().and_then(|found| found.calibration) {
                page.fact(format!("Factor of the {name}"), short(factor, 3));
            }
        }
        page.sections = self.sections();
        write_page(&page, file)
    }

    /// A section with chart and table for each of energies and forces.
    pub(super) fn sections(&self) -> Vec<Section> {
        let kinds = [("energy", "Energy of a frame", "meV"), ("force", "Force on an atom", "meV/Å")];
        let mut sections = Vec::new();
        for (((name, title, unit), found), pairs) in kinds.into_iter().zip([&self.energy, &self.force]).zip(&self.pairs)
        {
            let Some(found) = found else { continue };
            let charts = vec![chart(name, title, unit, found, pairs)];
            sections.push(Section { tables: vec![table(found, unit)], ..Section::of(title, charts) });
        }
        sections
    }
}

/// Length of the error against spread, both logarithmic.
fn chart(name: &str, title: &str, unit: &str, found: &SpreadStatistics, pairs: &[[f64; 2]]) -> Chart {
    let axis = |label: &str| Axis::new(format!("{label} / {}", in_brackets(unit))).logarithmic();
    let seen: Vec<[f64; 2]> = pairs.iter().copied().filter(|pair| pair[0] > 0.0 && pair[1] > 0.0).collect();
    let ends = seen.iter().fold([f64::INFINITY, 0.0], |[low, high], pair| [pair[0].min(low), pair[0].max(high)]);
    let stride = seen.len().div_ceil(DRAWN).max(1);
    let points: Vec<[f64; 2]> = seen.into_iter().step_by(stride).collect();
    let legend = format!("{} of {}", points.len(), found.count);
    let mut chart =
        Chart::new(format!("spread-{name}"), title, axis("Spread of the members"), axis("Error of their mean"))
            .with(Series::new(legend, PlotStyle::Points, 0, points));
    let Some(factor) = found.calibration.filter(|_| ends[0] <= ends[1]) else { return chart };
    for (times, text) in [(1.0, "spread × factor"), (2.0, "twice that")] {
        let line = ends.map(|spread| [spread, times * factor * spread]).to_vec();
        chart = chart.with(Series::new(text, PlotStyle::Dashed, times as usize, line));
    }
    let [one, two] = [found.within_one, found.within_two].map(|share| short(100.0 * share.unwrap_or(f64::NAN), 3));
    let rank =
        found.rank_correlation.map_or_else(String::new, |rank| format!(" The ranks correlate by {}.", short(rank, 2)));
    chart.saying(format!(
        "The spread times {} is an error bar: {one} % of the errors are within one of it and {two} % within two (68.3 and 95.4 % of \
         normal errors).{rank}",
        short(factor, 3)
    ))
}

/// Errors by tenths of the spread.
fn table(found: &SpreadStatistics, unit: &str) -> PageTable {
    let unit = in_brackets(unit);
    let factor = found.calibration.unwrap_or(f64::NAN);
    let rows = found.deciles.iter().enumerate().map(|(part, one)| {
        let [low, high] = one.spreads.map(|spread| short(spread, 3));
        let numbers = [one.rms_spread, factor * one.rms_spread, one.rms_error].map(|number| short(number, 3));
        [vec![(part + 1).to_string(), one.count.to_string(), format!("{low} to {high}")], numbers.to_vec()].concat()
    });
    let heads = ["number".into(), format!("spread / {unit}")];
    let rms = ["RMS spread", "times the factor", "RMS error"].map(|name| format!("{name} / {unit}"));
    PageTable {
        caption: "By size of the spread; root mean squares of components".into(),
        heads: [vec!["tenth".into()], heads.to_vec(), rms.to_vec()].concat(),
        rows: rows.collect(),
    }
}

/// A unit behind a stroke.
fn in_brackets(unit: &str) -> String {
    if unit.contains('/') { format!("({unit})") } else { unit.to_string() }
}
