"""Chunks as extended XYZ: energy in eV, forces in eV/Å, one line of comment with the groups of the frame.

usage: to_xyz.py FOLDER OUT [--split train|test] [--chunks A:B] [--groups a,b] [--without a,b] [--largest-force F] [--most-atoms N]
                            [--labels]

FOLDER is the folder with manifest.jsonl (…/neutral or …/charged). The frames come chunk by chunk, shuffled within a chunk by a
fixed seed, so that the first part of the file is as balanced as the whole. --labels adds the dipole (e Å), partial charges (e)
and Hirshfeld ratios.
"""
import argparse
import os
import sys

import numpy as np

import store

SYMBOLS = {1: "H", 6: "C", 7: "N", 8: "O", 9: "F", 15: "P", 16: "S", 17: "Cl"}


def formula(numbers):
    """Hill's order: carbon, hydrogen, the rest by name."""
    counts = {SYMBOLS[n]: int((numbers == n).sum()) for n in np.unique(numbers)}
    first = [s for s in ("C", "H") if s in counts] if "C" in counts else []
    order = first + sorted(s for s in counts if s not in first)
    return "".join(s + (str(counts[s]) if counts[s] > 1 else "") for s in order)


def text(frame, labels=False):
    """One frame of the file."""
    columns = "species:S:1:pos:R:3:forces:R:3" + (":partial_charges:R:1:hirshfeld_ratios:R:1" if labels else "")
    comment = [f"Properties={columns}", f"energy={frame['energy']:.6f}", f"config_type={frame['group']}", f"split={frame['split']}"]
    comment += [f"formula={formula(frame['numbers'])}", f'molecule="{frame["molecule"].replace(chr(92), chr(92) * 2)}"']
    if frame["scan"]:
        comment.append(f"scan={frame['scan']}")
    if frame["temperature"] > 0:
        comment.append(f"temperature={frame['temperature']:.0f}")
    if frame["charge"]:
        comment.append(f"charge={int(frame['charge'])}")
    if labels:
        comment.append('dipole="{:.5f} {:.5f} {:.5f}"'.format(*frame["dipole"]))
    lines = [str(len(frame["numbers"])), " ".join(comment) + ' pbc="F F F"']
    for k, number in enumerate(frame["numbers"]):
        line = "{:2s} {:.5f} {:.5f} {:.5f} {:.5f} {:.5f} {:.5f}".format(SYMBOLS[int(number)], *frame["positions"][k], *frame["forces"][k])
        if labels:
            line += " {:.5f} {:.5f}".format(frame["partial_charges"][k], frame["hirshfeld_ratios"][k])
        lines.append(line)
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("out")
    parser.add_argument("--split", choices=["train", "test"])
    parser.add_argument("--chunks", default=":", help="A:B, counted from 0, B not included")
    parser.add_argument("--groups", help="only these")
    parser.add_argument("--without", default="", help="all but these")
    parser.add_argument("--largest-force", type=float, default=float("inf"), help="leave out frames with a larger force (eV/Å)")
    parser.add_argument("--most-atoms", type=int, default=10**9)
    parser.add_argument("--labels", action="store_true")
    options = parser.parse_args()
    first, last = (int(part) if part else default for part, default in zip(options.chunks.split(":"), (0, 10**9)))
    only = set(options.groups.split(",")) if options.groups else None
    without = set(options.without.split(","))
    entries = {chunk: entry for chunk, entry in store.manifest(options.folder).items() if first <= chunk < last}
    if not entries:
        sys.exit(f"{options.folder}: no chunks in {options.chunks}")
    written, passed = 0, 0
    with open(options.out + ".part", "w") as file:
        for chunk, entry in entries.items():
            frames = list(store.read(options.folder, entry))
            for index in np.random.default_rng([chunk]).permutation(len(frames)):
                frame = frames[index]
                wanted = (options.split in (None, frame["split"]) and (only is None or frame["group"] in only)
                          and frame["group"] not in without and len(frame["numbers"]) <= options.most_atoms
                          and np.linalg.norm(frame["forces"], axis=1).max() <= options.largest_force)
                if not wanted:
                    passed += 1
                    continue
                file.write(text(frame, options.labels))
                written += 1
    os.replace(options.out + ".part", options.out)
    print(f"{options.out}: {written} frames of {len(entries)} chunks, {passed} left out")


if __name__ == "__main__":
    main()
