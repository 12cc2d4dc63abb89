"""Makes ethanol-gfn2-multipoles.xyz: charge, dipole and quadrupole of each atom in every second configuration of ethanol-gfn2.xyz.

    pip install "tblite==0.8.0" "ase==3.29.0"
    python make_ethanol_multipoles.py      # some seconds on one core

GFN2-xTB, the level of theory of ethanol-gfn2.xyz. The charges are those of Mulliken in e, the dipoles and the traceless quadrupoles
those of the shells of each atom in e·bohr and e·bohr²; the six numbers of a quadrupole are xx, yy, zz, yz, xz, xy.
"""

from pathlib import Path

import numpy as np
from ase.io import read
from ase.units import Bohr
from tblite.interface import Calculator

ACCURACY = 0.01
VOIGT = ("xx", "yy", "zz", "yz", "xz", "xy")


def multipoles(numbers, positions):
    calculator = Calculator("GFN2-xTB", numbers, positions / Bohr)
    calculator.set("accuracy", ACCURACY)
    calculator.set("verbosity", 0)
    calculator.add("xtbml_xyz")
    found = calculator.singlepoint().get("post-processing-dict")
    dipole = np.stack([found[f"dipm_A_{axis}"] for axis in "xyz"], axis=1)
    quadrupole = np.stack([found[f"qm_A_{axes}"] for axes in VOIGT], axis=1)
    return np.column_stack([found["q_A"], dipole, quadrupole])


def main():
    here = Path(__file__)
    lines = []
    columns = "species:S:1:pos:R:3:charge:R:1:dipole:R:3:quadrupole:R:6"
    for frame in read(here.with_name("ethanol-gfn2.xyz"), "::2"):
        values = multipoles(frame.numbers, frame.positions)
        lines += [str(len(frame)), f'Properties={columns} pbc="F F F"']
        for symbol, position, value in zip(frame.symbols, frame.positions, values):
            lines.append(f"{symbol} " + " ".join(f"{x:.5f}" for x in [*position, *value]))
    here.with_name("ethanol-gfn2-multipoles.xyz").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
