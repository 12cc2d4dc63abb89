"""PBE/def2-SVP energies and forces by PySCF: frames of extended XYZ in on standard input, out with labels on standard output.

usage in an input: command = "python3 label_pyscf.py", theory = "PBE/def2-SVP", depends_on = ["label_pyscf.py"]
"""
import sys

from pyscf import dft, gto
from pyscf.lib import param

HARTREE = 27.211386245988  # eV
BOHR = param.BOHR  # Å


def keys(comment):
    """The numbers `charge` and `multiplicity` of a comment."""
    found = dict(word.split("=", 1) for word in comment.split() if word.startswith(("charge=", "multiplicity=")))
    return int(found.get("charge", '"0"').strip('"')), int(found.get("multiplicity", '"1"').strip('"'))


lines = iter(sys.stdin)
for count in lines:
    comment = next(lines)
    atoms = [next(lines).split()[:4] for _ in range(int(count))]
    charge, multiplicity = keys(comment)
    molecule = gto.M(atom=[(a[0], [float(x) for x in a[1:]]) for a in atoms], basis="def2-svp", charge=charge, spin=multiplicity - 1, verbose=0)
    field = (dft.RKS if multiplicity == 1 else dft.UKS)(molecule, xc="pbe").density_fit()
    energy = float(field.kernel()) * HARTREE
    print(count.strip())
    if not field.converged:  # a label needs an explicit success
        print('Properties=species:S:1:pos:R:3 error="SCF not converged"')
        print("\n".join(" ".join(a) for a in atoms), flush=True)
        continue
    forces = -field.nuc_grad_method().kernel() * HARTREE / BOHR
    print(f'Properties=species:S:1:pos:R:3:forces:R:3 energy={energy!r} charge="{charge}"')
    for atom, force in zip(atoms, forces):
        print(*atom, *(repr(float(x)) for x in force), flush=True)
