"""Models and structures that the tests of the interfaces share, and how to run the programs.

The tests are started by tests/interfaces/run, which sets CORMORANT (the program) and CORMORANT_KIM (a folder for KIM models).
"""

import os
import shutil
import subprocess
from pathlib import Path

import ase.build
import ase.io
import numpy as np
import pytest
from ase import Atoms, units
from ase.calculators.lj import LennardJones

UNITS = "Angstrom eV eV/Angstrom Angstrom/ps ps"
ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("CORMORANT", str(ROOT / "target/release/cormorant"))
FIT = """version = 1
name = "{name}"
seed = 3

[output]
folder = "{folder}"

[data]
file = "{data}"
train = 18
validation = 2

[model]
cutoff = "{cutoff} Å"
max_degree = 2
max_edge_degree = 4
products = 1
layers = 2

[run]
epochs = 12
"""


def program(*arguments, **keywords):
    """Run cormorant; its output, or a failure of the test with what it said."""
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, **keywords)
    assert done.returncode == 0, done.stderr
    return done.stdout


def water_box():
    """27 molecules of water on a lattice, each turned at random, in a cubic cell at 1 g/cm³."""
    random = np.random.default_rng(5)
    edge = (27 * 29.915) ** (1 / 3)
    box = Atoms(cell=[edge] * 3, pbc=True)
    for site in np.ndindex(3, 3, 3):
        molecule = ase.build.molecule("H2O")
        molecule.rotate(random.uniform(0, 360), random.normal(size=3), center="COM")
        molecule.translate((np.array(site) + 0.5) * edge / 3 - molecule.get_center_of_mass())
        box += molecule
    return box


def silicon():
    """64 atoms of silicon, shaken."""
    crystal = ase.build.bulk("Si", cubic=True) * (2, 2, 2)
    crystal.rattle(0.05, seed=6)
    return crystal


def ethanol():
    return ase.io.read(ROOT / "inputs/structures/ethanol.xyz")


def fitted(folder, name, atoms, sigma, cutoff, electrostatics="none"):
    """A model fitted for a moment to Lennard-Jones forces: not good for anything, but smooth, as every model is."""
    frames = []
    for seed in range(20):
        frame = atoms.copy()
        frame.rattle(0.05, seed=100 + seed)
        frame.calc = LennardJones(sigma=sigma, epsilon=0.3, rc=cutoff, smooth=True)
        frame.get_forces()
        frames.append(frame)
    ase.io.write(folder / f"{name}.xyz", frames, columns=["symbols", "positions", "forces"], write_results=True)
    target = folder / name
    text = FIT.format(name=name, folder=target, data=folder / f"{name}.xyz", cutoff=cutoff)
    text = text.replace("layers = 2", f'layers = 2\nelectrostatics = "{electrostatics}"')
    (folder / f"{name}.toml").write_text(text)
    program("fit", folder / f"{name}.toml", "--quiet")
    return target


class Case:
    """A model with a structure that it knows, and what `cormorant` itself says of it in f64."""

    def __init__(self, name, model, atoms):
        self.name, self.model, self.atoms = name, Path(model), atoms

    def reference(self, folder, precision="f64"):
        """Energy in eV and forces in eV/Å as `cormorant run` writes them, with every bit."""
        return run_cormorant(self, folder, steps=1, time_step=0.001, precision=precision).frames[0]


class Run:
    def __init__(self, folder):
        self.frames = ase.io.read(folder / "out/frames.xyz", index=":")
        rows = (folder / "out/energies.csv").read_text().splitlines()
        self.heads = rows[0].split(",")
        self.table = np.array([[float(x) for x in row.split(",")] for row in rows[1:]])


