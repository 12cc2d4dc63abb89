//! The distribution of the kinetic energy against the exact one.

use super::energies::{StageTable, with_error};
use super::moving::mean;
use crate::plot::{Axis, Chart, PlotStyle, Series, short};
use cormorant_core::units::BOLTZMANN;
use cormorant_dynamics::analysis::{Analysis, KineticDistribution};

/// Rows below which a histogram says nothing.
const FEWEST: usize = 100;

/// The distribution of the kinetic energy of the last stage beside the exact one of its bath ([`KineticDistribution`]), or, without
/// a canonical bath, beside that of a canonical ensemble of the same mean.
///
/// The sentence holds mean and variance over the exact ones, N/2·k_B T and N/2·(k_B T)² for N degrees of freedom.
/// Checked by `suite::report::kinetic_energies_are_gamma`.
pub(super) fn kinetic(tables: &[StageTable<'_>]) -> Option<Chart> {
    let table = tables.last()?;
    let values = table.columns.get("kinetic/eV")?;
    if values.len() < FEWEST {
        return None;
    }
    let freedom = degrees_of_freedom(values, table.columns.get("temperature/K")?)?;
    let indexed: Vec<[f64; 2]> = values.iter().map(|&value| [0.0, value]).collect();
    let (center, error) = mean(&indexed);
    let squares: Vec<[f64; 2]> = values.iter().map(|value| [0.0, (value - center).powi(2)]).collect();
    let (variance, variance_error) = mean(&squares);
    let bath = table.plan.temperature.filter(|_| table.plan.canonical);
    let temperature = bath.unwrap_or(2.0 * center / (freedom as f64 * BOLTZMANN));
    let mut distribution = KineticDistribution::new(temperature, freedom).ok()?;
    for &value in values {
        distribution.add_energy(value);
    }
    let findings = distribution.findings().ok()?;
    let curves = findings.curves.first()?;
    let points = |values: &[f64]| curves.points.iter().zip(values).map(|(&x, &y)| [x, y]).collect::<Vec<_>>();
    let [found, exact] = curves.curves.as_slice() else { return None };
    let exact_mean = 0.5 * freedom as f64 * BOLTZMANN * temperature;
    let exact_variance = exact_mean * BOLTZMANN * temperature;
    let ratio =
        |value: f64, error: Option<f64>, exact: f64| with_error(value / exact, error.map(|error| error / exact));
    let variance = ratio(variance, variance_error, exact_variance);
    let (name, look, sentence) = if bath.is_some() {
        let mean = ratio(center, error, exact_mean);
        let test = distribution.chi_square().map_or_else(String::new, |(_, probability)| {
            format!(
                " By chi-square, exact sampling deviates this much or more in {} % of runs.",
                short(100.0 * probability, 2)
            )
        });
        let sentence = format!(
            "{freedom} degrees of freedom: the mean is {mean} and the variance {variance} times the exact one (1 is right).{test}"
        );
        ("exact", PlotStyle::Line, sentence)
    } else {
        let sentence = format!(
            "{freedom} degrees of freedom without a canonical bath: the variance is {variance} times that of a canonical ensemble of \
             the same mean, and less than 1 is to be expected."
        );
        ("canonical", PlotStyle::Dashed, sentence)
    };
    let chart = Chart::new(
        "kinetic",
        "Kinetic energy",
        Axis::new("Kinetic energy / eV"),
        Axis::new("Probability density / (1/eV)"),
    );
    let chart =
        chart.with(Series::new(format!("stage {}", table.plan.name), PlotStyle::Bars, 0, points(&found.values)));
    let name = format!("{name} at {} K", short(temperature, 4));
    Some(chart.with(Series::new(name, look, 1, points(&exact.values))).saying(sentence))
}

/// N of K = N/2·k_B T, from the first row that moves.
fn degrees_of_freedom(kinetic: &[f64], temperature: &[f64]) -> Option<usize> {
    let (energy, temperature) = kinetic.iter().zip(temperature).find(|(_, temperature)| **temperature > 1.0)?;
    let freedom = (2.0 * energy / (BOLTZMANN * temperature)).round();
    (freedom >= 1.0).then_some(freedom as usize)
}
