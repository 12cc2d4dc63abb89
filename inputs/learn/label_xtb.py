"""GFN2-xTB energies and forces by the program `xtb`: frames of extended XYZ in on standard input, out with labels on standard output.

usage in an input: command = "python3 label_xtb.py", theory = "GFN2-xTB", depends_on = ["label_xtb.py"]
"""
import os
import pathlib
import subprocess
import sys
import tempfile

HARTREE, BOHR = 27.211386245988, 0.529177210903  # eV, Å


def keys(comment):
    """The numbers `charge` and `multiplicity` of a comment."""
    found = dict(word.split("=", 1) for word in comment.split() if word.startswith(("charge=", "multiplicity=")))
    return int(found.get("charge", '"0"').strip('"')), int(found.get("multiplicity", '"1"').strip('"'))


def label(atoms, charge, multiplicity, folder):
    """Energy in eV and forces in eV/Å, from a run of xtb in `folder`."""
    text = "\n".join(" ".join(atom) for atom in atoms)
    pathlib.Path(folder, "frame.xyz").write_text(f"{len(atoms)}\n\n{text}\n")
    command = ["xtb", "frame.xyz", "--gfn", "2", "--acc", "0.1", "--grad", "--chrg", str(charge), "--uhf", str(multiplicity - 1)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode != 0 or "normal termination" not in done.stderr:  # a label needs an explicit success
        raise RuntimeError(" ".join(done.stderr.split()[-40:]))
    numbers = [line for line in pathlib.Path(folder, "frame.engrad").read_text().splitlines() if not line.startswith("#")]
    energy, gradient = float(numbers[1]), [float(x) for x in numbers[2 : 2 + 3 * len(atoms)]]
    forces = [-x * HARTREE / BOHR for x in gradient]
    return energy * HARTREE, [forces[3 * k : 3 * k + 3] for k in range(len(atoms))]


lines = iter(sys.stdin)
for count in lines:
    comment = next(lines)
    atoms = [next(lines).split()[:4] for _ in range(int(count))]
    print(count.strip())
    try:
        with tempfile.TemporaryDirectory(dir=os.environ.get("CORMORANT_SCRATCH")) as folder:
            energy, forces = label(atoms, *keys(comment), folder)
    except Exception as error:
        message = str(error).replace('"', "'").replace("\\", "/")
        print(f'Properties=species:S:1:pos:R:3 error="{message}"')
        print("\n".join(" ".join(atom) for atom in atoms), flush=True)
        continue
    print(f"Properties=species:S:1:pos:R:3:forces:R:3 energy={energy!r}")
    for atom, force in zip(atoms, forces):
        print(*atom, *map(repr, force), flush=True)
