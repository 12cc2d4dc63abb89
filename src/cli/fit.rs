//! `cormorant fit`.

use std::io::IsTerminal;
use std::path::Path;

use super::activity::Activity;
use super::arguments::FitArguments;
use super::certify;
use super::fit_progress::FitProgress;
use super::{group_table, show};
use cormorant_core::{Error, Result};
use cormorant_dynamics::simulation::Stop;
use cormorant_fit::{FitEvent, Summary};
use cormorant_workflow::settings::{Contradictions, DataInput, FitInput, Input};
use cormorant_workflow::workflow::{
    GROUP_ERRORS, Models, RunMode, TrainedTheory, is_finished, is_finished_committee, read_fit, train_with,
};

/// Fit what `arguments` ask for.
pub(super) fn fit(arguments: &FitArguments) -> Result<()> {
    let mut input = match input(arguments)? {
        Input::Regression(input) => return super::regression::regression(&input, arguments),
        Input::Fit(input) => *input,
        other => return Err(Error::Invalid(other.purpose().into())),
    };
    let (finished, what) = match input.members {
        1 => (is_finished(&input.output.folder), "model"),
        _ => (is_finished_committee(&input), "committee"),
    };
    if arguments.resume && finished {
        if !arguments.quiet {
            let folder = show::path(&input.output.folder);
            println!("nothing is left to do: {} is a finished {what}", folder.display());
            show::missing_report(&input.output.folder, &input.data.file);
        }
        return Ok(());
    }
    let stop = Stop::on_signals()?;
    let activity = Activity::new(arguments.quiet);
    activity.show("reading and checking the data", None);
    let networks = Models::default();
    let data = input.data_plan_with(&networks).read()?;
    let chosen = if asks_for_weights(arguments) { None } else { input.from_general(&data, &networks)? };
    activity.finish();
    if !arguments.quiet {
        println!("{}", show::path(&input.data.file).display());
        print!("{data}");
    }
    let by_itself = chosen.is_some();
    input = chosen.unwrap_or(input);
    if let Some(file) = &arguments.replay {
        input = input.replaying(file)?;
    }
    if !arguments.quiet
        && let Some(start) = input.model.start()
    {
        let elements: Vec<_> = data.elements.iter().map(|element| element.symbol()).collect();
        let also = if start.keeps_elements() { " and whatever else it knows" } else { "" };
        println!(
            "starts from {}: its weights for {}{also}, and reference energies shifted to zero mean error",
            show::path(&start.start_from).display(),
            elements.join(" ")
        );
        if let Some(replay) = &start.replay {
            println!(
                "shows it the structures of {} too, with the labels that it gives them itself, so that it keeps what it knows",
                show::path(replay).display()
            );
        }
        if by_itself {
            println!(
                "because there are few frames of molecules that it knows; --from-scratch starts from random weights"
            );
        }
    }
    if input.members > 1 {
        return super::committee::fit(&input, &data, &networks, arguments, &stop);
    }
    let mut progress = FitProgress::new(arguments.quiet, std::io::stderr().is_terminal());
    let mode = RunMode { force: arguments.force, resume: arguments.resume };
    let mut begun = |parameters: usize| {
        if !arguments.quiet {
            println!("{parameters} parameters, {} threads", input.run.threads);
        }
    };
    let (stop, mut report) = (|| stop.asked(), |event: FitEvent<'_>| progress.show(&event));
    let done = train_with(&input, &data, &networks, mode, &stop, &mut begun, &mut report)?;
    progress.finish();
    if !arguments.quiet {
        conclude(&input.output.folder, &done.summary);
        if let Some(errors) = &done.replayed {
            println!(
                "{} replayed structures: forces moved by {:.3} meV/Å (MAE; RMSE {:.3}) from those of the model that the fit started from",
                errors.frames, errors.force_mae, errors.force_rmse
            );
        }
        for TrainedTheory { name, folder, summary, report } in &done.theories {
            println!("theory {name}: the same network with a readout of its own");
            print!("{summary}");
            println!("model: {}", show::path(folder).display());
            match report {
                Ok(Some(page)) => println!("report: {}", show::path(page).display()),
                Ok(None) => {}
                Err(error) => eprintln!("warning: no report of theory {name}: {error}"),
            }
        }
        certify::print(done.model.as_ref());
    }
    let Some(page) = done.report.transpose() else {
        if !arguments.quiet {
            let (folder, file) = (show::path(&input.output.folder), show::path(&input.data.file));
            println!(
                "report: the time limit left no time for it; `cormorant report {} --data {}` makes it",
                folder.display(),
                file.display()
            );
        }
        return Ok(());
    };
    show::report(page, arguments.quiet)
}

/// Whether the user has said what the first weights are: in an input file, or by an argument.
fn asks_for_weights(arguments: &FitArguments) -> bool {
    arguments.input.is_some() || arguments.start_from.is_some() || arguments.preset.is_some() || arguments.from_scratch
}

/// The input file, or the one that the arguments stand for.
fn input(arguments: &FitArguments) -> Result<Input> {
    let mut input = match (&arguments.input, &arguments.data, &arguments.out) {
        (Some(path), _, _) => read_fit(path, arguments.resume)?,
        (None, Some(data), Some(out)) => {
            let data = DataInput {
                validation_file: arguments.validation_data.clone(),
                test_file: arguments.test_data.clone(),
                split_by: arguments.split_by.clone(),
                units: arguments.labels.units()?,
                keys: arguments.labels.keys(),
                stress_unit: arguments.labels.stress_unit,
                stress_sign: arguments.labels.stress_sign,
                contradictions: if arguments.accept_contradictions {
                    Contradictions::Accept
                } else {
                    Contradictions::Refuse
                },
                ..DataInput::new(data.clone())
            };
            let start = arguments.start_from.as_deref();
            Input::Fit(Box::new(FitInput::with_defaults(data, out, arguments.preset.unwrap_or_default(), start)?))
        }
        _ => return Err(Error::Invalid("name an input file, or --data and --out".into())),
    };
    if let Some(limit) = &arguments.time_limit {
        match &mut input {
            Input::Fit(fit) => fit.run.limit_time(limit.clone()),
            Input::Regression(fit) => fit.run.limit_time(limit.clone()),
            _ => {}
        }
    }
    match &mut input {
        Input::Fit(fit) => {
            fit.members = arguments.members.map_or(fit.members, usize::from);
            fit.seed = arguments.seed.unwrap_or(fit.seed);
        }
        Input::Regression(fit) => {
            if arguments.members.is_some_and(|members| members > 1) {
                let reason = "models of molecular properties form no committee; leave --members out";
                return Err(Error::Invalid(reason.into()));
            }
            fit.seed = arguments.seed.unwrap_or(fit.seed);
        }
        _ => {}
    }
    Ok(input)
}

fn conclude(folder: &Path, summary: &Summary) {
    print!("{summary}");
    if let Some(judged) = summary.groups.last() {
        let part = judged.part;
        println!("{} frames by element and group:", part.name());
        for one in summary.errors(part).into_iter().flat_map(|errors| &errors.elements) {
            println!("force on {:<2} MAE {:.3} meV/Å, RMSE {:.3} meV/Å", one.element, one.force_mae, one.force_rmse);
        }
        group_table::print(&judged.groups, &judged.relative, GROUP_ERRORS);
    }
    let shown = show::path(folder);
    println!("model: {}", shown.display());
    println!("learning curve: {}", shown.join(cormorant_fit::CURVE).display());
}
