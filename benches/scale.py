"""Time and memory of a model in LAMMPS on several MPI ranks, beside `cormorant bench` on the same atoms.

    target/interfaces/bin/python benches/scale.py MODEL STRUCTURE [--repeat 2] [--ranks 1 2 4] [--steps 50] [--images never]

STRUCTURE is any periodic file that ASE reads; it is repeated in every direction. Needs what `make interfaces` installs and a
machine with nothing else running. The neighbor list is built anew every 20 steps, which is more often than water at 300 K
needs. `--images never` has periodic images computed on one rank as they are on several. Prints one line for each number of ranks: time per step, parallel efficiency, atoms of one
rank and of its halo, and memory of one rank.
"""

import argparse
import json
import os
import re
import subprocess
import tempfile
from pathlib import Path

import ase.io

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = os.environ.get("CORMORANT", str(ROOT / "target/release/cormorant"))

parser = argparse.ArgumentParser()
parser.add_argument("model")
parser.add_argument("structure")
parser.add_argument("--repeat", type=int, default=2)
parser.add_argument("--ranks", type=int, nargs="+", default=[1, 2, 4])
parser.add_argument("--steps", type=int, default=50)
parser.add_argument("--images", choices=["auto", "never"], default="auto")
arguments = parser.parse_args()

atoms = ase.io.read(arguments.structure) * ([arguments.repeat] * 3)
kinds = sorted(set(atoms.symbols))
with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    ase.io.write(folder / "atoms.data", atoms, format="lammps-data", specorder=kinds, masses=True)
    ase.io.write(folder / "atoms.xyz", atoms)
    subprocess.run([PROGRAM, "export", "kim", arguments.model, "--name", "Scale", "--to", name], check=True, capture_output=True)
    settings = folder / "Scale/kim.json"
    settings.write_text(json.dumps(json.loads(settings.read_text()) | {"images": arguments.images}))
    bench = [PROGRAM, "bench", "--model", arguments.model, "--structure", str(folder / "atoms.xyz"), "--json"]
    own = json.loads(subprocess.run(bench, check=True, capture_output=True, text=True).stdout)["milliseconds_per_step"]
    print(f"{len(atoms)} atoms; cormorant bench, one thread: {own:.2f} ms per step")
    (folder / "scale.in").write_text(f"""kim init Scale metal
boundary p p p
read_data atoms.data
kim interactions {" ".join(kinds)}
velocity all create 300 1
timestep 0.0002
neigh_modify every 20 delay 0 check no
fix nve all nve
run 5
run {arguments.steps}
""")
    environment = os.environ | {
        "KIM_API_PORTABLE_MODELS_DIR": name,
        "OMP_NUM_THREADS": "1",
        "OMPI_ALLOW_RUN_AS_ROOT": "1",
        "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    }
    first = None
    for ranks in arguments.ranks:
        memory = folder / "memory"
        memory.write_text("")
        # GNU time writes the most memory that each rank had, in KiB.
        command = ["mpirun", "--oversubscribe", "-np", str(ranks), "/usr/bin/time", "-a", "-o", str(memory), "-f", "%M", "lmp"]
        command += ["-in", "scale.in", "-log", "none"]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(done.stdout[-2000:] + done.stderr[-2000:])
        times = re.findall(r"Loop time of (\S+) on \d+ procs for (\d+) steps", done.stdout)
        seconds, steps = float(times[-1][0]), int(times[-1][1])
        milliseconds = 1000 * seconds / steps
        first = first or milliseconds * ranks
        ghosts = re.findall(r"Nghost:\s+(\S+)", done.stdout)[-1]
        largest = max(int(line) for line in memory.read_text().split()) / 1024
        print(
            f"{ranks} ranks: {milliseconds:.2f} ms per step, {milliseconds * ranks / own:.2f} times one thread of cormorant, "
            f"efficiency {first / (milliseconds * ranks):.2f}, {len(atoms) / ranks:.0f} atoms and {float(ghosts):.0f} in the halo, "
            f"{largest:.0f} MiB a rank"
        )
