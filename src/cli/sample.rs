//! `cormorant sample`.

use std::path::PathBuf;

use clap::Args;

use super::computing::{ComputingArguments, words};
use super::state::StateArguments;
use super::structure::{self, StructureArguments};
use super::{quantity, show};
use cormorant_core::system::System;
use cormorant_core::units::Dimension;
use cormorant_core::{Error, Result};
use cormorant_workflow::settings::Quantity;
use cormorant_workflow::workflow::{
    SampleMethod, SampleSummary, Sampled, Sampling, WrittenResults, read_structures, sample_file,
};

/// What the help shows at its end.
pub(super) const EXAMPLES: &str = "Examples:
  cormorant sample molecule.xyz --out frames.xyz
  cormorant sample molecule.xyz --method torsions --bond 3,7 --step \"15 deg\" --out scan.xyz
  cormorant sample crystal.cif --volumes 0.9..1.1 --number 50 --out frames.xyz";

/// Arguments of `sample`.
#[derive(Debug, Args)]
pub(super) struct SampleArguments {
    /// File of structures, in any supported format; every frame is sampled
    pub structures: PathBuf,
    #[command(flatten)]
    pub reading: StructureArguments,
    #[command(flatten)]
    pub state: StateArguments,
    /// Where frames come from [default: strain for cells, thermal for molecules]
    #[arg(long, value_parser = words(SampleMethod::WORDS))]
    pub method: Option<SampleMethod>,
    /// Extended XYZ file for the frames; a table (.csv) is written beside it
    #[arg(long)]
    pub out: PathBuf,
    /// Frames of each structure, itself the first [default: 30]
    #[arg(long)]
    pub number: Option<usize>,
    /// Seed of every random number
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// No two atoms come nearer than this times the sum of their covalent radii
    #[arg(long, default_value_t = 0.7)]
    pub shortest: f64,
    /// Temperature of thermal, modes and trajectory [default: 500 K]
    #[arg(long, value_parser = quantity::temperature)]
    pub temperature: Option<Quantity>,
    /// Standard deviation of each coordinate of rattle and strain [default: 0.05 Å]
    #[arg(long, value_parser = quantity::length)]
    pub amplitude: Option<Quantity>,
    /// Bond of torsions, as two atoms counted from 1; may be repeated [default: every rotatable bond]
    #[arg(long, value_name = "ATOM,ATOM")]
    pub bond: Vec<String>,
    /// Angle between the frames of torsions [default: 30 deg]
    #[arg(long, value_parser = quantity::angle)]
    pub step: Option<Quantity>,
    /// Volumes of strain over that of the structure [default: 0.94..1.06]
    #[arg(long, value_name = "FROM..TO")]
    pub volumes: Option<String>,
    /// Largest component of a random strain [default: 0.03]
    #[arg(long)]
    pub largest_strain: Option<f64>,
    /// Length of a trajectory [default: 5 ps]
    #[arg(long, value_parser = quantity::time)]
    pub duration: Option<Quantity>,
    /// Time step of a trajectory [default: 0.5 fs]
    #[arg(long, value_parser = quantity::time)]
    pub time_step: Option<Quantity>,
    /// Folder of a model for modes and trajectory, or the name of one of the program (organic); several of them form a committee
    #[arg(long)]
    pub model: Vec<PathBuf>,
    #[command(flatten)]
    pub computing: ComputingArguments,
    /// Replace the files of an earlier run
    #[arg(long)]
    pub force: bool,
    /// Print errors only
    #[arg(long, short)]
    pub quiet: bool,
}

/// Sample structures.
pub(super) fn sample(arguments: &SampleArguments) -> Result<()> {
    let files = WrittenResults::open(&arguments.out, &[&arguments.structures], arguments.force)?;
    let path = &arguments.structures;
    let read = read_structures(path, arguments.state.beside(arguments.reading.options(None)?))?;
    structure::notes(&read.notes);
    refuse_idle(arguments, &read.systems)?;
    let how = sampling(arguments)?;
    let found = sample_file(&arguments.model, path, &read.systems, files, &how, (&arguments.computing).into())?;
    structure::notes(found.note.as_slice());
    if !arguments.quiet {
        print(&found, &how);
    }
    Ok(())
}

fn sampling(arguments: &SampleArguments) -> Result<Sampling> {
    let or = |given: &Option<Quantity>, usual: &str, dimension: Dimension| match given {
        Some(given) => Ok(given.clone()),
        None => Quantity::new(usual, dimension),
    };
    Ok(Sampling {
        method: arguments.method,
        number: arguments.number.unwrap_or(30),
        seed: arguments.seed,
        shortest: arguments.shortest,
        temperature: or(&arguments.temperature, "500 K", Dimension::Temperature)?,
        amplitude: or(&arguments.amplitude, "0.05 Å", Dimension::Length)?,
        step: or(&arguments.step, "30 deg", Dimension::Angle)?,
        bonds: arguments.bond.iter().map(|text| bond(text)).collect::<Result<_>>()?,
        volumes: arguments.volumes.as_deref().map_or(Ok([0.94, 1.06]), volumes)?,
        largest_strain: arguments.largest_strain.unwrap_or(0.03),
        duration: or(&arguments.duration, "5 ps", Dimension::Time)?,
        time_step: or(&arguments.time_step, "0.5 fs", Dimension::Time)?,
    })
}

