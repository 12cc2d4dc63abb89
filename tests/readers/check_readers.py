"""Open trajectories with other programs and compare: number of frames and atoms, positions, cell, times, velocities.

    python check_readers.py FOLDER [FOLDER ...]

The truth is the extended XYZ file of the folder, taken apart here with nothing but float(); its numbers have all bits, so
ASE has to read exactly the same. Other formats are compared within what they can hold. If a file has more frames than the
extended XYZ (it was written more often), every k-th one is compared. Exit status 1 if anything differs.
"""

import os
import re
import subprocess
import sys
import tempfile
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

warnings.filterwarnings("ignore")

# Largest difference of a coordinate in Å that the format itself explains: f32, a grid of 0.01 Å, three decimals.
TOLERANCES = {".dcd": 1e-5, ".trr": 1e-5, ".nc": 1e-5, ".xtc": 0.0051, ".pdb": 0.00051, ".xyz": 1e-5}


@dataclass
class Truth:
    """What the extended XYZ file says."""

    symbols: list = field(default_factory=list)
    positions: list = field(default_factory=list)  # [frames][atoms][3], Å
    velocities: list = field(default_factory=list)  # [frames][atoms][3], Å/ps
    cells: list = field(default_factory=list)  # [frames][3][3], Å, or None
    times: list = field(default_factory=list)  # ps
    energies: list = field(default_factory=list)  # eV


def read_truth(path):
    truth = Truth()
    lines = path.read_text().splitlines()
    at = 0
    while at < len(lines):
        count, comment = int(lines[at]), lines[at + 1]
        rows = [line.split() for line in lines[at + 2 : at + 2 + count]]
        at += 2 + count
        truth.symbols = [row[0] for row in rows]
        numbers = np.array([[float(word) for word in row[1:]] for row in rows])
        truth.positions.append(numbers[:, :3])
        if "velo:R:3" in comment:
            truth.velocities.append(numbers[:, 3:6])
        lattice = re.search(r'Lattice="([^"]*)"', comment)
        truth.cells.append(np.array(lattice[1].split(), float).reshape(3, 3) if lattice else None)
        truth.times.append(float(re.search(r" time=(\S+)", comment)[1]))
        energy = re.search(r" energy=(\S+)", comment)
        truth.energies.append(float(energy[1]) if energy else None)
    return truth


def lengths_and_angles(cell):
    lengths = np.linalg.norm(cell, axis=1)
    angle = lambda i, k: np.degrees(np.arccos(cell[i] @ cell[k] / (lengths[i] * lengths[k])))
    return np.array([*lengths, angle(1, 2), angle(0, 2), angle(0, 1)])


class Checker:
    """Collects what was checked and what failed."""

    def __init__(self):
        self.failures = 0

    def report(self, what, complaints, detail):
        good = not complaints
        self.failures += not good
        print(f"  {'ok  ' if good else 'FAIL'} {what:<28} {detail}{'' if good else ': ' + '; '.join(complaints)}")

    def frames(self, what, truth, found, tolerance, cells=None, times=None, velocities=None):
        """Compare lists of frames; `found` is [frames][atoms][3] in Å."""
        complaints = []
        wanted, got = len(truth.positions), len(found)
        stride = (got - 1) // (wanted - 1) if wanted > 1 else 1
        if got != (wanted - 1) * stride + 1 or stride < 1:
            complaints.append(f"{got} frames for {wanted}")
            self.report(what, complaints, "")
            return
        worst = 0.0
        for frame, expected in enumerate(truth.positions):
            positions = np.asarray(found[frame * stride], float)
            if positions.shape != expected.shape:
                complaints.append(f"{len(positions)} atoms for {len(expected)}")
                break
            worst = max(worst, np.abs(positions - expected).max())
        # Half an ulp of f32 at the size of the coordinates comes on top for far-away atoms.
        size = max(np.abs(p).max() for p in truth.positions)
        if worst > max(tolerance, 2.0**-23 * size if tolerance else 0.0):
            complaints.append(f"positions off by {worst:.2e} Å")
        if cells is not None:
            for frame, expected in enumerate(truth.cells):
                cell = cells[frame * stride]
                if expected is None:
                    continue
                if cell is None or np.abs(np.asarray(cell) - lengths_and_angles(expected)).max() > 1e-2:
                    complaints.append(f"cell {cell} in frame {frame}")
                    break
        if times is not None:
            off = max(abs(times[frame * stride] - time) for frame, time in enumerate(truth.times))
            if off > 1e-5 * max(1.0, truth.times[-1]):
                complaints.append(f"times off by {off:.2e} ps")
        if velocities is not None and truth.velocities:
            off = max(np.abs(velocities[frame * stride] - v).max() for frame, v in enumerate(truth.velocities))
            if off > 1e-4:
                complaints.append(f"velocities off by {off:.2e} Å/ps")
        self.report(what, complaints, f"{got} frames, {len(truth.symbols)} atoms, within {worst:.1e} Å")


