//! The distribution of the kinetic energy against the exact one.

use statrs::distribution::{Continuous, Gamma};

use super::energies::{StageTable, with_error};
use super::moving::mean;
use crate::report::plot::{Axis, Chart, Look, Series, short};
use crate::units::BOLTZMANN;

/// Rows below which a histogram says nothing.
const FEWEST: usize = 100;
/// Bars across four standard deviations to each side.
const BARS: usize = 40;

/// The histogram of the kinetic energy of the last stage, and for a canonical bath the exact density.
///
/// With N degrees of freedom at temperature T the kinetic energy K is gamma-distributed with shape N/2 and scale k_B·T:
/// p(K) = K^(N/2−1) e^(−K/k_B T) / (Γ(N/2) (k_B T)^(N/2)), mean N/2·k_B T, variance N/2·(k_B T)².
/// Source: the Maxwell-Boltzmann distribution of N quadratic terms. Checked by `suite::report::kinetic_energies_are_gamma`.
pub(super) fn kinetic(tables: &[StageTable<'_>]) -> Option<Chart> {
    let table = tables.last()?;
    let values = table.columns.get("kinetic/eV")?;
    if values.len() < FEWEST {
        return None;
    }
    let freedom = degrees_of_freedom(values, table.columns.get("temperature/K")?)?;
    let indexed: Vec<[f64; 2]> = values.iter().map(|&value| [0.0, value]).collect();
    let (centre, error) = mean(&indexed);
    let squares: Vec<[f64; 2]> = values.iter().map(|value| [0.0, (value - centre).powi(2)]).collect();
    let (variance, variance_error) = mean(&squares);
    let half = 4.0 * variance.sqrt().max(1.0e-9);
    let (low, high) = ((centre - half).max(0.0), centre + half);
    let width = (high - low) / BARS as f64;
    let mut counts = vec![0.0; BARS];
    for value in values.iter().filter(|value| (low..high).contains(*value)) {
        counts[(((value - low) / width) as usize).min(BARS - 1)] += 1.0;
    }
    let density = 1.0 / (values.len() as f64 * width);
    let bars =
        counts.iter().enumerate().map(|(bar, count)| [low + (bar as f64 + 0.5) * width, count * density]).collect();
    let mut chart = Chart::new(
        "kinetic",
        "Kinetic energy",
        Axis::new("Kinetic energy / eV").between(low, high),
        Axis::new("Probability density / (1/eV)"),
    )
    .with(Series::new(format!("stage {}", table.plan.name), Look::Bars, 0, bars));
    let bath = table.plan.temperature.filter(|_| table.plan.canonical);
    let temperature = bath.unwrap_or(2.0 * centre / (freedom as f64 * BOLTZMANN));
    let exact = (0..=200).map(|point| low + (high - low) * f64::from(point) / 200.0);
    let canonical = Gamma::new(0.5 * freedom as f64, 1.0 / (BOLTZMANN * temperature)).ok()?;
    let curve: Vec<[f64; 2]> =
        exact.map(|energy| [energy, if energy > 0.0 { canonical.pdf(energy) } else { 0.0 }]).collect();
    let exact_mean = 0.5 * freedom as f64 * BOLTZMANN * temperature;
    let exact_variance = exact_mean * BOLTZMANN * temperature;
    let ratio =
        |value: f64, error: Option<f64>, exact: f64| with_error(value / exact, error.map(|error| error / exact));
    let sentence = if bath.is_some() {
        chart = chart.with(Series::new(format!("exact at {} K", short(temperature, 4)), Look::Line, 1, curve));
        format!(
            "{freedom} degrees of freedom: the mean is {} and the variance {} times the exact one (1 is right).",
            ratio(centre, error, exact_mean),
            ratio(variance, variance_error, exact_variance)
        )
    } else {
        chart = chart.with(Series::new(format!("canonical at {} K", short(temperature, 4)), Look::Dashed, 1, curve));
        format!(
            "{freedom} degrees of freedom without a canonical bath: the variance is {} times that of a canonical ensemble of the \
             same mean, and less than 1 is to be expected.",
            ratio(variance, variance_error, exact_variance)
        )
    };
    Some(chart.saying(sentence))
}

/// N of K = N/2·k_B T, from the first row that moves.
fn degrees_of_freedom(kinetic: &[f64], temperature: &[f64]) -> Option<usize> {
    let (energy, temperature) = kinetic.iter().zip(temperature).find(|(_, temperature)| **temperature > 1.0)?;
    let freedom = (2.0 * energy / (BOLTZMANN * temperature)).round();
    (freedom >= 1.0).then_some(freedom as usize)
}
