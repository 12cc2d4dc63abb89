"""Makes ethanol-gfn2.xyz: 300 labeled configurations of ethanol, so that `cormorant fit` has data in a fresh clone.

    pip install "tblite==0.8.0" "ase==3.29.0"
    python make_ethanol_gfn2.py            # about two minutes on one core

Langevin dynamics at 500 K under GFN2-xTB (Bannwarth, Ehlert, Grimme 2019, doi:10.1021/acs.jctc.8b01176), 0.5 fs a step,
1 ps of warming up, then one configuration every 50 fs. Positions are rounded to 1e-5 Å before the labels are computed,
so that labels and positions belong together exactly.
"""

from pathlib import Path

import numpy as np
from ase import units
from ase.build import molecule
from ase.md.langevin import Langevin
from ase.md.velocitydistribution import MaxwellBoltzmannDistribution
from ase.optimize import BFGS
from tblite.ase import TBLite

TEMPERATURE = 500.0  # K
TIME_STEP = 0.5  # fs
WARM_UP = 2000  # steps
EVERY = 100  # steps
FRAMES = 300
ACCURACY = 0.01  # tblite's own measure; converges the labels far below the digits written


def calculator():
    return TBLite(method="GFN2-xTB", accuracy=ACCURACY, verbosity=0)


def main():
    rng = np.random.default_rng(20261121)
    atoms = molecule("CH3CH2OH")
    atoms = atoms[[1, 0, 2, *[i for i, a in enumerate(atoms) if a.symbol == "H"]]]
    atoms.calc = calculator()
    BFGS(atoms, logfile=None).run(fmax=0.01)
    MaxwellBoltzmannDistribution(atoms, temperature_K=TEMPERATURE, rng=rng)
    dynamics = Langevin(atoms, TIME_STEP * units.fs, temperature_K=TEMPERATURE, friction=0.01 / units.fs, rng=rng)
    dynamics.run(WARM_UP)
    lines = []
    for _ in range(FRAMES):
        dynamics.run(EVERY)
        frame = atoms.copy()
        frame.positions = np.round(atoms.positions - atoms.get_center_of_mass(), 5)
        frame.calc = calculator()
        energy, forces = frame.get_potential_energy(), frame.get_forces()
        lines.append(str(len(frame)))
        lines.append(f'Properties=species:S:1:pos:R:3:forces:R:3 energy={energy:.7f} pbc="F F F"')
        for symbol, position, force in zip(frame.symbols, frame.positions, forces):
            numbers = " ".join([f"{x:.5f}" for x in position] + [f"{x:.6f}" for x in force])
            lines.append(f"{symbol} {numbers}")
    Path(__file__).with_name("ethanol-gfn2.xyz").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
