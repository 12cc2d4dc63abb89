"""The KIM model in LAMMPS, on one and on several MPI ranks."""

import json
import os
import re
import subprocess

import numpy as np
import pytest
from ase import units
from ase.md.velocitydistribution import MaxwellBoltzmannDistribution, Stationary
from conftest import STRESS_TOLERANCE, Case, agree, close, need, program, run_cormorant

# LAMMPS computes kinetic energies in metal units with 1.0364269e-4 eV for 1 u (Å/ps)², which is right to 6e-8 only. With
# masses that make up for it, its equations of motion are ours to the last digits.
LAMMPS_UNIT = 1.0364269e-4
EXACT_UNIT = 0.010180505717871194**2
STEPS = 200
TIME_STEP = 0.25  # fs


@pytest.fixture(scope="module", autouse=True)
def lammps():
    need("lmp", "mpirun")
    help_text = subprocess.run(["lmp", "-h"], capture_output=True, text=True).stdout
    if not re.search(r"\bKIM\b", help_text):
        pytest.skip("this LAMMPS was built without KIM")


def exported(case, folder, precision="f64", **changed):
    """The case's model as a KIM model, with other settings if any are given; its name."""
    name = f"Test_{case.name}_{precision}"
    program("export", "kim", case.model, "--name", name, "--to", folder, "--precision", precision)
    settings = folder / name / "kim.json"
    settings.write_text(json.dumps(json.loads(settings.read_text()) | changed))
    return name


