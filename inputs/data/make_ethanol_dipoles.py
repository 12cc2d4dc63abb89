"""Makes ethanol-gfn2-dipoles.xyz: dipole moment and polarizability of the configurations of ethanol-gfn2.xyz.

    pip install "tblite==0.8.0" "ase==3.29.0"
    python make_ethanol_dipoles.py         # about half a minute on one core

GFN2-xTB, the level of theory of ethanol-gfn2.xyz. The dipole moment is in D, the polarizability in bohr³: differences of the
dipole moment over a field of ± FIELD along each axis, of which the symmetric part is written (nine numbers, row by row).
"""

from pathlib import Path

import numpy as np
from ase.io import read
from ase.units import Bohr
from tblite.interface import Calculator
from tblite.library import ffi

FIELD = 1.0e-3  # atomic units; half of it changes the polarizability by less than 0.001 bohr³
DEBYE = 2.541746473  # in an atomic unit of the dipole moment
ACCURACY = 0.01


def dipole(frame, field):
    calculator = Calculator("GFN2-xTB", frame.numbers, frame.positions / Bohr)
    calculator.set("accuracy", ACCURACY)
    calculator.set("verbosity", 0)
    if np.any(field):
        # In atomic units: the energy changes by -dipole · field.
        calculator.add("electric-field", ffi.new("double[3]", list(field)))
    return calculator.singlepoint().get("dipole")


def main():
    here = Path(__file__)
    lines = []
    for frame in read(here.with_name("ethanol-gfn2.xyz"), ":"):
        moment = dipole(frame, np.zeros(3)) * DEBYE
        steps = [dipole(frame, FIELD * axis) - dipole(frame, -FIELD * axis) for axis in np.eye(3)]
        tensor = np.array(steps) / (2.0 * FIELD)
        tensor = 0.5 * (tensor + tensor.T)
        lines.append(str(len(frame)))
        moment, tensor = (" ".join(f"{x:.5f}" for x in values.flat) for values in (moment, tensor))
        lines.append(f'Properties=species:S:1:pos:R:3 dipole="{moment}" polarizability="{tensor}" pbc="F F F"')
        for symbol, position in zip(frame.symbols, frame.positions):
            lines.append(f"{symbol} " + " ".join(f"{x:.5f}" for x in position))
    here.with_name("ethanol-gfn2-dipoles.xyz").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
