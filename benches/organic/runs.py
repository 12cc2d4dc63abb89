#!/usr/bin/env python3
"""Runs of molecules that a general potential was not fitted to: bonds, drift, temperature, speed.

usage: runs.py MODEL MOLECULES.json [--count 20] [--temperature 300] [--warm-up 2] [--picoseconds 10] [--cormorant PATH]

MOLECULES.json is that of `inputs/organic/molecules.py`; the held-out ones of the sources `drug` and `peptide` are taken in the order of the file,
evenly. Needs RDKit. A molecule is embedded (ETKDG, MMFF94), minimized with the model, warmed up with Langevin dynamics and then followed at
constant energy. A bond is broken when it is longer than 1.4 times its length at the minimum in any frame (every 50 fs).
"""
import argparse
import csv
import json
import statistics
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from rdkit import Chem, RDLogger
from rdkit.Chem import AllChem

RDLogger.DisableLog("rdApp.*")
BROKEN = 1.4

INPUT = """version = 1
name = "run"
seed = 1
output = {{ folder = "run" }}
structure = {{ file = "minimum.xyz", cell = "none" }}
potential = {{ model = "{model}" }}
velocities = {{ temperature = "{temperature} K", remove = ["translation", "rotation"] }}

[[stage]]
name = "warm-up"
duration = "{warm_up} ps"
time_step = "0.5 fs"
integrator = "baoab"
thermostat = {{ kind = "langevin", temperature = "{temperature} K", friction = "10 / ps" }}

[[stage]]
name = "free"
duration = "{picoseconds} ps"
time_step = "0.5 fs"
integrator = "velocity-verlet"

[[stage.write]]
kind = "energies"
file = "energies.csv"
every = "10 fs"

[[stage.write]]
kind = "trajectory"
file = "trajectory.xyz"
every = "50 fs"
"""


def embed(smiles, path):
    molecule = Chem.AddHs(Chem.MolFromSmiles(smiles))
    if AllChem.EmbedMolecule(molecule, randomSeed=7) != 0:
        return None
    AllChem.MMFFOptimizeMolecule(molecule, maxIters=500)
    positions = molecule.GetConformer().GetPositions()
    lines = [f"{atom.GetSymbol()} {x:.6f} {y:.6f} {z:.6f}" for atom, (x, y, z) in zip(molecule.GetAtoms(), positions)]
    path.write_text(f"{len(lines)}\nProperties=species:S:1:pos:R:3\n" + "\n".join(lines) + "\n")
    return [(bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()) for bond in molecule.GetBonds()]


def frames(path):
    with open(path) as file:
        while line := file.readline():
            file.readline()
            yield np.array([[float(x) for x in file.readline().split()[1:4]] for _ in range(int(line))])


def lengths(positions, bonds):
    return np.array([np.linalg.norm(positions[a] - positions[b]) for a, b in bonds])


def run(options, smiles, folder):
    bonds = embed(smiles, folder / "start.xyz")
    if bonds is None:
        return None
    command = [options.cormorant, "minimize", "--model", options.model, "--structures", "start.xyz", "--out", "minimum.xyz"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        return {"failed": "minimization: " + done.stderr.strip().splitlines()[-1]}
    (folder / "run.toml").write_text(INPUT.format(**vars(options)))
    done = subprocess.run([options.cormorant, "run", "run.toml", "--quiet"], cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        return {"failed": done.stderr.strip()}
    shortest = lengths(next(frames(folder / "minimum.xyz")), bonds)
    stretched = max(float((lengths(frame, bonds) / shortest).max()) for frame in frames(folder / "run/trajectory.xyz"))
    with open(folder / "run/energies.csv") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    column = lambda start: next(name for name in rows[0] if name.startswith(start))
    time = np.array([float(row[column("time")]) for row in rows])
    conserved = np.array([float(row[column("conserved")]) for row in rows])
    temperature = np.array([float(row[column("temperature")]) for row in rows])
    atoms = len(next(frames(folder / "minimum.xyz")))
    # Times are in fs or ps as the header says; energies in eV.
    picoseconds = time / 1000.0 if "fs" in column("time") else time
    drift = np.polyfit(picoseconds, conserved, 1)[0] * 1000.0 / atoms
    return {"atoms": atoms, "stretched": stretched, "drift": drift, "temperature": temperature.mean()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("molecules")
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--temperature", type=float, default=300.0)
    parser.add_argument("--warm-up", type=float, default=2.0)
    parser.add_argument("--picoseconds", type=float, default=10.0)
    parser.add_argument("--cormorant", default="target/release/cormorant")
    options = parser.parse_args()
    options.cormorant = str(Path(options.cormorant).resolve())
    # A name that is no path is that of a model of the program.
    options.model = str(Path(options.model).resolve()) if Path(options.model).exists() else options.model
    entries = json.load(open(options.molecules))
    held_out = [smiles for smiles, source, _, charge, split in entries
                if split == "test" and charge == 0 and source in ("drug", "peptide")]
    chosen = held_out[:: max(1, len(held_out) // options.count)][: options.count]
    drifts, broken, failed = [], 0, 0
    for smiles in chosen:
        with tempfile.TemporaryDirectory() as folder:
            found = run(options, smiles, Path(folder))
        if found is None:
            print(f"not embedded           {smiles}", flush=True)
        elif "failed" in found:
            failed += 1
            print(f"FAILED                 {smiles}\n    {found['failed']}", flush=True)
        else:
            drifts.append(found["drift"])
            broken += found["stretched"] > BROKEN
            print(f"{found['atoms']:3d} atoms, longest bond {found['stretched']:.2f} of its length at the minimum, {found['temperature']:5.0f} K, "
                  f"drift {found['drift']:+.4f} meV/atom/ps  {smiles}", flush=True)
    print(f"{len(chosen)} molecules, {options.picoseconds} ps from {options.temperature} K: {failed} failed, {broken} with a broken bond")
    if drifts:
        print(f"drift: median {statistics.median(map(abs, drifts)):.4f}, largest {max(map(abs, drifts)):.4f} meV/atom/ps")


main()