/// Refuse flags that no method in use looks at: a typing error in --method would pass unseen.
fn refuse_idle(arguments: &SampleArguments, systems: &[System]) -> Result<()> {
    use SampleMethod::{Modes, Rattle, Strain, Thermal, Torsions, Trajectory};
    let used: Vec<SampleMethod> = match arguments.method {
        Some(method) => vec![method],
        None => systems.iter().map(SampleMethod::usual).collect(),
    };
    let flags: [(&str, bool, &[SampleMethod]); 10] = [
        ("--number", arguments.number.is_some(), &[Thermal, Rattle, Strain, Modes, Trajectory]),
        ("--temperature", arguments.temperature.is_some(), &[Thermal, Modes, Trajectory]),
        ("--amplitude", arguments.amplitude.is_some(), &[Rattle, Strain]),
        ("--bond", !arguments.bond.is_empty(), &[Torsions]),
        ("--step", arguments.step.is_some(), &[Torsions]),
        ("--volumes", arguments.volumes.is_some(), &[Strain]),
        ("--largest-strain", arguments.largest_strain.is_some(), &[Strain]),
        ("--duration", arguments.duration.is_some(), &[Trajectory]),
        ("--time-step", arguments.time_step.is_some(), &[Trajectory]),
        ("--model", !arguments.model.is_empty(), &[Modes, Trajectory]),
    ];
    for (flag, given, of) in flags {
        if given && !used.iter().any(|method| of.contains(method)) {
            let word = used.first().map_or("", |method| method.word());
            let of: Vec<&str> = of.iter().map(|method| method.word()).collect();
            return Err(Error::Invalid(format!(
                "{flag} has no meaning for --method {word}: leave it out, or choose --method {}",
                of.join(" or ")
            )));
        }
    }
    Ok(())
}

fn bond(text: &str) -> Result<[usize; 2]> {
    let number = |word: &str| word.trim().parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    match text.split_once([',', '-']).and_then(|(first, second)| Some([number(first)?, number(second)?])) {
        Some([first, second]) if first != second => Ok([first, second]),
        _ => Err(Error::Invalid(format!(
            "--bond {text:?} does not name two atoms; write their numbers, counted from 1, as in 3,7"
        ))),
    }
}

fn volumes(text: &str) -> Result<[f64; 2]> {
    let number = |word: &str| word.trim().parse::<f64>().ok();
    let both = text.split_once("..").and_then(|(from, to)| Some([number(from)?, number(to)?]));
    both.ok_or_else(|| {
        Error::Invalid(format!(
            "--volumes {text:?} is no range; write it relative to the volume of the structure, as in 0.94..1.06"
        ))
    })
}

fn print(found: &Sampled, how: &Sampling) {
    let summary = &found.summary;
    let SampleSummary { structures, frames, refused, clashes, turned_bonds, modes, stiffened, .. } = summary;
    let methods: Vec<String> = summary.methods.iter().map(|(word, count)| format!("{count} {word}")).collect();
    let many = if *structures == 1 { "1 structure".into() } else { format!("{structures} structures") };
    println!("{frames} frames: {many}, {}", methods.join(", "));
    if *turned_bonds > 0 {
        println!("turned about {turned_bonds} bonds in steps of {}; {clashes} frames with clashes left out", how.step);
    }
    if *refused > 0 {
        println!(
            "{refused} draws had atoms nearer than {} of the sum of covalent radii, or new bonds, and were drawn again",
            how.shortest
        );
    }
    if let Some((ratio, atoms, distance, frame)) = &summary.closest {
        println!("closest contact: {atoms} in frame {frame}, {distance:.3} Å, {ratio:.2} of the sum of covalent radii");
    }
    for (name, count, [spread, least, largest]) in &summary.bonds {
        println!("{count} bonds {name}: spread {spread:.4} Å, {least:.3} to {largest:.3} Å");
    }
    if let Some((share, error)) = summary.share {
        let error = error.map_or_else(String::new, |error| format!(" ± {error:.3}"));
        let few = if error.is_empty() { " (too few frames for an error)" } else { "" };
        println!("energy above the structure in the model Hessian: {share:.3}{error} kT/2 for each of the modes{few}");
    }
    if *stiffened > 0 {
        println!(
            "{stiffened} of {modes} modes are soft and were taken for stiffer ones (50 cm⁻¹, or 0.5 Å for an atom)"
        );
    }
    if summary.imaginary > 0 {
        println!(
            "warning: {} modes are imaginary: no minimum, and they were taken for modes of 50 cm⁻¹",
            summary.imaginary
        );
    }
    if summary.missed > 0 {
        println!("warning: {} structures did not reach a minimum; use --precision f64", summary.missed);
    }
    show::results(&found.files);
}
