"""The decks in inputs/interop, as they stand."""

import os
import shutil
import subprocess
import sys

import numpy as np
from conftest import ROOT, need, program


def test_ase_script():
    done = subprocess.run([sys.executable, ROOT / "inputs/interop/ase_ethanol.py"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].split()[0] == "2000"


def test_lammps_deck(tmp_path):
    need("lmp", "mpirun")
    for file in ("lammps-ethanol.in", "ethanol.data"):
        shutil.copy(ROOT / "inputs/interop" / file, tmp_path)
    program("export", "kim", ROOT / "models/ethanol", "--name", "CormorantEthanol", "--to", tmp_path / "kim-models")
    environment = os.environ | {
        "KIM_API_PORTABLE_MODELS_DIR": str(tmp_path / "kim-models"),
        "OMP_NUM_THREADS": "1",
        "OMPI_ALLOW_RUN_AS_ROOT": "1",
        "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    }
    command = ["mpirun", "--oversubscribe", "-np", "2", "lmp", "-in", "lammps-ethanol.in"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:]
    table = done.stdout.split("Per MPI rank memory", 1)[1].split("Loop time", 1)[0].splitlines()[2:]
    energies = np.array([float(row.split()[4]) for row in table])
    assert len(energies) == 11 and np.ptp(energies) < 0.02


def test_every_deck_is_executed():
    # Catches a deck that was added and is run by no test; the i-PI input is run by test_ipi.
    known = {"README.md", "ase_ethanol.py", "lammps-ethanol.in", "ethanol.data", "ipi-ethanol.xml", "ethanol-ipi.xyz"}
    assert {path.name for path in (ROOT / "inputs/interop").iterdir() if path.name != "__pycache__"} == known
