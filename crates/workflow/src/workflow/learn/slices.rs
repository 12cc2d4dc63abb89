//! The energy of the final committee along the slowest coordinates.

use super::Learner;
use crate::settings::Quantity;
use cormorant_core::Result;
use cormorant_core::system::System;
use cormorant_learn::slices::{Slice, Slices, slices};
use cormorant_network::Network;
use cormorant_potential::{LearnedPotential, Potential, Precision};
use cormorant_report::page::Section;
use cormorant_report::plot::{Axis, Chart, PlotStyle, Series, short};

impl Learner<'_> {
    /// A section of the page. What cannot be computed is said there.
    pub(super) fn slices_section(&self, members: &[Box<dyn Network>]) -> Section {
        let title = "Slices of the energy";
        match self.slices(members) {
            Err(error) => Section { text: format!("None could be made: {error}."), ..Section::of(title, Vec::new()) },
            Ok(found) => {
                let remarks = found.remarks.iter().fold(String::new(), |text, remark| text + " " + remark + ".");
                let charts = found.slices.iter().enumerate().map(|(number, slice)| chart(number + 1, slice));
                Section {
                    text: format!(
                        "The final committee along the slowest coordinates of the first structure, from its minimum. Nothing here is \
                         labeled: look for bumps that chemistry does not explain, and for places where the members part. Marks at the \
                         bottom are labeled structures.{remarks}"
                    ),
                    ..Section::of(title, charts.collect())
                }
            }
        }
    }

    fn slices(&self, members: &[Box<dyn Network>]) -> Result<Slices> {
        // As a run uses them, with the wall.
        let member = |network: &dyn Network| {
            Ok(Box::new(LearnedPotential::new(network, Precision::F32, 1)?) as Box<dyn Potential>)
        };
        let make = || members.iter().map(|network| member(network.as_ref())).collect::<Result<Vec<_>>>();
        let labeled: Vec<System> = self.ledger.entries().iter().map(|entry| entry.request.system.clone()).collect();
        let hottest = self.input.explore.temperatures.iter().map(Quantity::value).fold(0.0, f64::max);
        let start = self.request_of(self.input.structure.system()?, "start").system;
        slices(&start, &labeled, &make, hottest)
    }
}

/// Energy and spread of one slice.
fn chart(number: usize, slice: &Slice) -> Chart {
    let line = |times: f64| -> Vec<[f64; 2]> {
        slice.points.iter().map(|p| [p.value, p.energy + times * p.spread.unwrap_or(0.0)]).collect()
    };
    let lowest = line(-1.0).into_iter().map(|point| point[1]).fold(0.0, f64::min);
    let known: Vec<[f64; 2]> = slice.labeled.iter().map(|value| [*value, lowest]).collect();
    let mut chart = Chart::new(
        format!("slice-{number}"),
        slice.name.clone(),
        Axis::new(slice.axis.clone()),
        Axis::new("Energy above the minimum / eV"),
    )
    .with(Series::new("mean of the members", PlotStyle::Line, 0, line(0.0)));
    if slice.points.iter().any(|point| point.spread.is_some()) {
        for (times, name) in [(1.0, "mean + spread"), (-1.0, "mean − spread")] {
            chart = chart.with(Series::new(name, PlotStyle::Dashed, 1, line(times)));
        }
    }
    if !known.is_empty() {
        chart = chart.with(Series::new("labeled structures", PlotStyle::Points, 2, known));
    }
    chart.saying(sentence(slice))
}

/// What to look at.
fn sentence(slice: &Slice) -> String {
    let top = slice.points.iter().max_by(|a, b| a.energy.total_cmp(&b.energy));
    let mut text = top.map_or_else(String::new, |top| {
        format!("The highest point is {} eV above the minimum, at {}.", short(top.energy, 3), short(top.value, 3))
    });
    if let Some((point, spread)) = slice.least_certain().and_then(|point| Some((point, point.spread?))) {
        text += &format!(" The members differ most at {}, by {} eV.", short(point.value, 3), short(spread, 2));
    }
    if let Some([low, high]) = slice.widest_gap() {
        text += &format!(" The widest range without a labeled structure is {} to {}.", short(low, 3), short(high, 3));
    }
    let changed = slice.points.iter().filter(|point| !point.same_bonds).count();
    if changed > 0 {
        text += &format!(" Bonds are other than at the minimum in {changed} of {} points.", slice.points.len());
    }
    text
}
