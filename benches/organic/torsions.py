#!/usr/bin/env python3
"""Torsion profiles of a model against reference energies: errors of profiles and barriers in kcal/mol.

usage: torsions.py MODEL REFERENCE.xyz [--key energy] [--cormorant target/release/cormorant]

REFERENCE has frames with `scan=` and an energy in eV in the comment. A profile is compared with its mean taken off, which is also what
`cormorant evaluate` prints, and with the lowest reference frame as zero. A barrier is the highest less the lowest energy of a scan.
"""
import argparse
import re
import statistics
import subprocess
import tempfile
from collections import defaultdict
from pathlib import Path

KCAL_PER_MOL = 23.060548  # in an eV


def comments(path):
    with open(path) as file:
        while line := file.readline():
            yield file.readline()
            for _ in range(int(line)):
                file.readline()


def value(comment, key):
    found = re.search(rf'(?:^|\s){key}=("[^"]*"|\S+)', comment)
    return found.group(1).strip('"') if found else None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("reference")
    parser.add_argument("--key", default="energy")
    parser.add_argument("--cormorant", default="target/release/cormorant")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "predicted.xyz"
        command = [options.cormorant, "evaluate", "--model", options.model, "--data", options.reference, "--out", out]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        predicted = [float(value(comment, "energy")) for comment in comments(out)]
    scans = defaultdict(list)
    for comment, energy in zip(comments(options.reference), predicted, strict=True):
        scans[value(comment, "scan")].append((float(value(comment, options.key)) * KCAL_PER_MOL, energy * KCAL_PER_MOL))
    mean, lowest, barriers = [], [], []
    for rows in scans.values():
        reference, model = zip(*rows)
        shift = statistics.fmean(m - r for r, m in rows)
        mean.append(statistics.fmean(abs(m - r - shift) for r, m in rows))
        zero = min(range(len(rows)), key=lambda k: reference[k])
        lowest.append(statistics.fmean(abs((m - model[zero]) - (r - reference[zero])) for r, m in rows))
        barriers.append(abs((max(model) - min(model)) - (max(reference) - min(reference))))
    print(f"{len(scans)} scans, {len(predicted)} frames, kcal/mol")
    print(f"profile, means taken off     {statistics.fmean(mean):.3f}")
    print(f"profile, from the lowest     {statistics.fmean(lowest):.3f}")
    print(f"barrier                      {statistics.fmean(barriers):.3f}")


main()
