"""Energies and forces by CP2K: frames of extended XYZ in on standard input, out with labels on standard output.

usage in an input: command = "python3 label_cp2k.py cp2k.inp", theory = "PBE/DZVP", depends_on = ["cp2k.inp", "label_cp2k.py"]

The theory is that of the input of CP2K, which reads the atoms from `frame.xyz` and gets CHARGE, MULTIPLICITY and SPIN from here.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

HARTREE, BOHR = 27.211386245988, 0.529177210903  # eV, Å
PROGRAM = ["cp2k"]  # or ["mpirun", "-np", "8", "cp2k.psmp"]


def keys(comment):
    """The numbers `charge` and `multiplicity` of a comment."""
    found = dict(word.split("=", 1) for word in comment.split() if word.startswith(("charge=", "multiplicity=")))
    return int(found.get("charge", '"0"').strip('"')), int(found.get("multiplicity", '"1"').strip('"'))


def label(template, atoms, charge, multiplicity, folder):
    """Energy in eV and forces in eV/Å, from a run of CP2K in `folder`."""
    text = "\n".join(" ".join(atom) for atom in atoms)
    pathlib.Path(folder, "frame.xyz").write_text(f"{len(atoms)}\n\n{text}\n")
    spin = "T" if multiplicity > 1 else "F"
    head = f"@SET CHARGE {charge}\n@SET MULTIPLICITY {multiplicity}\n@SET SPIN {spin}\n"
    pathlib.Path(folder, "frame.inp").write_text(head + template)
    done = subprocess.run([*PROGRAM, "-i", "frame.inp"], cwd=folder, capture_output=True, text=True)
    if done.returncode != 0 or "PROGRAM ENDED AT" not in done.stdout:
        raise RuntimeError(" ".join(done.stdout.split()[-60:]))
    if "NOT converged" in done.stdout:  # old versions of CP2K go on
        raise RuntimeError("SCF not converged")
    energy, rows = None, []
    for line in done.stdout.splitlines():
        words = line.split()
        if line.startswith(" ENERGY| Total FORCE_EVAL"):
            energy = float(words[-1])
        elif len(words) == 6 and len(rows) < len(atoms) and words[:1] == [str(len(rows) + 1)] and words[2] == atoms[len(rows)][0]:
            rows.append([float(x) * HARTREE / BOHR for x in words[3:]])
    if energy is None or len(rows) != len(atoms):
        raise RuntimeError("the output of CP2K has no energy, or not the forces of all atoms; this reads that of version 2023.1")
    return energy * HARTREE, rows


template = pathlib.Path(sys.argv[1]).read_text()
lines = iter(sys.stdin)
for count in lines:
    comment = next(lines)
    atoms = [next(lines).split()[:4] for _ in range(int(count))]
    print(count.strip())
    try:
        with tempfile.TemporaryDirectory(dir=os.environ.get("CORMORANT_SCRATCH")) as folder:
            energy, forces = label(template, atoms, *keys(comment), folder)
    except Exception as error:
        message = str(error).replace('"', "'").replace("\\", "/")
        print(f'Properties=species:S:1:pos:R:3 error="{message}"')
        print("\n".join(" ".join(atom) for atom in atoms), flush=True)
        continue
    print(f"Properties=species:S:1:pos:R:3:forces:R:3 energy={energy!r}")
    for atom, force in zip(atoms, forces):
        print(*atom, *map(repr, force), flush=True)
