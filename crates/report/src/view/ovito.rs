//! OVITO.

use super::viewed::Viewed;

/// The script: `python view.py` with the Python package of OVITO draws `view.png`; OVITO Pro opens it as a scene.
pub(super) fn script(viewed: &Viewed<'_>) -> String {
    let mut script = String::from(
        "\"\"\"Opens the trajectory beside this script in OVITO.\n\n\
         OVITO Pro:                  ovito view.py      (or File, Run Python script)\n\
         package (pip install ovito): python view.py     draws the first frame as view.png,\n\
         \x20                            for which it needs a driver (Debian: libvulkan1, mesa-vulkan-drivers)\n\
         \"\"\"\n\
         import os\n\n\
         import ovito\n\
         from ovito.io import import_file\n\
         from ovito.modifiers import CreateBondsModifier, LoadTrajectoryModifier\n\n\
         here = os.path.dirname(os.path.abspath(__file__))\n",
    );
    let file = |name: &str| format!("os.path.join(here, {name:?})");
    if let Some(topology) = &viewed.topology {
        script += &format!("pipeline = import_file({})\n", file(topology));
        script += "trajectory = LoadTrajectoryModifier()\n";
        script += &format!("trajectory.source.load({})\n", file(&viewed.trajectory));
        script += "pipeline.modifiers.append(trajectory)\n";
    } else {
        script += &format!("pipeline = import_file({})\n", file(&viewed.trajectory));
    }
    script += "bonds = CreateBondsModifier(mode=CreateBondsModifier.Mode.VdWRadius)\n\
               bonds.vis.width = 0.25\n\
               pipeline.modifiers.append(bonds)\n\
               data = pipeline.compute()\n\
               data.particles.vis.scaling = 0.5\n";
    // Some formats need a box for their readers; it is not ours to show.
    let shown = if viewed.cell.is_some() { "True" } else { "False" };
    script += &format!("if data.cell is not None:\n    data.cell.vis.enabled = {shown}\n");
    script += "pipeline.add_to_scene()\n\n\
               if not ovito.gui_mode:\n\
               \x20   from ovito.vis import TachyonRenderer, Viewport\n\n\
               \x20   viewport = Viewport(type=Viewport.Type.Ortho, camera_dir=(-0.4, 0.7, -0.6))\n\
               \x20   viewport.zoom_all(size=(800, 600))\n\
               \x20   picture = os.path.join(here, \"view.png\")\n\
               \x20   viewport.render_image(filename=picture, size=(800, 600), renderer=TachyonRenderer())\n\
               \x20   print(f\"{pipeline.num_frames} frames, {data.particles.count} atoms; the first frame is drawn in {picture}\")\n";
    script
}
