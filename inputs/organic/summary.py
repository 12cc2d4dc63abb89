"""What the chunks hold: frames by group, elements, sizes, energies, forces, splits, rejected frames, rates.

usage: summary.py FOLDER [--every N]   (FOLDER has manifest.jsonl; --every N reads each N-th chunk for the distributions)
"""
import argparse
from collections import Counter, defaultdict

import numpy as np

import store
from to_xyz import SYMBOLS


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args()
    entries = list(store.manifest(options.folder).values())
    if not entries:
        print(f"{options.folder}: no chunks")
        return
    total = sum(entry["frames"] for entry in entries)
    rejected = sum((Counter(entry["rejected"]) for entry in entries), Counter())
    sampling = sum(entry["seconds_sampling"] for entry in entries)
    labels = sum(entry["seconds_labels"] for entry in entries)
    print(f"{len(entries)} chunks, {total} frames, {sum(e['atoms'] for e in entries)} atoms, recipe {sorted({e['recipe'] for e in entries})}")
    print(f"processor time: sampling {sampling:.0f} s, labels {labels:.0f} s, {1000 * (sampling + labels) / total:.1f} ms a frame")
    print(f"rejected: {sum(rejected.values())} ({100 * sum(rejected.values()) / (total + sum(rejected.values())):.2f} %)")
    for reason, count in rejected.most_common():
        print(f"    {count:6d}  {reason}")
    groups, elements, splits, molecules, scans = defaultdict(list), Counter(), Counter(), set(), set()
    composition, energies, sizes, pairs = [], [], [], {}
    for entry in entries[:: options.every]:
        for frame in store.read(options.folder, entry):
            force = np.linalg.norm(frame["forces"], axis=1)
            groups[frame["group"]].append((len(force), np.sqrt((frame["forces"] ** 2).mean()), force.max(), frame["split"] == "test"))
            elements.update({SYMBOLS[int(n)] for n in np.unique(frame["numbers"])})
            splits[frame["split"]] += 1
            molecules.update((name, frame["split"]) for name in [frame["molecule"]])
            scans.add(frame["scan"])
            composition.append([(frame["numbers"] == n).sum() for n in SYMBOLS])
            energies.append(frame["energy"])
            sizes.append(len(force))
            _nearest(frame, pairs)
    print(f"read {len(sizes)} frames: {dict(splits)}, {len(molecules)} molecules or clusters, {len(scans - {''})} scans")
    print("frames with an element: " + ", ".join(f"{s} {elements[s]}" for s in SYMBOLS.values()))
    print("atoms of a frame: " + ", ".join(f"{q} % {np.percentile(sizes, q):.0f}" for q in (0, 5, 25, 50, 75, 95, 100)) + f", mean {np.mean(sizes):.1f}")
    print(f"{'group':14s} {'frames':>7s} {'test':>6s} {'atoms':>6s} {'rms force':>10s} {'median of largest':>18s} {'largest':>8s}   (eV/Å)")
    for name, rows in sorted(groups.items()):
        a = np.array(rows, dtype=float)
        print(f"{name:14s} {len(a):7d} {int(a[:, 3].sum()):6d} {a[:, 0].mean():6.1f} {np.sqrt((a[:, 1] ** 2).mean()):10.2f} {np.median(a[:, 2]):18.2f} {a[:, 2].max():8.1f}")
    composition, energies = np.array(composition, dtype=float), np.array(energies)
    reference, *_ = np.linalg.lstsq(composition, energies, rcond=None)
    left = energies - composition @ reference
    print("energy of an atom by least squares (eV): " + ", ".join(f"{s} {e:.3f}" for s, e in zip(SYMBOLS.values(), reference)))
    print(f"energy less these: standard deviation {left.std():.2f} eV, {1000 * (left / np.array(sizes)).std():.0f} meV an atom, from {left.min():.1f} to {left.max():.1f} eV")
    print("shortest distance of each pair of elements (Å):")
    print("    " + ", ".join(f"{SYMBOLS[a]}-{SYMBOLS[b]} {d:.2f}" for (a, b), d in sorted(pairs.items())))


def _nearest(frame, pairs):
    numbers, positions = frame["numbers"].astype(int), frame["positions"]
    if len(numbers) < 2:
        return
    i, j = np.triu_indices(len(numbers), 1)
    distance = np.linalg.norm(positions[i] - positions[j], axis=1)
    close = distance < 2.5
    for a, b, d in zip(numbers[i[close]], numbers[j[close]], distance[close]):
        name = (min(a, b), max(a, b))
        if d < pairs.get(name, np.inf):
            pairs[name] = d


if __name__ == "__main__":
    main()
