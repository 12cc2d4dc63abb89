//! A scan, with its files.

use std::path::PathBuf;

use super::depth::Depth;
use super::folder::OutputFolder;
use super::{Models, RunMode};
use crate::settings::{Input, ScanInput};
use cormorant_core::Result;
use cormorant_core::system::{System, find_bonds};
use cormorant_dynamics::analysis::Internal;
use cormorant_dynamics::paths::ScanPoint;
use cormorant_report::{ScanResults, write_scan};

/// A scan that was written to a folder.
pub struct ScanFound {
    /// The coordinate.
    pub internal: Internal,
    /// The points, in the order in which they were met.
    pub points: Vec<ScanPoint>,
    /// How many points were left when the scan was stopped.
    pub left: usize,
    /// What a user should be warned of.
    pub warnings: Vec<String>,
    /// How far the points are from the training frames; none for models that record nothing of them.
    pub depth: Option<Depth>,
    /// The files, without the input.
    pub files: Vec<PathBuf>,
}

impl ScanFound {
    /// The results under the name of `input`.
    #[must_use]
    pub fn results<'a>(&'a self, input: &'a ScanInput) -> ScanResults<'a> {
        ScanResults { name: &input.name, internal: &self.internal, points: &self.points, relaxed: input.scan.relax }
    }
}

/// Scan what `input` asks for, a rigid scan on `threads` threads, and write it to its folder.
///
/// `notes` are told what a user should know of how the structure was read, before anything takes long; `progress` each point of a
/// relaxed scan, and says whether it goes on. The points until then are written.
///
/// # Errors
/// When a file cannot be read, the coordinate is not there or in a ring, a structure cannot be evaluated, or the folder is not available.
pub fn scan(
    input: &ScanInput,
    threads: usize,
    force: bool,
    notes: &mut dyn FnMut(&[String]),
    progress: &mut dyn FnMut(&ScanPoint) -> bool,
) -> Result<ScanFound> {
    let target = &input.output.folder;
    let text = Input::Scan(Box::new(input.clone())).to_toml(Some(target))?;
    let in_file = |error: cormorant_core::Error| error.in_structure(&input.structure.file);
    let loaded = input.structure.load()?;
    let networks = Models::default();
    let mut said = loaded.notes;
    said.extend(input.potential.structure_remark(&loaded.system, &networks).map_err(in_file)?);
    notes(&said);
    let scan = input.scan_of(&loaded.system).map_err(in_file)?;
    let points = input.compute(loaded.system.clone(), &scan, threads, &networks, progress).map_err(in_file)?;
    let systems: Vec<System> = points.iter().map(|point| point.system.clone()).collect();
    let depth = Depth::of_networks(&input.potential.networks(&networks)?, &systems, threads)?;
    let known: Vec<Option<[f64; 2]>> =
        (0..systems.len()).map(|point| depth.as_ref().map(|depth| depth.numbers(point))).collect();
    let bonds = find_bonds(&loaded.system)?;
    let mut warnings = Vec::new();
    for (index, system) in systems.iter().enumerate() {
        if find_bonds(system)? != bonds {
            warnings
                .push(format!("from point {index} on bonds are other than in the structure file: look at scan.xyz"));
            break;
        }
    }
    let left = scan.point_count() - points.len();
    let found = ScanFound { internal: scan.internal, points, left, warnings, depth, files: Vec::new() };
    let folder = OutputFolder::open(target, RunMode { force, resume: false })?;
    folder.write_input(&text)?;
    let files = write_scan(folder.path(), &found.results(input), &known);
    if files.is_err() {
        folder.discard_if_nothing_was_done(0);
    }
    Ok(ScanFound { files: files?, ..found })
}
