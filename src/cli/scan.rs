//! `cormorant scan`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::activity::Activity;
use super::molecule::{MoleculeArguments, WITHOUT, with_default};
use super::{depth, show, structure};
use cormorant_core::{Error, Result, parallel};
use cormorant_dynamics::analysis::Internal;
use cormorant_dynamics::paths::ScanPoint;
use cormorant_dynamics::simulation::Stop;
use cormorant_report::ScanSummary;
use cormorant_workflow::settings::{CoordinateInput, GivenKeys, Input, MinimizeInput, ScanInput};
use cormorant_workflow::workflow;

/// What the help shows at its end.
pub(super) const EXAMPLES: &str = "Examples:
  cormorant scan --model organic --structure molecule.xyz --dihedral 1-2-3-4 --from \"0 deg\" --to \"360 deg\" --points 37
  cormorant scan --model organic --structure molecule.xyz --bond 1-2 --to \"2 Å\" --points 11 --rigid
  cormorant scan inputs/scan-ethanol.toml";

/// Arguments of `scan`.
#[derive(Debug, Args)]
pub(super) struct ScanArguments {
    /// Input file (TOML) with [structure], [potential] and [scan]; or use --model, --structure and a coordinate
    #[arg(
        required_unless_present = "model",
        conflicts_with_all = ["model", "structure", "frame", "charge", "multiplicity", "output", "bond", "angle", "dihedral", "from", "to", "points", "rigid", "backward", "force_tolerance", "most_evaluations"]
    )]
    pub input: Option<PathBuf>,
    #[command(flatten)]
    pub molecule: MoleculeArguments,
    /// Two atoms, counted from 1, whose distance is scanned, e.g. 1-2
    #[arg(long, value_name = "I-J", requires = "model", help_heading = WITHOUT)]
    pub bond: Option<String>,
    /// Three atoms whose angle is scanned, e.g. 1-2-3
    #[arg(long, value_name = "I-J-K", requires = "model", conflicts_with = "bond", help_heading = WITHOUT)]
    pub angle: Option<String>,
    /// Four atoms whose dihedral angle is scanned, e.g. 1-2-3-4
    #[arg(long, value_name = "I-J-K-L", requires = "model", conflicts_with_all = ["bond", "angle"], help_heading = WITHOUT)]
    pub dihedral: Option<String>,
    #[arg(long, requires = "model", help = CoordinateInput::from.help(), allow_hyphen_values = true, help_heading = WITHOUT)]
    pub from: Option<String>,
    #[arg(long, requires = "model", help = CoordinateInput::to.help(), allow_hyphen_values = true, help_heading = WITHOUT)]
    pub to: Option<String>,
    #[arg(long, requires = "model", help = with_default(&CoordinateInput::points), value_parser = clap::value_parser!(u32).range(2..=100_000), help_heading = WITHOUT)]
    pub points: Option<u32>,
    /// Keep both sides of the bond rigid, instead of minimizing everything else at each point
    #[arg(long, requires = "model", help_heading = WITHOUT)]
    pub rigid: bool,
    #[arg(long, requires = "model", help = CoordinateInput::backward.help(), help_heading = WITHOUT)]
    pub backward: bool,
    #[arg(long, requires = "model", help = MinimizeInput::force_tolerance.help() + " [default: 1e-3 eV/Å]", help_heading = WITHOUT)]
    pub force_tolerance: Option<String>,
    #[arg(long, requires = "model", help = with_default(&MinimizeInput::most_evaluations), value_parser = clap::value_parser!(u32).range(1..=1_000_000_000), help_heading = WITHOUT)]
    pub most_evaluations: Option<u32>,
    /// Threads that share the points of a rigid scan [default: one per core]; those of a relaxed one follow each other
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Replace the results of an earlier run
    #[arg(long)]
    pub force: bool,
    /// Print errors only
    #[arg(long, short)]
    pub quiet: bool,
}

/// Scan the coordinate that the input asks for, or what the arguments stand for.
pub(super) fn scan(arguments: &ScanArguments) -> Result<()> {
    let &ScanArguments { threads, force, quiet, .. } = arguments;
    let input = match &arguments.input {
        Some(path) => read(path)?,
        None => without_input(arguments)?,
    };
    let threads = threads.map_or_else(parallel::cores, usize::from);
    let (activity, stop) = (Activity::new(quiet), Stop::on_signals()?);
    let (mut done, all) = (0_usize, input.scan.points * if input.scan.backward { 2 } else { 1 });
    let mut progress = |_: &ScanPoint| {
        done += 1;
        activity.show("scanning", Some(done as f64 / all as f64));
        !stop.asked()
    };
    let found = workflow::scan(&input, threads, force, &mut structure::notes, &mut progress);
    activity.finish();
    let found = found?;
    let folder = show::path(&input.output.folder);
    if !quiet {
        let elements = &found.points[0].system.elements;
        println!("{}: {} ({} atoms)", input.name, cormorant_core::system::formula(elements), elements.len());
        print!("{}", ScanSummary(found.results(&input)));
        for warning in &found.warnings {
            println!("warning: {warning}");
        }
        if let Some(depth) = &found.depth {
            depth::print(depth);
        }
        println!("{} files in {}", found.files.len() + 1, folder.display());
    }
    if found.left > 0 {
        let met = found.points.len();
        return Err(Error::Interrupted(format!(
            "{met} of {all} points are written to {}; for all of them scan again with --force",
            folder.display()
        )));
    }
    Ok(())
}

fn without_input(arguments: &ScanArguments) -> Result<ScanInput> {
    let given =
        [("--bond", 2, &arguments.bond), ("--angle", 3, &arguments.angle), ("--dihedral", 4, &arguments.dihedral)];
    let named = given.into_iter().find_map(|(flag, count, text)| Some((flag, count, text.as_ref()?)));
    let Some((flag, count, text)) = named else {
        let reason = "a scan needs a coordinate; add for example: --dihedral 1-2-3-4";
        return Err(Error::Invalid(reason.into()));
    };
    let internal = Internal::parse(text).map_err(|error| Error::Invalid(format!("{flag}: {error}")))?;
    if internal.atoms().len() != count {
        let found = internal.atoms().len();
        return Err(Error::Invalid(format!("{flag} takes {count} atoms, but {text:?} names {found}")));
    }
    if arguments.to.is_none() {
        let example = if count == 2 { "2 Å" } else { "180 deg" };
        return Err(Error::Invalid(format!("a scan needs its last value; add for example: --to \"{example}\"")));
    }
    let atoms: Vec<usize> = internal.atoms().iter().map(|atom| atom + 1).collect();
    let keys = GivenKeys::default()
        .atoms("scan", "atoms", &atoms)
        .text("scan", "from", arguments.from.as_deref())
        .text("scan", "to", arguments.to.as_deref())
        .plain("scan", "points", arguments.points)
        .plain("scan", "relax", arguments.rigid.then_some(false))
        .plain("scan", "backward", arguments.backward.then_some(true))
        .text("minimize", "force_tolerance", arguments.force_tolerance.as_deref())
        .plain("minimize", "most_evaluations", arguments.most_evaluations);
    arguments.molecule.given()?.scan(&keys)
}

fn read(path: &Path) -> Result<ScanInput> {
    match Input::read(path)? {
        Input::Scan(input) => Ok(*input),
        other => Err(Error::Invalid(format!("{}: {}", path.display(), other.purpose()))),
    }
}
