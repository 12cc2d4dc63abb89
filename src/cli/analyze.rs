//! `cormorant analyze`.

use std::path::{Path, PathBuf};

use super::analyze_arguments::{AnalysisKind, AnalyzeArguments, VelocityWord};
use super::show;
use cormorant_core::{Error, Result};
use cormorant_dynamics::analysis::{
    Analysis, CorrelationResult, DihedralMap, Findings, FrameSelection, FrameStream, Internal, InternalDistribution,
    InternalKind, MeanSquaredDisplacement, RadialDistribution, RootMeanSquareDeviation, Sample, VelocityCorrelation,
    VelocitySource,
};
use cormorant_io as io;
use cormorant_report as report;

/// Analyze a trajectory.
pub(super) fn analyze(arguments: &AnalyzeArguments) -> Result<()> {
    let path = &arguments.trajectory;
    let selection = FrameSelection {
        topology: arguments.topology.clone(),
        options: arguments.reading.options(None)?,
        first: arguments.first,
        end: arguments.end,
        stride: arguments.stride,
        spacing: arguments.spacing,
        unwrap: arguments.unwrap,
        ignore_cell: arguments.no_cell,
    };
    let found = look(path, selection, &arguments.kind)?;
    let beside = arguments.beside.as_ref().map(|path| look(path, FrameSelection::default(), &arguments.kind));
    let beside = beside.transpose()?;
    let findings = &found.findings;
    let folder = folder(arguments);
    let file = folder.join(arguments.kind.file());
    let name = arguments.beside.as_ref().and_then(|path| path.file_stem()).unwrap_or_default().to_string_lossy();
    let file_beside = folder.join(format!("{}-{name}.csv", stem(&file)));
    let tables = |findings: &Findings, file: &Path| findings.files(file).into_iter().map(|(table, _)| table);
    let own: Vec<PathBuf> = tables(findings, &file).collect();
    let others: Vec<PathBuf> = beside.iter().flat_map(|other| tables(&other.findings, &file_beside)).collect();
    if let Some(twice) = others.iter().find(|table| own.contains(table)) {
        let reason =
            format!("both files have results of this name; give the file of --beside another name than {name}");
        return Err(Error::Invalid(format!("{}: {reason}", twice.display())));
    }
    if !arguments.force
        && let Some(there) = own.iter().chain(&others).find(|table| table.exists())
    {
        return Err(Error::Invalid(format!("{}: exists already; --force replaces it", there.display())));
    }
    std::fs::create_dir_all(&folder).map_err(|source| Error::io(&folder, source))?;
    println!("{} from {} frames of {}", found.title, found.frames, show::path(path).display());
    for number in &findings.numbers {
        println!("  {number}");
    }
    for note in &findings.notes {
        println!("  {note}");
    }
    let mut written = findings.write(&file)?;
    if let Some(other) = &beside {
        println!("beside it in the picture, dashed: {} frames of {name}", other.frames);
        written.extend(other.findings.write(&file_beside)?);
    }
    written.extend(report::draw_findings(&file, findings, beside.as_ref().map(|other| (&*name, &other.findings)))?);
    for file in written {
        println!("  written: {}", show::path(&file).display());
    }
    Ok(())
}

fn stem(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// What was found in one trajectory.
struct Found {
    title: &'static str,
    frames: u64,
    findings: Findings,
}

/// Goes through the frames of `path` that `selection` says.
fn look(path: &Path, selection: FrameSelection, kind: &AnalysisKind) -> Result<Found> {
    let first = selection.first;
    let mut stream = FrameStream::open(path, selection)?;
    let mut analysis: Option<Box<dyn Analysis>> = None;
    let mut frames = 0_u64;
    while let Some(sample) = stream.next_sample()? {
        let analysis = match &mut analysis {
            Some(analysis) => analysis,
            empty => empty.insert(build(kind, &sample).map_err(|error| error.in_structure(path))?),
        };
        analysis.add(&sample).map_err(|error| error.in_structure(path))?;
        frames += 1;
    }
    let Some(analysis) = analysis else {
        return Err(Error::structure(path, format!("has no frame {first} (counted from 0)")));
    };
    let findings = analysis.findings().map_err(|error| error.in_structure(path))?;
    Ok(Found { title: analysis.title(), frames, findings })
}

fn folder(arguments: &AnalyzeArguments) -> PathBuf {
    let beside = || arguments.trajectory.parent().unwrap_or(Path::new("")).join("analysis");
    arguments.out.clone().unwrap_or_else(beside)
}

/// The accumulator, given the first frame.
fn build(kind: &AnalysisKind, first: &Sample<'_>) -> Result<Box<dyn Analysis>> {
    Ok(match kind {
        AnalysisKind::Rdf { reach, bin } => {
            let reach = reach.unwrap_or_else(|| RadialDistribution::suitable_reach(first.system));
            Box::new(RadialDistribution::new(reach, *bin)?)
        }
        AnalysisKind::Msd { fit_from, fit_to, remove_drift } => {
            Box::new(MeanSquaredDisplacement::new(fit_from.zip(*fit_to), !remove_drift)?)
        }
        AnalysisKind::Vacf { longest, velocities } => {
            let source = source(*velocities, first);
            Box::new(VelocityCorrelation::new(*longest, source, CorrelationResult::Function)?)
        }
        AnalysisKind::Vdos { longest, velocities } => {
            let source = source(*velocities, first);
            Box::new(VelocityCorrelation::new(*longest, source, CorrelationResult::DensityOfStates)?)
        }
        AnalysisKind::Bonds { atoms } => Box::new(InternalDistribution::parse(InternalKind::Bonds, atoms)?),
        AnalysisKind::Angles { atoms } => Box::new(InternalDistribution::parse(InternalKind::Angles, atoms)?),
        AnalysisKind::Dihedrals { atoms } => Box::new(InternalDistribution::parse(InternalKind::Dihedrals, atoms)?),
        AnalysisKind::Rmsd { reference, without_hydrogen } => {
            let reference = reference.as_ref().map(|path| io::read_structure(path, None)).transpose()?;
            Box::new(RootMeanSquareDeviation::new(reference.as_ref(), !without_hydrogen)?)
        }
        AnalysisKind::Map { one, other } => Box::new(DihedralMap::new(Internal::parse(one)?, Internal::parse(other)?)?),
    })
}

/// Velocities as asked for; else those of the frames, if they have them.
fn source(asked: Option<VelocityWord>, first: &Sample<'_>) -> VelocitySource {
    let from_file = asked.map_or(first.moving, |word| word == VelocityWord::File);
    if from_file { VelocitySource::Momenta } else { VelocitySource::Positions }
}
