"""The Python module."""

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import cormorant
import numpy as np
import pytest
from conftest import PROGRAM, ROOT, STRESS_TOLERANCE, agree, close


@pytest.mark.parametrize("precision", ["f64", "f32"])
def test_agrees_with_the_program(case, tmp_path, precision):
    # Catches other units, other precision, a transposed array, a cell that is lost on the way.
    expected = case.reference(tmp_path)
    found = cormorant.Model(case.model, precision=precision).evaluate(case.atoms)
    agree(case, "Python", precision, found.energy, found.forces, expected)
    assert found.atom_energies.sum() == pytest.approx(found.energy, rel=1e-12)
    if case.atoms.pbc.all():
        close(found.stress, expected.get_stress(voigt=False), STRESS_TOLERANCE[precision])
    else:
        assert found.stress is None
    same = case.reference(tmp_path / precision, precision)
    assert found.energy == same.get_potential_energy() and (found.forces == same.get_forces()).all()
    agree(case, "cormorant run", precision, same.get_potential_energy(), same.get_forces(), expected)


def test_a_model_of_the_program_has_a_name(tmp_path, monkeypatch):
    # Catches a name that is taken for a path, or that works in the repository alone.
    monkeypatch.chdir(tmp_path)
    water = cormorant.Frame(np.array([8, 1, 1]), np.array([[0.0, 0.0, 0.0], [0.96, 0.0, 0.0], [-0.24, 0.93, 0.0]]))
    named = cormorant.Model("organic").evaluate(water)
    assert named.energy == cormorant.Model(ROOT / "models/organic").evaluate(water).energy


