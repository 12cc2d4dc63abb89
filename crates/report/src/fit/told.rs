//! What the page of every fit tells.

use std::path::Path;

use crate::page::{Page, Section};
use crate::plot::short;
use cormorant_network::Record;

/// The input of the fit, folded.
pub(super) fn input_section(folder: &Path) -> Option<Section> {
    let text = std::fs::read_to_string(folder.join("fit.toml")).ok()?;
    let verbatim = Some(("The input with all defaults".to_string(), text));
    Some(Section { heading: "Input".into(), verbatim, ..Section::default() })
}

/// Facts of how many frames it was fitted to, and how long.
pub(super) fn how_fitted(page: &mut Page, record: &Record<'_>) {
    let fit = record.fit;
    page.fact(
        "Frames",
        format!(
            "{} for training, {} for the choice of the best epoch, {} to test",
            record.frames("train"),
            record.frames("validation"),
            record.frames("test")
        ),
    );
    page.fact(
        "Fit",
        format!(
            "{} epochs in {} s on {} threads, seed {}; epoch {} was kept",
            fit.epochs,
            short(fit.seconds, 4),
            fit.threads,
            fit.seed,
            fit.best_epoch
        ),
    );
}
