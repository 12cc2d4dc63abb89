#!/usr/bin/env python3
"""Binding curves of pairs of molecules from contact to 12 Å: a model beside its teacher SO3LR, in kcal/mol.

usage: dimers.py MODEL [--ions] [--cormorant target/release/cormorant]

Needs the packages of `inputs/organic/requirements.txt`. Energies are those of the pair less those of the two molecules, which stay as they are. With
an ion they are less that at 12 Å, since the teacher spreads the charge over both molecules at any distance. The pairs were not chosen by their results. A curve is left out, and named, where the teacher puts more than 0.06 e on the wrong molecule at 12 Å.
"""
import argparse
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "inputs/organic"))
import geometry  # noqa: E402
import so3lr  # noqa: E402
from to_xyz import SYMBOLS  # noqa: E402

KCAL_PER_MOL = 23.060548  # in an eV
NEUTRAL = [("O", "O"), ("CO", "O"), ("CC(=O)O", "CC(=O)O"), ("CC(=O)NC", "O"), ("C", "C"), ("c1ccccc1", "c1ccccc1"), ("c1ccncc1", "O"),
           ("CC#N", "CC#N"), ("CCl", "CN"), ("CS", "CC(C)=O")]
IONS = [("C[NH3+]", "O", 1), ("CC(=O)[O-]", "O", -1), ("C[NH3+]", "c1ccccc1", 1), ("CC(=O)[O-]", "CO", -1)]
# From the van der Waals contact: where hydrogen bonds have their minimum, then out to where nothing but charges act.
SCALES = [0.72, 0.8, 0.9, 1.0, 1.15, 1.4]
NEAREST = [4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0]


def scan(first, second, seed):
    """Numbers of both molecules, and positions of the pair at each point: one line, rigid molecules."""
    rng = np.random.default_rng(seed)
    molecules = [geometry.embed([smiles, "", 0, 0, ""], rng) for smiles in (first, second)]
    one, other = [molecule.positions for molecule in molecules]
    site, axis = geometry._site(molecules[0], one, rng, True)
    end, away = geometry._site(molecules[1], other, rng, False)
    other, one = (other - other[end]) @ geometry.turn_onto(away, -axis).T, one - one[site]
    numbers = [molecule.numbers for molecule in molecules]
    grid = np.arange(0.0, 30.0, 0.02)
    measured = np.array([geometry._contact((numbers[0], one), (numbers[1], other + axis * t)) for t in grid])
    places = [grid[np.nonzero(measured[:, 0] < scale)[0][-1] + 1] for scale in SCALES]
    places += [grid[np.nonzero(measured[:, 1] < far)[0][-1] + 1] for far in NEAREST if far > measured[np.searchsorted(grid, places[-1]), 1]]
    return numbers, one, other, [other + axis * place for place in places], [measured[np.searchsorted(grid, place), 1] for place in places]


def predict(cormorant, model, structures):
    with tempfile.TemporaryDirectory() as folder:
        data, out = Path(folder) / "data.xyz", Path(folder) / "predicted.xyz"
        with open(data, "w") as file:
            for numbers, positions, charge in structures:
                file.write(f'{len(numbers)}\nProperties=species:S:1:pos:R:3 charge={charge} pbc="F F F"\n')
                for number, place in zip(numbers, positions):
                    file.write("{} {:.6f} {:.6f} {:.6f}\n".format(SYMBOLS[int(number)], *place))
        command = [cormorant, "evaluate", "--model", model, "--data", data, "--out", out]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return [float(x) for x in re.findall(r"(?:^|\s)energy=(\S+)", out.read_text())]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--ions", action="store_true")
    parser.add_argument("--cormorant", default="target/release/cormorant")
    options = parser.parse_args()
    teacher = so3lr.load("float64")
    worst, far, means = 0.0, 0.0, []
    for seed, (first, second, charge) in enumerate([(*pair, 0) for pair in NEUTRAL] + (IONS if options.ions else [])):
        (a, b), one, other, others, nearest = scan(first, second, seed)
        pairs = [(np.concatenate([a, b]), np.concatenate([one, place]), charge) for place in others]
        structures = [*pairs, (a, one, charge), (b, other, 0)]
        labels = so3lr.evaluate(teacher, [(n, x) for n, x, _ in structures], [q for _, _, q in structures])
        wrong = abs(labels[len(pairs) - 1][3][: len(a)].sum() - charge)
        if wrong > 0.06:
            print(f"{first} + {second}: left out, the teacher puts {wrong:.2f} e on the wrong molecule")
            continue
        own = predict(options.cormorant, options.model, structures)
        apart = lambda energies: energies[-3] if charge else energies[-2] + energies[-1]
        bind = lambda energies: KCAL_PER_MOL * (np.array(energies[:-2]) - apart(energies))
        reference, found = bind([label[0] for label in labels]), bind(own)
        error = np.abs(found - reference)
        outside = error[np.array(nearest) > 5.0].max()
        worst, far = max(worst, error.max()), max(far, outside)
        means.append(error.mean())
        print(f"{first + ' + ' + second:24s} deepest {reference.min():7.2f}, here {found.min():7.2f}; error: mean {error.mean():.2f}, "
              f"largest {error.max():.2f} at {nearest[int(error.argmax())]:.1f} Å, beyond 5 Å {outside:.2f}")
    print(f"{len(means)} curves, kcal/mol: mean error {statistics.fmean(means):.2f}, largest {worst:.2f}, beyond 5 Å {far:.2f}")


if __name__ == "__main__":
    main()
