//! A script that opens a trajectory in VMD.

use std::fmt::Write;
use std::path::Path;

use crate::Result;
use crate::io::{TrajectoryFormat, atomic};

/// Write `view.vmd` beside `trajectory`, so that `vmd -e view.vmd` shows it from any folder.
///
/// The atoms come from `topology` where the format does not name them; its one frame is deleted before the trajectory is
/// added, so that frame numbers agree.
///
/// # Errors
/// When the script cannot be written.
pub fn write_view(trajectory: &Path, format: TrajectoryFormat, topology: Option<&Path>, periodic: bool) -> Result<()> {
    let mut script = String::from("# Opens the trajectory beside this script:  vmd -e view.vmd\n");
    script.push_str("set here [file dirname [file normalize [info script]]]\n");
    let file =
        |path: &Path| format!("[file join $here {{{}}}]", path.file_name().unwrap_or_default().to_string_lossy());
    let kind = format.vmd_name();
    // Writing to a string cannot fail.
    let _ = if let Some(topology) = topology {
        writeln!(
            script,
            "mol new {} type pdb waitfor all\nanimate delete all\nmol addfile {} type {kind} waitfor all",
            file(topology),
            file(trajectory)
        )
    } else {
        writeln!(script, "mol new {} type {kind} waitfor all", file(trajectory))
    };
    script.push_str(
        "mol delrep 0 top\n\
         mol representation CPK 1.0 0.4 24 24\n\
         mol color Element\n\
         mol material AOChalky\n\
         mol addrep top\n\
         mol smoothrep top 0 0\n\
         display projection Orthographic\n\
         display depthcue off\n\
         axes location Off\n\
         color Display Background white\n",
    );
    if periodic {
        script.push_str("if {![catch {package require pbctools}]} { pbc box -color gray }\n");
    }
    script.push_str("display resetview\nanimate goto 0\n");
    atomic::write(&trajectory.with_file_name("view.vmd"), script.as_bytes())
}