def test_the_module_brings_the_program(tmp_path):
    # Catches a command that is missing, loses its exit status or its signals, or computes other bits than the program.
    command = Path(sys.executable).with_name("cormorant")
    say = lambda *arguments: subprocess.run([command, *arguments], capture_output=True, text=True, cwd=tmp_path)
    assert say("--version").stdout == subprocess.run([PROGRAM, "--version"], capture_output=True, text=True).stdout
    refused = say("run", "missing.toml")
    assert refused.returncode == 1 and "missing.toml" in refused.stderr
    rows = []
    for name, program in (("module", command), ("program", PROGRAM)):
        arguments = ["--structure", ROOT / "inputs/structures/ethanol.xyz", "--temperature", "300 K", "--duration", "20 fs"]
        arguments += ["--model", "organic", "--output", name, "--quiet"]
        subprocess.run([program, "run", *arguments], check=True, cwd=tmp_path)
        rows.append((tmp_path / name / "energies.csv").read_text())
    assert rows[0] == rows[1]
    long = [command, "run", *arguments[:4], "--duration", "1 us", "--model", "organic", "--output", "long"]
    with subprocess.Popen(list(map(str, long)), cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as running:
        while not list(tmp_path.glob("long/energies.csv")):
            assert running.poll() is None, running.stderr.read()
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        assert running.wait(60) == 130


def test_arrays_frames_and_atoms_are_the_same(cases):
    # Catches arrays that are not contiguous, of another type, or views of another shape.
    case = cases["water"]
    model = cormorant.Model(case.model, precision="f64")
    expected = model.evaluate(case.atoms)
    numbers, positions, cell = case.atoms.numbers, case.atoms.positions, case.atoms.cell.array
    strided = np.asfortranarray(positions)
    for found in (
        model.evaluate(numbers.astype(np.int32), strided, cell),
        model.evaluate(list(numbers), positions.tolist(), cell.tolist()),
        model.evaluate(cormorant.Frame(numbers, positions, cell)),
    ):
        assert found.energy == expected.energy
        assert (found.forces == expected.forces).all()


def test_batch_gives_the_same_bits_for_any_number_of_threads(cases):
    # Catches results in another order, and a batch that shares what it must not.
    case = cases["water"]
    model = cormorant.Model(case.model)
    frames = [case.atoms.copy() for _ in range(6)]
    for seed, frame in enumerate(frames):
        frame.rattle(0.01, seed=seed)
    alone = [model.evaluate(frame) for frame in frames]
    for threads in (1, 3):
        for found, expected in zip(model.evaluate_batch(frames, threads), alone):
            assert found.energy == expected.energy
            assert (found.forces == expected.forces).all() and (found.stress == expected.stress).all()


def test_charges_and_dipole(charged, cases):
    # Catches charges of one frame of a batch in another, and numbers where a model has no charges.
    folder, molecule = charged
    model = cormorant.Model(folder, precision="f64")
    other = molecule.copy()
    other.rattle(0.05, seed=1)
    found = [model.evaluate(one, charge=0) for one in (molecule, other)]
    for one, atoms in zip(found, (molecule, other)):
        assert np.abs(one.charges @ (atoms.positions - atoms.get_center_of_mass()) - one.dipole).max() < 1e-12
    assert (found[0].charges != found[1].charges).any()
    batch = model.evaluate_batch([molecule, other], threads=2)
    for one, expected in zip(batch, found):
        assert (one.charges == expected.charges).all() and (one.dipole == expected.dipole).all()
    case = cases["water"]
    bare = cormorant.Model(case.model)
    assert bare.evaluate(case.atoms).charges is None and bare.evaluate(case.atoms).dipole is None
    assert model.gives_charges and not bare.gives_charges


def test_batch_releases_the_interpreter(cases):
    # Catches a batch during which every other Python thread stands still.
    case = cases["water"]
    model = cormorant.Model(case.model)
    frames = [case.atoms] * 40
    model.evaluate_batch(frames[:2])
    ticks, done = [0], threading.Event()

    def count():
        while not done.is_set():
            ticks[0] += 1
            done.wait(0.0005)

    thread = threading.Thread(target=count)
    thread.start()
    before = ticks[0]
    model.evaluate_batch(frames)
    during = ticks[0] - before
    done.set()
    thread.join()
    assert during > 5


def test_errors_have_the_text_of_the_program(tmp_path):
    # Catches errors that lose their place, their remedy or their kind on the way to Python.
    broken = tmp_path / "broken.toml"
    broken.write_text('version = 1\nname = "x"\n[structure]\nfil = "a.xyz"\n')
    with pytest.raises(cormorant.InputError) as caught:
        cormorant.run(broken)
    printed = subprocess.run([PROGRAM, "run", str(broken)], capture_output=True, text=True).stderr
    assert str(caught.value) == printed.strip().removeprefix("error: ")
    assert "did you mean `file`" in str(caught.value)
    with pytest.raises(cormorant.CormorantError, match="No such file"):
        cormorant.Model(tmp_path / "nothing")
    model = cormorant.Model(ROOT / "models/ethanol")
    with pytest.raises(cormorant.ElementError, match="the potential knows .*, but the structure contains Fe"):
        model.evaluate([26], [[0.0, 0.0, 0.0]])
    with pytest.raises(cormorant.CormorantError, match="200 is not an atomic number"):
        model.evaluate([200], [[0.0, 0.0, 0.0]])
    with pytest.raises(cormorant.CormorantError, match="overlap"):
        model.evaluate([1, 1], np.zeros((2, 3)))
    with pytest.raises(cormorant.CormorantError, match=r"have the shape \(2, 3\)"):
        model.evaluate([1, 1], np.zeros(6))


def test_a_run_calls_back_and_goes_on_to_the_same_end(tmp_path):
    # Catches a callback that is not called, and a stop that loses the state.
    text = (ROOT / "inputs/simulate-ethanol-nve.toml").read_text()
    text = text.replace("structures/", f"{ROOT}/inputs/structures/").replace("../models", f"{ROOT}/models")
    text = text.replace('"10 ps"', '"0.2 ps"')
    ends = []
    for name, stop in (("whole", None), ("stopped", 200)):
        path = tmp_path / f"{name}.toml"
        path.write_text(text.replace("[structure]", f'[output]\nfolder = "{name}"\n\n[structure]'))
        seen = []

        def watch(state, seen=seen, stop=stop):
            seen.append(state["step"])
            assert state["positions"].shape == state["forces"].shape == (9, 3)
            return stop is None or state["step"] < stop

        result = cormorant.run(path, watch, every=100)
        assert seen == list(range(0, (stop or 400) + 1, 100))
        assert result.finished == (stop is None)
        if stop:
            assert cormorant.run(path, resume=True).finished
        ends.append((tmp_path / name / "trajectory.xyz").read_bytes())
    assert ends[0] == ends[1]

    def fail(state):
        raise KeyError("from the callback")

    with pytest.raises(KeyError, match="from the callback"):
        cormorant.run(path, fail, force=True)


def test_a_fit_calls_back(tmp_path):
    # Catches a fit that cannot be watched, stopped or continued.
    path = tmp_path / "fit.toml"
    path.write_text(f"""version = 1
name = "quick"
output = {{ folder = "model" }}
[data]
file = "{ROOT}/inputs/data/ethanol-gfn2.xyz"
train = 20
validation = 5
[model]
max_degree = 1
max_edge_degree = 2
[run]
epochs = 3
""")
    seen = []
    assert cormorant.fit(path, lambda state: seen.append(state) or len(seen) < 2) is None
    folder = cormorant.fit(path, lambda state: seen.append(state), resume=True)
    assert [state["epoch"] for state in seen] == [1, 2, 3]
    assert cormorant.Model(folder).elements == ["H", "C", "O"]


def test_reads_structures():
    frame = cormorant.read(ROOT / "inputs/structures/ethanol.xyz")
    assert sorted(frame.numbers) == [1] * 6 + [6, 6, 8] and frame.positions.shape == (9, 3) and frame.cell is None


def test_stubs_name_what_there_is():
    # Catches a type stub that was forgotten.
    stub = (ROOT / "interfaces/python/python/cormorant/_native.pyi").read_text()
    for name in dir(sys.modules["cormorant._native"]):
        assert name.startswith("__") or f"class {name}" in stub or f"def {name}" in stub, name
