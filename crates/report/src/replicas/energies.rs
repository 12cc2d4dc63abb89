//! How the potential energies of neighbors overlap.

use super::ReplicasPlan;
use crate::plot::{Axis, Chart, PlotStyle, Series, short};
use crate::run::potential_energies;
use cormorant_core::Result;

/// Bins over the range of all energies.
const BINS: usize = 30;
/// Rows of a table below which a histogram says nothing.
const FEWEST: usize = 100;
/// Curves in the chart; of more members, evenly chosen ones.
const MOST_CURVES: usize = 7;

/// The distribution of the potential energy in the last stage of each member, and how much neighbors have in common.
pub(super) fn overlap(plan: &ReplicasPlan) -> Result<Option<Chart>> {
    let all = plan.members.iter().map(potential_energies).collect::<Result<Vec<_>>>()?;
    if all.len() < 2 || all.iter().any(|energies| energies.len() < FEWEST) {
        return Ok(None);
    }
    let (low, high) = all
        .iter()
        .flatten()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), energy| (low.min(*energy), high.max(*energy)));
    let width = ((high - low) / BINS as f64).max(f64::MIN_POSITIVE);
    let histogram = |energies: &Vec<f64>| -> Vec<f64> {
        let mut shares = vec![0.0; BINS];
        for energy in energies {
            shares[(((energy - low) / width) as usize).min(BINS - 1)] += 1.0 / energies.len() as f64;
        }
        shares
    };
    let shares: Vec<Vec<f64>> = all.iter().map(histogram).collect();
    let common = |pair: &[Vec<f64>]| pair[0].iter().zip(&pair[1]).map(|(a, b)| a.min(*b)).sum::<f64>();
    let least = shares.windows(2).map(common).fold(f64::INFINITY, f64::min);
    let mut chart = Chart::new(
        "potential",
        "Potential energies",
        Axis::new("Potential energy − the lowest / eV"),
        Axis::new("Probability density / (1/eV)"),
    );
    let stride = all.len().div_ceil(MOST_CURVES);
    for (number, (member, shares)) in plan.members.iter().zip(&shares).step_by(stride).enumerate() {
        let points =
            shares.iter().enumerate().map(|(bin, share)| [(bin as f64 + 0.5) * width, share / width]).collect();
        chart = chart.with(Series::new(&member.name, PlotStyle::Line, number, points));
    }
    let sentence =
        format!("Neighbors in the list have at least {} % of their distributions in common.", short(100.0 * least, 2));
    Ok(Some(chart.saying(sentence)))
}