def check_mdanalysis(checker, truth, path, topology):
    import MDAnalysis

    format_name = {".nc": "NCDF"}.get(path.suffix)
    if topology and path.suffix != ".pdb":
        universe = MDAnalysis.Universe(str(topology), str(path), format=format_name)
    else:
        universe = MDAnalysis.Universe(str(path))
    positions, cells, times, velocities = [], [], [], []
    for step in universe.trajectory:
        positions.append(step.positions.copy())
        cells.append(None if step.dimensions is None else step.dimensions.copy())
        times.append(step.time)
        if step.has_velocities:
            velocities.append(step.velocities.copy())
    keeps_time = path.suffix in (".dcd", ".xtc", ".trr")
    periodic = truth.cells[0] is not None and path.suffix != ".xyz"
    if keeps_time:
        times = [time - times[0] + truth.times[0] for time in times]  # DCD counts from its own start
    checker.frames(
        f"MDAnalysis {path.name}",
        truth,
        positions,
        TOLERANCES[path.suffix],
        cells=cells if periodic else None,
        times=times if keeps_time else None,
        velocities=velocities or None,
    )


def check_mdtraj(checker, truth, path, topology):
    import mdtraj

    if path.suffix == ".pdb":
        trajectory = mdtraj.load_pdb(str(path))
    else:
        trajectory = mdtraj.load(str(path), top=str(topology))
    cells = None
    if truth.cells[0] is not None and path.suffix not in (".xyz", ".pdb"):  # of PDB it keeps the cell of the first frame for all
        cells = np.hstack([trajectory.unitcell_lengths * 10.0, trajectory.unitcell_angles])
    # MDTraj holds f32 in nm: a tenth of an ulp more.
    tolerance = TOLERANCES[path.suffix]
    checker.frames(f"MDTraj {path.name}", truth, trajectory.xyz.astype(float) * 10.0, tolerance, cells=cells)
    symbols = [atom.element.symbol for atom in trajectory.topology.atoms]
    if symbols != truth.symbols:
        checker.report(f"MDTraj {path.name}", [f"elements {symbols}"], "")


def check_ase(checker, truth, path):
    import ase.io

    frames = ase.io.read(str(path), index=":")
    exact = path.suffix == ".xyz"
    tolerance = 0.0 if exact else TOLERANCES[path.suffix]
    cells = [frame.cell.cellpar() for frame in frames] if truth.cells[0] is not None else None
    checker.frames(f"ASE {path.name}", truth, [frame.positions for frame in frames], tolerance, cells=cells)
    complaints = []
    if frames[0].get_chemical_symbols() != truth.symbols:
        complaints.append("elements differ")
    if bool(frames[0].pbc.all()) != (truth.cells[0] is not None):
        complaints.append(f"pbc {frames[0].pbc}")
    if exact and truth.energies[0] is not None:
        energies = [frame.get_potential_energy() for frame in frames]
        if energies != truth.energies:
            complaints.append("energies are not the same bits")
        if not all(frame.get_forces().shape == (len(frame), 3) for frame in frames):
            complaints.append("forces are missing")
    checker.report(f"ASE {path.name} labels", complaints, "elements, pbc" + (", energies, forces" if exact else ""))


def check_pymol(checker, truth, path, topology):
    import pymol2

    with pymol2.PyMOL() as session:
        cmd = session.cmd
        cmd.feedback("disable", "all", "everything")
        cmd.set("retain_order", 1)  # PyMOL otherwise sorts the atoms of a PDB file by name
        if path.suffix in (".xyz", ".pdb"):
            cmd.load(str(path), "system")
        else:
            cmd.load(str(topology), "system")
            names = {".nc": "netcdf"}
            cmd.load_traj(str(path), "system", state=1, format=names.get(path.suffix, path.suffix[1:]), plugin="")
        found = [cmd.get_coords("system", state) for state in range(1, cmd.count_states("system") + 1)]
    checker.frames(f"PyMOL {path.name}", truth, found, TOLERANCES[path.suffix])


