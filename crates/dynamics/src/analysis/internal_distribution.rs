//! How bonds, angles and dihedral angles are distributed.

use super::groups::Groups;
use super::topology::find_internals;
use super::{Analysis, Blocks, Curve, Curves, Findings, Internal, InternalKind, Number, Sample, StateReader};
use cormorant_core::{Error, Result};

/// Bins of a distribution.
const BINS: usize = 360;
/// Width of a bin of distances in Å, so that they reach to 7.2 Å.
const DISTANCE_BIN: f64 = 0.02;
/// More atoms than this in the coordinates of a state are refused; only a damaged state has them.
const MOST_ATOMS: u64 = 4;

/// Distributions of bond lengths, angles or dihedral angles: probability densities, each with its mean.
///
/// Coordinates are those found in the first frame by covalent radii, gathered by the elements of their atoms, or single
/// ones that are asked for. Angles are counted as they are, not divided by sin θ. Means of dihedral angles are those of
/// directions, arg ⟨e^{iφ}⟩, with the share |⟨e^{iφ}⟩| of them that points there: near 1 the mean says something, near 0
/// nothing. Checked by `suite::analysis::shapes`.
pub struct InternalDistribution {
    kind: InternalKind,
    listed: bool,
    atoms: Groups,
    internals: Vec<Internal>,
    groups: Vec<usize>, // the label of each coordinate, [internals]
    labels: Vec<String>,
    frames: Blocks, // a vector of [labels][BINS + 3]: densities, then means of x and x² or of cos φ and sin φ, then those beyond
}

impl InternalDistribution {
    /// Every coordinate of this kind along the bonds of the first frame.
    #[must_use]
    pub fn found(kind: InternalKind) -> Self {
        Self {
            kind,
            listed: false,
            atoms: Groups::default(),
            internals: Vec::new(),
            groups: Vec::new(),
            labels: Vec::new(),
            frames: Blocks::new(0),
        }
    }

    /// The coordinates that `texts` name (see [`Internal::parse`]), or all along the bonds when there are no texts.
    ///
    /// # Errors
    /// When a text names none, or one of another kind.
    pub fn parse(kind: InternalKind, texts: &[String]) -> Result<Self> {
        if texts.is_empty() {
            return Ok(Self::found(kind));
        }
        Self::listed(kind, texts.iter().map(|text| Internal::parse(text)).collect::<Result<_>>()?)
    }

    /// These coordinates, each by itself.
    ///
    /// # Errors
    /// When there is none, or one is of another kind.
    pub fn listed(kind: InternalKind, internals: Vec<Internal>) -> Result<Self> {
        let atoms = width(kind);
        if internals.is_empty() || internals.iter().any(|internal| internal.atoms().len() != atoms) {
            return Err(Error::Invalid(format!("each of {} needs {atoms} atoms", words(kind))));
        }
        Ok(Self { listed: true, internals, ..Self::found(kind) })
    }

    fn begin(&mut self, sample: &Sample<'_>) -> Result<()> {
        let system = sample.system;
        if !self.listed {
            self.internals = find_internals(system, self.kind)?;
            if self.internals.is_empty() {
                return Err(Error::Invalid(format!("the first frame has no {}", words(self.kind))));
            }
        }
        for internal in &self.internals {
            internal.value(sample)?; // that its atoms are there
        }
        self.name();
        self.frames = Blocks::new(self.labels.len() * (BINS + 3));
        Ok(())
    }

    /// Labels of the coordinates.
    fn name(&mut self) {
        let labels: Vec<String> =
            self.internals.iter().map(|internal| internal.label(&self.atoms.atoms, self.listed)).collect();
        self.labels.clone_from(&labels);
        self.labels.sort();
        self.labels.dedup();
        let place = |label: &String| self.labels.iter().position(|other| other == label).unwrap_or(0);
        self.groups = labels.iter().map(place).collect();
    }

    /// Lower end of the first bin and width of each.
    fn bins(&self) -> (f64, f64) {
        match self.kind {
            InternalKind::Bonds => (0.0, DISTANCE_BIN),
            InternalKind::Angles => (0.0, 180.0 / BINS as f64),
            InternalKind::Dihedrals => (-180.0, 360.0 / BINS as f64),
        }
    }

    fn unit(&self) -> &'static str {
        if self.kind == InternalKind::Bonds { "Å" } else { "deg" }
    }

    /// Mean and spread of a group by its row of the averages: standard deviation, or share that points to the mean.
    fn moments(&self, row: &[f64]) -> (f64, f64) {
        let (first, second) = (row[BINS], row[BINS + 1]);
        match self.kind {
            InternalKind::Dihedrals => (second.atan2(first).to_degrees(), first.hypot(second)),
            _ => (first, (second - first * first).max(0.0).sqrt()),
        }
    }

    fn numbers(&self, group: usize, mean: &[f64]) -> [Number; 2] {
        let label = &self.labels[group];
        let row = |all: &[f64]| self.moments(&all[group * (BINS + 3)..][..BINS + 3]);
        let (value, spread) = row(mean);
        let length = self.frames.block_length() as f64;
        let blocks: Vec<(f64, f64)> = self
            .frames
            .full_blocks()
            .map(|block| row(&block.iter().map(|sum| sum / length).collect::<Vec<_>>()))
            .map(|(mean, spread)| {
                // The shorter way round, for directions.
                let turn = if self.kind == InternalKind::Dihedrals { 360.0 } else { f64::INFINITY };
                let away = mean - value;
                (value + if turn.is_finite() { away - turn * (away / turn).round() } else { away }, spread)
            })
            .collect();
        let error = |part: fn(&(f64, f64)) -> f64| super::standard_error(&blocks.iter().map(part).collect::<Vec<_>>());
        let spread_name = match self.kind {
            InternalKind::Dihedrals => Number::new(format!("share of {label} towards the mean"), spread, ""),
            _ => Number::new(format!("standard deviation of {label}"), spread, self.unit()),
        };
        [
            Number::new(format!("mean of {label}"), value, self.unit()).with_error(error(|pair| pair.0)),
            spread_name.with_error(error(|pair| pair.1)),
        ]
    }
}

