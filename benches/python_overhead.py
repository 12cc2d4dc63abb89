"""What a call from Python costs beyond the evaluation itself, for ethanol.

    target/interfaces/bin/python benches/python_overhead.py

Compares `Model.evaluate` on arrays, on an ase.Atoms and through the ASE calculator with `cormorant bench` (one thread, f32).
Needs what `make interfaces` builds, and a machine with nothing else running.
"""

import json
import os
import subprocess
import timeit
from pathlib import Path

import ase.io
import cormorant
from cormorant.ase import Calculator

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = os.environ.get("CORMORANT", str(ROOT / "target/release/cormorant"))
structure = ROOT / "inputs/structures/ethanol.xyz"
bench = [PROGRAM, "bench", "--model", str(ROOT / "models/ethanol"), "--structure", str(structure), "--json"]
own = 1e3 * json.loads(subprocess.run(bench, check=True, capture_output=True, text=True).stdout)["milliseconds_per_step"]
print(f"cormorant bench: {own:.1f} µs")

model = cormorant.Model(ROOT / "models/ethanol")
atoms = ase.io.read(structure)
atoms.calc = Calculator(model)
numbers, positions = atoms.numbers, atoms.positions


def through_ase():
    atoms.positions[0, 0] += 1e-6
    atoms.get_forces()


for name, call in (
    ("arrays", lambda: model.evaluate(numbers, positions)),
    ("ase.Atoms", lambda: model.evaluate(atoms)),
    ("ASE calculator", through_ase),
):
    microseconds = 1e6 * min(timeit.repeat(call, number=2000, repeat=7)) / 2000
    print(f"{name}: {microseconds:.1f} µs, overhead {microseconds - own:.1f} µs")
