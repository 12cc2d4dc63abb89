"""Ethanol in ASE: to its minimum, then 1 ps at 300 K.

    pip install ./interfaces/python ase
    python inputs/interop/ase_ethanol.py
"""

from pathlib import Path

import numpy as np
from ase import units
from ase.io import read
from ase.md.langevin import Langevin
from ase.md.velocitydistribution import MaxwellBoltzmannDistribution
from ase.optimize import BFGS

from cormorant.ase import Calculator

root = Path(__file__).resolve().parents[2]
atoms = read(root / "inputs/structures/ethanol.xyz")
atoms.calc = Calculator(root / "models/ethanol")

BFGS(atoms, logfile=None).run(fmax=0.01)
print(f"minimum: {atoms.get_potential_energy():.4f} eV")

random = np.random.default_rng(1)
MaxwellBoltzmannDistribution(atoms, temperature_K=300, rng=random)
dynamics = Langevin(atoms, 0.5 * units.fs, temperature_K=300, friction=0.01 / units.fs, fixcm=False, rng=random)
dynamics.attach(lambda: print(f"{dynamics.nsteps:5d} {atoms.get_temperature():6.1f} K"), interval=400)
dynamics.run(2000)
