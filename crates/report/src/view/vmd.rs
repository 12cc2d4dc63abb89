//! VMD.

use super::viewed::Viewed;
use cormorant_io::TrajectoryFormat;

/// The script: `vmd -e view.vmd`.
///
/// The atoms come from the topology where the format does not name them; its one frame is deleted before the trajectory is added,
/// so that frame numbers agree. VMD reads no cell from XYZ: there it is set by the script, from the first frame.
pub(super) fn script(viewed: &Viewed<'_>) -> String {
    let mut script = String::from("# Opens the trajectory beside this script:  vmd -e view.vmd\n");
    script += "set here [file dirname [file normalize [info script]]]\n";
    let file = |name: &str| format!("[file join $here {{{name}}}]");
    let (trajectory, kind) = (file(&viewed.trajectory), viewed.format.vmd_name());
    if let Some(topology) = &viewed.topology {
        script += &format!("mol new {} type pdb waitfor all\nanimate delete all\n", file(topology));
        script += &format!("mol addfile {trajectory} type {kind} waitfor all\n");
    } else {
        script += &format!("mol new {trajectory} type {kind} waitfor all\n");
    }
    script += "mol delrep 0 top\n\
               mol representation CPK 1.0 0.4 24 24\n\
               mol color Element\n\
               mol material AOChalky\n\
               mol addrep top\n\
               mol smoothrep top 0 0\n\
               display projection Orthographic\n\
               display depthcue off\n\
               axes location Off\n\
               color Display Background white\n";
    if let Some(cell) = viewed.cell {
        let mut draw = String::from("pbc box -color gray");
        if viewed.format == TrajectoryFormat::ExtendedXyz {
            let sizes = [cell.lengths(), cell.angles()].concat();
            let sizes: Vec<String> = sizes.iter().map(|size| format!("{size:.6}")).collect();
            draw = format!("pbc set {{{}}} -all; {draw}", sizes.join(" "));
        }
        script += &format!("if {{![catch {{package require pbctools}}]}} {{ {draw} }}\n");
    }
    script + "display resetview\nanimate goto 0\n"
}