def run_lammps(case, name, folder, ranks, steps=STEPS, columns="step pe etotal"):
    """Rows of `columns` every 50 steps; forces and atom energies of the first step go to forces.dump."""
    atoms = case.atoms
    kinds = sorted(set(atoms.symbols))
    if atoms.pbc.all():
        box, shift = atoms.cell.lengths(), np.zeros(3)
    else:
        box, shift = np.full(3, 40.0), np.full(3, 20.0)
    masses = dict(zip(atoms.symbols, atoms.get_masses()))
    velocities = atoms.get_velocities() * (1000 * units.fs)
    lines = ["atoms", "", f"{len(atoms)} atoms", f"{len(kinds)} atom types", ""]
    lines += [f"0 {length:.17g} {axis}lo {axis}hi" for length, axis in zip(box, "xyz")]
    lines += ["", "Masses", ""]
    lines += [f"{k + 1} {masses[kind] * EXACT_UNIT / LAMMPS_UNIT:.17g}" for k, kind in enumerate(kinds)]
    lines += ["", "Atoms # atomic", ""]
    for index, atom in enumerate(atoms):
        x, y, z = atom.position + shift
        lines.append(f"{index + 1} {kinds.index(atom.symbol) + 1} {x:.17g} {y:.17g} {z:.17g}")
    lines += ["", "Velocities", ""]
    lines += [f"{i + 1} {v[0]:.17g} {v[1]:.17g} {v[2]:.17g}" for i, v in enumerate(velocities)]
    (folder / "atoms.data").write_text("\n".join(lines) + "\n")
    (folder / "lammps.in").write_text(f"""kim init {name} metal
boundary p p p
atom_modify map array
neighbor 1.0 bin
read_data atoms.data
kim interactions {" ".join(kinds)}
compute virial all pressure NULL virial
compute own all pe/atom
compute sum all reduce sum c_own
timestep {TIME_STEP / 1000}
thermo_style custom {columns}
thermo 50
thermo_modify norm no format float %.17g
dump forces all custom 1000000 forces.dump id fx fy fz c_own
dump_modify forces sort id format float %.17g
fix nve all nve
run {steps}
""")
    environment = os.environ | {
        "KIM_API_PORTABLE_MODELS_DIR": str(folder),
        "OMP_NUM_THREADS": "1",
        "OMPI_ALLOW_RUN_AS_ROOT": "1",
        "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    }
    command = ["mpirun", "--oversubscribe", "-np", str(ranks), "lmp", "-in", "lammps.in", "-log", "lammps.log"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    log = (folder / "lammps.log").read_text()
    table = log.split("Per MPI rank memory", 1)[1].split("Loop time", 1)[0].splitlines()[2:]
    return np.array([[float(x) for x in row.split()] for row in table if row.strip()])


def moving(case, temperature=300):
    """The case with velocities."""
    atoms = case.atoms.copy()
    # The masses of cormorant, so that both move the same atoms.
    masses = {"H": 1.0080, "C": 12.011, "O": 15.999, "Si": 28.085}
    atoms.set_masses([masses[symbol] for symbol in atoms.symbols])
    MaxwellBoltzmannDistribution(atoms, temperature_K=temperature, rng=np.random.default_rng(2))
    Stationary(atoms)
    return Case(case.name, case.model, atoms)


@pytest.mark.parametrize("ranks", [1, 2])
@pytest.mark.parametrize("precision", ["f64", "f32"])
def test_energy_and_forces_agree_with_the_program(case, tmp_path, precision, ranks):
    # Catches species that are mixed up, a wrong sign of the virial, energies of ghosts that are counted, and on one rank,
    # where images are not computed, forces that go to the wrong atom.
    expected = case.reference(tmp_path / "reference")
    name = exported(case, tmp_path, precision)
    row = run_lammps(case, name, tmp_path, ranks, 0, "pe c_sum c_virial[1] c_virial[2] c_virial[3] c_virial[4] c_virial[5] c_virial[6]")[0]
    assert row[1] == pytest.approx(row[0], rel=1e-12)
    dumped = np.loadtxt(tmp_path / "forces.dump", skiprows=9)
    agree(case, f"LAMMPS, {ranks} ranks", precision, row[0], dumped[:, 1:4], expected)
    if case.atoms.pbc.all():
        xx, yy, zz, xy, xz, yz = row[2:]
        # Pressure in bar; LAMMPS has its constant to 1e-7.
        stress = -np.array([xx, yy, zz, yz, xz, xy]) * 1e5 * units.Pascal
        close(stress, expected.get_stress(), max(STRESS_TOLERANCE[precision], 2e-7))


@pytest.mark.parametrize("name", ["ethanol", "water", "silicon"])
def test_dynamics_give_the_same_digits_on_any_number_of_ranks(cases, name, tmp_path):
    # Catches a halo that is too short, forces on ghosts that get lost, work in the halo that was skipped wrongly, images that
    # are taken for those of another atom after LAMMPS sorted its atoms or they moved.
    case = moving(cases[name])
    expected = run_cormorant(case, tmp_path / "reference", STEPS, TIME_STEP, every=50)
    total = expected.table[:, expected.heads.index("total/eV")]
    model = exported(case, tmp_path)
    for ranks in (1, 2, 4):
        found = run_lammps(case, model, tmp_path, ranks)[:, 2]
        assert np.abs(found - total).max() < 1e-8, f"{ranks} ranks: {found - total}"
    # The test has teeth: the energy is made of parts that move by much more than that.
    kinetic = expected.table[:, expected.heads.index("kinetic/eV")]
    assert np.ptp(kinetic) > 1e-3


def test_a_halo_of_one_cutoff_is_noticed(cases, tmp_path):
    # Catches: a test above that would pass with the classic mistake.
    case = moving(cases["water"])
    expected = run_cormorant(case, tmp_path / "reference", STEPS, TIME_STEP, every=50)
    total = expected.table[:, expected.heads.index("total/eV")]
    model = exported(case, tmp_path, halo=1, images="never")
    ends = [run_lammps(case, model, tmp_path, ranks)[:, 2] for ranks in (1, 2)]
    assert np.abs(ends[0] - total).max() > 1e-5
    assert np.abs(ends[0] - ends[1]).max() > 1e-6


def test_one_rank_computes_no_images(cases, tmp_path):
    # Catches images that are taken for known where other ranks have atoms, and work done again where one has all.
    case = cases["water"]
    name = exported(case, tmp_path)
    for ranks, alone in ((1, True), (2, False)):
        (tmp_path / "kim.log").unlink(missing_ok=True)
        run_lammps(case, name, tmp_path, ranks, 0)
        assert ("images of its atoms are not computed again" in (tmp_path / "kim.log").read_text()) == alone


def test_what_is_wrong_is_in_the_log(cases, tmp_path):
    # Catches: a model that takes the host program down, or fails without a word.
    name = exported(cases["ethanol"], tmp_path)
    weights = tmp_path / name / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(AssertionError, match="Unable to load"):
        run_lammps(cases["ethanol"], name, tmp_path, 1, 0)
    assert "is not a whole safetensors file" in (tmp_path / "kim.log").read_text()


def test_the_same_library_in_ase(case, tmp_path, monkeypatch):
    # Catches: forces that are added to what was there, and symbols found in one host program only.
    pytest.importorskip("kimpy", reason="kimpy cannot be imported; tests/interfaces/run installs it where it can")
    from ase.calculators.kim import KIM

    monkeypatch.setenv("KIM_API_PORTABLE_MODELS_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    expected = case.reference(tmp_path / "reference")
    atoms = case.atoms.copy()
    atoms.calc = KIM(exported(case, tmp_path))
    for _ in range(2):
        agree(case, "KIM in ASE", "f64", atoms.get_potential_energy(), atoms.get_forces(), expected)
        atoms.calc.results.clear()
