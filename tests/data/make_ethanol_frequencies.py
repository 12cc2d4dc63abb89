"""Makes ethanol-frequencies.csv and ethanol-minimum.xyz: harmonic frequencies of ethanol with PBE/def2-SVP.

    pip install "pyscf==2.14.0" "geometric==1.1.1"
    python make_ethanol_frequencies.py            # 8 min of processor time

PBE/def2-SVP is the theory of the rMD17 data, which `models/ethanol` was fitted to. The geometry is optimized by geomeTRIC
until the gradient is below 1e-5 Hartree/Bohr, the Hessian is pyscf's analytic one, masses are the standard atomic weights.
No density fitting; integration grid of level 5 for the minimum and the Hessian.
"""

import argparse
import csv
from pathlib import Path

import numpy as np
import pyscf
from pyscf import dft, gto
from pyscf.geomopt.geometric_solver import optimize
from pyscf.hessian import thermo

# The anti conformer, standard bond lengths and angles (inputs/structures/ethanol.xyz); Å.
ATOMS = """
C    1.1879  -0.3829   0.0000
C    0.0000   0.5526   0.0000
O   -1.1867  -0.2472   0.0000
H   -1.9237   0.3850   0.0000
H    2.0985   0.2306   0.0000
H    1.1184  -1.0093   0.8869
H    1.1184  -1.0093  -0.8869
H   -0.0227   1.1812   0.8852
H   -0.0227   1.1812  -0.8852
"""
CONVERGENCE = {  # Hartree, Bohr
    "convergence_energy": 1e-8,
    "convergence_grms": 3e-6,
    "convergence_gmax": 1e-5,
    "convergence_drms": 1e-4,
    "convergence_dmax": 2e-4,
}


def theory(molecule, level):
    field = dft.RKS(molecule)
    field.xc = "pbe"
    field.grids.level = level
    field.conv_tol = 1e-10
    return field


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--level", type=int, default=5, help="level of the integration grid")
    level = parser.parse_args().level
    here = Path(__file__).parent
    molecule = gto.M(atom=ATOMS, basis="def2-svp", verbose=3)
    molecule = optimize(theory(molecule, level), maxsteps=100, **CONVERGENCE)
    field = theory(molecule, level)
    energy = field.kernel()
    gradient = np.abs(field.nuc_grad_method().kernel()).max()
    analysis = thermo.harmonic_analysis(molecule, field.Hessian().kernel(), imaginary_freq=False)
    made_by = f"PBE/def2-SVP, pyscf {pyscf.__version__}, grid level {level}"
    symbols = [molecule.atom_pure_symbol(atom) for atom in range(molecule.natm)]
    lines = [str(molecule.natm), f'Properties=species:S:1:pos:R:3 pbc="F F F" title="ethanol, {made_by}"']
    for symbol, position in zip(symbols, molecule.atom_coords(unit="Ang")):
        lines.append(symbol + "".join(f" {x:11.6f}" for x in position))
    (here / "ethanol-minimum.xyz").write_text("\n".join(lines) + "\n")
    with open(here / "ethanol-frequencies.csv", "w", newline="") as file:
        file.write(f"# ethanol, anti, {made_by}, largest gradient left {gradient:.1e} Hartree/Bohr\n")
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["mode", "wavenumber/cm^-1"])
        for mode, wavenumber in enumerate(analysis["freq_wavenumber"], start=1):
            table.writerow([mode, f"{wavenumber:.2f}"])
    print(f"energy {energy:.8f} Hartree")


if __name__ == "__main__":
    main()
