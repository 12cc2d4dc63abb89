//! What is found in the frames of a trajectory.

use std::path::Path;

use crate::settings::AnalysisInput;
use cormorant_core::{Error, Result};
use cormorant_dynamics::analysis::{
    Analysis, Findings, FrameSelection, FrameStream, RadialDistribution, VelocitySource,
};

/// What was found in one trajectory.
pub struct Analyzed {
    /// What was looked for.
    pub title: &'static str,
    /// Number of frames.
    pub frames: u64,
    /// What was found.
    pub findings: Findings,
}

/// Go through the frames of the trajectory `path` that `selection` says.
///
/// Velocities come from where `velocities` says; where it says nothing, from the file if it has them.
///
/// # Errors
/// When the file cannot be read, has no such frames, or too few of them.
pub fn analyze(
    path: &Path,
    selection: FrameSelection,
    what: &AnalysisInput,
    velocities: Option<VelocitySource>,
) -> Result<Analyzed> {
    let first = selection.first;
    let mut stream = FrameStream::open(path, selection)?;
    let mut analysis: Option<Box<dyn Analysis>> = None;
    let mut frames = 0_u64;
    while let Some(sample) = stream.next_sample()? {
        let analysis = match &mut analysis {
            Some(analysis) => analysis,
            empty => {
                let found = if sample.moving { VelocitySource::Momenta } else { VelocitySource::Positions };
                let cutoff = RadialDistribution::suitable_cutoff(sample.system);
                let built = what.accumulator(cutoff, velocities.unwrap_or(found));
                empty.insert(built.map_err(|error| error.in_structure(path))?)
            }
        };
        analysis.add(&sample).map_err(|error| error.in_structure(path))?;
        frames += 1;
    }
    let Some(analysis) = analysis else {
        return Err(Error::structure(path, format!("has no frame {first} (counted from 0)")));
    };
    let mut findings = analysis.findings().map_err(|error| error.in_structure(path))?;
    if let Some(beads) = stream.beads() {
        findings.notes.push(format!(
            "the frames hold rings of {beads} beads, one bead after the other: every bead was taken for an atom here, so that numbers over all \
             atoms mean nothing; name atoms of one bead, or write the frames of one bead to a file of their own"
        ));
    }
    Ok(Analyzed { title: analysis.title(), frames, findings })
}
