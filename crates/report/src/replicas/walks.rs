//! Who was where on a ladder of temperatures, from `exchanges.csv`.

use std::path::Path;

use crate::plot::{Axis, Chart, PlotStyle, Series, short};
use cormorant_core::{Error, Result};

/// Walkers in a chart; of more, the first are drawn.
const MOST_WALKERS: usize = 4;

/// The log of the exchanges.
pub(super) struct Walks {
    rungs: usize,
    /// Time in ps of every attempt.
    times: Vec<f64>,
    /// The walker on each rung after it, counted from 0; `[attempts][rungs]`.
    walkers: Vec<Vec<usize>>,
    /// Attempts of each pair of neighbors, and those that were accepted.
    tried: Vec<[u64; 2]>,
}

impl Walks {
    /// Read the log; a last line that is not complete is left out.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::io(path, source))?;
        let complete = text.rfind('\n').map_or("", |end| &text[..end]);
        let mut lines = complete.lines();
        let rungs =
            lines.next().map_or(0, |head| head.split(',').filter(|word| word.starts_with("walker_at_")).count());
        let mut all =
            Self { rungs, times: Vec::new(), walkers: Vec::new(), tried: vec![[0; 2]; rungs.saturating_sub(1)] };
        let mut every = 0;
        for (number, line) in lines.enumerate() {
            let wrong = || {
                Error::data(path, format!("{line:?} is not an exchange of {rungs} rungs")).at_line(number as u64 + 2)
            };
            let words: Vec<&str> = line.split(',').collect();
            if words.len() != rungs + 3 {
                return Err(wrong());
            }
            let step: u64 = words[0].parse().map_err(|_| wrong())?;
            all.times.push(words[1].parse().map_err(|_| wrong())?);
            let walker = |word: &&str| word.parse().ok().and_then(|walker: usize| walker.checked_sub(1));
            let walkers: Option<Vec<usize>> = words[2..2 + rungs].iter().map(walker).collect();
            all.walkers.push(walkers.ok_or_else(wrong)?);
            // Even and odd pairs take turns; the first attempt, after one interval, is that of the even ones.
            every = if every == 0 { step.max(1) } else { every };
            let first = usize::from((step / every).is_multiple_of(2));
            for pair in all.tried.iter_mut().skip(first).step_by(2) {
                pair[0] += 1;
            }
            for pair in words[rungs + 2].split_whitespace() {
                let lower: usize = pair.split('-').next().and_then(|word| word.parse().ok()).ok_or_else(wrong)?;
                all.tried.get_mut(lower.wrapping_sub(1)).ok_or_else(wrong)?[1] += 1;
            }
        }
        Ok(all)
    }

    /// How often neighbors swapped, and how walkers wander.
    pub fn charts(&self) -> Vec<Chart> {
        if self.times.is_empty() || self.tried.is_empty() {
            return Vec::new();
        }
        vec![self.acceptance(), self.wandering()]
    }

    fn acceptance(&self) -> Chart {
        let shares: Vec<f64> =
            self.tried.iter().map(|[tried, accepted]| 100.0 * *accepted as f64 / (*tried).max(1) as f64).collect();
        let names = (1..self.rungs).map(|lower| format!("{lower}–{}", lower + 1)).collect();
        let (low, high) = shares.iter().fold((f64::INFINITY, 0.0_f64), |(low, high), x| (low.min(*x), high.max(*x)));
        let bars = shares.iter().enumerate().map(|(pair, share)| [pair as f64, *share]).collect();
        Chart::new("acceptance", "Swaps of neighbors", Axis::new("").named(names), Axis::new("Accepted / %"))
            .with(Series::new("", PlotStyle::Bars, 0, bars))
            .saying(format!(
                "Between {} and {} % of the attempts were accepted; 20 to 50 % is a good range.",
                short(low, 3),
                short(high, 3)
            ))
    }

    fn wandering(&self) -> Chart {
        let trips = (0..self.rungs).map(|walker| self.round_trips(walker)).sum::<u64>();
        let mut chart = Chart::new("walkers", "Walkers on the ladder", Axis::new("Time / ps"), Axis::new("Rung"));
        chart.y = chart.y.between(0.7, self.rungs as f64 + 0.3);
        for walker in 0..self.rungs.min(MOST_WALKERS) {
            let steps = self.places(walker).zip(&self.times).map(|(rung, &time)| [time, (rung + 1) as f64]);
            chart = chart.with(Series::new(format!("walker {}", walker + 1), PlotStyle::Line, walker, steps.collect()));
        }
        chart.saying(format!(
            "{trips} times in all {} walkers a configuration went from the lowest rung to the highest and back; rung 1 is the first \
             temperature.",
            self.rungs
        ))
    }

    /// The rung of `walker` after every attempt.
    fn places(&self, walker: usize) -> impl Iterator<Item = usize> + '_ {
        self.walkers.iter().map(move |row| row.iter().position(|one| *one == walker).unwrap_or(0))
    }

    /// How often `walker` came from the lowest rung to the highest and back.
    fn round_trips(&self, walker: usize) -> u64 {
        let (mut trips, mut begun, mut high) = (0, false, false);
        for rung in std::iter::once(walker).chain(self.places(walker)) {
            if rung == 0 {
                trips += u64::from(begun && high);
                (begun, high) = (true, false);
            } else if rung + 1 == self.rungs {
                high = begun;
            }
        }
        trips
    }
}
