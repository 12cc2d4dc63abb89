"""The Python module and the ASE calculator of an installed wheel, in a folder with ethanol.xyz and a page of the guide."""

import re
from pathlib import Path

import cormorant
import numpy as np
from ase.io import read
from ase.optimize import BFGS
from cormorant.ase import Calculator

model = cormorant.Model("organic", precision="f64")
found = model.evaluate(cormorant.read("ethanol.xyz"))
assert np.isfinite(found.energy) and abs(np.asarray(found.forces).sum(axis=0)).max() < 1e-9

atoms = read("ethanol.xyz")
atoms.calc = Calculator("organic")
assert atoms.get_potential_energy() == found.energy and (atoms.get_forces() == found.forces).all()
assert BFGS(atoms, logfile=None).run(fmax=0.02, steps=200), "not minimized"
assert atoms.get_potential_energy() < found.energy
# The lines for ASE as the guide has them.
blocks = re.findall(r"```python\n(.*?)```", Path("other-programs.md").read_text(encoding="utf-8"), re.DOTALL)
lines = next(block for block in blocks if "from cormorant.ase import Calculator" in block)
exec(lines.replace("inputs/structures/", "").replace("models/ethanol", "organic"), {})
# A model of the command, read and evaluated by the module.
assert cormorant.Model("mine").evaluate(cormorant.read("ethanol.xyz")).forces.shape == (9, 3)
try:
    cormorant.Model("nothere")
except cormorant.CormorantError as error:
    assert "program: organic" in str(error), error
else:
    raise AssertionError("a model that is not there was read")
print(f"ethanol by the module and by ASE: {found.energy:.6f} eV, minimized {atoms.get_potential_energy():.6f} eV")
