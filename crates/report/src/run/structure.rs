//! Structure and vibrations: what the analyses of a run found, and what its trajectory says.

use std::path::{Path, PathBuf};

use super::analyzed_chart::{Subject, Tabled};
use super::{RunPlan, WrittenTrajectory};
use crate::page::Section;
use cormorant_core::system::System;
use cormorant_core::{Error, ErrorKind, Result};
use cormorant_dynamics::analysis::{
    Analysis, FrameSelection, FrameStream, InternalDistribution, InternalKind, RadialDistribution,
};

/// Frames of a trajectory that are looked at, at most.
const MOST_FRAMES: u64 = 2000;
/// Atoms in all of these frames, at most, so that a report of a large system takes seconds.
const MOST_ATOMS: u64 = 2_000_000;
/// Width of a bin of distances in Å.
const BIN: f64 = 0.05;

/// Charts of the tables that analyses of the run wrote; what they leave out of structure comes from the trajectory of so many
/// frames that is `shown`.
pub(super) fn structure(plan: &RunPlan, shown: Option<(&WrittenTrajectory, u64)>) -> Result<Section> {
    let mut tables = Vec::new();
    for path in plan.stages.iter().flat_map(|stage| &stage.analyses).filter(|path| path.exists()) {
        let text = std::fs::read_to_string(path).map_err(|source| Error::io(path, source))?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let numbers = path.with_file_name(format!("{stem}-numbers.csv"));
        let numbers = match std::fs::read_to_string(&numbers) {
            Ok(numbers) => numbers,
            // An analysis without numbers writes none.
            Err(source) if source.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(source) => return Err(Error::io(&numbers, source)),
        };
        tables.push(Tabled::parse(path, &text, &numbers)?);
    }
    if let Some((trajectory, frames)) = shown {
        let known: Vec<Subject> = tables.iter().flatten().map(|table| table.subject).collect();
        tables.extend(from_trajectory(trajectory, frames, plan.elements.len(), &known)?);
    }
    let mut section = Section::of("Structure and vibrations", tables.iter().flatten().map(Tabled::chart).collect());
    let vibrating = tables.iter().flatten().any(|table| table.subject == Subject::DensityOfStates);
    if !vibrating && !section.charts.is_empty() {
        section.text = "For a vibrational density of states ask for a [[stage.write]] of kind \"vibrational-density-of-states\"; it looks \
                        more often than a trajectory is written."
            .into();
    }
    Ok(section)
}

/// Distances where there is a cell, lengths and angles of bonds, dihedral angles of molecules; none that is `known`.
fn from_trajectory(
    trajectory: &WrittenTrajectory,
    frames: u64,
    atoms: usize,
    known: &[Subject],
) -> Result<Vec<Option<Tabled>>> {
    let most = MOST_FRAMES.min(MOST_ATOMS / atoms.max(1) as u64).max(1);
    let selection = FrameSelection { stride: frames.div_ceil(most).max(1), ..FrameSelection::default() };
    let mut stream = FrameStream::open(&trajectory.path, selection)?;
    let mut analyses: Option<Vec<(&str, Box<dyn Analysis>)>> = None;
    // What cannot be read is the end of a file that is still being written.
    while let Ok(Some(sample)) = stream.next_sample() {
        if analyses.is_none() {
            analyses = Some(wanted(sample.system, known)?);
        }
        // An analysis that has nothing to look at, such as angles in a pair of atoms, gives no chart.
        if let Some(all) = &mut analyses {
            all.retain_mut(|(_, analysis)| analysis.add(&sample).is_ok());
        }
    }
    let mut tables = Vec::new();
    for (name, analysis) in analyses.iter().flatten() {
        let findings = match analysis.findings() {
            Ok(findings) => findings,
            Err(error) if error.kind() == ErrorKind::TooFewFrames => continue,
            Err(error) => return Err(error),
        };
        let path = PathBuf::from(format!("{name}.csv"));
        let files = findings.files(&path);
        let text = |wanted: &Path| files.iter().find(|(path, _)| path == wanted).map_or("", |(_, text)| text.as_str());
        tables.push(Tabled::parse(&path, text(&path), text(Path::new(&format!("{name}-numbers.csv"))))?);
    }
    Ok(tables)
}

/// The analyses of `system` that are not `known`, each with the name of its table.
fn wanted(system: &System, known: &[Subject]) -> Result<Vec<(&'static str, Box<dyn Analysis>)>> {
    let mut analyses: Vec<(&str, Box<dyn Analysis>)> = Vec::new();
    let missing = |subject| !known.contains(&subject);
    if system.cell.is_some() && missing(Subject::RadialDistribution) {
        let reach = RadialDistribution::suitable_cutoff(system);
        analyses.push(("rdf", Box::new(RadialDistribution::new(reach, BIN)?)));
    }
    for (name, subject, kind) in [
        ("bonds", Subject::BondLengths, InternalKind::Bonds),
        ("angles", Subject::BondAngles, InternalKind::Angles),
        ("dihedrals", Subject::DihedralAngles, InternalKind::Dihedrals),
    ] {
        // In a crystal there are more of them than mean anything.
        if missing(subject) && !(system.cell.is_some() && kind == InternalKind::Dihedrals) {
            analyses.push((name, Box::new(InternalDistribution::found(kind))));
        }
    }
    Ok(analyses)
}
