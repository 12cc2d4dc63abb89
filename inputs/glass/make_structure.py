"""Makes structure.xyz: 1000 particles of the Kob-Andersen mixture on a simple cubic lattice, 800 A (Ar) and 200 B (Ne).

    python make_structure.py               # needs nothing but Python

The density is 1.2 / σ³ with σ = 3.4 Å (A with A). The elements are names: masses and potential are those of the inputs.
"""

import random
from pathlib import Path

SIGMA = 3.4  # Å
DENSITY = 1.2  # per σ³
SIDE = 10


def main():
    edge = SIGMA * (SIDE**3 / DENSITY) ** (1 / 3)
    species = ["Ar"] * (4 * SIDE**3 // 5) + ["Ne"] * (SIDE**3 // 5)
    random.Random(1).shuffle(species)
    lines = [str(len(species)), f'Lattice="{edge:.8f} 0 0 0 {edge:.8f} 0 0 0 {edge:.8f}" Properties=species:S:1:pos:R:3']
    for index, symbol in enumerate(species):
        place = [(index // SIDE**power % SIDE + 0.5) * edge / SIDE for power in range(3)]
        lines.append(f"{symbol} " + " ".join(f"{x:.6f}" for x in place))
    Path(__file__).with_name("structure.xyz").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
