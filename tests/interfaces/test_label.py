"""Calculators of ASE as label sources: `python -m cormorant.label`."""

import io
import os
import subprocess
import sys

import numpy as np
from ase import Atoms
from ase.calculators.lj import LennardJones
from ase.io import read, write

ARGUMENTS = {"sigma": 3.4, "epsilon": 0.0104, "rc": 10.0}


def label(frames, *words, env=None):
    """What the module answers to `frames`."""
    text = io.StringIO()
    write(text, frames, format="extxyz")
    command = [sys.executable, "-m", "cormorant.label", *words]
    done = subprocess.run(command, input=text.getvalue(), capture_output=True, text=True, check=True, env={**os.environ, **(env or {})})
    return done.stdout


def test_energies_and_forces_are_those_of_the_calculator():
    """Catches: energies of another frame, forces with the wrong sign, digits that are lost."""
    frames = [Atoms("Ar2", [[0, 0, 0], [x, 0.1, 0]]) for x in (3.5, 3.9, 4.4)]
    words = [f"{key}={value}" for key, value in ARGUMENTS.items()]
    found = read(io.StringIO(label(frames, "ase.calculators.lj:LennardJones", *words)), index=":", format="extxyz")
    assert len(found) == 3
    for one, other in zip(frames, found):
        one.calc = LennardJones(**ARGUMENTS)
        assert one.get_potential_energy() == other.get_potential_energy()
        assert np.array_equal(one.get_forces(), other.get_forces())


def test_a_calculator_that_fails_says_so():
    """Catches: a frame without a label that stops those after it, or is taken for one with."""
    frames = [Atoms("U2", [[0, 0, 0], [3.0, 0, 0]]), Atoms("Cu2", [[0, 0, 0], [2.5, 0, 0]])]
    text = label(frames, "ase.calculators.emt:EMT")
    first, second = text.split("\n2\n")
    assert "error=" in first and "energy=" not in first
    assert "energy=" in second and "error=" not in second


def test_every_frame_has_an_empty_folder_and_numbers_of_its_own(tmp_path):
    """Catches: results of the frame before that a program which fails leaves to be read, and numbers within a dictionary that stay
    names in braces."""
    (tmp_path / "spy.py").write_text(
        "import os\n"
        "from ase.calculators.emt import EMT\n"
        "class Spy(EMT):\n"
        "    def __init__(self, folder, options):\n"
        "        assert options == {'charge': 1, 'mult': (3,)}, options\n"
        "        assert os.listdir(folder) == [], folder\n"
        "        open(os.path.join(folder, 'result'), 'w').close()\n"
        "        super().__init__()\n"
    )
    frames = [Atoms("Cu2", [[0, 0, 0], [x, 0, 0]], info={"charge": 1, "multiplicity": 3}) for x in (2.4, 2.5)]
    words = ["folder={scratch}", "options={'charge': '{charge}', 'mult': ('{multiplicity}',)}"]
    text = label(frames, "spy:Spy", *words, env={"CORMORANT_SCRATCH": str(tmp_path), "PYTHONPATH": str(tmp_path)})
    assert text.count("energy=") == 2 and "error=" not in text, text
