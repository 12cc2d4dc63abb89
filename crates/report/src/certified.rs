//! The certificate of a model, as a reader of a report wants it.

use super::page::{Fact, PageTable, Section};
use super::plot::short;
use cormorant_network::Certificate;

/// What a model is vouched for, in few words; `None` stands for a model that was never tried.
#[must_use]
pub fn certified(certificate: Option<&Certificate>) -> Fact {
    let value = certificate.map_or_else(
        || "none: the limits of this model are unknown; `cormorant certify` makes one".into(),
        |certificate| {
            let held = match certificate.highest_temperature() {
                0.0 => "no trajectory of the tests was stable".into(),
                highest => format!("trajectories stable up to {} K", short(highest, 4)),
            };
            let drift = certificate
                .known_drift()
                .map_or_else(String::new, |drift| format!(", where it drifts by {} meV/atom/ps at 0.5 fs", short(drift, 2)));
            let gaps = certificate.gaps().map_or_else(String::new, |gaps| format!("; {gaps}"));
            format!(
                "{held}; steps up to {} fs stable at 300 K{drift}; forces agree with energy differences to {} of the largest{gaps}",
                short(certificate.time_step, 3),
                number(certificate.force_error)
            )
        },
    );
    Fact { name: "Certificate".into(), value }
}

/// An error, or words for one that has run away.
fn number(value: f64) -> String {
    if value.abs() < Certificate::RUNAWAY { short(value, 2) } else { "runs away:".into() }
}

/// Everything that the certificate says.
pub(super) fn section(certificate: &Certificate) -> Section {
    let trials = [
        ("forces against differences of the energy, over the largest force", number(certificate.force_error), ""),
        ("change of a force when the atoms are rotated", number(certificate.rotation_error), "eV/Å"),
        ("change of a force when the atoms are renumbered", number(certificate.permutation_error), "eV/Å"),
        ("forces in single against double precision", number(certificate.precision_error), "eV/Å"),
        ("force on two isolated atoms 0.001 Å within the cutoff", number(certificate.cutoff_force), "eV/Å"),
        ("drift of the energy at 300 K and 0.5 fs", certificate.drift_in_words(), ""),
        ("largest stable time step at 300 K", certificate.time_step_in_words(), ""),
    ];
    let charges = certificate.charges.map(|trial| {
        [
            ("sum of the charges against the total charge", number(trial.sum_error), "e"),
            ("force on two atoms 30 Å apart against that of their charges", number(trial.tail_error), "of it"),
            ("charges of the example", format!("{} to {}", short(trial.lowest, 3), short(trial.highest, 3)), "e"),
        ]
    });
    let trials = trials.into_iter().chain(charges.into_iter().flatten());
    let rows =
        trials.map(|(what, value, unit)| vec![what.to_string(), format!("{value} {unit}").trim_end().to_string()]);
    let trials = PageTable {
        caption: "Symmetries, smoothness and conservation: the largest error of each trial".into(),
        heads: ["trial", "found"].map(str::to_string).to_vec(),
        rows: rows.collect(),
    };
    let rows = certificate.heat.iter().map(|trial| {
        vec![
            format!("{} K", short(trial.temperature, 4)),
            short(trial.picoseconds, 3),
            if trial.grade < Certificate::RUNAWAY { short(trial.grade, 3) } else { "beyond all".into() },
            trial.failure.as_ref().map_or_else(|| "yes".into(), |reason| format!("no: {reason}")),
        ]
    });
    let heat = PageTable {
        caption: "Trajectories at increasing temperatures, up to the first that fails".into(),
        heads: ["temperature", "length / ps", "highest grade of extrapolation", "held"].map(str::to_string).to_vec(),
        rows: rows.collect(),
    };
    let rows = certificate.bonds.iter().map(|(pair, trial)| {
        vec![
            pair.clone(),
            trial.bonds.to_string(),
            trial.atoms.map_or_else(String::new, |[one, other]| format!("{}-{}", one + 1, other + 1)),
            format!("{} Å", short(trial.shortest, 4)),
            if trial.sound() {
                format!("yes, down to {} Å", short(trial.tried_to, 4))
            } else {
                format!("no: not below {} Å", short(trial.sound_to, 4))
            },
            trial.repels_to.map_or_else(String::new, |distance| format!("{} Å", short(distance, 4))),
        ]
    });
    let bonds = PageTable {
        caption: "Bonds compressed below their shortest length in the training frames".into(),
        heads: [
            "elements",
            "bonds",
            "the worst, or one of them",
            "its shortest in training",
            "its repulsion grows",
            "all repel down to",
        ]
        .map(str::to_string)
        .to_vec(),
        rows: rows.collect(),
    };
    let tables = [trials, heat, bonds].into_iter().filter(|table| !table.rows.is_empty()).collect();
    Section {
        heading: "Certificate".into(),
        text: format!(
            "Tests of the model on {} atoms, with {} by cormorant {}. `run` warns outside their range.{}",
            certificate.atoms,
            certificate.instruction_set,
            certificate.program,
            certificate.gaps().map_or_else(String::new, |gaps| format!(" Note: {gaps}."))
        ),
        tables,
        ..Section::default()
    }
}
