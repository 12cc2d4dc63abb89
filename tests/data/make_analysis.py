"""Reference values for the analyses: a small trajectory, and what MDAnalysis and MDTraj find in it.

    python3 tests/data/make_analysis.py        needs numpy, MDAnalysis and mdtraj; writes analysis.xyz and analysis.json

The trajectory is made up: eight water molecules with random velocities in a slanted cell, positions not wrapped.
"""

import json
import pathlib
import warnings

import mdtraj
import MDAnalysis
import numpy as np
from MDAnalysis.analysis import msd, rdf, rms
from MDAnalysis.lib import distances

warnings.filterwarnings("ignore")
FOLDER = pathlib.Path(__file__).parent
FRAMES, MOLECULES = 20, 8
CELL = np.array([[8.0, 0.0, 0.0], [2.0, 7.0, 0.0], [-1.5, 1.0, 7.5]])
REACH, BINS = 3.0, 30
CHAINS = [[0, 1], [1, 0, 2], [1, 0, 3, 4], [4, 3, 6, 8], [2, 0, 9, 11]]  # counted from 0


def trajectory():
    random = np.random.default_rng(20261121)
    water = np.array([[0.0, 0.0, 0.0], [0.9572, 0.0, 0.0], [-0.24, 0.9266, 0.0]])
    corners = np.array([[i, j, k] for i in range(2) for j in range(2) for k in range(2)]) / 2.0
    first = []
    for corner in corners:
        turn, _ = np.linalg.qr(random.normal(size=(3, 3)))
        first.append(water @ turn + corner @ CELL)
    first = np.concatenate(first)
    drift = np.repeat(random.normal(scale=0.4, size=(MOLECULES, 3)), 3, axis=0)
    frames = [first + frame * drift + random.normal(scale=0.03, size=first.shape) for frame in range(FRAMES)]
    return np.round(np.array(frames), 5)


def universe(frames):
    box = MDAnalysis.lib.mdamath.triclinic_box(*CELL)
    names = ["O", "H", "H"] * MOLECULES
    found = MDAnalysis.Universe.empty(len(names), trajectory=True)
    found.add_TopologyAttr("names", names)
    found.load_new(frames.astype(np.float32), dimensions=np.tile(box, (len(frames), 1)))
    return found


def main():
    frames = trajectory()
    lattice = " ".join(str(x) for x in CELL.flatten())
    with open(FOLDER / "analysis.xyz", "w") as file:
        for frame in frames:
            file.write(f'{len(frame)}\nProperties=species:S:1:pos:R:3 Lattice="{lattice}" pbc="T T T"\n')
            for symbol, position in zip(["O", "H", "H"] * MOLECULES, frame):
                file.write(f"{symbol} {position[0]:.5f} {position[1]:.5f} {position[2]:.5f}\n")
    found = {}
    system = universe(frames)
    box = system.trajectory.ts.dimensions
    groups = {"O": system.select_atoms("name O"), "H": system.select_atoms("name H")}
    edges = np.linspace(0.0, REACH, BINS + 1)
    for frame in frames:  # nothing may lie so near to an edge that single precision decides
        all_distances = distances.self_distance_array(frame.astype(np.float32), box=box)
        assert np.abs(all_distances[:, None] - edges[None, :]).min() > 1e-5
    found["rdf"] = {}
    for one, other in [("H", "H"), ("H", "O"), ("O", "O")]:
        same = (1, 1) if one == other else None
        result = rdf.InterRDF(groups[one], groups[other], nbins=BINS, range=(0.0, REACH), exclusion_block=same).run()
        found["rdf"][f"{one}-{other}"] = result.results.rdf.tolist()
    found["msd"] = {}
    for name in groups:
        result = msd.EinsteinMSD(system, select=f"name {name}", msd_type="xyz", fft=False).run()
        found["msd"][name] = result.results.timeseries[1:17].tolist()
    found["rmsd"] = [float(rms.rmsd(frame, frames[0], center=True, superposition=True)) for frame in frames]
    topology = mdtraj.Topology()
    residue = topology.add_residue("MOL", topology.add_chain())
    for symbol in ["O", "H", "H"] * MOLECULES:
        topology.add_atom(symbol, mdtraj.element.get_by_symbol(symbol), residue)
    lengths = np.tile(box[:3] / 10.0, (FRAMES, 1))
    angles = np.tile(box[3:], (FRAMES, 1))
    other = mdtraj.Trajectory(frames / 10.0, topology, unitcell_lengths=lengths, unitcell_angles=angles)
    found["internals"] = {}
    for chain in CHAINS:
        if len(chain) == 2:
            values = 10.0 * mdtraj.compute_distances(other, [chain])[:, 0]
        elif len(chain) == 3:
            values = np.degrees(mdtraj.compute_angles(other, [chain])[:, 0])
        else:
            values = np.degrees(mdtraj.compute_dihedrals(other, [chain])[:, 0])
            first = [distances.calc_dihedrals(*(frame[atom].astype(np.float32) for atom in chain), box=box) for frame in frames]
            turned = (values - np.degrees(first) + 180.0) % 360.0 - 180.0
            assert np.abs(turned).max() < 0.01, "MDAnalysis and MDTraj disagree"
        found["internals"]["-".join(str(atom + 1) for atom in chain)] = values.tolist()
    versions = {"MDAnalysis": MDAnalysis.__version__, "mdtraj": mdtraj.__version__, "numpy": np.__version__}

    def rounded(value):
        if isinstance(value, dict):
            return {key: rounded(inner) for key, inner in value.items()}
        return [float(f"{number:.7g}") for number in value]

    found = {"made_with": versions, "reach": REACH, "bins": BINS, **rounded(found)}
    (FOLDER / "analysis.json").write_text(json.dumps(found, indent=1) + "\n")


main()
