"""Run every bath and barostat, alone and after a Langevin stage, and judge the ensembles by physical_validation.

    python check_ensembles.py PROGRAM REPOSITORY FOLDER [--full] [--only WORD]

Each row is judged in standard deviations. One beyond three, or with too few independent samples, is run once more, four times as long and with another seed, and that
run decides: of some hundred numbers a few lie beyond three by chance. Exit status 1 if a row fails.
"""

import argparse
import contextlib
import io
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import physical_validation as pv

warnings.filterwarnings("ignore")

BOLTZMANN = 8.617333262e-5  # eV/K
LIMIT = 3.0  # standard deviations

UNITS = pv.data.UnitData(
    kb=BOLTZMANN,
    energy_str="eV", energy_conversion=96.4853321,
    length_str="A", length_conversion=0.1,
    volume_str="A^3", volume_conversion=1e-3,
    temperature_str="K", temperature_conversion=1.0,
    pressure_str="GPa", pressure_conversion=1e4,
    time_str="ps", time_conversion=1.0,
)
# 1 GPa Å^3 in eV; physical_validation converts by the factors above.
GPA = 6.241509e-3

BATHS = {
    "langevin": '{{ kind = "langevin", temperature = "{t} K", friction = "{friction} / ps" }}',
    "bussi": '{{ kind = "bussi", temperature = "{t} K", relaxation_time = "0.1 ps" }}',
    "nose-hoover": '{{ kind = "nose-hoover", temperature = "{t} K", relaxation_time = "0.1 ps" }}',
    "andersen": '{{ kind = "andersen", temperature = "{t} K", rate = "5 / ps" }}',
}
INTEGRATORS = {"langevin": ["baoab", "velocity-verlet"]}
BAROSTATS = {
    "stochastic-cell-rescaling": '{{ kind = "stochastic-cell-rescaling", pressure = "{p} GPa", relaxation_time = "{tau} ps", '
    'compressibility = "{beta} / GPa" }}',
    "martyna-tobias-klein": '{{ kind = "martyna-tobias-klein", pressure = "{p} GPa", relaxation_time = "{tau} ps" }}',
}


class Substance:
    """What is simulated, and how long in ps: warm-up, Langevin stage, canonical and isothermal-isobaric stage."""

    def __init__(self, name, atoms, head, step, temperatures, lengths, sample, cell, pressures=None, beta=None, tau=None):
        self.name, self.atoms, self.head, self.step = name, atoms, head, step
        self.temperatures, self.lengths, self.sample, self.cell = temperatures, lengths, sample, cell
        self.pressures, self.beta, self.tau = pressures, beta, tau
        # Strong for a molecule, so that its kinetic energies are independent after a few samples.
        self.friction = 5 if cell else 25


def argon(folder, full):
    edge = 17.4
    sites = [(0, 0, 0), (0.5, 0.5, 0), (0.5, 0, 0.5), (0, 0.5, 0.5)]
    lattice = [np.add(site, (x, y, z)) / 3 * edge for x in range(3) for y in range(3) for z in range(3) for site in sites]
    rows = [f"{len(lattice)}", f'Lattice="{edge} 0 0 0 {edge} 0 0 0 {edge}" Properties=species:S:1:pos:R:3 pbc="T T T"']
    rows += ["Ar " + " ".join(f"{x:.6f}" for x in site) for site in lattice]
    (folder / "argon.xyz").write_text("\n".join(rows) + "\n")
    head = (
        'structure = { file = "argon.xyz" }\n'
        'potential = { kind = "lennard-jones", epsilon = "0.0103 eV", sigma = "3.405 Å", cutoff = "7.5 Å", '
        'truncation = "switched", switch_from = "6.5 Å" }\n'
    )
    lengths = (40, 20, 800, 1600) if full else (20, 8, 80, 160)
    return Substance("argon", 108, head, 4.0, (120.0, 126.0), lengths, 0.2, True, (0.05, 0.075), 2.0, 1.0)


