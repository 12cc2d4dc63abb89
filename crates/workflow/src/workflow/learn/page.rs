//! The page that shows how a potential was learned.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::{Ending, Learned, Learner};
use crate::settings::{Input, Quantity};
use crate::workflow::SpreadComparison;
use cormorant_core::Result;
use cormorant_learn::spread::SpreadErrors;
use cormorant_network::Network;
use cormorant_report::page::{Page, PageTable, REPORT, Section, write_page};
use cormorant_report::plot::{Axis, Chart, PlotStyle, Series, short};

/// Most failures that are listed.
const LISTED: usize = 20;

impl Learner<'_> {
    /// Writes the page into the folder of the potential.
    pub(super) fn write_page(
        &self,
        done: &Learned,
        finals: &[Box<dyn Network>],
        spreads: Option<[SpreadErrors; 2]>,
    ) -> Result<PathBuf> {
        let mut page = Page { title: self.input.name.clone(), kind: "Learned potential".into(), ..Page::default() };
        page.subtitle = format!("labels: {}", self.ledger.theory());
        page.fact("rounds", done.rounds.len().to_string());
        page.fact("labels spent", done.spent.to_string());
        if let Some(ending) = done.ending {
            page.fact("ended", ending.words());
        }
        if let Some(error) = &done.force_rmse {
            let ends = [error.value, error.lower, error.upper].map(|x| short(x, 3));
            page.fact("force RMSE, final committee", format!("{} meV/Å ({} to {})", ends[0], ends[1], ends[2]));
        }
        if let Some(error) = &done.force_mae {
            page.fact("force MAE, final committee", format!("{} meV/Å", short(error.value, 3)));
        }
        page.sections.push(self.errors(done));
        page.sections.extend(spread_sections(spreads));
        page.sections.push(self.slices_section(finals));
        page.sections.push(self.ledger_section());
        let text = Input::Learn(Box::new(self.input.clone())).to_toml(Some(&self.folder))?;
        page.sections.push(Section {
            verbatim: Some(("Input with all defaults".into(), text)),
            ..Section::of("Input", Vec::new())
        });
        write_page(&page, &self.folder.join(REPORT))
    }

    /// Errors of the rounds, with a forecast.
    fn errors(&self, done: &Learned) -> Section {
        let judged: Vec<_> = done.rounds.iter().filter_map(|round| Some((round, round.force_rmse?))).collect();
        let line = |end: fn(&cormorant_learn::ErrorInterval) -> f64| {
            judged
                .iter()
                .map(|(round, error)| [round.training as f64, end(error)])
                .filter(|p| p[1].is_finite())
                .collect()
        };
        let mut chart = Chart::new(
            "learning",
            "Error of the forces on blind frames",
            Axis::new("Frames fitted to"),
            Axis::new("RMSE / (meV/Å)").logarithmic(),
        )
        .with(Series::new("error", PlotStyle::Line, 0, line(|error| error.value)))
        .with(Series::new("upper end of the 90 % interval", PlotStyle::Dashed, 1, line(|error| error.upper)));
        if let Some(forecast) = &done.forecast {
            let last = judged.last().map_or(1.0, |(round, _)| round.training as f64);
            let points = (0..=10).map(|k| last * (1.0 + 0.2 * f64::from(k))).map(|n| [n, forecast.at(n)]).collect();
            chart = chart.with(Series::new("forecast", PlotStyle::Dashed, 2, points));
            let more = short(forecast.at(last + 100.0), 3);
            chart = chart.saying(format!("A power law through the rounds gives {more} meV/Å with 100 labels more."));
        }
        let heads = [
            "round",
            "runs / ps",
            "stopped",
            "spread at a stop / (eV/Å)",
            "fitted to",
            "blind",
            "force RMSE / (meV/Å)",
            "90 % interval",
            "force MAE / (meV/Å)",
            "energy MAE / meV",
            "error / spread",
        ];
        let rows = done.rounds.iter().map(|round| {
            let error = |value: Option<f64>| value.map_or(String::new(), |value| short(value, 3));
            let ends =
                round.force_rmse.map_or(String::new(), |e| format!("{} to {}", short(e.lower, 3), short(e.upper, 3)));
            vec![
                round.number.to_string(),
                short(round.run_length, 3),
                round.stopped.to_string(),
                short(round.largest_spread, 3),
                round.training.to_string(),
                round.blind.to_string(),
                error(round.force_rmse.map(|e| e.value)),
                ends,
                error(round.force_mae.map(|e| e.value)),
                error(round.energy_mae),
                error(round.calibration),
            ]
        });
        let caption = "Rounds: errors of the committee with which the runs were made".into();
        let table = PageTable { caption, heads: heads.map(str::to_string).to_vec(), rows: rows.collect() };
        let goal = self.input.stop.force_error.as_ref().map_or(String::new(), |goal| {
            format!(" The goal is {} meV/Å for the upper end.", short(1000.0 * Quantity::value(goal), 3))
        });
        Section {
            text: format!(
                "Blind frames are drawn at random from the runs and are never fitted to; those of the last three rounds count. The interval holds the error of such frames in \
                 nine of ten cases.{goal}"
            ),
            tables: vec![table],
            ..Section::of("Errors", vec![chart])
        }
    }

    /// What is in the ledger, and what has no label.
    fn ledger_section(&self) -> Section {
        let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
        for entry in self.ledger.entries() {
            *reasons.entry(&entry.request.reason).or_default() += 1;
        }
        let table = |caption: &str, heads: [&str; 2], rows: Vec<Vec<String>>| PageTable {
            caption: caption.into(),
            heads: heads.map(str::to_string).to_vec(),
            rows,
        };
        let rows = reasons.into_iter().map(|(reason, count)| vec![reason.to_string(), count.to_string()]).collect();
        let mut tables = vec![table("Labels by the reason for which they were asked", ["reason", "labels"], rows)];
        let failures = self.ledger.failures();
        if !failures.is_empty() {
            let row = |failure: &cormorant_learn::label::Failure| {
                vec![failure.key.chars().take(16).collect(), failure.message.clone()]
            };
            let rows = failures.iter().take(LISTED).map(row).collect();
            tables.push(table(&format!("{} structures without a label", failures.len()), ["key", "message"], rows));
        }
        Section { tables, ..Section::of("Labels", Vec::new()) }
    }
}

/// Spread of the final committee against its error on blind frames; nothing where there are none or only one member.
fn spread_sections(spreads: Option<[SpreadErrors; 2]>) -> Vec<Section> {
    let sections = spreads.and_then(SpreadComparison::of).map_or_else(Vec::new, |comparison| comparison.sections());
    let named = |section: Section| Section { heading: format!("Spread and error: {}", section.heading), ..section };
    sections.into_iter().map(named).collect()
}

impl Ending {
    /// Why, in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Reached => "the error is small enough",
            Self::Labels => "the labels of [stop] are used up",
            Self::Rounds => "the rounds of [stop] are used up",
            Self::Time => "the time of [stop] is used up",
        }
    }
}
