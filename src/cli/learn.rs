//! `cormorant learn`.

use std::path::PathBuf;

use clap::Args;

use super::activity::Activity;
use super::label::WAITING;
use super::show;
use cormorant_core::{Error, Result};
use cormorant_dynamics::simulation::Stop;
use cormorant_learn::ErrorInterval;
use cormorant_workflow::settings::Input;
use cormorant_workflow::workflow::{Ending, LearnEvent, Learned, Round, RunMode, learn as run};

/// Labels for which the error is forecast.
const MORE: [usize; 2] = [100, 300];

/// Arguments of `learn`.
#[derive(Debug, Args)]
pub(super) struct LearnArguments {
    /// Input file (TOML) with [structure] and [labels]
    pub input: PathBuf,
    /// Continue where an earlier call was stopped, or with another [stop]
    #[arg(long)]
    pub resume: bool,
    /// Begin anew; labels of the same theory are kept
    #[arg(long, conflicts_with = "resume")]
    pub force: bool,
    /// Print errors only
    #[arg(long, short)]
    pub quiet: bool,
}

/// Learn the potential of an input.
pub(super) fn learn(arguments: &LearnArguments) -> Result<u8> {
    let input = match Input::read(&arguments.input)? {
        Input::Learn(input) => *input,
        other => return Err(Error::Invalid(format!("{}: {}", arguments.input.display(), other.purpose()))),
    };
    let stop = Stop::on_signals()?;
    let activity = Activity::new(arguments.quiet);
    let quiet = arguments.quiet;
    let mut report = |event: LearnEvent<'_>| match event {
        LearnEvent::Busy { round, what, share } => activity.show(&format!("round {round}: {what}"), share),
        LearnEvent::NoLabel { key, message } if !quiet => activity.line(&format!("no label for {key}: {message}")),
        LearnEvent::Round(round) if !quiet => activity.line(&line(round)),
        LearnEvent::NoLabel { .. } | LearnEvent::Round(_) => {}
    };
    let mode = RunMode { force: arguments.force, resume: arguments.resume };
    let done = run(&input, mode, &stop, &mut report);
    activity.finish();
    let done = done?;
    if !quiet {
        conclude(&done);
    }
    Ok(if done.waiting > 0 { WAITING } else { 0 })
}

/// A round in a line.
fn line(round: &Round) -> String {
    let mut text = format!("round {}: {} labels spent", round.number, round.spent);
    if round.number > 0 {
        text += &format!(", fitted to {}, runs of {} ps", round.training, round.run_length);
        if round.stopped > 0 {
            text += &format!(" ({} stopped)", round.stopped);
        }
    }
    if let (Some(rmse), Some(mae)) = (&round.force_rmse, &round.force_mae) {
        text += &format!(", {} blind frames: force RMSE {}, MAE {:.1} meV/Å", round.blind, interval(rmse), mae.value);
    }
    if let Some(first) = &round.first_stop {
        text += &format!("\n  first stop: {first}");
    }
    text
}

fn interval(error: &ErrorInterval) -> String {
    if error.upper.is_finite() {
        format!("{:.1} ({:.1} to {:.1}) meV/Å", error.value, error.lower, error.upper)
    } else {
        format!("{:.1} meV/Å", error.value)
    }
}

fn conclude(done: &Learned) {
    let folder = show::path(&done.folder);
    if done.waiting > 0 {
        let labels = folder.join("labels");
        println!(
            "{} structures wait in {}: put them with energy (eV) and forces (eV/Å) into {} and give the command again with --resume",
            done.waiting,
            labels.join("todo.xyz").display(),
            labels.join("done.xyz").display()
        );
        return;
    }
    let why = done.ending.map_or("", Ending::words);
    println!("ended after {} rounds and {} labels: {why}", done.rounds.len(), done.spent);
    if let (Some(rmse), Some(mae)) = (&done.force_rmse, &done.force_mae) {
        let blind = done.rounds.last().map_or(0, |round| round.blind);
        println!(
            "error of the final committee on {blind} blind frames, 90 % interval: force RMSE {}, MAE {}",
            interval(rmse),
            interval(mae)
        );
    }
    if let Some(forecast) = &done.forecast {
        let now = done.rounds.last().map_or(0, |round| round.training) as f64;
        for more in MORE {
            println!("forecast: force RMSE {:.0} meV/Å with {more} labels more", forecast.at(now + more as f64));
        }
    }
    println!("committee of {} members: --model {}", done.members.len(), folder.display());
    println!("labels: {}", folder.join("labels").join("labels.xyz").display());
    if let Some(page) = &done.page {
        println!("report: {}", show::path(page).display());
    }
}
