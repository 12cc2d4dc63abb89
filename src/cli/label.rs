//! `cormorant label`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::activity::Activity;
use super::structure::{self, StructureArguments};
use super::{quantity, show};
use cormorant_core::{Error, Result};
use cormorant_dynamics::simulation::Stop;
use cormorant_learn::label::{Answer, LabelEvent};
use cormorant_learn::plain_calculator;
use cormorant_workflow::settings::declare::{Key, Kind};
use cormorant_workflow::settings::{CallsInput, LabelSourceInput, LabelsInput, Quantity, WallTime};
use cormorant_workflow::workflow::{label_files, label_queue};

/// Exit status when structures wait for somebody.
pub(super) const WAITING: u8 = 3;

pub(super) const EXAMPLES: &str = "\
Examples:
  cormorant label frames.xyz --out labels --calculator \"tblite.ase:TBLite method=GFN2-xTB verbosity=0\"
  cormorant label frames.xyz --out labels --command ./label.sh --depends-on orca.inp --calls-at-once 4
  cormorant label frames.xyz --out labels --hand --theory PBE0/def2-SVP    # writes labels/todo.xyz; reads labels/done.xyz next time
  cormorant label frames.xyz --out labels --queue queue --theory PBE0/def2-SVP --submit \"sbatch --array=1-{count} worker.sh\"
  cormorant label frames.xyz --out labels --ipi localhost:31415 --theory PBE0/def2-SVP   # then start programs that speak i-PI's protocol
  cormorant label --queue queue --command ./label.sh                       # in worker.sh: labels frames until the queue is empty";

const RETRY: Key = LabelsInput::retry_failed;

/// Arguments of `label`.
#[derive(Debug, Args)]
pub(super) struct LabelArguments {
    /// Files of structures, in any supported format with any number of frames; none to work for a queue
    #[arg(required_unless_present = "queue")]
    pub structures: Vec<PathBuf>,
    #[command(flatten)]
    pub reading: StructureArguments,
    /// Folder of the labels: labels.xyz grows there, failures.jsonl has what went wrong
    #[arg(long, required_unless_present = "queue", requires = "structures")]
    pub out: Option<PathBuf>,
    /// Program that reads frames of extended XYZ on standard input and writes them with energy (eV) and forces (eV/Å) to standard output
    #[arg(long)]
    pub command: Option<String>,
    /// Calculator of ASE: module and class with its arguments
    #[arg(long, conflicts_with = "command")]
    pub calculator: Option<String>,
    /// The Python that has the calculator
    #[arg(long, requires = "calculator", default_value = "python3")]
    pub python: String,
    /// Folder from which workers take the frames; without structures, work for it
    #[arg(long, conflicts_with = "hand")]
    pub queue: Option<PathBuf>,
    /// Command that starts workers of the queue; {count} is the number of frames that were added
    #[arg(long, requires = "queue")]
    pub submit: Option<String>,
    /// Without structures: how long a worker waits for frames when the queue is empty
    #[arg(long, requires = "queue")]
    pub wait: Option<WallTime>,
    /// Time without a sign of life after which the frames of a worker go back
    #[arg(long, requires = "queue", default_value = "10 min")]
    pub silence: WallTime,
    /// Programs that speak i-PI's protocol label: where they connect, host:port or the name of a Unix socket
    #[arg(long, conflicts_with_all = ["command", "calculator", "queue", "hand"])]
    pub ipi: Option<String>,
    /// Time without any client of --ipi after which there are no labels
    #[arg(long, requires = "ipi", default_value = "10 min")]
    pub patience: WallTime,
    /// Edge of the cube that molecules stand in for clients of --ipi, whose inputs must have the same cell
    #[arg(long, requires = "ipi", value_parser = quantity::length)]
    pub box_edge: Option<Quantity>,
    /// Somebody labels: frames go out in todo.xyz in the folder of the labels, and come back in done.xyz; the exit status is 3 while they wait
    #[arg(long, conflicts_with_all = ["command", "calculator"])]
    pub hand: bool,
    #[arg(long, help = LabelsInput::theory.help())]
    pub theory: Option<String>,
    #[arg(long, help = LabelsInput::depends_on.help())]
    pub depends_on: Vec<PathBuf>,
    #[arg(long, help = LabelsInput::charge.help(), default_value = "0", allow_hyphen_values = true)]
    pub charge: i64,
    #[arg(long, help = LabelsInput::multiplicity.help(), default_value = "1", value_parser = clap::value_parser!(u64).range(1..=100))]
    pub multiplicity: u64,
    #[arg(long, help = CallsInput::frames_per_call.help(), default_value = CallsInput::frames_per_call.default_text())]
    pub frames_per_call: std::num::NonZero<u16>,
    #[arg(long, help = CallsInput::calls_at_once.help(), default_value = CallsInput::calls_at_once.default_text())]
    pub calls_at_once: std::num::NonZero<u16>,
    #[arg(long, help = CallsInput::time_limit.help(), default_value = CallsInput::time_limit.default_text())]
    pub time_limit: WallTime,
    #[arg(long, help = CallsInput::tries.help(), default_value = CallsInput::tries.default_text())]
    pub tries: std::num::NonZero<u8>,
    #[arg(long, help = LabelsInput::most_failed.help(), default_value = LabelsInput::most_failed.default_text())]
    pub most_failed: f64,
    #[arg(long, help = LabelsInput::largest_force.help(), default_value = LabelsInput::largest_force.default_text(), value_parser = quantity::force)]
    pub largest_force: Quantity,
    #[arg(long, help = LabelsInput::largest_net_force.help(), default_value = LabelsInput::largest_net_force.default_text(), value_parser = quantity::force)]
    pub largest_net_force: Quantity,
    #[arg(long, help = RETRY.help())]
    pub retry_failed: bool,
    /// Print errors only
    #[arg(long, short)]
    pub quiet: bool,
}

