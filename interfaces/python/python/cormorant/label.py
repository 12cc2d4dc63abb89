"""Energies and forces from any calculator of ASE, for `cormorant label` and `cormorant learn`.

    python -m cormorant.label MODULE:CLASS [key=value ...]

Frames of extended XYZ come in on standard input, one after the other; each goes out on standard output with `energy` in eV and `forces`
in eV/Å as soon as it is computed. A frame for which the calculator fails goes out with a key `error`.

The calculator is CLASS of MODULE, made once with the arguments. A value is what Python makes of it (`xc=PBE` a text, `charge=1` a
number, `kpts=(2,2,2)` a tuple); `{charge}`, `{multiplicity}`, `{unpaired}` and `{scratch}` in a text, also in one within a dictionary
or a list, stand for the numbers of the frame and for an empty folder that belongs to it, and then the calculator is made anew for each
frame.

    python -m cormorant.label tblite.ase:TBLite method=GFN2-xTB verbosity=0
    python -m cormorant.label ase.calculators.orca:ORCA charge={charge} mult={multiplicity} directory={scratch} orcasimpleinput="PBE def2-SVP EnGrad"

This file needs ASE and NumPy and nothing else, and works when it is called as a script.
"""

from __future__ import annotations

import ast
import importlib
import io
import os
import sys
import tempfile
from typing import Any, TextIO


def arguments(words: list[str]) -> dict[str, Any]:
    """`key=value` as a dictionary."""
    found: dict[str, Any] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not key.isidentifier():
            sys.exit(f"{word!r} is not key=value")
        try:
            found[key] = ast.literal_eval(value)
        except (ValueError, SyntaxError):
            found[key] = value
    return found


def calculator_class(name: str) -> Any:
    """The class that `MODULE:CLASS` names."""
    module, colon, cls = name.partition(":")
    if not colon:
        sys.exit(f"{name!r} is not MODULE:CLASS, for example tblite.ase:TBLite")
    try:
        return getattr(importlib.import_module(module), cls)
    except ImportError as error:
        sys.exit(f"{name}: {error}; install it into this Python ({sys.executable}), or name another with --python or `python`")
    except AttributeError as error:
        sys.exit(f"{name}: {error}; a calculator is named MODULE:CLASS, for example tblite.ase:TBLite")


def frames(source: TextIO):
    """The frames of a stream as atoms of ASE, as they come."""
    from ase.io import read

    while line := source.readline():
        if not line.strip():
            continue
        text = line + "".join(source.readline() for _ in range(int(line) + 1))
        yield read(io.StringIO(text), index=0, format="extxyz")


def is_filled(value: Any) -> bool:
    """Whether there is something to fill in."""
    if isinstance(value, dict):
        return any(map(is_filled, value.values()))
    if isinstance(value, (list, tuple)):
        return any(map(is_filled, value))
    return isinstance(value, str) and "{" in value


def settled(settings: dict[str, Any], atoms: Any) -> dict[str, Any]:
    """The settings with the numbers of a frame in them, and a folder of its own."""
    multiplicity = int(atoms.info.get("multiplicity", 1))
    # A program that fails must not find the results of the frame before.
    scratch = tempfile.mkdtemp(prefix="frame-", dir=os.environ.get("CORMORANT_SCRATCH"))
    known = {
        "charge": int(atoms.info.get("charge", 0)),
        "multiplicity": multiplicity,
        "unpaired": multiplicity - 1,
        "scratch": scratch,
    }
    whole = {"{" + name + "}": value for name, value in known.items()}

    def fill(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: fill(one) for key, one in value.items()}
        if isinstance(value, (list, tuple)):
            return type(value)(map(fill, value))
        if not isinstance(value, str):
            return value
        if value in whole:
            return whole[value]
        for name, filled in whole.items():
            value = value.replace(name, str(filled))
        return value

    return fill(settings)


def write(out: TextIO, atoms: Any, energy: float, forces: Any) -> None:
    """A frame with its label, every digit of it."""
    info = " ".join(f'{key}="{atoms.info[key]}"' for key in ("charge", "multiplicity", "label_key") if key in atoms.info)
    lattice = ""
    if atoms.cell.rank > 0:
        lattice = ' Lattice="' + " ".join(repr(float(x)) for x in atoms.cell.array.ravel()) + '"'
    pbc = " ".join("T" if repeats else "F" for repeats in atoms.pbc)
    out.write(f'{len(atoms)}\nProperties=species:S:1:pos:R:3:forces:R:3{lattice} pbc="{pbc}" energy={energy!r} {info}')
    if atoms.pbc.all():
        try:
            stress = atoms.get_stress(voigt=False)
            out.write(' stress="' + " ".join(repr(float(x)) for x in stress.ravel()) + '"')
        except Exception:  # many calculators have no stress, and say so in many ways
            pass
    out.write("\n")
    for symbol, position, force in zip(atoms.symbols, atoms.positions, forces):
        out.write(f"{symbol} " + " ".join(repr(float(x)) for x in (*position, *force)) + "\n")
    out.flush()


def write_failure(out: TextIO, atoms: Any, message: str) -> None:
    """A frame without a label, and why."""
    message = " ".join(message.split()).replace('"', "'").replace("\\", "/")[:400]
    out.write(f'{len(atoms)}\nProperties=species:S:1:pos:R:3 error="{message}"\n')
    for symbol, position in zip(atoms.symbols, atoms.positions):
        out.write(f"{symbol} " + " ".join(repr(float(x)) for x in position) + "\n")
    out.flush()


def main(words: list[str]) -> None:
    """Labels what comes in on standard input."""
    if not words or words[0] in ("-h", "--help"):
        sys.exit(__doc__)
    # Programs that print belong on standard error: standard output is for frames alone.
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    made, settings = calculator_class(words[0]), arguments(words[1:])
    anew = is_filled(settings)
    calculator = None if anew else made(**settings)
    for atoms in frames(sys.stdin):
        try:
            atoms.calc = made(**settled(settings, atoms)) if anew else calculator
            energy, forces = float(atoms.get_potential_energy()), atoms.get_forces()
        except Exception as error:  # whatever a program does, the next frame may succeed
            write_failure(out, atoms, f"{type(error).__name__}: {error}")
            continue
        write(out, atoms, energy, forces)


if __name__ == "__main__":
    if not __package__:  # called as a script: modules beside it are not meant, those of the current folder are
        sys.path[0] = os.getcwd()
    main(sys.argv[1:])
