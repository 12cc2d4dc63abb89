"""Peak memory of a fit to many frames of 20 atoms, made up here.

    python3 benches/memory.py [--frames 100000] [--molecules 2000] [--limit "2 min"]
                                [--folder FOLDER] [--program target/release/cormorant]

Writes frames of made-up molecules (20 atoms of H, C, N and O in places of their own, displaced at random in a harmonic well), fits
the smallest network to them within a time limit, and prints the size of the file, the largest resident memory of the fit (VmHWM as the
kernel counts it) and that memory per frame. Needs nothing beside Python. The model is of no use.
"""

import argparse
import os
import random
import resource
import subprocess
import tempfile

ATOMS = 20
SPRING = 10.0  # eV/Å²
SPREAD = 0.05  # Å

INPUT = """version = 1
name = "memory"
[output]
folder = "model"
[data]
file = "frames.xyz"
{split}validation = 1000
[model]
cutoff = "4 Å"
channels = 16
max_degree = 1
max_edge_degree = 1
layers = 1
[run]
time_limit = "{limit}"
threads = 2
"""


def molecule(rng):
    """Symbols, and places on a grid, 1.5 Å apart."""
    cells = rng.sample([(x, y, z) for x in range(4) for y in range(3) for z in range(3)], ATOMS)
    return [rng.choice("HHCNO") for _ in cells], [[1.5 * c for c in cell] for cell in cells]


def write(path, frames, molecules):
    """The file; its size in bytes."""
    rng = random.Random(1)
    kinds = [molecule(rng) for _ in range(molecules)]
    with open(path, "w") as file:
        for frame in range(frames):
            number = frame % molecules
            symbols, places = kinds[number]
            energy, lines = -100.0, []
            for symbol, place in zip(symbols, places):
                shift = [rng.gauss(0.0, SPREAD) for _ in place]
                energy += 0.5 * SPRING * sum(s * s for s in shift)
                at = [p + s for p, s in zip(place, shift)]
                lines.append("%s %.5f %.5f %.5f %.5f %.5f %.5f\n" % (symbol, *at, *(-SPRING * s for s in shift)))
            head = f"Properties=species:S:1:pos:R:3:forces:R:3 energy={energy:.6f} config_type=made-up molecule=m{number}"
            file.write(f"{ATOMS}\n{head}\n{''.join(lines)}")
    return os.path.getsize(path)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--frames", type=int, default=100_000)
    parser.add_argument("--molecules", type=int, default=2000)
    parser.add_argument("--limit", default="2 min")
    parser.add_argument("--frame-by-frame", action="store_true", help="no split_by, for older versions of the program")
    parser.add_argument("--folder", default=None)
    parser.add_argument("--program", default="target/release/cormorant")
    options = parser.parse_args()
    program = os.path.abspath(options.program)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        size = write(os.path.join(folder, "frames.xyz"), options.frames, options.molecules)
        with open(os.path.join(folder, "fit.toml"), "w") as file:
            split = "" if options.frame_by_frame else 'split_by = "molecule"\n'
            file.write(INPUT.format(limit=options.limit, split=split))
        subprocess.run([program, "fit", "fit.toml", "--quiet"], cwd=folder, check=True)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        model = os.path.getsize(os.path.join(folder, "model", "model.safetensors"))
    peak = 1024 * used.ru_maxrss
    print(f"{options.frames} frames, file {size / 1e6:.0f} MB, model {model / 1e3:.0f} kB, processor time "
          f"{used.ru_utime + used.ru_stime:.0f} s, peak memory {peak / 1e6:.0f} MB, {peak / options.frames / 1e3:.2f} kB a frame")


if __name__ == "__main__":
    main()
