//! What a run was and how it ended, in words and tables.

use super::energies::with_error;
use super::{RunPlan, RunRecord, StageMotion, StagePart};
use crate::page::{Page, PageTable, Section};
use crate::plot::{Axis, Chart, PlotStyle, Series, short};
use crate::progress::spell;
use cormorant_core::system::{Element, formula};

/// Facts, alerts and the state of the run.
pub(super) fn describe(page: &mut Page, plan: &RunPlan, record: Option<&RunRecord>) {
    let total: f64 = plan.stages.iter().map(|stage| stage.duration).sum();
    page.kind = "Simulation".into();
    page.title.clone_from(&plan.name);
    page.subtitle = format!("{} ps in {} with {}", short(total, 6), count(plan.stages.len(), "stage"), plan.potential);
    describe_system(page, plan);
    for stage in &plan.stages {
        let length = format!("{} ps in steps of {} fs", short(stage.duration, 6), short(stage.time_step, 4));
        let motion = record.and_then(|record| record.motion.iter().find(|motion| motion.stage == stage.name));
        let mut parts = vec![format!("{length}, {}", stage.ensemble)];
        parts.extend(motion.into_iter().flat_map(|motion| motion.notes.iter().cloned()));
        page.fact(format!("Stage {}", stage.name), parts.join("; "));
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
                page.fact("Ended", "as planned; no guard stopped the run");
            }
            page.alerts.extend(record.all_warnings().map(|warning| format!("Warning: {warning}")));
            let all = record.total();
            if all.seconds > 0.0 {
                let speed = all.picoseconds * 1.0e-3 * 86_400.0 / all.seconds;
                let wall = spell(std::time::Duration::from_secs_f64(all.seconds));
                page.fact("Speed", format!("{} ns/day, {wall} of wall time", short(speed, 4)));
            }
        }
    }
}

/// Facts about atoms and potential.
pub(crate) fn describe_system(page: &mut Page, plan: &RunPlan) {
    let atoms = match plan.elements.as_slice() {
        [] => plan.structure.clone(),
        elements => format!("{} ({}), {}", lowered(elements), count(elements.len(), "atom"), plan.structure),
    };
    page.fact("Structure", atoms);
    page.fact("Potential", plan.potential.clone());
    page.facts.extend(plan.about_potential.iter().cloned());
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
        .with(Series::new("", PlotStyle::Bars, 0, bars))
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
    Section { heading: "Timing".into(), text, charts: vec![chart], tables: vec![table], ..Section::default() }
}

/// A table of the temperatures of parts for each stage that has any; the caption says how the motion was counted.
pub(super) fn motion(record: &RunRecord) -> Vec<PageTable> {
    let heads = ["part", "degrees of freedom", "mean temperature / K", ""].map(str::to_string).to_vec();
    let row = |part: &StagePart| {
        let remark = if part.uneven { "differs significantly from the whole" } else { "" };
        vec![
            part.name.clone(),
            short(part.degrees_of_freedom, 5),
            with_error(part.temperature, part.error),
            remark.to_string(),
        ]
    };
    let table = |stage: &StageMotion| PageTable {
        caption: format!("Stage {}: {}.", stage.stage, stage.notes.join("; ")),
        heads: heads.clone(),
        rows: stage.parts.iter().map(row).collect(),
    };
    record.motion.iter().filter(|stage| !stage.parts.is_empty()).map(table).collect()
}

fn share(part: f64, whole: f64) -> String {
    format!("{} %", short(100.0 * part / whole.max(1.0e-12), 3))
}

/// `3 atoms`, `1 atom`.
pub(crate) fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// The sum formula with lowered numbers.
fn lowered(elements: &[Element]) -> String {
    const LOWERED: [char; 10] = ['₀', '₁', '₂', '₃', '₄', '₅', '₆', '₇', '₈', '₉'];
    formula(elements).chars().map(|c| c.to_digit(10).map_or(c, |digit| LOWERED[digit as usize])).collect()
}
