//! A chart of a table as [`cormorant_dynamics::analysis::Findings`] writes it.

use std::path::Path;

use super::Columns;
use super::energies::with_error;
use crate::plot::{Axis, Chart, PlotStyle, Series, short};
use cormorant_core::Result;

/// Curves in a chart; of more, the first are drawn.
const MOST_CURVES: usize = 7;
/// Points of a distribution; of more, neighbors are put together, which takes away noise.
const MOST_BINS: usize = 72;
/// Where spectra end in a picture, in 1/cm: no molecule but hydrogen vibrates faster.
const HIGHEST_WAVENUMBER: f64 = 4500.0;
/// Within this, in Å, peaks of a liquid are mostly bonds, which dwarf all that is between molecules.
const LONGEST_BOND: f64 = 2.0;
/// Below this, in 1/cm, a molecule turns and moves as a whole, and a liquid flows.
const LOWEST_WAVENUMBER: f64 = 60.0;

/// What a table is about, by its heads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    RadialDistribution,
    BondLengths,
    BondAngles,
    DihedralAngles,
    DensityOfStates,
    Infrared,
    Other,
}

/// A number that an analysis quotes.
struct Quoted {
    name: String,
    value: f64,
    error: Option<f64>,
    unit: String,
}

impl Quoted {
    /// Value, error and unit.
    fn spoken(&self) -> String {
        let number = with_error(self.value, self.error);
        match self.unit.as_str() {
            "" => number,
            "deg" => format!("{number}°"),
            unit => format!("{number} {}", pretty(unit)),
        }
    }
}

/// A table of an analysis, as it is drawn.
pub struct Tabled {
    pub(super) subject: Subject,
    stem: String,
    axis: String,
    symbol: String,
    unit: String,
    curves: Vec<(String, Vec<[f64; 2]>)>,
    numbers: Vec<Quoted>,
}

