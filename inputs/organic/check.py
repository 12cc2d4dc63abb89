"""Checks of the labels: against the calculator of the package, against finite differences, and of the files.

usage: check.py FOLDER [--frames N]   (FOLDER has manifest.jsonl)
"""
import argparse
import contextlib
import hashlib
import io
from pathlib import Path

import so3lr  # Sets the number of threads, so it comes before numpy.
import numpy as np
from ase import Atoms

import store


def against_calculator(frames):
    """The package's own calculator, one frame at a time, in single precision."""
    from so3krates_torch.calculator.so3 import SO3LRCalculator

    with contextlib.redirect_stdout(io.StringIO()):
        calculator = SO3LRCalculator(device="cpu", default_dtype="float32", r_max_lr=so3lr.LONG_RANGE_CUTOFF)
    shift = float(calculator.models[0].atomic_energy_output_block.energy_shifts[0])
    energy, force, charge, dipole = [], [], [], []
    for frame in frames:
        atoms = Atoms(frame["numbers"], frame["positions"])
        atoms.info["charge"] = int(frame["charge"])
        atoms.calc = calculator
        energy.append(abs(atoms.get_potential_energy() - shift * len(atoms) - frame["energy"]))
        force.append(np.abs(atoms.get_forces() - frame["forces"]).max())
        charge.append(np.abs(calculator.results["partial_charges"] - frame["partial_charges"]).max())
        dipole.append(np.abs(calculator.results["dipole"] - frame["dipole"]).max())
    print(f"calculator, {len(frames)} frames: largest difference of energy {max(energy):.1e} eV, force {max(force):.1e} eV/Å, charge {max(charge):.1e} e, dipole {max(dipole):.1e} e Å")


def finite_differences(frames, step=1e-3):
    """Central differences of the energy in double precision, along a random direction of all atoms of a frame."""
    double = so3lr.load("float64")
    rng, worst, precision, energies = np.random.default_rng(1), [], [], []
    for frame in frames:
        line = rng.normal(size=frame["positions"].shape)
        line /= np.linalg.norm(line)
        numbers, charge = frame["numbers"].astype(int), [int(frame["charge"])] * 3
        moved = [(numbers, frame["positions"] + line * t) for t in (-step, 0.0, step)]
        lower, middle, upper = so3lr.evaluate(double, moved, charge)
        slope = -(upper[0] - lower[0]) / (2 * step)
        worst.append(abs(slope - float((middle[1] * line).sum())))
        precision.append(np.abs(middle[1] - frame["forces"]).max() / max(1.0, np.abs(middle[1]).max()))
        energies.append(abs(middle[0] - frame["energy"]) / len(numbers))
    print(f"finite differences, {len(frames)} frames: force along a line off by {max(worst):.1e} eV/Å at most, median {np.median(worst):.1e}")
    print(f"single against double precision: energy {max(energies):.1e} eV an atom, force {max(precision):.1e} of the largest")


def files(folder):
    """Every chunk has the digest that the manifest names."""
    entries = store.manifest(folder)
    wrong = [e["file"] for e in entries.values() if hashlib.sha256((Path(folder) / e["file"]).read_bytes()).hexdigest() != e["sha256"]]
    print(f"files: {len(entries)} chunks, {len(wrong)} with another digest than the manifest has {wrong}")


def scans(frames):
    """The energy of a dimer scan rises towards the wall, and two molecules far apart hardly feel each other."""
    by = {}
    for frame in frames:
        if frame["group"] == "dimer-scan":
            by.setdefault(frame["scan"], []).append(frame)
    wells, slopes = [], []
    for points in by.values():
        if len(points) == 11:
            energy = np.array([p["energy"] for p in points])
            wells.append(energy[:-1].min() - energy[-1])
            slopes.append(energy[0] - energy[-1])
    if wells:
        print(f"dimer scans, {len(wells)}: well {1000 * np.median(wells):.0f} meV in the median, {1000 * min(wells):.0f} the deepest; first point above the last by {np.median(slopes):.2f} eV in the median, {min(slopes):.2f} at least")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--frames", type=int, default=40)
    options = parser.parse_args()
    files(options.folder)
    entry = list(store.manifest(options.folder).values())[-1]
    frames = list(store.read(options.folder, entry))
    scans(frames)
    some = [frames[k] for k in np.random.default_rng(0).permutation(len(frames))[: options.frames]]
    finite_differences(some)
    against_calculator(some)


if __name__ == "__main__":
    main()
