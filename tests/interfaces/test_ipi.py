"""The client of i-PI."""

import shutil
import socket
import subprocess

import cormorant
import numpy as np
import pytest
from conftest import PROGRAM, ROOT, STRESS_TOLERANCE, agree, close, need

BOHR, HARTREE = 0.529177210544, 27.211386245981  # CODATA 2022, as cormorant has them


def client(case, *address, precision="f64", structure=None, connections=1):
    command = [PROGRAM, "ipi", "--model", case.model, "--structure", structure, *address, "--precision", precision]
    command += ["--connections", str(connections), "--patience", "30 s"]
    return subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("precision", ["f64", "f32"])
def test_energy_and_forces_agree_with_the_program(case, tmp_path, precision):
    # Catches units, signs and orders that i-PI does not expect; the server is ours, because i-PI rounds its unit of length.
    expected = case.reference(tmp_path)
    path = tmp_path / "socket"
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(path))
    server.listen()
    process = client(case, "--unix", path, precision=precision, structure=tmp_path / "start.xyz")
    connection = server.accept()[0].makefile("rwb")

    def say(word, *arrays):
        connection.write(word.ljust(12).encode() + b"".join(array.tobytes() for array in arrays))
        connection.flush()

    def read(kind, count=1):
        return np.frombuffer(connection.read(np.dtype(kind).itemsize * count), kind)

    cell = case.atoms.cell.array if case.atoms.pbc.all() else 30 * np.eye(3)
    say("POSDATA", cell.T.copy() / BOHR, np.zeros(9), np.array([len(case.atoms)], "i4"), case.atoms.positions / BOHR)
    say("STATUS")
    assert connection.read(12).strip() == b"HAVEDATA"
    say("GETFORCE")
    assert connection.read(12).strip() == b"FORCEREADY"
    energy = read("f8")[0] * HARTREE
    forces = read("f8", 3 * read("i4")[0]).reshape(-1, 3) * HARTREE / BOHR
    virial = read("f8", 9).reshape(3, 3) * HARTREE
    assert read("i4")[0] == 0
    say("EXIT")
    assert process.wait(30) == 0
    agree(case, "i-PI", precision, energy, forces, expected)
    if case.atoms.pbc.all():
        close(-virial / case.atoms.get_volume(), expected.get_stress(voigt=False), STRESS_TOLERANCE[precision])


@pytest.mark.parametrize("mode", ["unix", "tcp"])
def test_eight_beads_and_two_clients(cases, tmp_path, mode):
    # Catches: clients that i-PI cannot work with, and forces that do not belong to the energies along a path.
    need("i-pi")
    for file in ("ipi-ethanol.xml", "ethanol-ipi.xyz"):
        shutil.copy(ROOT / "inputs/interop" / file, tmp_path)
    text = (tmp_path / "ipi-ethanol.xml").read_text()
    address = ("--unix", tmp_path.name)
    text = text.replace("<address> ethanol <", f"<address> {tmp_path.name} <")
    if mode == "tcp":
        with socket.socket() as probe:
            probe.bind(("localhost", 0))
            port = probe.getsockname()[1]
        text = text.replace("mode='unix'", "mode='inet'")
        text = text.replace(f"<address> {tmp_path.name} </address>", f"<address> localhost </address> <port> {port} </port>")
        address = ("--tcp", f"localhost:{port}")
    (tmp_path / "ipi-ethanol.xml").write_text(text)
    structure = ROOT / "inputs/structures/ethanol.xyz"
    server = subprocess.Popen(["i-pi", "ipi-ethanol.xml"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        processes = [client(cases["ethanol"], *address, structure=structure) for _ in range(2)]
        ends = [process.communicate(timeout=300) for process in processes]
        said = server.communicate(timeout=60)[0]
    finally:
        server.kill()
    assert server.returncode == 0, said
    for process, (out, error) in zip(processes, ends):
        assert process.returncode == 0, error
        assert int(out.split("after ")[1].split()[0]) > 200  # both had work
    rows = np.loadtxt(tmp_path / "ipi-ethanol.out")
    assert rows[-1, 0] == 200
    conserved = rows[:, 2]
    # The bound: 0.3 meV per atom and bead. The integrator at 0.25 fs leaves 0.12.
    assert np.ptp(conserved) < 0.0003 * 9 * 8
    # What i-PI calls the potential at the start is what the model says (i-PI rounds its unit of length to 1e-7).
    model = cormorant.Model(cases["ethanol"].model, precision="f64")
    assert rows[0, 4] == pytest.approx(model.evaluate(cases["ethanol"].atoms).energy, abs=1e-3)