/// Label structures, or work for a queue.
pub(super) fn label(arguments: &LabelArguments) -> Result<u8> {
    let input = input(arguments)?;
    let stop = Stop::on_signals()?;
    match (&arguments.queue, &arguments.out) {
        (Some(queue), None) => work(arguments, &input, queue, &stop),
        (_, Some(out)) => keep(arguments, &input, out, &stop),
        (None, None) => Err(Error::Invalid("name the folder of the labels with --out".into())),
    }
}

fn keep(arguments: &LabelArguments, input: &LabelsInput, out: &Path, stop: &Stop) -> Result<u8> {
    let activity = Activity::new(arguments.quiet);
    let mut report = |LabelEvent::Settled { request, failure, done, of }: LabelEvent<'_>| {
        activity.show("labels", Some(done as f64 / of as f64));
        if let Some(message) = failure.filter(|_| !arguments.quiet) {
            eprintln!("no label for {}: {message}", request.short_key());
        }
    };
    let options = arguments.reading.options(None)?;
    let found = label_files(&arguments.structures, &options, out, input, &|| stop.asked(), &mut report);
    activity.finish();
    let found = found?;
    structure::notes(&found.notes);
    let outcome = found.outcome;
    if !arguments.quiet {
        println!(
            "{} structures labeled, {} known before, {} without a label; {} labels in {}",
            outcome.labeled,
            outcome.known,
            outcome.failed,
            found.labels,
            show::path(&found.path).display()
        );
        if found.failures > 0 {
            println!(
                "{} structures were set aside so far: {}",
                found.failures,
                show::path(&out.join("failures.jsonl")).display()
            );
        }
        if outcome.waiting > 0 {
            let (todo, done) = (out.join("todo.xyz"), out.join("done.xyz"));
            println!(
                "{} structures wait in {}: put them with energy (eV) and forces (eV/Å) into {} and give the same command again",
                outcome.waiting,
                show::path(&todo).display(),
                show::path(&done).display()
            );
        }
    }
    Ok(if outcome.waiting > 0 { WAITING } else { 0 })
}