def ethanol(repository, full):
    head = f'structure = {{ file = "{repository}/inputs/structures/ethanol.xyz", cell = "none" }}\npotential = {{ model = "{repository}/models/ethanol" }}\n'
    lengths = (20, 20, 1000, 0) if full else (2, 2, 12, 0)
    return Substance("ethanol", 9, head, 0.5, (300.0, 340.0), lengths, 0.02, False)


def water(repository):
    head = f'structure = {{ file = "{repository}/inputs/structures/water.xyz", cell = "file" }}\npotential = {{ model = "{repository}/models/water" }}\n'
    return Substance("water", 192, head, 0.5, (300.0, 306.0), (5, 5, 60, 200), 0.05, True, (0.0001, 0.05), 0.45, 1.0)


def whole(picoseconds, step):
    """The duration as a whole number of steps."""
    return f'"{round(picoseconds * 1000 / step) * step} fs"'


def stage(substance, duration, bath, temperature, integrator=None, barostat=None, sample=None):
    text = f'\n[[stage]]\nduration = {whole(duration, substance.step)}\ntime_step = "{substance.step} fs"\n'
    text += f"thermostat = {BATHS[bath].format(t=temperature, friction=substance.friction)}\n"
    if integrator:
        text += f'integrator = "{integrator}"\n'
    if barostat:
        text += f"barostat = {barostat}\n"
    if sample:
        text += f'write = [{{ kind = "energies", every = {whole(sample, substance.step)} }}]\n'
    return text


def deviation(data, **options):
    """Deviation from the ratio of the two ensembles in sigmas; infinite where too few independent samples overlap to say."""
    try:
        return np.ravel(pv.ensemble.check(*data, verbosity=0, **options))[0]
    except pv.util.error.InputError:
        return float("inf")


