//! How far a structure is from a reference.

use super::groups::Groups;
use super::{Analysis, Blocks, Curve, Curves, Findings, Number, Sample, StateReader, Superposition};
use cormorant_core::system::{Cell, Element, System, find_bonds, whole_molecules};
use cormorant_core::units::PICOSECOND;
use cormorant_core::{Error, Result};

/// Most points of the curve over time; of longer trajectories neighbors are averaged.
const MOST_POINTS: usize = 4096;

/// Root mean square deviation from a reference after the best superposition, over time.
///
/// Each frame is turned and shifted so that it fits the reference best ([`Superposition`]); all atoms weigh the same. The
/// reference is a structure of the same atoms in the same order, or the first frame. Molecules that a cell divides are put
/// together, in the reference by their bonds, in the frames along the bonds of the reference.
pub struct RootMeanSquareDeviation {
    hydrogen: bool,
    atoms: Groups,
    reference: Vec<[f64; 3]>, // of the atoms that count
    bonds: Vec<[usize; 2]>,   // of them, each to an atom that comes after the other
    mean: Blocks,
    series: Blocks, // time in ps and deviation in Å
    timed: bool,    // whether all frames so far have times; those of a run have
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
            bonds: Vec::new(),
            mean: Blocks::new(1),
            series: Blocks::with_capacity(2, MOST_POINTS),
            timed: true,
        };
        if let Some(reference) = reference {
            analysis.atoms = Groups::new(reference.elements.clone());
            analysis.refer_to(reference)?;
        }
        Ok(analysis)
    }

    fn refer_to(&mut self, system: &System) -> Result<()> {
        let whole = whole_molecules(system)?;
        self.reference = self.counted(&whole, &system.elements);
        if self.reference.is_empty() {
            return Err(Error::Invalid("there is no atom but hydrogen to compare".into()));
        }
        self.connect()
    }

    /// Finds the bonds of the reference, ordered so that each leads on from where others have led.
    fn connect(&mut self) -> Result<()> {
        // Before the first frame.
        if self.reference.is_empty() {
            return Ok(());
        }
        let elements: Vec<_> = self.atoms.atoms.iter().copied().filter(|element| self.counts(*element)).collect();
        let mut neighbors = vec![Vec::new(); elements.len()];
        for bond in find_bonds(&System::new(elements, self.reference.clone(), None)?)? {
            neighbors[bond.first].push(bond.second);
            neighbors[bond.second].push(bond.first);
        }
        let mut seen = vec![false; neighbors.len()];
        self.bonds.clear();
        for start in 0..neighbors.len() {
            let mut open = vec![start];
            while let Some(atom) = open.pop() {
                seen[atom] = true;
                for &other in &neighbors[atom] {
                    if !seen[other] {
                        seen[other] = true;
                        self.bonds.push([atom, other]);
                        open.push(other);
                    }
                }
            }
        }
        Ok(())
    }

    /// Positions with every bond of the reference as short as the cell allows.
    fn put_together(&self, mut points: Vec<[f64; 3]>, cell: Option<&Cell>) -> Vec<[f64; 3]> {
        let Some(cell) = cell else { return points };
        for &[from, to] in &self.bonds {
            points[to] = cell.image_near(points[to], points[from]);
        }
        points
    }

    fn counts(&self, element: Element) -> bool {
        self.hydrogen || element.number() > 1
    }

    /// Positions of the atoms that count.
    fn counted(&self, positions: &[[f64; 3]], elements: &[Element]) -> Vec<[f64; 3]> {
        let pairs = positions.iter().zip(elements);
        pairs.filter(|(_, element)| self.counts(**element)).map(|(position, _)| *position).collect()
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
        let System { positions, elements, cell, .. } = sample.system;
        let points = self.put_together(self.counted(positions, elements), cell.as_ref());
        let deviation = Superposition::new(&points, &self.reference).deviation(&points, &self.reference);
        // Without times the axis counts frames.
        self.timed &= sample.timed;
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
            axis: if self.timed { "time" } else { "frame" }.into(),
            axis_unit: if self.timed { "ps" } else { "" },
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
        self.connect()?;
        self.mean = Blocks::read(&mut state)?;
        self.series = Blocks::read(&mut state)?;
        state.end()
    }
}

fn other_atoms(sample: &Sample<'_>) -> Error {
    Error::Structure("it has other atoms than the reference, or in another order".into()).at_frame(sample.frame)
}
