"""Molecular dynamics with a learned, rotationally covariant force field.

Units: Å, eV, eV/Å, ps, K; stress is −virial / volume = (dE/dstrain) / volume in eV/Å³.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from os import PathLike
from typing import Any

import numpy as np

from . import _native
from ._native import (
    CormorantError,
    DataError,
    ElementError,
    InputError,
    Interrupted,
    ModelError,
    NumericalError,
    RestartError,
    StructureError,
    UnitError,
)

__all__ = [
    "CormorantError",
    "DataError",
    "ElementError",
    "Evaluation",
    "Frame",
    "InputError",
    "Interrupted",
    "Model",
    "ModelError",
    "NumericalError",
    "RestartError",
    "RunResult",
    "StructureError",
    "UnitError",
    "fit",
    "read",
    "run",
]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Atoms in space: atomic numbers [atoms], positions [atoms, 3] in Å, cell vectors [3, 3] in Å or None."""

    numbers: np.ndarray
    positions: np.ndarray
    cell: np.ndarray | None = None
    pbc: tuple[bool, bool, bool] = (True, True, True)
    """Along which of its vectors the cell repeats."""
    charge: int | None = None
    """Total charge in e, if it is stated."""
    multiplicity: int | None = None
    """Spin multiplicity 2S + 1, if it is stated."""


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """What a model says of one configuration."""

    energy: float
    """Potential energy in eV."""
    forces: np.ndarray
    """−dE/dr in eV/Å, [atoms, 3]."""
    virial: np.ndarray
    """−dE/dstrain in eV, [3, 3]."""
    stress: np.ndarray | None
    """−virial / volume in eV/Å³, [3, 3]; None without a cell that repeats in all three directions: a slab has no volume."""
    atom_energies: np.ndarray | None
    """The energy as a sum over atoms, in eV, [atoms]; None where the network does not divide it among them."""
    charges: np.ndarray | None = None
    """Charges of the atoms in e, [atoms]; None of a model without `electrostatics`."""
    dipole: np.ndarray | None = None
    """Dipole moment about the center of mass in e·Å, [3]; in a cell it means something where its molecules are whole. None without charges."""


@dataclass(frozen=True, slots=True)
class RunResult:
    """What came of a run. `finished` is False when the callback stopped it; then the numbers are zero."""

    finished: bool
    steps: int
    picoseconds: float
    seconds: float
    files: list[str]


class Model:
    """A fitted model.

    `path` is its folder, or the name of a model of the program ("organic"); `precision` ("f32" or "f64") that of the network,
    everything else is f64. `threads` work on one configuration; the neighbor list is kept from one call to the next and searched anew only when atoms moved far. `device` is where the network computes: "cpu", "gpu" (the first graphics
    processor, in "f32" only), "gpu:1" (the second), or a part of its name.
    """

    def __init__(
        self, path: str | PathLike[str], precision: str = "f32", threads: int = 1, device: str = "cpu"
    ) -> None:
        self._model = _native.Model(path, precision, threads, device)

    @property
    def cutoff(self) -> float | None:
        """Range of an edge in Å; atoms see each other up to `layers` times as far. None where all atoms see each other."""
        return self._model.cutoff

    @property
    def layers(self) -> int:
        """Rounds of messages."""
        return self._model.layers

    @property
    def elements(self) -> list[str]:
        """Chemical symbols that the model knows."""
        return self._model.elements

    @property
    def gives_charges(self) -> bool:
        """Whether atoms have charges: a model with `electrostatics`."""
        return self._model.gives_charges

    @property
    def header(self) -> dict[str, Any]:
        """What the model file says about itself: configuration, units, data, errors."""
        return json.loads(self._model.header())

    def evaluate(
        self,
        atoms: Any,
        positions: Any = None,
        cell: Any = None,
        pbc: Any = True,
        charge: int | None = None,
        multiplicity: int | None = None,
    ) -> Evaluation:
        """Energy, forces, virial, stress and atom energies; charges and dipole of a model with `electrostatics`.

        `atoms` is a `Frame`, an `ase.Atoms`, or atomic numbers with `positions` in Å and, if periodic, `cell` vectors. `pbc` says
        along which of them it repeats; a vector along which nothing repeats may be zero. `charge` in e and `multiplicity` are for models
        with charges, where `atoms` does not state them: an `ase.Atoms` does in `info["charge"]` and `info["multiplicity"]` or
        `info["spin"]`, both 2S + 1 (a spin of 0 is a singlet). A model with charges warns once where no charge is stated, and takes 0.
        """
        arrays = _arrays(atoms, positions, cell, pbc, (charge, multiplicity))
        results = _results(len(arrays[0]))
        energy = self._model.evaluate(arrays, results)
        return self._evaluation(energy, results, arrays[2], arrays[3])

    def evaluate_batch(self, frames: Iterable[Any], threads: int = 0) -> list[Evaluation]:
        """The same for many frames, one to a thread, on all cores (`threads=0`), other Python threads running on."""
        arrays = [_arrays(frame, None, None, True, (None, None)) for frame in frames]
        results = [_results(len(one[0])) for one in arrays]
        energies = self._model.evaluate_batch(arrays, results, threads)
        return [self._evaluation(*one, cell, pbc) for *one, (_, _, cell, pbc, _) in zip(energies, results, arrays)]

    def _evaluation(
        self, energy: float, results: tuple[np.ndarray, ...], cell: np.ndarray | None, pbc: tuple[bool, bool, bool]
    ) -> Evaluation:
        forces, virial, atom_energies, *charged = results
        stress = -virial / abs(np.linalg.det(cell)) if cell is not None and all(pbc) else None
        energies = atom_energies if self._model.gives_atom_energies else None
        charges, dipole = charged if self._model.gives_charges else (None, None)
        return Evaluation(energy, forces, virial, stress, energies, charges, dipole)