def check_ovito(checker, truth, path, topology):
    from ovito.io import import_file
    from ovito.modifiers import LoadTrajectoryModifier

    if path.suffix in (".xyz", ".pdb"):
        pipeline = import_file(str(path))
    else:
        pipeline = import_file(str(topology))
        trajectory = LoadTrajectoryModifier()
        trajectory.source.load(str(path))
        pipeline.modifiers.append(trajectory)
    pipeline.compute()  # the frames are counted while the first one is read
    positions, velocities, cells = [], [], []
    for frame in range(pipeline.num_frames):
        data = pipeline.compute(frame)
        # Readers may sort; the identifiers say which atom is which.
        order = np.argsort(data.particles.identifiers[:]) if data.particles.identifiers is not None else slice(None)
        # Where a file does not say where the cell begins, OVITO may move it and all atoms by half a cell.
        boxed = truth.cells[0] is not None and data.cell is not None
        corner = np.array(data.cell[:, 3]) if boxed else 0.0
        positions.append(np.array(data.particles.positions[:])[order] - corner)
        if data.particles.velocities is not None:
            velocities.append(np.array(data.particles.velocities[:])[order])
        cells.append(None if data.cell is None else lengths_and_angles(np.array(data.cell[:, :3]).T))
    if path.suffix == ".trr" and truth.cells[0] is None:
        # The box that this format needs, empty as it is here, is moved too, and then not kept: all atoms of all frames by the same.
        moved = positions[0][0] - truth.positions[0][0]
        positions = [frame - moved for frame in positions]
    keeps_velocities = path.suffix in (".xyz", ".trr", ".nc")
    checker.frames(
        f"OVITO {path.name}",
        truth,
        positions,
        TOLERANCES[path.suffix],
        cells=cells if truth.cells[0] is not None else None,
        velocities=velocities if keeps_velocities and velocities else None,
    )
    if path.suffix == ".xyz" and truth.velocities and not velocities:
        checker.report(f"OVITO {path.name} velocities", ["missing"], "")


PYMOL_SAYS = """
from pymol import cmd
cmd.ray(160, 120)
cmd.png(PICTURE)
print("READ", cmd.count_states("system"), cmd.count_atoms("system"), *(cmd.get_symmetry("system") or [])[:6])
"""

# What VMD 1.9.4 has of the commands in our scripts: the names of its readers, and options that are words.
VMD = r"""
proc mol {command args} {
    switch $command {
        new - addfile {
            array set options [lrange $args 1 end]
            if {![file exists [lindex $args 0]]} { error "no file [lindex $args 0]" }
            if {$options(type) ni {dcd xtc trr netcdf pdb xyz}} { error "no reader $options(type)" }
            if {$options(waitfor) ne "all"} { error "does not wait for all frames" }
            lappend ::read $options(type)
        }
        delrep - representation - color - material - addrep - smoothrep {}
        default { error "mol $command" }
    }
}
proc animate {command args} { if {$command ni {delete goto}} { error "animate $command" }; if {$command eq "delete"} { set ::read {} } }
proc display {command args} { if {$command ni {projection depthcue resetview}} { error "display $command" } }
proc axes {command args} { if {$command ne "location"} { error "axes $command" } }
proc color {category name color} {}
proc pbc {command args} { lappend ::cell $command {*}$args }
package provide pbctools 1.0
set read {}
set cell {}
"""


