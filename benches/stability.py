"""Ten hot trajectories of each shipped model of a molecule of rMD17: do they stay whole?

    python benches/stability.py [MODEL ...] [--temperature 500] [--picoseconds 100] [--time-step 0.5] [--count 10] [--extrapolation stop]

Needs numpy and `cargo build --release`. Each trajectory starts from `inputs/structures/MODEL.xyz` (without `-finest`) with its own velocities,
Langevin at 1/ps, all guards but that of temperature at their defaults; with `--extrapolation warn` that of extrapolation lets a
trajectory go on, so that what breaks is a bond or nothing. A trajectory is broken when a
guard stops it, or when two atoms that were bonded in the first frame (nearer than 1.2 times the sum of their covalent radii)
are more than 2 Å apart in any frame (one every 50 fs), unless one of them is a hydrogen that is bonded to an O or N then: a proton that
goes over breaks no molecule. Prints a row for each molecule.
"""

import argparse
import os
import re
import subprocess
import tempfile
import time
from pathlib import Path

import numpy

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = os.environ.get("CORMORANT", str(ROOT / "target/release/cormorant"))
RADII = {"H": 0.31, "C": 0.76, "N": 0.71, "O": 0.66}  # Å, Cordero et al. 2008, doi:10.1039/b801115j
BROKEN = 2.0  # Å

parser = argparse.ArgumentParser()
parser.add_argument("molecules", nargs="*")
parser.add_argument("--temperature", type=float, default=500.0)
parser.add_argument("--picoseconds", type=float, default=100.0)
parser.add_argument("--time-step", type=float, default=0.5, help="fs")
parser.add_argument("--count", type=int, default=10)
parser.add_argument("--extrapolation", choices=["stop", "warn"], default="stop", help="what the guard of extrapolation does")
arguments = parser.parse_args()


def frames(path):
    """Positions of every frame of an extended XYZ file, in Å."""
    lines = path.read_text().splitlines()
    atoms = int(lines[0])
    for start in range(0, len(lines), atoms + 2):
        rows = lines[start + 2 : start + 2 + atoms]
        if len(rows) == atoms:
            yield [row.split()[0] for row in rows], numpy.array([row.split()[1:4] for row in rows], float)


def bonded(distances, names):
    """Which pairs are bonded, each once."""
    radii = numpy.array([RADII[name] for name in names])
    return numpy.triu(distances < 1.2 * (radii[:, None] + radii[None]), 1)


def watch(path):
    """The longest distance in any frame of a pair that is bonded in the first, which pair, and whether a proton left its atom for
    an O or N; distances of protons while they are bonded there do not count."""
    bonds, longest, who, went_over = None, 0.0, "", False
    for names, positions in frames(path):
        distances = numpy.linalg.norm(positions[:, None] - positions[None], axis=-1)
        now = bonded(distances, names)
        if bonds is None:
            bonds = now
        for first, second in numpy.argwhere(bonds & (distances > longest)):
            if distances[first, second] > BROKEN and gone_over((first, second), now, names):
                went_over = True
            elif distances[first, second] > longest:
                longest, who = distances[first, second], f"{names[first]}{first}-{names[second]}{second}"
    return longest, who, went_over


def gone_over(pair, bonds, names):
    """Whether one atom of a pair is a hydrogen that is bonded to an O or N other than its partner."""
    for proton, partner in (pair, pair[::-1]):
        near = numpy.flatnonzero(bonds[proton] | bonds[:, proton])
        if names[proton] == "H" and any(names[atom] in "NO" for atom in near if atom != partner):
            return True
    return False


def trial(molecule, folder):
    """Whole trajectories, in how many of all a proton went over, the longest bond of all in Å and which it is, wall-clock seconds."""
    (folder / "input.toml").write_text(f"""version = 1
name = "{molecule}"
output = {{ folder = "out" }}
structure = {{ file = "{ROOT}/inputs/structures/{molecule.removesuffix("-finest")}.xyz" }}
potential = {{ model = "{ROOT}/models/{molecule}" }}
velocities = {{ temperature = "{arguments.temperature} K" }}
replicas = {{ count = {arguments.count} }}

[guards]
highest_temperature = {{ limit = "5000 K", action = "stop" }}
extrapolation = {{ limit = 3.0, action = "{arguments.extrapolation}" }}

[[stage]]
duration = "{arguments.picoseconds} ps"
time_step = "{arguments.time_step} fs"
integrator = "baoab"
thermostat = {{ kind = "langevin", temperature = "{arguments.temperature} K", friction = "1 / ps" }}

[[stage.write]]
kind = "trajectory"
file = "trajectory.xyz"
every = "50 fs"
""")
    begun = time.time()
    run = subprocess.run([PROGRAM, "run", str(folder / "input.toml")], capture_output=True, text=True)
    seconds = time.time() - begun
    expected = round(arguments.picoseconds * 1000 / 50)
    whole, protons, longest, who = 0, 0, 0.0, ""
    for replica in sorted((folder / "out").glob("replica-*")):
        count = sum(1 for line in open(replica / "trajectory.xyz") if re.match(r"^\d+$", line.strip()))
        bond, pair, went_over = watch(replica / "trajectory.xyz")
        whole += count > expected and bond < BROKEN
        protons += went_over
        if bond > longest:
            longest, who = bond, pair
    if not longest:
        raise SystemExit(run.stderr)
    return whole, protons, longest, who, seconds


if __name__ == "__main__":
    names = arguments.molecules or sorted(path.parent.name for path in ROOT.glob("models/*/model.safetensors"))
    print("| molecule | whole | proton went over | longest bond / Å | which | seconds |\n|---|---|---|---|---|---|")
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            whole, protons, longest, who, seconds = trial(name, Path(folder))
        print(f"| {name} | {whole} of {arguments.count} | {protons} | {longest:.2f} | {who} | {seconds:.0f} |", flush=True)