def write_start(path, atoms):
    """Extended XYZ with every bit, which ASE does not write, and with velocities as cormorant has them (Å/ps)."""
    velocities = atoms.get_velocities() * (1000 * units.fs)
    head = 'Properties=species:S:1:pos:R:3:velo:R:3 units="%s"' % UNITS
    if atoms.pbc.all():
        head += ' Lattice="%s" pbc="T T T"' % " ".join(map(repr, atoms.cell.array.ravel().tolist()))
    rows = [str(len(atoms)), head]
    for symbol, position, velocity in zip(atoms.symbols, atoms.positions.tolist(), velocities.tolist()):
        rows.append(" ".join([symbol, *map(repr, position + velocity)]))
    path.write_text("\n".join(rows) + "\n")


def run_cormorant(case, folder, steps, time_step, every=1, precision="f64"):
    """NVE from the velocities of `case.atoms`, which are in ASE's units."""
    folder.mkdir(parents=True, exist_ok=True)
    write_start(folder / "start.xyz", case.atoms)
    (folder / "run.toml").write_text(f"""version = 1
name = "reference"
output = {{ folder = "out" }}

[structure]
file = "start.xyz"

[potential]
model = "{case.model}"
precision = "{precision}"

[guards]                                # the models are fitted for a moment, to frames unlike those of a run
extrapolation = {{ limit = 3.0, action = "ignore" }}

[[stage]]
duration = "{steps * time_step:.6f} fs"
time_step = "{time_step} fs"

[[stage.write]]
kind = "trajectory"
file = "frames.xyz"
every = "{every * time_step:.6f} fs"

[[stage.write]]
kind = "energies"
every = "{every * time_step:.6f} fs"
""")
    program("run", folder / "run.toml", "--quiet", "--force")
    return Run(folder)


@pytest.fixture(scope="session")
def cases(tmp_path_factory):
    """A molecule with the shipped model, and periodic water and silicon with models made here."""
    folder = tmp_path_factory.mktemp("models")
    water, crystal = water_box(), silicon()
    return {
        "ethanol": Case("ethanol", ROOT / "models/ethanol", ethanol()),
        "water": Case("water", fitted(folder, "water", water, 0.86, 4.0), water),
        "silicon": Case("silicon", fitted(folder, "silicon", crystal, 2.09, 4.5), crystal),
    }


@pytest.fixture(scope="session")
def charged(tmp_path_factory):
    """A molecule of water, and a model of it with charges, made here."""
    molecule = ase.build.molecule("H2O")
    return fitted(tmp_path_factory.mktemp("charged"), "charged", molecule, 0.86, 4.0, "charges"), molecule


@pytest.fixture(params=["ethanol", "water", "silicon"])
def case(request, cases):
    return cases[request.param]


def need(*programs):
    """Skip, and say why, where a program is missing."""
    missing = [name for name in programs if shutil.which(name) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} cannot be found; tests/interfaces/run installs it where it can")


AGREEMENT = []
TOLERANCE = {"f64": 1e-10, "f32": 1e-5}
# Of the largest entry of a stress: a sum over all edges in which tension and compression nearly cancel.
STRESS_TOLERANCE = {"f64": 1e-10, "f32": 1e-4}


def agree(case, interface, precision, energy, forces, expected):
    """Whether energy and forces are those of `expected`, in eV and eV/Å; the table at the end says how well.

    Errors of forces are relative to the largest component, those of energies to the energy.
    """
    reference, exact = expected.get_potential_energy(), expected.get_forces()
    differences = (abs(energy / reference - 1), np.abs(np.asarray(forces) - exact).max() / np.abs(exact).max())
    AGREEMENT.append((case.name, precision, interface, *differences))
    assert max(differences) <= TOLERANCE[precision], differences


def pytest_terminal_summary(terminalreporter):
    """The table of agreement."""
    if AGREEMENT:
        terminalreporter.section("relative difference from `cormorant run` in f64: energy, forces")
        for name, precision, interface, energy, forces in sorted(AGREEMENT):
            terminalreporter.write_line(f"{name:8} {precision}  {interface:20} {energy:8.1e} {forces:8.1e}")


def close(found, expected, tolerance):
    """Whether arrays agree relative to the largest entry."""
    scale = np.abs(expected).max()
    assert np.abs(np.asarray(found) - expected).max() <= tolerance * scale