class Checker:
    def __init__(self, program, folder, only):
        self.program, self.folder, self.only = program, folder, only
        self.failures, self.rows = [], 0

    def simulate(self, name, substance, text, seed):
        """Heads and numbers of the table that the run writes, and the degrees of freedom that its temperature counts."""
        path = self.folder / f"{name}.toml"
        path.write_text(f'version = 1\nname = "{name}"\nseed = {seed}\n{substance.head}{text}')
        done = subprocess.run([self.program, "run", path.name, "--quiet", "--force"], cwd=self.folder, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{name}: {done.stderr}")
        table = np.genfromtxt(self.folder / "outputs" / name / "energies.csv", delimiter=",", names=True, deletechars="", encoding="utf8")
        data = {head: table[head] for head in table.dtype.names}
        kinetic, temperature = data["kinetic/eV"][-1], data["temperature/K"][-1]
        return data, round(2 * kinetic / (BOLTZMANN * temperature))

    def data(self, substance, found, temperature, pressure=None):
        table, freedom = found
        ensemble = {"natoms": substance.atoms, "temperature": temperature}
        volume = table["volume/Å^3"] if "volume/Å^3" in table else None
        if pressure is not None:
            ensemble = pv.data.EnsembleData("NPT", pressure=pressure, **ensemble)
        else:
            ensemble = pv.data.EnsembleData("NVT", volume=1.0 if volume is None else volume[0], **ensemble)
        # What is removed is counted by what is left, so that the program is judged by its own count.
        system = pv.data.SystemData(
            natoms=substance.atoms, nconstraints=0, ndof_reduction_tra=3 * substance.atoms - freedom, ndof_reduction_rot=0
        )
        observables = pv.data.ObservableData(
            kinetic_energy=table["kinetic/eV"], potential_energy=table["potential/eV"], total_energy=table["total/eV"],
            volume=volume if pressure is not None else None,
        )
        return pv.data.SimulationData(units=UNITS, ensemble=ensemble, system=system, observables=observables, dt=substance.sample)

    def judge(self, name, measure):
        """`measure(seed, factor)` gives numbers in standard deviations by name."""
        if self.only and self.only not in name:
            return
        start = time.time()
        worst = measure(1, 1)
        if max(abs(value) for value in worst.values()) > LIMIT:
            first, worst = worst, measure(2, 4)
            worst = {f"{key} (first {first[key]:.1f})": value for key, value in worst.items()}
        bad = max(abs(value) for value in worst.values()) > LIMIT
        self.rows += 1
        if bad:
            self.failures.append(name)
        told = ", ".join(f"{key} {value:.1f}" for key, value in worst.items())
        print(f"{'FAILED' if bad else 'ok':7}{name}: {told} sigmas  [{time.time() - start:.0f} s]", flush=True)

    def canonical(self, substance, bath, integrator, after):
        warm, before, length, _ = substance.lengths
        label = f"{substance.name}, {bath}{f' with {integrator}' if integrator else ''}{', after Langevin' if after else ''}"

        def measure(seed, factor):
            found = []
            for index, temperature in enumerate(substance.temperatures):
                text = f'velocities = {{ temperature = "{2 * temperature if substance.name == "argon" else temperature} K" }}\n'
                if after:
                    text += stage(substance, before, "langevin", temperature)
                text += stage(substance, warm, bath, temperature, integrator)
                text += stage(substance, factor * length, bath, temperature, integrator, sample=substance.sample)
                found.append(self.simulate("run", substance, text, 10 * seed + index))
            data = [self.data(substance, one, temperature) for one, temperature in zip(found, substance.temperatures)]
            numbers = {}
            with contextlib.redirect_stdout(io.StringIO()):
                for one, temperature in zip(data, substance.temperatures):
                    mean, width = pv.kinetic_energy.distribution(one, strict=False, verbosity=0)
                    numbers[f"K at {temperature:.0f} K"], numbers[f"its width at {temperature:.0f} K"] = mean, width
                numbers["U at two temperatures"] = deviation(data, total_energy=False)
            return numbers

        self.judge(label, measure)

    def isobaric(self, substance, barostat, after):
        warm, before, _, length = substance.lengths
        label = f"{substance.name}, {barostat}{', after Langevin' if after else ''}"
        temperature = substance.temperatures[0]

        def measure(seed, factor):
            found = []
            for index, pressure in enumerate(substance.pressures):
                text = f'velocities = {{ temperature = "{2 * temperature if substance.name == "argon" else temperature} K" }}\n'
                if after:
                    text += stage(substance, before, "langevin", temperature)
                kept = BAROSTATS[barostat].format(p=pressure, tau=substance.tau, beta=substance.beta)
                bath = "nose-hoover" if barostat == "martyna-tobias-klein" else "bussi"
                text += stage(substance, warm, bath, temperature, barostat=kept)
                text += stage(substance, factor * length, bath, temperature, barostat=kept, sample=substance.sample)
                found.append(self.simulate("run", substance, text, 10 * seed + index))
            data = [self.data(substance, one, temperature, pressure) for one, pressure in zip(found, substance.pressures)]
            numbers = {}
            with contextlib.redirect_stdout(io.StringIO()):
                mean, width = pv.kinetic_energy.distribution(data[0], strict=False, verbosity=0)
                numbers["K"], numbers["its width"] = mean, width
                numbers["V at two pressures"] = deviation(data)
            return numbers

        self.judge(label, measure)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("repository", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--only", help="rows whose name contains this word")
    arguments = parser.parse_args()
    checker = Checker(arguments.program, arguments.folder, arguments.only)
    np.random.seed(1)
    substances = [argon(arguments.folder, arguments.full), ethanol(arguments.repository, arguments.full)]
    if arguments.full:
        substances.append(water(arguments.repository))
    for substance in substances:
        for after in (False, True):
            for bath in BATHS:
                for integrator in INTEGRATORS.get(bath, [None]):
                    # The short form does ethanol with two baths: each row is two runs of a network.
                    if arguments.full or substance.name == "argon" or bath in ("langevin", "nose-hoover"):
                        checker.canonical(substance, bath, integrator, after)
            for barostat in BAROSTATS if substance.pressures else ():
                checker.isobaric(substance, barostat, after)
    if checker.failures:
        sys.exit(f"{len(checker.failures)} of {checker.rows} rows beyond {LIMIT:.0f} sigmas: {'; '.join(checker.failures)}")
    print(f"{checker.rows} ensembles agree with physical_validation {pv.__version__}")


main()