fn work(arguments: &LabelArguments, input: &LabelsInput, queue: &Path, stop: &Stop) -> Result<u8> {
    let wait = arguments.wait.as_ref().map(WallTime::duration).unwrap_or_default();
    let mut report = |request: &cormorant_learn::label::Request, answer: &Answer| {
        if !arguments.quiet {
            match answer {
                Answer::Label(_) => println!("{} labeled", request.short_key()),
                Answer::Failed(message) => println!("{} has no label: {message}", request.short_key()),
            }
        }
    };
    let [labeled, failed] =
        label_queue(queue, input, [wait, arguments.silence.duration()], &|| stop.asked(), &mut report)?;
    if !arguments.quiet {
        println!("{labeled} frames labeled, {failed} without a label");
    }
    Ok(0)
}

/// The calculator in the form of inputs, so that labels have the same theory.
fn plain(calculator: &str) -> Result<String> {
    let plain = plain_calculator(calculator);
    plain.map_err(|[what, remedy]| Error::Invalid(format!("--calculator: {what}; {remedy}")))
}

/// The settings that the arguments stand for.
fn input(arguments: &LabelArguments) -> Result<LabelsInput> {
    let here = std::env::current_dir().map_err(|source| Error::io(".", source))?;
    let calls = CallsInput {
        folder: here.clone(),
        frames_per_call: usize::from(arguments.frames_per_call.get()),
        calls_at_once: usize::from(arguments.calls_at_once.get()),
        time_limit: arguments.time_limit.clone(),
        tries: u32::from(arguments.tries.get()),
    };
    let worker = arguments.out.is_none();
    let ipi = arguments.ipi.as_ref().map(|ipi| LabelSourceInput::Ipi {
        ipi: ipi.clone(),
        time_limit: arguments.time_limit.clone(),
        patience: arguments.patience.clone(),
        tries: u32::from(arguments.tries.get()),
        box_edge: arguments.box_edge.clone(),
    });
    let source = match (&arguments.command, &arguments.calculator, &arguments.queue) {
        (_, _, Some(queue)) if !worker => LabelSourceInput::Queue {
            queue: here.join(queue),
            submit: arguments.submit.clone(),
            silence: arguments.silence.clone(),
        },
        (Some(command), ..) => LabelSourceInput::Command { command: command.clone(), calls },
        (_, Some(calculator), _) => {
            LabelSourceInput::Ase { calculator: plain(calculator)?, python: arguments.python.clone(), calls }
        }
        _ if arguments.hand => LabelSourceInput::Hand {},
        _ if ipi.is_some() => ipi.unwrap_or(LabelSourceInput::Hand {}),
        _ => {
            let kinds: Vec<&str> = LabelSourceInput::KINDS.iter().map(|kind: &Kind| kind.word).collect();
            let kinds = kinds.join(", ");
            return Err(Error::Invalid(format!(
                "say who makes the labels ({kinds}): --command, --calculator, --queue, --ipi or --hand"
            )));
        }
    };
    let input = LabelsInput {
        source,
        theory: arguments.theory.clone(),
        depends_on: arguments.depends_on.clone(),
        charge: arguments.charge,
        multiplicity: arguments.multiplicity,
        most_failed: arguments.most_failed,
        largest_force: arguments.largest_force.clone(),
        largest_net_force: arguments.largest_net_force.clone(),
        retry_failed: arguments.retry_failed,
    };
    if input.theory_name().is_empty() && !worker {
        return Err(Error::Invalid(
            "labels of a queue, of i-PI's clients or by hand need the name of their theory: --theory \"PBE0/def2-SVP\""
                .into(),
        ));
    }
    Ok(input)
}