_State = tuple[int | None, int | None]
_Arrays = tuple[np.ndarray, np.ndarray, np.ndarray | None, tuple[bool, bool, bool], _State]


def _stated(info: dict[str, Any]) -> _State:
    """Total charge and multiplicity as `ase.Atoms.info` states them."""
    charge, multiplicity = info.get("charge"), info.get("multiplicity")
    if multiplicity is None and info.get("spin") is not None:
        multiplicity = max(_whole("spin", info["spin"]), 1)
    return charge, multiplicity


def _whole(name: str, number: Any) -> int:
    if float(number) != int(number):
        raise CormorantError(f"the {name} is {number}, which is not a whole number")
    return int(number)


def _both(stated: _State, given: _State) -> _State:
    """What atoms and arguments state together."""
    both: list[int | None] = []
    for name, least, one, two in zip(("charge", "multiplicity"), (-1000, 1), stated, given):
        values = [_whole(name, value) for value in (one, two) if value is not None]
        if len(set(values)) > 1:
            raise CormorantError(f"the {name} is stated as {values[0]} and as {values[1]}; leave one of the two out")
        if values and values[0] < least:
            raise CormorantError(f"the {name} is {values[0]}; it is {least} or more")
        both.append(values[0] if values else None)
    return both[0], both[1]


def _arrays(atoms: Any, positions: Any, cell: Any, pbc: Any, state: _State) -> _Arrays:
    """Contiguous arrays of numbers, positions and cell, along which vectors it repeats, and total charge and multiplicity."""
    stated: _State = (None, None)
    if positions is None:
        stated = (atoms.charge, atoms.multiplicity) if isinstance(atoms, Frame) else _stated(getattr(atoms, "info", {}))
        if isinstance(atoms, Frame):
            atoms, positions, cell, pbc = atoms.numbers, atoms.positions, atoms.cell, atoms.pbc
        else:
            atoms, positions, cell, pbc = atoms.numbers, atoms.positions, atoms.cell.array, atoms.pbc
    numbers = np.ascontiguousarray(atoms, dtype=np.int64)
    positions = np.ascontiguousarray(positions, dtype=np.float64)
    if positions.shape != (len(numbers), 3):
        raise CormorantError(f"positions of {len(numbers)} atoms have the shape ({len(numbers)}, 3), not {positions.shape}")
    if cell is not None:
        cell = np.ascontiguousarray(cell, dtype=np.float64)
        if cell.shape != (3, 3):
            raise CormorantError(f"a cell has the shape (3, 3), its rows being vectors, not {cell.shape}")
    repeats = tuple(bool(one) for one in np.broadcast_to(pbc, 3))
    return numbers, positions, cell if any(repeats) else None, repeats, _both(stated, state)


def _results(atoms: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    return np.empty((atoms, 3)), np.empty((3, 3)), np.empty(atoms), np.empty(atoms), np.empty(3)


def read(path: str | PathLike[str], frame: int = 0) -> Frame:
    """One frame (counted from 0) of a structure or trajectory file in any format that the program reads."""
    numbers, positions, cell, pbc, state = _native.read(path, frame)
    cell = None if cell is None else np.array(cell)
    periodic = tuple(pbc) if cell is not None else (True,) * 3
    return Frame(np.array(numbers, dtype=np.int64), np.array(positions), cell, periodic, *state)


def run(
    input: str | PathLike[str],
    callback: Callable[[dict[str, Any]], Any] | None = None,
    *,
    every: int = 100,
    force: bool = False,
    resume: bool = False,
) -> RunResult:
    """Run the simulation of an input file, as `cormorant run` does.

    `callback` is called every `every` steps with a dict: step, steps, time (ps), energy, kinetic, conserved (eV),
    temperature (K), positions (Å), forces (eV/Å). When it returns False the state is saved and the run ends; `resume`
    goes on from there to the bits of a run that never stopped. Ctrl-C is looked for at the same moments.
    """
    wrapped = None
    if callback is not None:

        def wrapped(state: dict[str, Any]) -> Any:
            for key in ("positions", "forces"):
                state[key] = np.array(state[key])
            return callback(state)

    done = _native.run(input, wrapped, every, force, resume)
    if done is None:
        return RunResult(False, 0, 0.0, 0.0, [])
    steps, picoseconds, seconds, files = done
    return RunResult(True, steps, picoseconds, seconds, [str(file) for file in files])


def fit(
    input: str | PathLike[str],
    callback: Callable[[dict[str, Any]], Any] | None = None,
    *,
    force: bool = False,
    resume: bool = False,
) -> str | None:
    """Fit the model of an input file, as `cormorant fit` does, and return its folder.

    `callback` is called after every epoch with a dict: epoch, progress (0 to 1), train_energy_mae, train_force_mae,
    validation_energy_mae, validation_force_mae (meV and meV/Å; None where not computed), best, seconds, seconds_left.
    When it returns False a checkpoint is saved and None returned; `resume` goes on from there.
    """
    folder = _native.fit(input, callback, force, resume)
    return None if folder is None else str(folder)
