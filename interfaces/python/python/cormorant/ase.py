"""A calculator for ASE."""

from __future__ import annotations

from os import PathLike
from typing import Any, ClassVar

from ase.calculators.calculator import Calculator as AseCalculator
from ase.calculators.calculator import all_changes
from ase.stress import full_3x3_to_voigt_6_stress

from . import Model

__all__ = ["Calculator"]


class Calculator(AseCalculator):
    """Energies, forces, stress and atom energies of a Cormorant model.

    Every property comes out of one evaluation. `model` is the folder of a model, or a `cormorant.Model`.
    """

    implemented_properties: ClassVar[list[str]] = ["energy", "free_energy", "energies", "forces", "stress"]

    def __init__(
        self, model: str | PathLike[str] | Model, precision: str = "f64", threads: int = 1, **keywords: Any
    ) -> None:
        super().__init__(**keywords)
        self.model = model if isinstance(model, Model) else Model(model, precision, threads)

    def calculate(
        self, atoms: Any = None, properties: Any = ("energy",), system_changes: list[str] = all_changes
    ) -> None:
        """Evaluate the model once and keep everything it gave."""
        super().calculate(atoms, properties, system_changes)
        found = self.model.evaluate(self.atoms)
        self.results = {
            "energy": found.energy,
            "free_energy": found.energy,
            "energies": found.atom_energies,
            "forces": found.forces,
        }
        if found.stress is not None:
            self.results["stress"] = full_3x3_to_voigt_6_stress(found.stress)
