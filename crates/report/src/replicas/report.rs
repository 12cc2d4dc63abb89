//! The page of many runs.

use std::path::PathBuf;

use super::walks::Walks;
use super::{ReplicasPlan, energies};
use crate::compare::runs_together;
use crate::page::{Page, REPORT, Section, write_page};
use crate::run::{RunRecord, count, describe_system};
use cormorant_core::Result;

/// Write `report.html` and its figures into the folder of the whole, also while the runs continue. Those of the members are
/// [`crate::run::report_run`]'s. Returns the path of the page.
///
/// # Errors
/// When a file of a member is damaged or the page cannot be written.
pub fn report_replicas(plan: &ReplicasPlan) -> Result<PathBuf> {
    let mut page = Page { kind: "Replicas".into(), title: plan.name.clone(), ..Page::default() };
    let number = count(plan.members.len(), "run");
    page.subtitle = format!("{number} from one input");
    if let Some(first) = plan.members.first() {
        describe_system(&mut page, first);
    }
    page.fact("Exchange", plan.exchange.clone().unwrap_or_else(|| "none: the runs are independent".into()));
    let mut running = 0;
    for member in &plan.members {
        let Some(record) = RunRecord::read(&member.folder)? else {
            running += 1;
            continue;
        };
        page.alerts.extend(record.reason.iter().map(|reason| format!("{} {}: {reason}.", member.name, record.ending)));
        page.alerts.extend(record.all_warnings().map(|warning| format!("{}: warning: {warning}", member.name)));
    }
    if running > 0 {
        page.alerts.push(format!(
            "{} not ended yet; the report shows what was written so far.",
            match running {
                1 => "1 run has".into(),
                many => format!("{many} runs have"),
            }
        ));
    }
    let mut together = runs_together(&plan.members)?;
    together.charts.extend(energies::overlap(plan)?);
    page.sections.push(together);
    let log = plan.folder.join("exchanges.csv");
    if log.exists() {
        page.sections.push(Section::of("Exchange", Walks::read(&log)?.charts()));
    }
    let link = |member: &crate::run::RunPlan| {
        let folder = member.folder.file_name()?.to_string_lossy().into_owned();
        member.folder.join(REPORT).exists().then(|| (member.name.clone(), format!("{folder}/{REPORT}")))
    };
    let links: Vec<(String, String)> = plan.members.iter().filter_map(link).collect();
    if !links.is_empty() {
        page.sections.push(Section { heading: "Each run".into(), links, ..Section::default() });
    }
    let verbatim = Some(("The input with all defaults".to_string(), plan.input.clone()));
    page.sections.push(Section { heading: "Input".into(), verbatim, ..Section::default() });
    write_page(&page, &plan.folder.join(REPORT))
}