/// Number of atoms of a coordinate.
fn width(kind: InternalKind) -> usize {
    match kind {
        InternalKind::Bonds => 2,
        InternalKind::Angles => 3,
        InternalKind::Dihedrals => 4,
    }
}

/// The coordinates in words.
fn words(kind: InternalKind) -> &'static str {
    match kind {
        InternalKind::Bonds => "bonds",
        InternalKind::Angles => "angles",
        InternalKind::Dihedrals => "dihedral angles",
    }
}

impl Analysis for InternalDistribution {
    fn title(&self) -> &'static str {
        match self.kind {
            InternalKind::Bonds => "distribution of bond lengths",
            InternalKind::Angles => "distribution of angles",
            InternalKind::Dihedrals => "distribution of dihedral angles",
        }
    }

    fn add(&mut self, sample: &Sample<'_>) -> Result<()> {
        if self.atoms.add(sample)? {
            self.begin(sample)?;
        }
        let (start, bin) = self.bins();
        let mut vector = vec![0.0; self.labels.len() * (BINS + 3)];
        let mut counts = vec![0.0; self.labels.len()];
        for group in &self.groups {
            counts[*group] += 1.0;
        }
        for (internal, group) in self.internals.iter().zip(&self.groups) {
            let value = internal.value(sample)?;
            let row = &mut vector[group * (BINS + 3)..][..BINS + 3];
            let share = 1.0 / counts[*group];
            let place = ((value - start) / bin) as usize;
            match self.kind {
                InternalKind::Bonds if place >= BINS => row[BINS + 2] += share,
                // 180° belongs to the last bin.
                _ => row[place.min(BINS - 1)] += share / bin,
            }
            let (sine, cosine) = value.to_radians().sin_cos();
            let moments = if self.kind == InternalKind::Dihedrals { (cosine, sine) } else { (value, value * value) };
            row[BINS] += share * moments.0;
            row[BINS + 1] += share * moments.1;
        }
        self.frames.add(&vector);
        Ok(())
    }

    fn findings(&self) -> Result<Findings> {
        if self.frames.count() == 0 {
            return Err(Error::TooFewFrames(format!("there are no frames to take {} from", words(self.kind))));
        }
        let (mean, error) = (self.frames.mean(), self.frames.error());
        let (start, bin) = self.bins();
        let row = |all: &[f64], group: usize| all[group * (BINS + 3)..][..BINS].to_vec();
        // Distances have a range of their own; angles are shown whole.
        let used = |at: &usize| (0..self.labels.len()).any(|group| mean[group * (BINS + 3) + at] > 0.0);
        let shown = match self.kind {
            InternalKind::Bonds => {
                let (first, last) = ((0..BINS).find(used), (0..BINS).rfind(used));
                first.unwrap_or(0).saturating_sub(1)..(last.unwrap_or(0) + 2).min(BINS)
            }
            _ => 0..BINS,
        };
        let mut findings = Findings::default();
        let mut curves = Vec::new();
        for (group, label) in self.labels.iter().enumerate() {
            findings.numbers.extend(self.numbers(group, &mean));
            let beyond = mean[group * (BINS + 3) + BINS + 2];
            if beyond > 0.0 {
                let reach = DISTANCE_BIN * BINS as f64;
                findings.notes.push(format!("{:.2} % of {label} are longer than {reach} Å", 100.0 * beyond));
            }
            let errors = error.as_ref().map(|error| row(error, group)[shown.clone()].to_vec());
            curves.push(Curve { label: label.clone(), values: row(&mean, group)[shown.clone()].to_vec(), errors });
        }
        if !self.listed {
            findings.notes.push(format!("{} {} of the first frame", self.internals.len(), words(self.kind)));
        }
        findings.curves.push(Curves {
            title: self.title().into(),
            axis: if self.kind == InternalKind::Bonds { "r" } else { "angle" }.into(),
            axis_unit: self.unit(),
            points: shown.map(|at| start + (at as f64 + 0.5) * bin).collect(),
            symbol: "p".into(),
            unit: if self.kind == InternalKind::Bonds { "1/Å" } else { "1/deg" },
            curves,
            ..Curves::default()
        });
        Ok(findings)
    }

    fn state(&self) -> Vec<f64> {
        let mut state = self.atoms.state();
        state.push(self.internals.len() as f64);
        for internal in &self.internals {
            state.push(internal.atoms().len() as f64);
            state.extend(internal.atoms().iter().map(|atom| *atom as f64));
        }
        state.extend(self.frames.state());
        state
    }

    fn restore(&mut self, state: &[f64]) -> Result<()> {
        let mut state = StateReader::new(state);
        self.atoms = Groups::read(&mut state)?;
        let count = state.count()?;
        let mut internals = Vec::new();
        for _ in 0..count {
            let atoms = state.count()?.min(MOST_ATOMS);
            let atoms: Vec<usize> =
                (0..atoms).map(|_| state.count().map(|atom| atom as usize)).collect::<Result<_>>()?;
            internals.push(Internal::of(&atoms)?);
        }
        if self.listed && internals != self.internals {
            return Err(Error::Restart("a saved analysis is of other atoms".into()));
        }
        self.internals = internals;
        if !self.atoms.atoms.is_empty() {
            self.name();
        }
        self.frames = Blocks::read(&mut state)?;
        state.end()
    }
}
