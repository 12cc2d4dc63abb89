"""A calculator for ASE."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import Any

import numpy as np
from ase import Atoms
from ase.calculators.calculator import Calculator as AseCalculator
from ase.calculators.calculator import PropertyNotImplementedError, all_changes
from ase.stress import full_3x3_to_voigt_6_stress

from . import Model, _stated

__all__ = ["Calculator"]

_SEEN = ("numbers", "positions", "cell", "pbc", "info")
"""What of an `Atoms` the model depends on, by ASE's names of changes."""


class Calculator(AseCalculator):
    """Energies, forces, stress and atom energies of a Cormorant model.

    Every property comes out of one evaluation, which is kept until numbers, positions, cell, periodicity, charge or multiplicity change.
    A model with charges takes the total charge from `atoms.info["charge"]` and the multiplicity 2S + 1 from
    `atoms.info["multiplicity"]` or `["spin"]` (0 is a singlet there), or where they are not stated, `charge` and `multiplicity`.
    Cells repeat as `pbc` says. The stress of a slab or wire is −virial / volume of the cell as it is stated, vacuum included, as
    is ASE's habit; a flat cell has none. `model` is the folder of a model, the name of one of the program ("organic"), or a
    `cormorant.Model`. A model with charges has `charges` in e and, of atoms without a cell, `dipole` in e·Å about the center of mass:
    `atoms.get_charges()`, `atoms.get_dipole_moment()`. `atoms` are those of the last evaluation, with nothing of the original but what the model depends on.
    """

    implemented_properties: list[str] = ["energy", "free_energy", "energies", "forces", "stress"]
    ignored_changes: set[str] = {"initial_charges", "initial_magmoms"}

    def __init__(
        self,
        model: str | PathLike[str] | Model,
        precision: str | None = None,
        threads: int = 1,
        device: str = "cpu",
        charge: int | None = None,
        multiplicity: int | None = None,
        **keywords: Any,
    ) -> None:
        self._seen: tuple[Any, ...] | None = None
        self._given = (charge, multiplicity)
        super().__init__(**keywords)
        precision = precision or ("f64" if device == "cpu" else "f32")
        self.model = model if isinstance(model, Model) else Model(model, precision, threads, device)
        if self.model.gives_charges:
            self.implemented_properties = [*type(self).implemented_properties, "charges", "dipole"]

    @property
    def atoms(self) -> Atoms | None:
        """A copy of the atoms of the last evaluation."""
        if self._seen is None:
            return None
        numbers, positions, cell, pbc, state = self._seen
        stated = {name: value for name, value in zip(("charge", "multiplicity"), state) if value is not None}
        return Atoms(
            np.frombuffer(numbers, dtype=int),
            positions=np.frombuffer(positions).reshape(-1, 3),
            cell=np.frombuffer(cell).reshape(3, 3),
            pbc=np.frombuffer(pbc, dtype=bool),
            info=stated,
        )

    @atoms.setter
    def atoms(self, atoms: Atoms | None) -> None:
        self._seen = None if atoms is None else _seen(atoms)

    def check_state(self, atoms: Atoms, tol: float = 0.0) -> list[str]:
        """What has changed since the last evaluation, in any bit."""
        if self._seen is None:
            return list(all_changes)
        return [name for name, now, then in zip(_SEEN, _seen(atoms), self._seen) if now != then]

    def get_property(self, name: str, atoms: Atoms | None = None, allow_calculation: bool = True) -> Any:
        """One property of `atoms`, evaluated only if need be."""
        # ASE's own way compares and copies whole Atoms, which takes longer than the forces of a small molecule.
        if name not in self.implemented_properties:
            raise PropertyNotImplementedError(f"{name} property not implemented")
        if atoms is not None and _seen(atoms) != self._seen:
            self.reset()
        if not self.results:
            if not allow_calculation:
                return None
            self.calculate(atoms)
        if name not in self.results:
            raise PropertyNotImplementedError(f"{name} not present in this calculation")
        result = self.results[name]
        return result.copy() if isinstance(result, np.ndarray) else result

    def calculate(
        self,
        atoms: Atoms | None = None,
        properties: Sequence[str] = ("energy",),
        system_changes: list[str] = all_changes,
    ) -> None:
        """Evaluate the model once and keep everything it gave."""
        if atoms is None:
            atoms = self.atoms
        charge, multiplicity = self._given
        found = self.model.evaluate(atoms, charge=charge, multiplicity=multiplicity)
        self._seen = _seen(atoms)
        self.results = {
            "energy": found.energy,
            "free_energy": found.energy,
            "forces": found.forces,
        }
        if found.atom_energies is not None:
            self.results["energies"] = found.atom_energies
        if found.charges is not None:
            self.results["charges"] = found.charges
            # In a cell it would be that of whole molecules, which atoms wrapped by ASE are not.
            if not any(atoms.pbc):
                self.results["dipole"] = found.dipole
        if any(atoms.pbc) and atoms.cell.rank == 3:
            # ASE divides by the volume of the cell as it is stated, also where a direction of it is open, and its filters
            # multiply by it again; a cell that is flat has no stress.
            self.results["stress"] = full_3x3_to_voigt_6_stress(-found.virial / atoms.cell.volume)


def _seen(atoms: Atoms) -> tuple[Any, ...]:
    arrays = atoms.arrays
    places = arrays["numbers"].tobytes(), arrays["positions"].tobytes(), atoms.cell.array.tobytes(), atoms.pbc.tobytes()
    return *places, _stated(atoms.info)