def check_pymol_script(checker, truth, script):
    """Run the script in a PyMOL of its own, as a user would."""
    with tempfile.TemporaryDirectory() as folder:
        after = Path(folder) / "after.py"
        picture = Path(folder) / "picture.png"
        after.write_text(PYMOL_SAYS.replace("PICTURE", repr(str(picture))))
        pymol = Path(sys.executable).with_name("pymol")
        run = subprocess.run([str(pymol), "-cq", str(script), str(after)], capture_output=True, text=True, cwd="/")
        colors = len(set(Image.open(picture).convert("RGB").getdata())) if picture.exists() else 0
    said = re.search(r"^READ (.*)$", run.stdout, re.MULTILINE)
    if not said:
        checker.report("PyMOL view.pml", [(run.stdout + run.stderr).strip()[-300:]], "")
        return
    states, atoms, *symmetry = map(float, said[1].split())
    complaints = [] if atoms == len(truth.symbols) else [f"{atoms} atoms"]
    if (states - 1) % max(1, len(truth.positions) - 1):
        complaints.append(f"{states} frames for {len(truth.positions)}")
    if truth.cells[0] is not None and not np.allclose(symmetry, lengths_and_angles(truth.cells[0]), atol=1e-2):
        complaints.append(f"cell {symmetry}")
    if colors < 20:  # of a blank picture: one
        complaints.append(f"a picture of {colors} colors")
    checker.report("PyMOL view.pml", complaints, f"{states:.0f} frames, {atoms:.0f} atoms, drawn in {colors} colors")


def check_vmd_script(checker, truth, script):
    """VMD cannot be had from a package registry: its Tcl runs the script with commands that only look at their arguments."""
    try:
        import tkinter

        interpreter = tkinter.Tcl()
    except ImportError:
        print("  --   VMD view.vmd: this Python has no Tcl, so it was not looked at")
        return
    complaints = []
    try:
        interpreter.eval(VMD)
        interpreter.eval(f"source {{{script}}}")
    except tkinter.TclError as error:
        complaints.append(str(error))
    read = interpreter.splitlist(interpreter.getvar("read"))
    cell = interpreter.splitlist(interpreter.getvar("cell"))
    if len(read) != 1:
        complaints.append(f"frames of {len(read)} files")
    if ("box" in cell) != (truth.cells[0] is not None):
        complaints.append(f"cell: {cell}")
    checker.report("VMD view.vmd", complaints, f"reads {', '.join(read)}, {'draws the cell' if cell else 'no cell'}")


def check_scripts(checker, truth, folder):
    """Run the scripts for VMD, PyMOL and OVITO that lie beside a trajectory."""
    if (folder / "view.vmd").exists():
        check_vmd_script(checker, truth, folder / "view.vmd")
    if (folder / "view.pml").exists():
        check_pymol_script(checker, truth, folder / "view.pml")
    if (folder / "view.py").exists():
        run = subprocess.run([sys.executable, str(folder / "view.py")], capture_output=True, text=True, cwd="/")
        drawn = (folder / "view.png").exists()
        # Without a Vulkan driver OVITO reads but does not draw; the script has done its part then.
        blind = "vulkan" in run.stderr.lower() or "rhi" in run.stderr.lower()
        complaints = [] if drawn or blind else [run.stderr.strip()[-200:] or "no picture"]
        checker.report("OVITO view.py", complaints, "picture drawn" if drawn else "no Vulkan driver, so no picture")
        (folder / "view.png").unlink(missing_ok=True)


def check_folder(checker, folder):
    reference = folder / "trajectory.xyz"
    if not reference.exists():
        print(f"{folder}: has no trajectory.xyz to compare with, passed over")
        return
    print(f"{folder}")
    truth = read_truth(reference)
    topology = folder / "topology.pdb"
    topology = topology if topology.exists() else None
    for path in sorted(folder.glob("trajectory.*")):
        if path.suffix not in TOLERANCES:
            continue
        tasks = [lambda: check_mdanalysis(checker, truth, path, topology)]
        if topology:
            tasks.append(lambda: check_mdtraj(checker, truth, path, topology))
        if path.suffix in (".xyz", ".pdb"):
            tasks.append(lambda: check_ase(checker, truth, path))
        tasks.append(lambda: check_ovito(checker, truth, path, topology))
        if path.suffix != ".nc":
            tasks.append(lambda: check_pymol(checker, truth, path, topology))
        for task in tasks:
            try:
                task()
            except Exception as error:  # a reader that gives up is a failure of ours, not of this script
                checker.report(path.name, [f"{type(error).__name__}: {error}"], "cannot be read")
    check_scripts(checker, truth, folder)


def main():
    # The readers of VMD print from C; what we print goes to a copy of standard output.
    sys.stdout = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    checker = Checker()
    for folder in (Path(argument).resolve() for argument in sys.argv[1:]):
        check_folder(checker, folder)
    if checker.failures:
        sys.exit(f"{checker.failures} checks failed")
    print("all readers agree")


main()
