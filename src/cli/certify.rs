//! `cormorant certify`.

use super::activity::Activity;
use super::arguments::CertifyArguments;
use super::show;
use cormorant_core::json;
use cormorant_core::{Error, Result};
use cormorant_dynamics::certify::TrialControl;
use cormorant_dynamics::simulation::Stop;
use cormorant_network::{BondTrial, Certificate, ChargeTrial, Network, ShippedModel, TrialPart, load};
use cormorant_workflow::workflow;

/// Try the model, write the outcome into its file, and print it.
pub(super) fn certify(arguments: &CertifyArguments) -> Result<()> {
    let folder = &arguments.model;
    let mut network = load(folder)?;
    if !folder.is_dir() && !arguments.dry_run {
        let reason = if ShippedModel::meant(folder).is_some() {
            "is part of the program, which does not change; use --dry-run"
        } else {
            "is a file; use the folder of the model, or --dry-run"
        };
        return Err(Error::Invalid(format!("{}: {reason}", folder.display())));
    }
    let stop = Stop::on_signals()?;
    let data = arguments.data.as_ref().map(|data| arguments.labels.read(data)).transpose()?;
    let activity = Activity::new(arguments.json);
    let control = TrialControl {
        stop: &|| stop.asked(),
        time_left: &|| None,
        progress: &|what, share| activity.show(&format!("certificate: {what}"), Some(share)),
    };
    workflow::certify(network.as_mut(), data.as_ref(), control)?;
    activity.finish();
    if !arguments.dry_run {
        network.write(folder)?;
    }
    match network.record().certificate {
        Some(certificate) if arguments.json => {
            println!("{}", json::text(certificate).map_err(Error::Internal)?);
        }
        _ => print(network.as_ref()),
    }
    if !arguments.json && !arguments.dry_run {
        println!("written into {}", show::path(folder).display());
    }
    Ok(())
}

/// Print what the certificate of `network` says.
pub(super) fn print(network: &dyn Network) {
    match network.record().certificate {
        Some(certificate) => show_certificate(certificate),
        None => println!("no certificate; `cormorant certify` makes one"),
    }
    if let Some(ranges) = network.record().ranges {
        let [fewest, most] = ranges.atoms;
        let [low, high] = ranges.energy;
        println!(
            "training frames: {fewest} to {most} atoms, {low:.3} to {high:.3} eV per atom above the references, forces up to {:.2} eV/Å",
            ranges.force
        );
        if let Some([small, large]) = ranges.volume {
            println!("  {small:.2} to {large:.2} Å³ per atom");
        }
    }
}

fn show_certificate(certificate: &Certificate) {
    let Certificate { force_error, rotation_error, permutation_error, precision_error, cutoff_force, .. } = certificate;
    println!(
        "certificate, from {} atoms with {} by cormorant {}:",
        certificate.atoms, certificate.instruction_set, certificate.program
    );
    let [force_error, rotation_error, permutation_error, precision_error, cutoff_force] =
        [force_error, rotation_error, permutation_error, precision_error, cutoff_force].map(|value| error(*value));
    println!("  forces against energy differences: {force_error} of the largest force");
    println!(
        "  turned: {rotation_error} eV/Å, renumbered: {permutation_error} eV/Å, f32 against f64: {precision_error} eV/Å"
    );
    if certificate.tried(TrialPart::Pairs) {
        println!("  force on two isolated atoms 0.001 Å within the cutoff: at most {cutoff_force} eV/Å");
    }
    if let Some(ChargeTrial { sum_error, tail_error, lowest, highest }) = certificate.charges {
        println!(
            "  charges from {lowest:.2} to {highest:.2} e, which add up within {} e; force on two atoms 30 Å apart against that of their \
             charges: {} of it",
            error(sum_error),
            error(tail_error)
        );
    }
    println!("  drift at 300 K and 0.5 fs: {}", certificate.drift_in_words());
    println!("  largest stable time step at 300 K: {}", certificate.time_step_in_words());
    for trial in &certificate.heat {
        let outcome = trial.failure.as_deref().map_or_else(|| "held".into(), |reason| format!("FAILED: {reason}"));
        println!(
            "  {:>5} K for {:.2} ps: highest grade {}, {outcome}",
            trial.temperature,
            trial.picoseconds,
            number(trial.grade, 2)
        );
    }
    for (pair, trial) in &certificate.bonds {
        let BondTrial { bonds, atoms, shortest, tried_to, sound_to, repels_to } = trial;
        let sound = trial.sound();
        let which = match (atoms.map(|pair| pair.map(|atom| atom + 1)), bonds) {
            (None, _) => format!("{bonds} bonds"),
            (Some([one, other]), 1) => format!("1 bond, {one}-{other}"),
            (Some([one, other]), _) if sound => format!("{bonds} bonds, one of them {one}-{other}"),
            (Some([one, other]), _) => format!("{bonds} bonds, the worst {one}-{other}"),
        };
        let outcome = match (sound, bonds) {
            (true, 1) => format!("repulsion grows down to {tried_to:.3} Å"),
            (true, _) => format!("repulsion of all grows, of this one down to {tried_to:.3} Å"),
            (false, _) => format!("repulsion stops growing at {sound_to:.3} Å, above {tried_to:.3} Å"),
        };
        let all = repels_to.map_or_else(String::new, |distance| format!("; all repel down to {distance:.3} Å"));
        println!("  {pair:<5} compressed ({which}: shortest in training {shortest:.3} Å): {outcome}{all}");
    }
    for (pair, trial) in &certificate.pairs {
        println!(
            "  {pair:<5} alone: repel below {:.2} Å, {} eV at 0.3 Å, lowest {} eV at {:.2} Å",
            trial.repulsive_below,
            number(trial.nearest_energy, 1),
            number(trial.lowest_energy, 2),
            trial.lowest_at
        );
    }
    if let Some(gaps) = certificate.gaps() {
        println!("  {gaps}");
    }
}

/// A number with so many decimals; a power of ten where it is huge, words where it has run away.
fn number(value: f64, decimals: usize) -> String {
    match value.abs() {
        size if size < 1.0e6 => format!("{value:.decimals$}"),
        size if size < Certificate::RUNAWAY => format!("{value:.1e}"),
        _ => "(runs away)".into(),
    }
}

/// An error in scientific form, or words where it has run away.
fn error(value: f64) -> String {
    if value.abs() < Certificate::RUNAWAY { format!("{value:.1e}") } else { "(runs away)".into() }
}
