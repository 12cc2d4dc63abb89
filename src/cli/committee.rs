//! `cormorant fit` with several members, and what is said of a committee.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use indicatif::MultiProgress;

use super::arguments::FitArguments;
use super::fit_progress::FitProgress;
use super::show;
use cormorant_core::Result;
use cormorant_dynamics::simulation::Stop;
use cormorant_fit::FitData;
use cormorant_network::{CommitteeFolder, Network};
use cormorant_workflow::settings::FitInput;
use cormorant_workflow::workflow::{Closing, FitCall, MemberEvent, Models, RunMode, train_committee};

/// Fit the members of the committee that `input` asks for.
pub(super) fn fit(
    input: &FitInput,
    data: &FitData,
    networks: &Models,
    arguments: &FitArguments,
    stop: &Stop,
) -> Result<()> {
    let quiet = arguments.quiet;
    let (together, terminal) = (MultiProgress::new(), std::io::stderr().is_terminal());
    let names: Vec<String> = (0..input.members).map(CommitteeFolder::member_name).collect();
    // A bar appears when the fit begins.
    let progress: Vec<Mutex<Option<FitProgress>>> = names.iter().map(|_| Mutex::new(None)).collect();
    let say = |text: String| {
        if !quiet {
            let _ = together.println(&text);
            if !terminal {
                println!("{text}");
            }
        }
    };
    let report = |index: usize, event: MemberEvent<'_>| {
        let name = &names[index];
        match event {
            MemberEvent::Finished => say(format!("{name}: was finished before")),
            MemberEvent::Begun { parameters, threads } => {
                say(format!("{name}: seed {}, {parameters} parameters, {threads} threads", input.seed + index as u64));
            }
            MemberEvent::Fit(event) => {
                let mut shown = progress[index].lock().unwrap_or_else(PoisonError::into_inner);
                shown.get_or_insert_with(|| FitProgress::of_one(quiet, terminal, name, &together)).show(&event);
            }
        }
    };
    let mode = RunMode { force: arguments.force, resume: arguments.resume };
    let (closing, stop) = (Closing::default(), || stop.asked());
    let call = FitCall { input, data, networks, mode, closing, stop: &stop };
    let done = train_committee(&call, &report);
    for one in progress {
        if let Some(shown) = one.into_inner().unwrap_or_else(PoisonError::into_inner) {
            shown.finish();
        }
    }
    let done = done?;
    if !quiet {
        let folders: Vec<PathBuf> = done.iter().map(|member| member.folder.clone()).collect();
        table(&Models::default().all(&folders)?, &names);
        println!("committee: {}", show::path(&input.output.folder).display());
    }
    let mut pages = done.into_iter().filter_map(|member| member.trained?.report.transpose());
    pages.try_for_each(|page| show::report(page, quiet))
}

/// Say what the committee is.
pub(super) fn describe(found: &CommitteeFolder) -> Result<()> {
    println!("committee of {} models: {}", found.members.len(), found.members.join(", "));
    println!("its energies and forces are their mean, with their spread in the results");
    let networks = Models::default();
    let all = networks.all(&found.folders())?;
    for (network, name) in all.iter().zip(&found.members) {
        let (facts, record) = (network.facts()?, network.record());
        let symbols: Vec<&str> = facts.elements.iter().map(|element| element.symbol()).collect();
        let (data, seed) = (&record.data.file, record.fit.seed);
        println!("{name}: kind {}, elements {}, fitted to {data} with seed {seed}", facts.kind, symbols.join(" "));
    }
    table(&all, &found.members);
    println!("`cormorant describe` says more of each, e.g. {}", show::path(&found.folders()[0]).display());
    Ok(())
}

/// The errors that the members state.
fn table(members: &[Arc<dyn Network>], names: &[String]) {
    println!("{:<12}{:<12}{:>8}{:>18}{:>20}", "member", "frames", "number", "energy MAE/meV", "force MAE/(meV/Å)");
    for (network, name) in members.iter().zip(names) {
        for part in ["train", "validation", "test"] {
            let Some(errors) = network.record().errors.get(part) else { continue };
            println!("{name:<12}{part:<12}{:>8}{:>18.3}{:>20.3}", errors.frames, errors.energy_mae, errors.force_mae);
        }
    }
}
