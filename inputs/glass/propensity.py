"""Makes propensity.xyz: for each starting frame, how far each particle moves on the mean of its isoconfigurational runs.

    pip install ase
    python propensity.py STARTS.xyz RUNS OUT.xyz TIME [TIME ...]

STARTS.xyz has the starting frames, RUNS is the folder of the replicas (run k started from frame k // (runs / frames)), the times are
numbers of frames of their trajectories. A column is the mean over the runs of |r(t) - r(0)| in Å; drift of the whole is taken off.
"""

import sys
from pathlib import Path

import numpy as np
from ase.io import read


def displacements(path, start, wanted):
    """How far each particle is from its place in `start`, at each of the `wanted` frames; steps are followed through the cell."""
    cell = start.cell.lengths()
    before, total, found = start.positions, np.zeros_like(start.positions), []
    for frame in read(path, f":{max(wanted) + 1}"):
        step = frame.positions - before
        step -= cell * np.round(step / cell)
        total, before = total + step, frame.positions
        found.append(np.linalg.norm(total - total.mean(axis=0), axis=1))
    return np.array([found[index] for index in wanted])


def main():
    starts, runs, out, *times = sys.argv[1:]
    starts, times = read(starts, ":"), [int(time) for time in times]
    folders = sorted(Path(runs).glob("replica-*"))
    each = len(folders) // len(starts)
    lines = []
    for number, start in enumerate(starts):
        moved = [displacements(folder / "trajectory.xyz", start, times) for folder in folders[each * number : each * (number + 1)]]
        mean = np.mean(moved, axis=0)
        columns = ":".join(f"mobility_{time}:R:1" for time in times)
        cell = " ".join(f"{x:.8f}" for x in start.cell.array.flat)
        lines += [str(len(start)), f'Lattice="{cell}" Properties=species:S:1:pos:R:3:{columns}']
        for symbol, place, values in zip(start.symbols, start.positions, mean.T):
            lines.append(f"{symbol} " + " ".join(f"{x:.5f}" for x in [*place, *values]))
    Path(out).write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