impl Tabled {
    /// The `table` in the file `path`, with the `numbers` of the file beside it; `None` if there are no curves in it.
    ///
    /// # Errors
    /// When the table is not one.
    pub fn parse(path: &Path, table: &str, numbers: &str) -> Result<Option<Self>> {
        let columns = Columns::parse(path, table)?;
        let (Some(axis), Some(first)) = (columns.names.first(), columns.names.get(1)) else { return Ok(None) };
        let (symbol, unit) = first.split_once('/').unwrap_or((first, ""));
        let symbol = symbol.split('(').next().unwrap_or_default();
        let subject = match (axis.as_str(), symbol) {
            // Of slabs and wires, which have no density, the number of neighbors by distance.
            ("r/Å", "g" | "n") => Subject::RadialDistribution,
            // Bonds have means; the distances within a molecule, which have no cell to be compared with, have not.
            ("r/Å", "p") if numbers.is_empty() => Subject::RadialDistribution,
            ("r/Å", "p") => Subject::BondLengths,
            ("angle/deg", "p") if columns.values[0].first().is_some_and(|first| *first < 0.0) => {
                Subject::DihedralAngles
            }
            ("angle/deg", "p") => Subject::BondAngles,
            ("wavenumber/(1/cm)", "D") => Subject::DensityOfStates,
            ("wavenumber/(1/cm)", "A" | "αn") => Subject::Infrared,
            _ => Subject::Other,
        };
        let drawn = columns.names.iter().enumerate().skip(1).filter(|(_, head)| !head.starts_with("error of"));
        let curve = |(column, head): (usize, &String)| {
            let label = head.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(label, _)| label);
            let pairs = columns.values[0].iter().zip(&columns.values[column]).map(|(&x, &y)| [x, y]);
            (label.to_string(), pairs.filter(|point| point[1].is_finite()).collect())
        };
        Ok(Some(Self {
            subject,
            stem: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            axis: axis.clone(),
            symbol: symbol.to_string(),
            unit: unit.to_string(),
            curves: drawn.take(MOST_CURVES).map(curve).collect(),
            numbers: numbers.lines().skip(1).filter_map(quoted).collect(),
        }))
    }

    /// The table as a chart with a sentence.
    #[must_use]
    pub fn chart(&self) -> Chart {
        let (title, across, up) = self.words();
        let mut chart = Chart::new(self.stem.clone(), title, Axis::new(across), Axis::new(up));
        let distribution = matches!(self.subject, Subject::BondLengths | Subject::BondAngles | Subject::DihedralAngles);
        let mut sentence = self.sentence();
        match self.subject {
            Subject::BondAngles => chart.x.range = self.used(),
            Subject::DihedralAngles => chart.x = chart.x.between(-180.0, 180.0),
            Subject::DensityOfStates => {
                let points = || self.curves.iter().flat_map(|(_, points)| points);
                if points().any(|point| point[0] > HIGHEST_WAVENUMBER) {
                    chart.x = chart.x.between(0.0, HIGHEST_WAVENUMBER);
                }
                let highest =
                    |from: f64| points().filter(|point| point[0] >= from).map(|point| point[1]).fold(0.0, f64::max);
                let (all, vibrating) = (highest(0.0), highest(LOWEST_WAVENUMBER));
                if vibrating > 0.0 && all > 1.2 * vibrating {
                    chart.y = chart.y.between(0.0, 1.15 * vibrating);
                    sentence += &format!(
                        " Motion as a whole, below {LOWEST_WAVENUMBER} cm⁻¹, goes up to {} cm and is cut off.",
                        short(all, 2)
                    );
                }
            }
            Subject::Infrared if self.used().is_some_and(|[_, high]| high > HIGHEST_WAVENUMBER) => {
                chart.x = chart.x.between(0.0, HIGHEST_WAVENUMBER);
            }
            Subject::RadialDistribution if self.symbol != "p" => {
                let points = || self.curves.iter().flat_map(|(_, points)| points);
                let highest =
                    |from: f64| points().filter(|point| point[0] >= from).map(|point| point[1]).fold(0.0, f64::max);
                let (all, between) = (highest(0.0), highest(LONGEST_BOND));
                if between > 0.0 && all > 3.0 * between {
                    chart.y = chart.y.between(0.0, 1.15 * between);
                    sentence += &format!(" Bonds, below {LONGEST_BOND} Å, go up to {} and are cut off.", short(all, 3));
                }
            }
            _ => {}
        }
        for (number, (label, points)) in self.curves.iter().enumerate() {
            let points = if distribution { together(points) } else { points.clone() };
            chart = chart.with(Series::new(label, PlotStyle::Line, number, points));
        }
        chart.saying(sentence)
    }

    /// The table as a chart, and in dashes the same of another trajectory, called `name`.
    #[must_use]
    pub fn chart_beside(&self, other: &Self, name: &str) -> Chart {
        let mut chart = self.chart();
        let there = other.chart();
        for mut series in there.series {
            series.name = if series.name.is_empty() { name.to_string() } else { format!("{}, {name}", series.name) };
            series.look = PlotStyle::Dashed;
            chart = chart.with(series);
        }
        let sentence = format!("{} Dashed: {name}. {}", chart.sentence, there.sentence);
        chart.saying(sentence)
    }

    /// Title and the words on both axes.
    fn words(&self) -> (String, String, String) {
        let known = |title: &str, across: &str, up: &str| (title.into(), across.into(), up.into());
        match self.subject {
            Subject::RadialDistribution if self.symbol == "p" => {
                known("Distances", "Distance / Å", "Probability density / (1/Å)")
            }
            Subject::RadialDistribution if self.symbol == "n" => {
                known("Neighbors by distance", "Distance / Å", "Neighbors / (1/Å)")
            }
            Subject::RadialDistribution => known("Radial distribution", "Distance / Å", "g(r)"),
            Subject::BondLengths => known("Bond lengths", "Length / Å", "Probability density / (1/Å)"),
            Subject::BondAngles => known("Bond angles", "Angle / °", "Probability density / (1/°)"),
            Subject::DihedralAngles => known("Dihedral angles", "Angle / °", "Probability density / (1/°)"),
            Subject::DensityOfStates => {
                known("Vibrational density of states", "Wavenumber / cm⁻¹", "Density of states / cm")
            }
            Subject::Infrared => {
                let (title, across) = ("Infrared spectrum", "Wavenumber / cm⁻¹");
                known(title, across, if self.symbol == "A" { "Intensity / (km cm/mol)" } else { "α n / cm⁻¹" })
            }
            Subject::Other => {
                let spaced = match self.symbol.as_str() {
                    "MSD" => "mean squared displacement".into(),
                    "RMSD" => "deviation from the reference".into(),
                    "C" => "velocity autocorrelation".into(),
                    _ => self.stem.replace(['-', '_'], " "),
                };
                let up = if self.unit.is_empty() {
                    self.symbol.clone()
                } else {
                    format!("{} / {}", self.symbol, pretty(&self.unit))
                };
                let across = self.axis.split_once('/').map_or(self.axis.clone(), |(axis, unit)| {
                    format!("{} / {}", super::energies::capital(axis), pretty(unit))
                });
                (super::energies::capital(&spaced), across, up)
            }
        }
    }

    /// What the curves mean.
    fn sentence(&self) -> String {
        let of = |name: &Quoted| name.name.rsplit_once(" of ").map_or(String::new(), |(_, of)| format!("{of} "));
        let means = self.numbers.iter().filter(|number| number.name.starts_with("mean"));
        let means: Vec<String> =
            means.take(MOST_CURVES).map(|number| format!("{}{}", of(number), number.spoken())).collect();
        match self.subject {
            Subject::DensityOfStates | Subject::Infrared => {
                let maxima = self.numbers.iter().filter(|number| number.name.starts_with("maximum"));
                let maxima: Vec<String> = maxima.map(|number| short(number.value.round(), 6)).collect();
                if maxima.is_empty() { self.highest() } else { format!("Maxima at {} cm⁻¹.", maxima.join(", ")) }
            }
            Subject::DihedralAngles => self.populations(),
            Subject::BondLengths | Subject::BondAngles if !means.is_empty() => format!("Means: {}.", means.join(", ")),
            Subject::Other if !self.numbers.is_empty() => {
                let all = self.numbers.iter().take(3).map(|number| format!("{}: {}", number.name, number.spoken()));
                format!("{}.", super::energies::capital(&all.collect::<Vec<_>>().join("; ")))
            }
            _ => self.highest(),
        }
    }

    /// Shares of the three thirds of the circle: a mean of several wells would are between them.
    fn populations(&self) -> String {
        let share = |points: &[[f64; 2]], inside: fn(f64) -> bool| {
            let all: f64 = points.iter().map(|point| point[1]).sum();
            let part: f64 = points.iter().filter(|point| inside(point[0])).map(|point| point[1]).sum();
            short((100.0 * part / all.max(f64::MIN_POSITIVE)).round(), 3)
        };
        let of = |(label, points): &(String, Vec<[f64; 2]>)| {
            format!(
                "{label} {} % around 180°, {} % around 60°, {} % around −60°",
                share(points, |angle| angle.abs() > 120.0),
                share(points, |angle| (0.0..=120.0).contains(&angle)),
                share(points, |angle| (-120.0..0.0).contains(&angle))
            )
        };
        format!("By thirds of the circle: {}.", self.curves.iter().take(3).map(of).collect::<Vec<_>>().join("; "))
    }

    /// Where each curve has its maximum.
    fn highest(&self) -> String {
        let unit = self.axis.split_once('/').map_or(String::new(), |(_, unit)| format!(" {}", pretty(unit)));
        let top = |(label, points): &(String, Vec<[f64; 2]>)| {
            let top = points.iter().max_by(|a, b| a[1].total_cmp(&b[1]))?;
            let of = if label.is_empty() { String::new() } else { format!("{label} ") };
            Some(format!("{of}{} at {}{unit}", short(top[1], 3), short(top[0], 4)))
        };
        let tops: Vec<String> = self.curves.iter().filter_map(top).take(4).collect();
        if tops.is_empty() { String::new() } else { format!("Highest values: {}.", tops.join(", ")) }
    }

    /// The part of the axis where there is anything, with a little room.
    fn used(&self) -> Option<[f64; 2]> {
        let there =
            self.curves.iter().flat_map(|(_, points)| points).filter(|point| point[1] > 0.0).map(|point| point[0]);
        let (low, high) = there.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
        (low <= high).then_some([low - 3.0, high + 3.0])
    }
}

/// A line of the file of numbers: name, value, error, unit.
fn quoted(line: &str) -> Option<Quoted> {
    let words: Vec<&str> = line.rsplitn(4, ',').collect();
    let [unit, error, value, name] = words.as_slice() else { return None };
    let (value, error) = (value.parse().ok()?, error.parse().ok());
    Some(Quoted { name: name.trim_matches('"').to_string(), value, error, unit: (*unit).to_string() })
}

/// A unit of a file as a reader knows it.
fn pretty(unit: &str) -> String {
    match unit {
        "deg" => "°".into(),
        "(1/cm)" | "1/cm" => "cm⁻¹".into(),
        other => other.replace("^2", "²"),
    }
}

/// Neighbors put together, so that at most [`MOST_BINS`] points are left where there is anything.
fn together(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let used = points.iter().filter(|point| point[1] > 0.0).count();
    let number = used.div_ceil(MOST_BINS).max(1);
    let mean = |part: &[[f64; 2]], axis: usize| part.iter().map(|point| point[axis]).sum::<f64>() / part.len() as f64;
    points.chunks(number).map(|part| [mean(part, 0), mean(part, 1)]).collect()
}
