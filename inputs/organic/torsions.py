"""Scans of torsions as frames with relative energies: what one theory says of differences within a scan, and nothing else.

usage: torsions.py SCANS.xyz OUT.xyz [--replay TRAIN.xyz --every N]

SCANS has frames with `scan=`, `charge=` and an energy in eV in the comment, as the torsion benchmarks have. Frames that are charged, or hold an element
other than H C N O F P S Cl, are left out, and so is a scan with a frame that is. OUT has `relative_energy=` in place of the energy, less the mean of
its scan, and `config_type=torsion-dft`. With --replay, every N-th frame of a file that a model was fitted to comes before them, so that a fit that goes
on from this model does not forget it.
"""
import argparse
import re
import statistics
from collections import defaultdict

ELEMENTS = {"H", "C", "N", "O", "F", "P", "S", "Cl"}


def value(comment, key):
    found = re.search(rf'(?:^|\s){key}=("[^"]*"|\S+)', comment)
    return found.group(1).strip('"') if found else None


def frames_of(path):
    """Frames as lists of lines."""
    with open(path) as file:
        while line := file.readline():
            yield [line, *(file.readline() for _ in range(int(line) + 1))]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("scans")
    parser.add_argument("out")
    parser.add_argument("--replay")
    parser.add_argument("--every", type=int, default=2)
    options = parser.parse_args()
    scans, dropped = defaultdict(list), set()
    for _, comment, *lines in frames_of(options.scans):
        atoms = [line.split()[:4] for line in lines]
        name = value(comment, "scan")
        if value(comment, "charge") not in (None, "0") or not {atom[0] for atom in atoms} <= ELEMENTS:
            dropped.add(name)
        scans[name].append((float(value(comment, "energy")), value(comment, "smiles"), atoms))
    written, replayed = 0, 0
    with open(options.out, "w") as file:
        for number, frame in enumerate(frames_of(options.replay) if options.replay else ()):
            if number % options.every == 0:
                file.writelines(frame)
                replayed += 1
        for name, frames in scans.items():
            if name in dropped:
                continue
            mean = statistics.fmean(energy for energy, _, _ in frames)
            for energy, smiles, atoms in frames:
                molecule = f' molecule="{smiles.replace(chr(92), chr(92) * 2)}"' if smiles else ""
                file.write(f"{len(atoms)}\nProperties=species:S:1:pos:R:3 relative_energy={energy - mean:.6f} scan={name} "
                           f'config_type=torsion-dft{molecule} pbc="F F F"\n')
                file.writelines(" ".join(atom) + "\n" for atom in atoms)
                written += 1
    print(f"{options.out}: {written} frames of {len(scans) - len(dropped)} scans, {len(dropped)} scans left out, {replayed} frames of {options.replay}")


main()
