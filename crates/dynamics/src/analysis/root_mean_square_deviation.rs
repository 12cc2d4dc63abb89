//! How far a structure is from a reference.

use super::groups::Groups;
use super::{Analysis, Blocks, Curve, Curves, Findings, Number, Sample, StateReader, Superposition};
use cormorant_core::system::System;
use cormorant_core::units::PICOSECOND;
use cormorant_core::{Error, Result};

/// Most points of the curve over time; of longer trajectories neighbors are averaged.
const MOST_POINTS: usize = 4096;

/// Root mean square deviation from a reference after the best superposition, over time.
///
/// Each frame is turned and shifted so that it fits the reference best ([`Superposition`]); all atoms weigh the same. The
/// reference is a structure of the same atoms in the same order, or the first frame. Positions are taken as they come:
/// molecules must be whole, which unwrapped trajectories that began whole are.
pub struct RootMeanSquareDeviation {
    hydrogen: bool,
    atoms: Groups,
    reference: Vec<[f64; 3]>, // of the atoms that count
    mean: Blocks,
    series: Blocks, // time in ps and deviation in Å
}

impl RootMeanSquareDeviation {
    /// Deviation from `reference`, or from the first frame; of heavy atoms only without `hydrogen`.
    ///
    /// # Errors
    /// When the reference has no atom that counts.
    pub fn new(reference: Option<&System>, hydrogen: bool) -> Result<Self> {
        let mut analysis = Self {
            hydrogen,
            atoms: Groups::default(),
            reference: Vec::new(),
            mean: Blocks::new(1),
            series: Blocks::with_capacity(2, MOST_POINTS),
        };
        if let Some(reference) = reference {
            analysis.atoms = Groups::new(reference.elements.clone());
            analysis.refer_to(reference)?;
        }
        Ok(analysis)
    }

    fn refer_to(&mut self, system: &System) -> Result<()> {
        self.reference = self.counted(system);
        if self.reference.is_empty() {
            return Err(Error::Invalid("there is no atom but hydrogen to compare".into()));
        }
        Ok(())
    }

    /// Positions of the atoms that count.
    fn counted(&self, system: &System) -> Vec<[f64; 3]> {
        let pairs = system.positions.iter().zip(&system.elements);
        pairs.filter(|(_, element)| self.hydrogen || element.number() > 1).map(|(position, _)| *position).collect()
    }
}

impl Analysis for RootMeanSquareDeviation {
    fn title(&self) -> &'static str {
        "root mean square deviation"
    }

    fn add(&mut self, sample: &Sample<'_>) -> Result<()> {
        if self.atoms.add(sample).map_err(|_| other_atoms(sample))? {
            self.refer_to(sample.system)?;
        }
        let points = self.counted(sample.system);
        let deviation = Superposition::new(&points, &self.reference).deviation(&points, &self.reference);
        // Without times the axis counts frames.
        let time = if sample.timed { sample.system.time / PICOSECOND } else { sample.frame as f64 };
        self.mean.add(&[deviation]);
        self.series.add(&[time, deviation]);
        Ok(())
    }

    fn findings(&self) -> Result<Findings> {
        if self.mean.count() == 0 {
            return Err(Error::TooFewFrames("there are no frames to compare with the reference".into()));
        }
        let length = self.series.block_length();
        let mut rows: Vec<[f64; 2]> =
            self.series.full_blocks().map(|sum| [0, 1].map(|at| sum[at] / length as f64)).collect();
        let (rest, filled) = self.series.open_block();
        if filled > 0 {
            rows.push([0, 1].map(|at| rest[at] / filled as f64));
        }
        let mut findings = Findings::default();
        let error = self.mean.error().map(|error| error[0]);
        findings.numbers.push(Number::new("mean deviation", self.mean.mean()[0], "Å").with_error(error));
        if length > 1 {
            findings.notes.push(format!("each point is the mean of {length} frames"));
        }
        if !self.hydrogen {
            findings.notes.push("hydrogen is left out".into());
        }
        findings.curves.push(Curves {
            title: self.title().into(),
            axis: "time".into(),
            axis_unit: "ps",
            points: rows.iter().map(|row| row[0]).collect(),
            symbol: "RMSD".into(),
            unit: "Å",
            curves: vec![Curve { label: String::new(), values: rows.iter().map(|row| row[1]).collect(), errors: None }],
            ..Curves::default()
        });
        Ok(findings)
    }

    fn state(&self) -> Vec<f64> {
        let mut state = self.atoms.state();
        state.push(self.reference.len() as f64);
        state.extend(self.reference.iter().flatten());
        state.extend(self.mean.state());
        state.extend(self.series.state());
        state
    }

    fn restore(&mut self, state: &[f64]) -> Result<()> {
        let mut state = StateReader::new(state);
        self.atoms = Groups::read(&mut state)?;
        let count = state.count()? as usize;
        self.reference = state.vectors(count)?;
        self.mean = Blocks::read(&mut state)?;
        self.series = Blocks::read(&mut state)?;
        state.end()
    }
}

fn other_atoms(sample: &Sample<'_>) -> Error {
    Error::Structure("it has other atoms than the reference, or in another order".into()).at_frame(sample.frame)
}
