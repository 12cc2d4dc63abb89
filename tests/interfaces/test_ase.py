"""The ASE calculator."""

import warnings

import ase.io
import cormorant.ase
import numpy as np
import pytest
from ase import units
from ase.calculators.fd import calculate_numerical_forces, calculate_numerical_stress
from ase.md.velocitydistribution import MaxwellBoltzmannDistribution, Stationary
from ase.md.verlet import VelocityVerlet
from ase.optimize import BFGS
from conftest import agree, program


@pytest.mark.parametrize("precision", ["f64", "f32"])
def test_agrees_with_the_program(case, tmp_path, precision):
    # Catches properties that ASE gives other names, orders or units.
    expected = case.reference(tmp_path)
    atoms = case.atoms.copy()
    atoms.calc = cormorant.ase.Calculator(case.model, precision)
    agree(case, "ASE", precision, atoms.get_potential_energy(), atoms.get_forces(), expected)
    assert atoms.get_potential_energies().sum() == pytest.approx(atoms.get_potential_energy(), rel=1e-12)


def test_forces_and_stress_are_differences_of_the_energy(case):
    # Catches a wrong sign, order or volume in what ASE is told.
    atoms = case.atoms.copy()
    atoms.calc = cormorant.ase.Calculator(case.model)
    forces = atoms.get_forces()
    checked = [0, len(atoms) // 2]
    differences = calculate_numerical_forces(atoms, eps=1e-4, iatoms=checked)
    # The error of central differences falls as the square of the step: extrapolate.
    coarse = calculate_numerical_forces(atoms, eps=2e-4, iatoms=checked)
    assert np.abs((4 * differences - coarse) / 3 - forces[checked]).max() < 1e-6
    if atoms.pbc.all():
        stress = calculate_numerical_stress(atoms, eps=1e-5)
        assert np.abs(stress - atoms.get_stress()).max() < 1e-6 * max(1.0, np.abs(stress).max())


def test_one_evaluation_serves_all_properties(cases):
    # Catches a calculator that computes the same thing for each property, or not again after a move.
    case = cases["water"]
    atoms = case.atoms.copy()
    atoms.calc = cormorant.ase.Calculator(case.model)
    calls = []
    evaluate = atoms.calc.model.evaluate
    atoms.calc.model.evaluate = lambda *arguments, **keywords: calls.append(1) or evaluate(*arguments, **keywords)
    energy = atoms.get_potential_energy()
    atoms.get_forces(), atoms.get_stress(), atoms.get_potential_energies()
    assert len(calls) == 1
    atoms.positions[0, 0] += 0.01
    assert atoms.get_potential_energy() != energy and len(calls) == 2


def test_every_change_that_matters_is_seen(cases):
    # Catches results of atoms that have changed since, and results that share memory with what a user changes.
    atoms = cases["water"].atoms.copy()
    atoms.calc = calculator = cormorant.ase.Calculator(cases["water"].model)

    def fresh():
        again = atoms.copy()
        again.calc = cormorant.ase.Calculator(calculator.model)
        return again.get_forces()

    first = atoms.get_forces()
    atoms.get_forces()[:] = 0
    assert (atoms.get_forces() == first).all() and calculator.calculation_required(atoms, ["forces"]) is False
    for change, name in (
        (lambda: atoms.positions.__setitem__((3, 1), atoms.positions[3, 1] + 1e-12), "positions"),
        (lambda: atoms.set_cell(atoms.cell * 1.01), "cell"),
        (lambda: atoms.numbers.__setitem__(0, 1), "numbers"),
        (lambda: atoms.set_pbc(False), "pbc"),
    ):
        change()
        assert calculator.check_state(atoms) == [name]
        assert (atoms.get_forces() == fresh()).all() and calculator.check_state(atoms) == []
        assert calculator.get_atoms() == atoms
    with pytest.raises(NotImplementedError):
        atoms.get_stress()
    atoms.set_initial_charges([0.1] * len(atoms))
    assert calculator.check_state(atoms) == []
    calculator.reset()
    assert calculator.atoms is None and calculator.get_property("forces", atoms, allow_calculation=False) is None


def test_slabs_repeat_as_pbc_says(cases):
    # Catches a slab that is taken for a crystal or a molecule, and a stress that is not divided by ASE's volume.
    box = cases["water"].atoms.copy()
    box.calc = cormorant.ase.Calculator(cases["water"].model)
    box.cell[2] = [0.0, 0.0, 200.0]
    slab = box.copy()
    slab.pbc = [True, True, False]
    slab.calc = cormorant.ase.Calculator(cases["water"].model)
    assert abs(slab.get_potential_energy() - box.get_potential_energy()) < 1e-9
    assert np.abs(slab.get_forces() - box.get_forces()).max() < 1e-9
    assert np.abs(slab.get_stress() - box.get_stress()).max() < 1e-9
    slab.cell[2] = 0.0
    assert abs(slab.get_potential_energy() - box.get_potential_energy()) < 1e-9
    with pytest.raises(NotImplementedError):
        slab.get_stress()


def test_dynamics_and_minimization(cases):
    # Catches forces that are not the derivative of the energy along a path.
    atoms = cases["ethanol"].atoms.copy()
    atoms.calc = cormorant.ase.Calculator(cases["ethanol"].model)
    BFGS(atoms, logfile=None).run(fmax=0.01, steps=200)
    assert np.linalg.norm(atoms.get_forces(), axis=1).max() < 0.01
    MaxwellBoltzmannDistribution(atoms, temperature_K=300, rng=np.random.default_rng(1))
    Stationary(atoms)
    before = atoms.get_total_energy()
    VelocityVerlet(atoms, timestep=0.25 * units.fs).run(400)
    assert abs(atoms.get_total_energy() - before) < 1e-3 * len(atoms)


def test_charges_and_dipole(charged, cases, tmp_path):
    # Catches charges in another order or unit than those of the program, a dipole of another sign or about the origin, one of a cell,
    # properties of a model that has none.
    model, molecule = charged
    atoms = molecule.copy()
    atoms.info["charge"] = 0
    atoms.positions += [3.0, -2.0, 1.0]
    atoms.calc = calculator = cormorant.ase.Calculator(model)
    assert {"charges", "dipole"} <= set(calculator.implemented_properties)
    charges, dipole = atoms.get_charges(), atoms.get_dipole_moment()
    assert charges.shape == (3,) and abs(charges.sum()) < 1e-12 and np.abs(charges).max() > 1e-6
    assert np.abs(charges @ (atoms.positions - atoms.get_center_of_mass()) - dipole).max() < 1e-12
    ase.io.write(tmp_path / "a.xyz", atoms)
    program("evaluate", "--model", model, "--data", tmp_path / "a.xyz", "--precision", "f64", "--out", tmp_path / "b.xyz")
    written = ase.io.read(tmp_path / "b.xyz")
    # ASE writes positions with eight digits.
    assert np.abs(written.get_charges() - charges).max() < 1e-6
    assert np.abs(written.get_dipole_moment() - dipole).max() < 1e-6
    charges[:] = 7.0
    assert np.abs(atoms.get_charges()).max() < 7.0
    boxed = atoms.copy()
    boxed.set_cell([12.0] * 3)
    boxed.pbc = True
    boxed.calc = calculator
    assert boxed.get_charges().shape == (3,)
    with pytest.raises(NotImplementedError):
        boxed.get_dipole_moment()
    bare = cases["ethanol"].atoms.copy()
    bare.calc = cormorant.ase.Calculator(cases["ethanol"].model)
    assert "charges" not in bare.calc.implemented_properties
    for get in (bare.get_charges, bare.get_dipole_moment):
        with pytest.raises(NotImplementedError):
            get()


def test_a_charge_that_is_not_stated_is_said_once(charged, cases):
    # Catches silence, a warning at every step, and one where the charge is stated or does not matter.
    model, molecule = charged
    atoms = molecule.copy()
    atoms.calc = cormorant.ase.Calculator(model)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        atoms.get_forces()
        atoms.positions[0, 0] += 0.01
        atoms.get_forces()
        stated = atoms.copy()
        stated.info["charge"] = 0
        stated.calc = cormorant.ase.Calculator(model)
        stated.get_forces()
        bare = cases["ethanol"].atoms.copy()
        bare.calc = cormorant.ase.Calculator(cases["ethanol"].model)
        bare.get_forces()
    assert [str(one.message) for one in said] == ["charge 0 (not stated)"]
