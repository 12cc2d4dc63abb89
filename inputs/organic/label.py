"""Makes frames and labels them with SO3LR, chunk by chunk, until it is stopped. Start it again and it goes on.

usage: label.py FOLDER [--charged] [--chunks N] [--stride N --offset K] [--seconds S] [--gigabytes G]

FOLDER holds molecules.json; the chunks go to FOLDER/neutral or FOLDER/charged. With --stride 2, one process with --offset 0
and one with --offset 1 share the work. One thread each.
"""
import argparse
import fcntl
import importlib.metadata
import json
import os
import resource
import sys
import time
from collections import Counter
from pathlib import Path

import so3lr  # Sets the number of threads, so it comes before numpy.
import numpy as np

import frames as recipe
import geometry
import store

# Partial charges (e) and Hirshfeld ratios beyond these mean that the network does not know the geometry. Small ratios are no
# such sign: isocyanates and strained phosphorus have 0.01 at sound energies and forces.
STRANGE_CHARGE, STRANGE_RATIO = 3.0, 4.0
# SO3LR makes the charges of the whole frame add up, not those of each molecule. Charge (e) that has gone to another molecule binds
# the two over any distance: 0.3 e between nitrogen and acetaldehyde, 126 meV at 10 Å. Limits for molecules far apart and in contact.
STRAYED_FAR, STRAYED_NEAR = {0: 0.06, 1: 0.12, -1: 0.12}, 0.25


def strayed(frame, partial):
    """The charge that the molecule of a frame has at most beyond its own."""
    ends = np.cumsum([0] + [atoms for atoms, _ in frame.parts])
    return max(abs(float(partial[a:b].sum()) - charge) for a, b, (_, charge) in zip(ends, ends[1:], frame.parts))


def label(model, frames, limits):
    """Labels of the frames that pass the checks, and a count of those that do not, by reason and group."""
    rejected, ready = Counter(), []
    for frame in frames:
        # Five decimals, so that a text file holds the very geometry that was labeled.
        frame.positions = np.round(frame.positions - frame.positions.mean(axis=0), 5)
        if geometry.closest(frame.positions) < geometry.CLOSEST:
            rejected[f"{frame.group}: atoms closer than {geometry.CLOSEST} A"] += 1
        else:
            ready.append(frame)
    results = so3lr.evaluate(model, [(f.numbers, f.positions) for f in ready], [f.charge for f in ready])
    kept, farthest = [], {}
    for frame, result in zip(ready, results):
        # The points of a scan come from near to far, so the last one counts.
        if frame.group == "dimer-scan":
            farthest[frame.scan] = strayed(frame, result[3])
    for frame, result in zip(ready, results):
        energy, forces, dipole, partial, ratios = result
        finite = np.isfinite(energy) and all(np.isfinite(array).all() for array in result[1:])
        if not finite:
            rejected[f"{frame.group}: not finite"] += 1
        elif np.linalg.norm(forces, axis=1).max() > limits[frame.group][1]:
            rejected[f"{frame.group}: force"] += 1
        elif np.abs(partial).max() > STRANGE_CHARGE or ratios.max() > STRANGE_RATIO:
            rejected[f"{frame.group}: strange charges or volumes"] += 1
        elif frame.group == "dimer-scan" and farthest[frame.scan] > STRAYED_FAR[frame.charge]:
            rejected[f"{frame.group}: charge on the wrong molecule"] += 1
        elif frame.group in ("cluster", "placed") and len(frame.parts) > 1 and strayed(frame, partial) > STRAYED_NEAR:
            rejected[f"{frame.group}: charge on the wrong molecule"] += 1
        else:
            kept.append((frame, result))
    return kept, rejected


def pack(kept):
    """Arrays and texts of a chunk for store.save."""
    frames, results = [frame for frame, _ in kept], [result for _, result in kept]
    join = lambda arrays, kind: np.concatenate(arrays).astype(kind)
    arrays = {
        "atoms": np.array([len(f.numbers) for f in frames], dtype=np.int32),
        "numbers": join([f.numbers for f in frames], np.uint8),
        # In units of 1e-5 Å: exactly the geometry that was labeled, in half the space.
        "positions": join([np.rint(f.positions * store.UNITS_PER_ANGSTROM) for f in frames], np.int32),
        "energy": np.array([r[0] for r in results], dtype=np.float64),
        "forces": join([r[1] for r in results], np.float32),
        "dipole": np.array([r[2] for r in results], dtype=np.float32),
        "partial_charges": join([r[3] for r in results], np.float32),
        "hirshfeld_ratios": join([r[4] for r in results], np.float32),
        "charge": np.array([f.charge for f in frames], dtype=np.int8),
        "temperature": np.array([f.temperature for f in frames], dtype=np.float32),
    }
    texts = [{"group": f.group, "molecule": f.molecule, "split": f.split, "scan": f.scan} for f in frames]
    return arrays, texts


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--charged", action="store_true")
    parser.add_argument("--chunks", type=int, default=10**6, help="stop when this many chunks are there")
    parser.add_argument("--stride", type=int, default=1)
    parser.add_argument("--offset", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="start no chunk after this time")
    parser.add_argument("--gigabytes", type=float, default=6.0, help="stop when the chunks take this much")
    options = parser.parse_args()
    folder = options.folder / ("charged" if options.charged else "neutral")
    folder.mkdir(parents=True, exist_ok=True)
    lock = open(folder / f".lock-{options.stride}-{options.offset}", "w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        sys.exit(f"{folder}: another process is making these chunks")
    for stale in folder.glob(".chunk-*.part"):
        if not Path(f"/proc/{stale.name.split('.')[-2]}").exists():
            stale.unlink()
    pools = recipe.Pools(json.load(open(options.folder / "molecules.json")), options.charged)
    limits = recipe.CHARGED if options.charged else recipe.GROUPS
    model = so3lr.load()
    versions = {name: importlib.metadata.version(name) for name in ("so3krates-torch", "torch", "rdkit", "numpy")}
    begin = time.time()
    for chunk in range(options.offset, options.chunks, options.stride):
        done = store.manifest(folder)
        if chunk in done:
            continue
        if time.time() - begin > options.seconds:
            break
        if sum(path.stat().st_size for path in folder.glob("*.npz")) > options.gigabytes * 1e9:
            print("the chunks take", options.gigabytes, "GB: stopped", flush=True)
            break
        clock = time.process_time()
        frames, empty = recipe.chunk_frames(pools, chunk, options.charged, model)
        sampled = time.process_time()
        kept, rejected = label(model, frames, limits)
        arrays, texts = pack(kept)
        labeled = time.process_time()
        store.save(folder, chunk, arrays, texts, {
            "frames": len(kept), "atoms": int(arrays["atoms"].sum()), "groups": dict(Counter(t["group"] for t in texts)),
            "rejected": dict(rejected), "jobs_without_frames": {k: v for k, v in empty.items() if v}, "recipe": recipe.RECIPE,
            "seconds_sampling": round(sampled - clock, 2), "seconds_labels": round(labeled - sampled, 2), "versions": versions,
        })
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"chunk {chunk}: {len(kept)} frames, {sum(rejected.values())} rejected, {sampled - clock:.1f} + {labeled - sampled:.1f} s of processor time, {memory:.0f} MB, {time.time() - begin:.0f} s", flush=True)


if __name__ == "__main__":
    main()
