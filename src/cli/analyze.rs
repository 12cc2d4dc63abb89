//! `cormorant analyze`.

use std::path::{Path, PathBuf};

use super::analyze_arguments::AnalyzeArguments;
use super::show;
use cormorant_core::{Error, Result};
use cormorant_dynamics::analysis::{Findings, FrameSelection};
use cormorant_report as report;
use cormorant_workflow::settings::Quantity;
use cormorant_workflow::workflow;

/// Analyze a trajectory.
pub(super) fn analyze(arguments: &AnalyzeArguments) -> Result<()> {
    let path = &arguments.trajectory;
    let selection = FrameSelection {
        topology: arguments.topology.clone(),
        options: arguments.reading.options(None)?,
        first: arguments.first,
        end: arguments.end,
        stride: arguments.stride,
        spacing: arguments.spacing.as_ref().map(Quantity::value),
        unwrap: arguments.unwrap,
        ignore_cell: arguments.no_cell,
    };
    let (what, velocities) = arguments.kind.request()?;
    let look = |path: &Path, selection| workflow::analyze(path, selection, &what, velocities);
    let found = look(path, selection)?;
    let beside = arguments.beside.as_ref().map(|path| look(path, FrameSelection::default())).transpose()?;
    let findings = &found.findings;
    let folder = folder(arguments);
    let file = folder.join(what.default_file());
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
    own.iter().chain(&others).try_for_each(|table| workflow::require_free(table, &[], arguments.force))?;
    std::fs::create_dir_all(&folder).map_err(|source| Error::io(&folder, source))?;
    // Before anything is printed: whoever reads may stop reading.
    let mut written = findings.write(&file)?;
    if let Some(other) = &beside {
        written.extend(other.findings.write(&file_beside)?);
    }
    written.extend(report::draw_findings(&file, findings, beside.as_ref().map(|other| (&*name, &other.findings)))?);
    println!("{} from {} frames of {}", found.title, found.frames, show::path(path).display());
    for number in &findings.numbers {
        println!("  {number}");
    }
    for note in &findings.notes {
        println!("  {note}");
    }
    if let Some(other) = &beside {
        println!("beside it in the picture, dashed: {} frames of {name}", other.frames);
    }
    for file in written {
        println!("  written: {}", show::path(&file).display());
    }
    Ok(())
}

fn stem(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn folder(arguments: &AnalyzeArguments) -> PathBuf {
    let beside = || arguments.trajectory.parent().unwrap_or(Path::new("")).join("analysis");
    arguments.out.clone().unwrap_or_else(beside)
}
