//! The command line: arguments in, exit status out. The only part of the crate that prints.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "printing is what this module is for")]

mod activity;
mod analyze;
mod analyze_arguments;
mod arguments;
mod atoms;
mod bench;
mod build;
mod certify;
mod check;
mod committee;
mod computing;
mod data;
mod depth;
mod describe;
mod elastic;
mod evaluate;
mod export;
mod fit;
mod fit_progress;
mod followed;
mod group_table;
mod ipi;
mod label;
mod labels;
mod learn;
mod minimize;
mod molecule;
mod path;
mod property;
mod quantity;
mod rank;
mod regression;
mod replicas;
mod report;
mod run;
mod sample;
mod scan;
mod select;
mod shell;
mod show;
mod spread;
mod state;
mod stream;
mod structure;
mod version;
mod vibrations;

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::{CommandFactory, Parser};

use arguments::{Arguments, Command};
use cormorant_core::Result;
use state::StateArguments;

/// The commands and their options, for programs that complete, document or check command lines.
///
/// ```
/// assert!(cormorant::cli::command().try_get_matches_from(["cormorant", "check", "input.toml"]).is_ok());
/// ```
#[must_use]
pub fn command() -> clap::Command {
    Arguments::command()
}

/// Run the program with `arguments`, the first of which is its own name.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |what| {
        // What `println!` does where nothing can be written, as on a full disk: a fault of the surroundings, not of the program.
        let text = what.payload().downcast_ref::<String>().map(String::as_str).unwrap_or_default();
        if let Some(reason) = text.strip_prefix("failed printing to stdout: ") {
            eprintln!(
                "error: standard output cannot be written: {reason}; the files of results are complete as far as they are there"
            );
            std::process::exit(2);
        }
        usual(what);
    }));
    ExitCode::from(status(arguments))
}

/// The same, for a caller that goes on: the exit status.
pub fn status(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    // Output into a pipe that nobody reads any more (`| head`) ends the program quietly, as it does for other programs.
    let always = Arc::new(AtomicBool::new(true));
    let _ = signal_hook::flag::register_conditional_default(signal_hook::consts::SIGPIPE, always);
    // A limit on the size of files shall be an error of the write, which says what happened, and not the end of the program.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(refusal) => {
            // Help and version go to standard output and are no mistake; everything else is the user's.
            let status = u8::from(refusal.use_stderr());
            let _ = refusal.print();
            return status;
        }
    };
    match dispatch(arguments.command) {
        Ok(status) => status,
        Err(error) => {
            show::error(&error);
            error.exit_status()
        }
    }
}

fn dispatch(command: Command) -> Result<u8> {
    let done = match command {
        Command::Label(arguments) => return label::label(&arguments),
        Command::Learn(arguments) => return learn::learn(&arguments),
        Command::Run(arguments) => run::run(&arguments),
        Command::Stream(arguments) => stream::stream(&arguments),
        Command::Vibrations(arguments) => vibrations::vibrations(&arguments),
        Command::Path(arguments) => path::path(&arguments),
        Command::Scan(arguments) => scan::scan(&arguments),
        Command::Fit(arguments) => fit::fit(&arguments),
        Command::Evaluate(arguments) => evaluate::evaluate(&arguments),
        Command::Minimize(arguments) => minimize::minimize(&arguments),
        Command::Rank(arguments) => rank::rank(&arguments),
        Command::Sample(arguments) => sample::sample(&arguments),
        Command::Select(arguments) => select::select(&arguments),
        Command::Build(arguments) => build::build(&arguments),
        Command::Analyze(arguments) => analyze::analyze(&arguments),
        Command::Certify(arguments) => certify::certify(&arguments),
        Command::Check { input } => check::check(&input),
        Command::Schema { name, markdown } => check::schema(name.as_deref(), markdown),
        Command::Completions { shell } => {
            shell::completions(shell);
            Ok(())
        }
        Command::Manual { folder } => shell::manual(&folder),
        Command::Describe { path, devices: _, topology, structure } => match path {
            Some(path) => describe::describe(&path, topology, &structure),
            None => describe::devices(),
        },
        Command::Elastic { input, json } => elastic::elastic(&input, json),
        Command::Bench { model, structure, reading, state, computing, json } => {
            bench::bench(&model, reading.read(&structure, None, state)?, computing, json)
        }
        Command::Report { folder, data, labels } => report::report(&folder, data.as_deref(), &labels),
        Command::Compare { folders, out, force } => report::compare(&folders, &out, force),
        Command::Picture { structure, reading, out, frame, width, height } => {
            let read = || reading.read(&structure, Some(frame), StateArguments::default());
            report::picture(read, &out, (width, height))
        }
        Command::Data(command) => data::data(command),
        Command::Ipi { model, structure, reading, state, address, connections, computing, patience } => {
            let read = || reading.read(&structure, None, state);
            ipi::ipi(&model, read, &address.given()?, connections, computing, patience.as_ref())
        }
        Command::Export(command) => export::export(command),
    };
    done.map(|()| 0)
}
