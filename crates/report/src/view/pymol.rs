//! PyMOL.

use super::viewed::Viewed;

/// The script: `pymol view.pml`.
///
/// PyMOL keeps one cell for all frames, that of the topology or the first frame.
pub(super) fn script(viewed: &Viewed<'_>) -> String {
    let mut script = String::from(
        "# Opens the trajectory beside this script:  pymol view.pml\n\
         python\n\
         import os\n\
         from pymol import cmd\n\
         here = os.path.dirname(os.path.abspath(__script__))\n\
         cmd.set(\"retain_order\", 1)\n",
    );
    let file = |name: &str| format!("os.path.join(here, {name:?})");
    if let Some(topology) = &viewed.topology {
        let kind = viewed.format.pymol_name();
        let trajectory = file(&viewed.trajectory);
        script += &format!("cmd.load({}, \"system\")\n", file(topology));
        script += &format!("cmd.load_traj({trajectory}, \"system\", state=1, format=\"{kind}\", plugin=\"\")\n");
    } else {
        script += &format!("cmd.load({}, \"system\")\n", file(&viewed.trajectory));
    }
    if let Some(cell) = viewed.cell {
        let sizes = [cell.lengths(), cell.angles()].concat();
        let sizes: Vec<String> = sizes.iter().map(|size| format!("{size:.6}")).collect();
        script += &format!("cmd.set_symmetry(\"system\", {}, \"P 1\")\n", sizes.join(", "));
    }
    let shown: &[&str] = if viewed.cell.is_some() { &["sticks", "spheres", "cell"] } else { &["sticks", "spheres"] };
    script += "cmd.hide(\"everything\", \"system\")\n";
    for what in shown {
        script += &format!("cmd.show(\"{what}\", \"system\")\n");
    }
    script
        + "python end\n\
           set sphere_scale, 0.22\n\
           set stick_radius, 0.12\n\
           set orthoscopic, on\n\
           set movie_fps, 30\n\
           bg_color white\n\
           orient system\n\
           frame 1\n"
}
