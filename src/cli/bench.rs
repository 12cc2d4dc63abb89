//! `cormorant bench`.

use std::path::Path;

use super::computing::ComputingArguments;
use super::structure;
use cormorant_core::system::System;
use cormorant_core::{Error, Result};
use cormorant_workflow::workflow;

/// Measure energy and forces of `model` on `system`.
pub(super) fn bench(model: &Path, mut system: System, computing: ComputingArguments, json: bool) -> Result<()> {
    let speed = workflow::bench(model, &mut system, (&computing).into())?;
    structure::notes(speed.note.as_slice());
    if json {
        let object = cormorant_core::json::text(&speed).map_err(Error::Internal)?;
        println!("{object}");
        return Ok(());
    }
    println!("{} on {} ({} atoms)", speed.name, cormorant_core::system::formula(&system.elements), speed.atoms);
    println!("energy and forces    {:.4} ms", speed.milliseconds_per_step);
    println!("steps per second     {:.0}", speed.steps_per_second);
    println!("at steps of 0.5 fs   {:.1} ns/day", speed.nanoseconds_per_day_at_half_femtosecond);
    println!("edges                {}", speed.edges);
    println!("threads              {}", speed.threads);
    println!("precision            {}", speed.precision);
    if let Some(device) = &speed.device {
        println!("device               {device}");
    }
    Ok(())
}
