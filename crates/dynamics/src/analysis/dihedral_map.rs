//! Two dihedral angles at once, as Ramachandran drew them.

use super::groups::Groups;
use super::{Analysis, Findings, Internal, Map, Sample, StateReader};
use cormorant_core::{Error, Result};

/// Bins of each axis, 5° wide.
const BINS: usize = 72;
/// Width of a bin in degrees.
const BIN: f64 = 360.0 / BINS as f64;

/// Probability density of two dihedral angles, in 1/deg²; its integral over both is 1.
///
/// Angles are those of [`Internal::Dihedral`]. Source of the name: Ramachandran, Ramakrishnan and Sasisekharan 1963,
/// doi:10.1016/S0022-2836(63)80023-6. Checked by `suite::analysis::shapes`.
pub struct DihedralMap {
    dihedrals: [Internal; 2],
    atoms: Groups,
    frames: u64,
    counts: Vec<f64>, // [BINS × BINS], the first angle first
}

impl DihedralMap {
    /// A map of these two dihedral angles.
    ///
    /// # Errors
    /// When one is not a dihedral angle.
    pub fn new(first: Internal, second: Internal) -> Result<Self> {
        if [&first, &second].iter().any(|internal| internal.atoms().len() != 4) {
            return Err(Error::Invalid("a map needs two dihedral angles, each of four atoms".into()));
        }
        let counts = vec![0.0; BINS * BINS];
        Ok(Self { dihedrals: [first, second], atoms: Groups::default(), frames: 0, counts })
    }
}

/// The bin of an angle.
fn bin(angle: f64) -> usize {
    (((angle + 180.0) / BIN) as usize).min(BINS - 1)
}

impl Analysis for DihedralMap {
    fn title(&self) -> &'static str {
        "map of two dihedral angles"
    }

    fn add(&mut self, sample: &Sample<'_>) -> Result<()> {
        self.atoms.add(sample)?;
        let [first, second] = &self.dihedrals;
        self.counts[bin(first.value(sample)?) * BINS + bin(second.value(sample)?)] += 1.0;
        self.frames += 1;
        Ok(())
    }

    fn findings(&self) -> Result<Findings> {
        if self.frames == 0 {
            return Err(Error::TooFewFrames("there are no frames to take dihedral angles from".into()));
        }
        let points: Vec<f64> = (0..BINS).map(|at| (at as f64 + 0.5) * BIN - 180.0).collect();
        let factor = 1.0 / (self.frames as f64 * BIN * BIN);
        let values = self.counts.chunks_exact(BINS).map(|row| row.iter().map(|count| count * factor).collect());
        let map = Map {
            name: String::new(),
            title: self.title().into(),
            axes: self.dihedrals.each_ref().map(|dihedral| dihedral.label(&self.atoms.atoms, true)),
            axis_unit: "deg",
            points: [points.clone(), points],
            symbol: "p".into(),
            unit: "1/deg^2",
            values: values.collect(),
        };
        Ok(Findings { maps: vec![map], ..Findings::default() })
    }

    fn state(&self) -> Vec<f64> {
        let mut state = self.atoms.state();
        state.push(self.frames as f64);
        state.extend(&self.counts);
        state
    }

    fn restore(&mut self, state: &[f64]) -> Result<()> {
        let mut state = StateReader::new(state);
        self.atoms = Groups::read(&mut state)?;
        self.frames = state.count()?;
        self.counts = state.numbers(BINS * BINS)?.to_vec();
        state.end()
    }
}
