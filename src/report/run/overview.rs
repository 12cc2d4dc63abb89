//! What a run was and how it ended, in words and tables.

use super::{RunPlan, RunRecord};
use crate::report::page::{Page, PageTable, Section};
use crate::report::plot::{Axis, Chart, Look, Series, short};
use crate::report::progress::spell;
use crate::system::Element;

/// Facts, alerts and the state of the run.
pub(super) fn describe(page: &mut Page, plan: &RunPlan, record: Option<&RunRecord>) {
    let elements = &plan.elements;
    let total: f64 = plan.stages.iter().map(|stage| stage.duration).sum();
    page.kind = "Simulation".into();
    page.title.clone_from(&plan.name);
    page.subtitle = format!("{} ps in {} with {}", short(total, 6), count(plan.stages.len(), "stage"), plan.potential);
    if !elements.is_empty() {
        page.fact(
            "Structure",
            format!("{} ({}), {}", formula(elements), count(elements.len(), "atom"), plan.structure),
        );
    } else {
        page.fact("Structure", plan.structure.clone());
    }
    page.fact("Potential", plan.potential.clone());
    page.facts.extend(plan.about_potential.iter().cloned());
    for stage in &plan.stages {
        let length = format!("{} ps in steps of {} fs", short(stage.duration, 6), short(stage.time_step, 4));
        page.fact(format!("Stage {}", stage.name), format!("{length}, {}", stage.ensemble));
    }
    page.fact("Guards", plan.guards.clone());
    match record {
        None => page.alerts.push("This run has not ended yet; the report shows what was written so far.".into()),
        Some(record) => {
            if let Some(reason) = &record.reason {
                let what =
                    if record.ending == "stopped" { "Stopped by a signal" } else { "Stopped by a guard or a failure" };
                page.alerts.push(format!("{what}: {reason}."));
            } else {
                page.fact("Ended", "as planned; no guard fired");
            }
            page.alerts.extend(record.warnings.iter().map(|warning| format!("Warning: {warning}")));
            let all = record.total();
            if all.seconds > 0.0 {
                let speed = all.picoseconds * 1.0e-3 * 86_400.0 / all.seconds;
                let wall = spell(std::time::Duration::from_secs_f64(all.seconds));
                page.fact("Speed", format!("{} ns/day, {wall} of wall time", short(speed, 4)));
            }
        }
    }
}

/// Where the time went.
pub(super) fn timing(record: &RunRecord) -> Section {
    let all = record.total();
    let rest = (all.seconds - all.potential_seconds - all.output_seconds).max(0.0);
    if all.steps == 0 {
        return Section::default();
    }
    let phases = [
        ("energies and forces", all.potential_seconds),
        ("output and analysis", all.output_seconds),
        ("integration and the rest", rest),
    ];
    let per_step = |seconds: f64| 1.0e6 * seconds / all.steps as f64;
    let names = phases.iter().map(|(name, _)| (*name).to_string()).collect();
    let bars = phases.iter().enumerate().map(|(at, (_, seconds))| [at as f64, per_step(*seconds)]).collect();
    let chart = Chart::new("timing", "Time of a step", Axis::new("").named(names), Axis::new("Time / (µs/step)"))
        .with(Series::new("", Look::Bars, 0, bars))
        .saying(format!(
            "A step takes {} µs, of which energies and forces take {} %.",
            short(per_step(all.seconds), 4),
            short(100.0 * all.potential_seconds / all.seconds.max(1.0e-12), 3)
        ));
    let row = |(name, seconds): &(&str, f64)| {
        vec![(*name).to_string(), short(*seconds, 4), short(per_step(*seconds), 4), share(*seconds, all.seconds)]
    };
    let heads = ["phase", "time / s", "time / (µs/step)", "share"].map(str::to_string).to_vec();
    let text = format!(
        "{} by {} on a machine with {} hardware threads.",
        count(all.steps as usize, "step"),
        if record.sessions.len() == 1 { "one process".into() } else { format!("{} processes", record.sessions.len()) },
        all.processors
    );
    let table = PageTable { caption: String::new(), heads, rows: phases.iter().map(row).collect() };
    Section { heading: "Timing".into(), text, charts: vec![chart], tables: vec![table], verbatim: None }
}

fn share(part: f64, whole: f64) -> String {
    format!("{} %", short(100.0 * part / whole.max(1.0e-12), 3))
}

/// `3 atoms`, `1 atom`.
pub(super) fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// The sum formula: carbon, hydrogen, then the alphabet.
fn formula(elements: &[Element]) -> String {
    const LOWERED: [char; 10] = ['₀', '₁', '₂', '₃', '₄', '₅', '₆', '₇', '₈', '₉'];
    let mut counts = std::collections::BTreeMap::<&str, usize>::new();
    for element in elements {
        *counts.entry(element.symbol()).or_default() += 1;
    }
    let organic = counts.contains_key("C");
    let mut parts: Vec<_> = counts.into_iter().collect();
    parts.sort_by_key(|(symbol, _)| (!(organic && *symbol == "C"), !(organic && *symbol == "H"), *symbol));
    let lowered = |number: usize| {
        number.to_string().chars().filter_map(|c| c.to_digit(10)).map(|d| LOWERED[d as usize]).collect::<String>()
    };
    parts
        .into_iter()
        .map(|(symbol, number)| if number == 1 { symbol.into() } else { format!("{symbol}{}", lowered(number)) })
        .collect()
}
